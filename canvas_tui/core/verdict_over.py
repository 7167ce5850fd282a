"""Rules about a run that is over: whether its stream can be had, holds the answer's text, and the thread has it."""

from __future__ import annotations

from .diagnosis import Action, Code, Sure, Verdict, many, said, span
from .evidence import Evidence, Listening, Look, RunFacts
from .model import RunStatus, ServerKind
from .unstreamed import TOKEN_MODES
from .verdict_run import has_answer, replay


def over(e: Evidence) -> Verdict | None:
    """A successful run: whether its stream can be had, holds the answer's text, and the thread has it."""
    look = e.last
    if look is None or look.run is None or look.run.status is not RunStatus.SUCCESS:
        return None
    heard = replay(e)
    if look.answer == 0:
        return _empty(look)
    if heard is None or heard.headers_at is None:
        return _answered(look, None)
    told = heard.event_count - sum(1 for event in heard.events if event.name == "metadata")
    if heard.event_count == 0 or (heard.error and told <= 1):
        return _no_replay(e, look, look.run, heard)
    if look.answer and not heard.text:
        return _no_text(look, look.run, heard)
    if look.answer and not heard.pieces:
        return _one_piece(look, look.run)
    return _answered(look, heard)


def _answered(look: Look, heard: Listening | None) -> Verdict:
    streams = f"its stream replays {many(heard.event_count, 'event')}" if heard is not None else ""
    return Verdict(
        Code.ANSWERED,
        "The run is over, and its answer stands in the thread.",
        (has_answer(look), streams, "a client that joins a finished run without Last-Event-ID gets nothing, and a clean end"),
        Sure.CERTAIN,
        "The thread's state lacks the answer.",
        ("Show the answer: doctor fetches it on your word; in the program it stands in the thread.",),
        Action.FETCH if look.answer else Action.NOTHING,
    )


def _empty(look: Look) -> Verdict:
    return Verdict(
        Code.EMPTY_ANSWER,
        "The run ended well and said nothing: the thread has no message of the agent after yours.",
        ("status: success", f"the thread holds {many(look.messages, 'message')}"),
        Sure.CERTAIN,
        "The answer is in another key of the state than messages (an artifact, for instance).",
        ("Look at the graph's path in LangGraph Studio: it may have ended before the model's node.",),
    )


def _no_replay(e: Evidence, look: Look, run: RunFacts, heard: Listening) -> Verdict:
    if run.resumable is False:
        return Verdict(
            Code.NOT_RESUMABLE,
            "The run was started without stream_resumable: what a client missed of its stream cannot be had again.",
            ("the server's row of the run says resumable: false", "its replay brought no event", has_answer(look)),
            Sure.CERTAIN,
            "A replay with Last-Event-ID: -1 brings events.",
            ("Read the answer from the thread.", "Start runs with stream_resumable: true (this program always does)."),
            Action.FETCH if look.answer else Action.NOTHING,
        )
    maybe = e.server.kind is ServerKind.PYTHON and run.resumable
    return Verdict(
        Code.STREAM_ENDPOINT,
        "The run is over, and the server has nothing of its stream any more.",
        (
            f"the replay brought {many(heard.event_count, 'event')}{f' ({said(heard.error)})' if heard.error else ''}",
            f"the run began {span(run.age)} ago",
            has_answer(look),
        ),
        Sure.LIKELY if maybe else Sure.UNDECIDED,
        "A replay with Last-Event-ID: -1 brings events.",
        (
            "Read the answer from the thread.",
            "Replays end with the server's process, or after its time to live; that loses nothing of the answer.",
        ),
        Action.FETCH if look.answer else Action.NOTHING,
        instead=() if maybe else (Code.NOT_RESUMABLE,),
    )


def _no_text(look: Look, run: RunFacts, heard: Listening) -> Verdict:
    names = sorted({event.name for event in heard.events})
    asked = f"the run was started with {', '.join(map(said, run.modes))}" if run.modes else ""
    evidence = (
        asked,
        f"its stream holds {many(heard.event_count, 'event')}: {', '.join(said(name, 40) for name in names[:6])}",
        has_answer(look),
    )
    if run.modes is not None and not TOKEN_MODES & set(run.modes):
        return Verdict(
            Code.MODE_MISMATCH,
            "The run's stream carries no tokens, because none of its stream modes does.",
            evidence,
            Sure.CERTAIN,
            "A run with messages-tuple brings no tokens either.",
            ("Start runs with the stream mode messages-tuple.", "Read the answer from the thread."),
            Action.FETCH,
        )
    return _untold(look, run, evidence)


def _one_piece(look: Look, run: RunFacts) -> Verdict:
    return _untold(look, run, ("the answer came as one whole message, not in pieces", has_answer(look)))


def _untold(look: Look, run: RunFacts, evidence: tuple[str, ...]) -> Verdict:
    without = run.subgraphs is False
    return Verdict(
        Code.NOT_TOKENISED,
        "The answer was not streamed token by token" + (": the run does not stream subgraphs." if without else "."),
        (*evidence, "subgraphs: false" if without else ""),
        Sure.LIKELY if without else Sure.UNDECIDED,
        "The same run with stream_subgraphs: true streams no tokens either.",
        (
            "Start runs with stream_subgraphs: true (this program does).",
            "Else the graph's node does not stream its model: let it call the model with the node's config, and streaming on.",
        ),
        Action.FETCH,
    )
