"""Rules about a thread and its run as the server tells them: lost, queued, waiting, failed, over."""

from __future__ import annotations

from collections.abc import Callable

from .diagnosis import Action, Code, Sure, Verdict, many, said, short, span
from .evidence import Evidence, Line, Listening, Look, RunFacts
from .model import RunStatus, ThreadStatus
from .verdict_server import refusal

BRIEFLY = 3.0
"""Seconds for which a run may wait in any queue without a word (the queue is looked at each half second, measured)."""
STILL = 120.0
"""Seconds without any progress after which a run that blocks others is suspected to be dead."""
ALIVE = (RunStatus.PENDING, RunStatus.RUNNING)


def replay(e: Evidence) -> Listening | None:
    """The newest listening to the run itself."""
    heard = e.heard(Line.RUN)
    return heard[-1] if heard else None


def thread_missing(e: Evidence) -> Verdict | None:
    look = e.last
    if look is None or look.thread is not False:
        return None
    return Verdict(
        Code.NO_THREAD,
        f"The server knows no thread {short(e.thread_id)}.",
        ("GET of the thread: HTTP 404", "joining its stream would bring heartbeats for ever, and no error"),
        Sure.CERTAIN,
        "The thread belongs to another server or another user: the key decides what is seen.",
        (
            "Check the id, and that this is the server which made it.",
            "A development server (langgraph dev) that was killed forgets up to 10 s, whole threads included: send the message again.",
        ),
    )


def thread_unreadable(e: Evidence) -> Verdict | None:
    look = e.last
    return refusal(e, look.failure) if look is not None and look.failure is not None else None


def run_lost(e: Evidence) -> Verdict | None:
    look, heard = e.last, replay(e)
    if not e.run_id or look is None or not (look.run_missing or (look.run is None and heard is not None and heard.missing)):
        return None
    others = f"the thread's runs: {', '.join(f'{short(run.id)} {run.status}' for run in look.runs[:4])}" if look.runs else ""
    in_stream = "its stream answers 200 and says inside of it that there is no such run" if heard is not None and heard.missing else ""
    return Verdict(
        Code.RUN_LOST,
        f"The server has forgotten the run {short(e.run_id)}.",
        ("GET of the run: HTTP 404", in_stream, others, has_answer(look)),
        Sure.CERTAIN,
        "The run belongs to another thread or another server.",
        (
            "Send the message again. The usual cause is a server that was restarted (a development server keeps its runs in memory), "
            "or a run cancelled with rollback.",
        ),
        Action.FETCH if look.answer else Action.NOTHING,
    )


# -- before it runs ----------------------------------------------------------------------------------------------------------


def pending(e: Evidence) -> Verdict | None:
    look = e.last
    if look is None or look.run is None or look.run.status is not RunStatus.PENDING:
        return None
    run = look.run
    if run.age < 0:
        return _scheduled(run)
    before = [each for each in look.runs if each.id != run.id and each.status in ALIVE and each.age >= run.age]
    if before:
        return _behind(look, run, before)
    if run.age < BRIEFLY:
        return Verdict(
            Code.WORKING,
            "The run has just been accepted and is about to begin.",
            (f"pending for {span(run.age)}",),
            Sure.CERTAIN,
            f"It is still pending in {span(BRIEFLY)}.",
        )
    return _unqueued(look, run)


def _scheduled(run: RunFacts) -> Verdict:
    after = f"it was started with after_seconds={run.after:g}" if run.after else "its time of creation lies in the future"
    return Verdict(
        Code.SCHEDULED,
        f"The run is not due yet: it begins in {span(-run.age)}.",
        ("status: pending", after),
        Sure.CERTAIN,
        "It begins earlier than that.",
        ("Wait, or cancel it and start it without after_seconds.",),
    )


def _behind(look: Look, run: RunFacts, before: list[RunFacts]) -> Verdict:
    oldest = max(before, key=lambda each: (each.status is RunStatus.RUNNING, each.age))
    ahead = f"{many(len(before), 'run')} of the same thread {'goes' if len(before) == 1 else 'go'} before it"
    evidence = (
        f"pending for {span(run.age)}; {ahead}",
        f"the one in front: {short(oldest.id)}, {oldest.status}, since {span(oldest.age)}",
        f"the thread's last checkpoint is {span(look.checkpoint_age)} old" if look.checkpoint_age is not None else "",
    )
    idle = min(oldest.age, look.checkpoint_age if look.checkpoint_age is not None else oldest.idle)
    nobody = look.queue is not None and look.queue.running == 0 and oldest.status is RunStatus.RUNNING
    if idle > STILL or (nobody and oldest.age > BRIEFLY):
        return Verdict(
            Code.ZOMBIE_RUN,
            f"The run waits behind {short(oldest.id)}, which has not moved for {span(idle)} and is probably dead.",
            (*evidence, "the server's workers say that none of them runs anything" if nobody else ""),
            Sure.CERTAIN if nobody else Sure.LIKELY,
            "A new checkpoint of the thread appears, or that run ends by itself.",
            ("Let doctor free the thread: it cancels the run in front, and this one begins.",),
            Action.FREE,
            oldest.id,
        )
    return Verdict(
        Code.BEHIND_RUN,
        f"The run waits its turn: {short(oldest.id)} of the same thread is {'running' if oldest.status is RunStatus.RUNNING else 'first'}.",
        evidence,
        Sure.CERTAIN,
        "That run ends and this one stays pending.",
        ("Wait for it.", "Or stop the run in front (Esc in its thread).", "Or send with the strategy interrupt, which pushes it out."),
    )


def _unqueued(look: Look, run: RunFacts) -> Verdict:
    queue = look.queue
    waits = f"pending for {span(run.age)}, with no run of this thread before it"
    raise_it = "Give the server more workers: langgraph dev --n-jobs-per-worker 10 (without it only one run executes at a time)."
    if queue is None or queue.running is None:
        return Verdict(
            Code.QUEUED,
            f"The run has waited in the server's queue for {span(run.age)}.",
            (waits, "the server does not tell how busy its workers are (/metrics)"),
            Sure.UNDECIDED,
            "It begins.",
            (raise_it, "Look whether the server's queue workers run at all."),
            instead=(Code.QUEUE_STARVED, Code.NO_WORKER),
        )
    told = f"the server runs {queue.running}, {queue.pending if queue.pending is not None else '?'} wait"
    workers = f"; {queue.free} of {queue.workers} workers are free" if queue.free is not None and queue.workers is not None else ""
    if queue.running:
        return Verdict(
            Code.QUEUE_STARVED,
            "All workers of the server are busy with other runs: this one waits for the next that is free.",
            (waits, told + workers),
            Sure.CERTAIN if queue.free == 0 else Sure.LIKELY,
            "It stays pending although a worker is free.",
            (raise_it, "Wait for, or cancel, a run of another thread."),
        )
    return Verdict(
        Code.NO_WORKER,
        "The run waits, and no worker of the server takes anything.",
        (waits, told + workers),
        Sure.CERTAIN if run.age > 10 else Sure.LIKELY,
        "It begins by itself.",
        ("See whether the queue worker runs (its process or container), and whether it reaches its database and Redis.",),
    )


# -- it stopped ----------------------------------------------------------------------------------------------------------------


def waiting(e: Evidence) -> Verdict | None:
    """An open question of the graph, and nothing that runs."""
    look = e.last
    if look is None or not look.questions or (look.run is not None and look.run.status in ALIVE):
        return None
    node = f" in {said(look.asking, 60)}" if look.asking else ""
    run = look.run
    reads = f"the run reads {run.status}, the thread {look.status}" if run is not None else f"the thread reads {look.status}"
    unseen = ""
    if run is not None and run.modes is not None and not {"updates", "values"} & set(run.modes):
        unseen = f"the run's modes ({', '.join(map(said, run.modes))}) do not carry the question: its stream closes without a word"
    return Verdict(
        Code.WAITING_FOR_YOU,
        f"Nothing is wrong: the graph has stopped{node} and waits for your answer.",
        (
            reads,
            f"{many(look.questions, 'open question')}{': ' + said(look.question) if look.question else ''}",
            unseen,
        ),
        Sure.CERTAIN,
        "The thread has no open interrupt: GET of its state, tasks[].interrupts.",
        (f"Open the thread in canvas-tui and answer there, or: canvas-tui send --thread {said(e.thread_id, 60) or 'ID'} --answer JSON",),
    )


def cancelled(e: Evidence) -> Verdict | None:
    look = e.last
    if look is None or look.run is None or look.run.status is not RunStatus.INTERRUPTED:
        return None
    newer = next((run for run in look.runs if run.id != look.run.id and run.age < look.run.age), None)
    by = f"a newer run, {short(newer.id)}, came {span(look.run.age - newer.age)} after it" if newer is not None else ""
    heard = replay(e)
    began = heard is None or heard.event_count > 0
    return Verdict(
        Code.RUN_CANCELLED,
        "The run was cancelled: by someone, or by a newer run of the thread."
        if began
        else "The run was cancelled while it still waited in the queue: it never began.",
        ("status: interrupted, with no open question", by, "a cancelled run leaves no partial answer in the thread"),
        Sure.CERTAIN,
        "The thread has an open question, or the run is listed with another status.",
        ("Continue the thread where it stopped, or send the message again.",) if look.next else ("Send the message again.",),
        Action.CONTINUE if look.next else Action.NOTHING,
    )


def failed(e: Evidence) -> Verdict | None:
    look, heard = e.last, replay(e)
    if look is None or look.run is None or look.run.status not in (RunStatus.ERROR, RunStatus.TIMEOUT):
        return None
    words = look.run.error or look.error or (heard.error if heard is not None else "")
    return Verdict(
        Code.RUN_FAILED,
        f"The run {'took too long and was ended' if look.run.status is RunStatus.TIMEOUT else 'failed'} on the server"
        f"{f': {said(words)}' if words else ', which gives no reason'}",
        (f"status: {look.run.status}", f"it stopped before {', '.join(map(said, look.next))}" if look.next else ""),
        Sure.CERTAIN,
        "A newer run of the thread succeeds with the same message.",
        tuple(advice for shape, advice in _ADVICE if any(word in words.lower() for word in shape)) or (_LOG,),
    )


_LOG = "Look at the server's log of that moment: it has the whole trace."
_ADVICE: tuple[tuple[tuple[str, ...], str], ...] = (
    (("internal error", "blocking"), _LOG),
    (
        ("connection error", "connect", "econnrefused", "unreachable"),
        "The model's endpoint cannot be reached from the server: check its address and that it runs.",
    ),
    (("api key", "api_key", "unauthorized", "401", "authentication"), "The model's key is missing or wrong where the server runs."),
    (("rate limit", "429", "quota"), "The model's provider limits the requests: wait, or use another model."),
    (("timeout", "timed out"), "The model, or a tool, took too long: try again, or raise its time limit."),
    (("recursion",), "The graph ran in a circle: raise recursion_limit, or look at what it repeats."),
    (("context length", "too many tokens", "maximum context"), "The conversation is too long for the model: start a new thread."),
)


def breakpoint_(e: Evidence) -> Verdict | None:
    look = e.last
    if look is None or not look.next or look.questions or look.status is ThreadStatus.BUSY:
        return None
    if look.run is None or look.run.status is not RunStatus.SUCCESS:
        return None
    nodes = ", ".join(said(node, 60) for node in look.next)
    return Verdict(
        Code.STATIC_BREAKPOINT,
        f"The graph stopped before {nodes} without a question (a breakpoint): it goes on when it is told to continue.",
        (f"the run reads success, the thread {look.status}", f"next: {nodes}", has_answer(look)),
        Sure.CERTAIN,
        "The thread's state has nothing in next.",
        ("Continue it: doctor does so on your word, as the Continue of LangGraph Studio does.",),
        Action.CONTINUE,
    )


def has_answer(look: Look) -> str:
    return f"the thread's state holds the answer ({look.answer} characters)" if look.answer else ""


BEFORE_STREAM: tuple[Callable[[Evidence], Verdict | None], ...] = (
    thread_missing,
    thread_unreadable,
    run_lost,
    pending,
    waiting,
    cancelled,
    failed,
    breakpoint_,
)
