"""The user's side: messages, answers, stop; and the creation of runs, which is never repeated blindly."""

from __future__ import annotations

from dataclasses import replace

from . import drafting, policy
from .branches import forked, head_of
from .effects import CancelRun, HangUp, ReadRun, ReadThread, SendAnswers, SendNothing
from .fork import Fork
from .inputs import (
    Answered,
    CancelFailed,
    CreateFailed,
    FindFailed,
    GaveUp,
    Opened,
    Proceeded,
    Regenerated,
    RetryNow,
    RunCreated,
    RunFound,
    Stopped,
    Submitted,
    WhenBusy,
    Withdrawn,
    Woke,
)
from .model import (
    Cursor,
    Failure,
    FailureKind,
    Message,
    NoticeKind,
    Outgoing,
    Payload,
    Phase,
    Run,
    RunInfo,
    RunStatus,
    SendMessage,
    Session,
    Standing,
    Then,
)
from .moves import (
    CALM_NOTICES,
    FRESH,
    LINK_NOTICES,
    PASSING_NOTICES,
    Next,
    create,
    drop_notices,
    end_notices,
    enter,
    find,
    idle,
    join,
    link,
    mark_sent,
    new_run,
    resume,
    run,
    tell,
    trouble,
    wait,
)
from .notice import FOR_NEWER
from .settling import leave_partial, merge, put_history
from .turns import held_back, message_of, outdated, payload_of, turn_of, why_outdated

# -- opening -----------------------------------------------------------------------------------------------------------


def opened(s: Session, i: Opened, now: float) -> Next:
    if i.known is not None and i.sent is not None and i.sent.standing is Standing.UNSENT:
        if all(o.message.id != i.sent.id for o in s.queue):
            s = replace(s, queue=(*s.queue, Outgoing(i.sent, i.known.submit_id, i.turn, unsure=True)))
            s = tell(s, NoticeKind.UNSENT, now, over=True)
    elif i.known is not None and not s.active:
        return _take_up(replace(s, reading=True), i, i.known, now)
    if s.reading or s.active:
        return s, ()
    return replace(s, reading=True, read_retry_at=None), (ReadThread(),)


def _take_up(s: Session, i: Opened, known: RunInfo, now: float) -> Next:
    """A run in flight from the journal: rejoin it, or look whether it was ever made."""
    live, sending = ((i.sent,), payload_of(i.sent, i.turn)) if i.sent else ((), None)
    s = replace(s, run=replace(new_run(known.submit_id, now), id=known.id, late=True), cursor=Cursor(), live=live, sending=sending)
    if known.id:
        s, effects = join(run(mark_sent(s), status=RunStatus.PENDING), now)
    else:
        s, effects = find(s, now)
    return s, (ReadThread(), *effects)


# -- submitting ---------------------------------------------------------------------------------------------------------


def submitted(s: Session, i: Submitted, now: float) -> Next:
    message = message_of(i.message_id, i.text, i.turn, Standing.QUEUED)
    now_too = i.how is WhenBusy.INTERRUPT and not outdated(i.turn, s.state)
    if now_too and s.active and s.run is not None and s.run.id:
        s, effects = leave_partial(s, Standing.STOPPED), (HangUp(s.link.conn),)
        s = tell(end_notices(s, now, *PASSING_NOTICES), NoticeKind.PUSHED_OUT, now, detail=FOR_NEWER, over=True)
        s, more = _begin(s, i.submit_id, payload_of(message, i.turn), now, message, interrupt=True)
        return s, (*effects, *more)
    s = replace(s, queue=(*s.queue, Outgoing(message, i.submit_id, i.turn)))
    return send_next(replace(s, busy=0), now)


def send_next(s: Session, now: float) -> Next:
    """Start the oldest queued message, if the thread is free and known."""
    if s.active or not s.loaded or (s.saving is not None and s.saving.pending):
        return s, ()
    chosen = next((o for o in s.queue if o.message.standing is Standing.QUEUED), None)
    if chosen is None:
        return s, ()
    if outdated(chosen.turn, s.state) and not chosen.unsure:
        s = replace(s, queue=held_back(s.queue, chosen))
        return send_next(tell(s, NoticeKind.UNSENT, now, over=True, detail=why_outdated(chosen.turn)), now)
    s = replace(s, queue=tuple(o for o in s.queue if o is not chosen))
    s, effects = _begin(s, chosen.submit_id, payload_of(chosen.message, chosen.turn), now, chosen.message)
    return _perhaps_sent(s, now) if chosen.unsure else (s, effects)


def _perhaps_sent(s: Session, now: float) -> Next:
    """Look for it first. Where it has arrived the thread may hold its run's version already: that is not what it was sent with."""
    return find(replace(s, sending=replace(s.sending, artifact=None)) if isinstance(s.sending, SendMessage) else s, now)


def _begin(s: Session, submit_id: str, payload: Payload, now: float, message: Message | None = None, *, interrupt: bool = False) -> Next:
    s, payload = forked(s, payload)
    s = drafting.going_on(s, payload)
    live = (replace(message, standing=Standing.SENDING),) if message else ()
    s = replace(
        drop_notices(s, NoticeKind.CONTINUE),
        live=live,
        sending=payload,
        run=new_run(submit_id, now),
        cursor=Cursor(),
        interrupts=(),
        can_continue=False,
    )
    return create(link(idle(s, now), attempt=0), now, interrupt=interrupt)


def answered(s: Session, i: Answered, now: float) -> Next:
    """One answer resumes the thread once: while the run of it is on, a second one is nothing."""
    if s.active or not s.interrupts:
        return s, ()
    known = {x.id for x in s.interrupts}
    answers = tuple(a for a in i.answers if a[0] in known)
    return _begin(s, i.submit_id, SendAnswers(answers), now) if answers else (s, ())


def proceeded(s: Session, i: Proceeded, now: float) -> Next:
    if s.active or not s.loaded:
        return s, ()
    return _begin(s, i.submit_id, SendNothing(), now)


def regenerated(s: Session, i: Regenerated, now: float) -> Next:
    """The last turn once more, with its own input."""
    if s.active or not s.loaded or not s.history:
        return s, ()
    return _begin(s, i.submit_id, SendNothing(Fork(head_of(s.state), again=True)), now)


def withdrawn(s: Session, i: Withdrawn, now: float) -> Next:
    queue = tuple(o for o in s.queue if o.message.id != i.message_id)
    if len(queue) == len(s.queue):
        return s, ()
    s = replace(s, queue=queue)
    if not any(o.message.standing is Standing.UNSENT for o in queue):
        s = drop_notices(s, NoticeKind.UNSENT)
    return s, ()


# -- stop, retry, give up ------------------------------------------------------------------------------------------------


def stopped(s: Session, i: Stopped, now: float) -> Next:
    if not s.active or s.run is None or s.link.phase is Phase.SETTLING:
        return s, ()
    if s.run.stopped:
        return given_up(s, GaveUp(), now)
    s = run(s, stopped=True)
    assert s.run is not None
    if s.run.id:
        return s, (CancelRun(s.run.id),)
    if s.link.phase is Phase.WAITING and s.link.then is Then.CREATE:
        return unsend(s, None, now)
    return s, ()


def cancel_failed(s: Session, i: CancelFailed, now: float) -> Next:
    """The run may be over already, or the server away: ask about it, or leave it where the server cannot be reached."""
    if not s.active or s.run is None or s.run.id != i.run_id:
        return s, ()
    if s.link.phase is Phase.LIVE:
        return s, (ReadRun(i.run_id),)
    if policy.transient(i.failure) and s.link.phase is not Phase.SETTLING:
        return given_up(s, GaveUp(), now)
    return s, ()


def given_up(s: Session, i: GaveUp, now: float) -> Next:
    """Stop following; what was written stays. The server may go on with the run."""
    if not s.active:
        return s, ()
    if s.run is not None and not s.run.id and s.sending is not None and s.live:
        asked = s.link.phase in (Phase.CREATING, Phase.FINDING) or (s.link.phase is Phase.WAITING and s.link.then is Then.FIND)
        return unsend(s, s.link.failure, now, unsure=asked)
    conn = s.link.conn
    s = end_notices(leave_partial(s, Standing.STOPPED), now, *PASSING_NOTICES)
    s = run(s, status=RunStatus.INTERRUPTED, stopped=True, ended_at=now)
    return idle(tell(s, NoticeKind.STOPPED, now, over=True), now), (HangUp(conn),)


def retry_now(s: Session, i: RetryNow, now: float) -> Next:
    if s.link.phase is Phase.WAITING:
        return resume(link(s, attempt=0), now)
    if s.read_retry_at is not None and not s.reading:
        return replace(s, reading=True, read_retry_at=None), (ReadThread(),)
    if s.active or not s.queue:
        return s, ()
    queue = tuple(replace(o, message=replace(o.message, standing=Standing.QUEUED)) for o in s.queue)
    return send_next(drop_notices(replace(s, queue=queue), NoticeKind.UNSENT), now)


def woke(s: Session, i: Woke, now: float) -> Next:
    """After a sleep no connection can be trusted: resume at once."""
    if s.link.phase in (Phase.LIVE, Phase.JOINING):
        s, effects = join(link(s, attempt=0), now)
        return s, (HangUp(s.link.conn - 1), *effects)
    return retry_now(s, RetryNow(), now) if s.link.phase is Phase.WAITING else (s, ())


# -- creating --------------------------------------------------------------------------------------------------------------


def run_created(s: Session, i: RunCreated, now: float) -> Next:
    """The server has the run, once: join its stream from the beginning."""
    if s.run is None or s.run.submit_id != i.submit_id or s.run.id or s.link.phase not in (Phase.CREATING, Phase.FINDING, Phase.WAITING):
        return s, ()
    s = run(end_notices(mark_sent(replace(s, busy=0)), now, *LINK_NOTICES, NoticeKind.QUIET), id=i.run_id, status=RunStatus.PENDING)
    s, effects = join(link(s, attempt=0, finds=0, failure=None), now)
    return (s, (*effects, CancelRun(i.run_id))) if s.run and s.run.stopped else (s, effects)


def create_failed(s: Session, i: CreateFailed, now: float) -> Next:
    if s.run is None or s.run.submit_id != i.submit_id or s.link.phase is not Phase.CREATING:
        return s, ()
    if policy.ambiguous(i.failure):
        late = i.failure.kind is FailureKind.NO_ANSWER
        told = tell(end_notices(s, now, *CALM_NOTICES), trouble(i.failure), now, failure=i.failure) if late else s
        return find(link(told, failure=i.failure, finds=0), now)
    if i.failure.kind is FailureKind.BUSY:
        return _busy(s, i.failure, now)
    if s.run.stopped or not policy.transient(i.failure):
        return unsend(s, None if s.run.stopped else i.failure, now)
    return wait(tell(s, trouble(i.failure), now, failure=i.failure), now, Then.CREATE, i.failure)


def _busy(s: Session, failure: Failure, now: float) -> Next:
    """Another run has the thread: read it, follow that run, send afterwards."""
    message = next((m for m in s.live if m.role.ours), None)
    if message is None or s.run is None or s.busy:
        return unsend(s, failure, now)
    waiting = Outgoing(replace(message, standing=Standing.QUEUED), s.run.submit_id, turn_of(s.sending))
    s = replace(s, queue=(waiting, *s.queue), live=(), sending=None, run=None, loaded=False, reading=True, busy=1)
    return idle(tell(s, NoticeKind.QUEUED, now, failure=failure), now), (ReadThread(),)


def unsend(s: Session, failure: Failure | None, now: float, *, unsure: bool = False) -> Next:
    """The message could not be sent (or was taken back in time): it stays, with the reason and a key that tries again.

    ``unsure``: nobody knows whether the server has it.
    """
    message = next((m for m in s.live if m.role.ours), None)
    s = end_notices(s, now, *PASSING_NOTICES)
    if s.sending is not None and s.sending.fork is not None:
        s = put_history(s, merge(s.state.messages, s.leftovers)[0])  # what the branch had left out is back
    if message is not None and s.run is not None:
        unsent = Outgoing(replace(message, standing=Standing.UNSENT), s.run.submit_id, turn_of(s.sending), unsure)
        s = replace(s, queue=(unsent, *s.queue))
    elif s.sending is not None:
        s = replace(s, interrupts=s.state.interrupts, can_continue=not s.state.interrupts)
    again: tuple[ReadThread, ...] = (ReadThread(),) if unsure and message is None and not s.reading else ()
    s = idle(replace(s, live=(), sending=None, run=None, reading=s.reading or bool(again)), now)
    return tell(s, NoticeKind.UNSENT, now, failure=failure, over=True), again


def run_found(s: Session, i: RunFound, now: float) -> Next:
    if s.run is None or s.run.submit_id != i.submit_id or s.link.phase is not Phase.FINDING:
        return s, ()
    if i.run is not None:
        return run_created(s, RunCreated(i.submit_id, i.run.id), now)
    finds = s.link.finds + 1
    failure = s.link.failure
    if failure is not None and failure.kind in policy.FIND_TWICE and finds < 2:
        return wait(link(s, finds=finds), now, Then.FIND, None)
    if s.run.stopped or s.sending is None:
        return unsend(s, None, now)
    if s.link.attempt == 0:
        return create(link(s, finds=0), now)
    return wait(link(s, finds=0), now, Then.CREATE, None)


def find_failed(s: Session, i: FindFailed, now: float) -> Next:
    if s.run is None or s.run.submit_id != i.submit_id or s.link.phase is not Phase.FINDING:
        return s, ()
    if i.failure.kind is FailureKind.MISSING:
        return run_found(s, RunFound(i.submit_id, None), now)
    if not policy.transient(i.failure):
        return unsend(s, i.failure, now, unsure=True)
    return wait(tell(s, trouble(i.failure), now, failure=i.failure), now, Then.FIND, i.failure)


# -- runs that others started ------------------------------------------------------------------------------------------------


def follow(s: Session, active: RunInfo, now: float) -> Next:
    """Adopt a run that is on: its stream from the beginning."""
    due_at = now + active.due_in if active.due_in else 0.0
    began, late = now - active.age, active.age > FRESH
    taken = Run(
        active.submit_id, active.id, active.status, began, late=late, ahead=active.ahead, due_at=due_at, unstreamed=active.unstreamed
    )
    s = replace(s, run=taken, live=(), sending=active.sent, cursor=Cursor(), interrupts=(), can_continue=False)
    return join(enter(s, Phase.JOINING, now, attempt=0, down_since=None, failure=None, confirming=False), now)
