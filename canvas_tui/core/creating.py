"""The creation of a run, which is never repeated blindly: what may have arrived is looked for before it is sent again."""

from __future__ import annotations

from dataclasses import replace

from . import policy
from .effects import CancelRun, ReadThread
from .inputs import CreateFailed, FindFailed, RunCreated, RunFound
from .model import (
    Cursor,
    Failure,
    FailureKind,
    Message,
    NoticeKind,
    Outgoing,
    Phase,
    Run,
    RunInfo,
    RunStatus,
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
    end_notices,
    enter,
    find,
    idle,
    join,
    link,
    mark_sent,
    run,
    tell,
    trouble,
    wait,
)
from .settling import merge, put_history
from .turns import turn_of


def run_created(s: Session, i: RunCreated, now: float) -> Next:
    """The server has the run, once: join its stream from the beginning."""
    if s.run is None or s.run.submit_id != i.submit_id or s.run.id or s.link.phase not in (Phase.CREATING, Phase.FINDING, Phase.WAITING):
        return s, ()
    s = run(end_notices(mark_sent(replace(s, busy=0)), now, *LINK_NOTICES, NoticeKind.QUIET), id=i.run_id, status=RunStatus.PENDING)
    s, effects = join(link(s, attempt=0, missed_at=None, failure=None), now)
    return (s, (*effects, CancelRun(i.run_id))) if s.run and s.run.stopped else (s, effects)


def create_failed(s: Session, i: CreateFailed, now: float) -> Next:
    if s.run is None or s.run.submit_id != i.submit_id or s.link.phase is not Phase.CREATING:
        return s, ()
    if policy.ambiguous(i.failure):
        late = i.failure.kind is FailureKind.NO_ANSWER
        told = tell(end_notices(s, now, *CALM_NOTICES), trouble(i.failure), now, failure=i.failure) if late else s
        return find(link(told, failure=i.failure), now)
    if i.failure.kind is FailureKind.BUSY:
        return _busy(s, i.failure, now)
    if s.run.stopped or not policy.transient(i.failure):
        gone = i.failure.kind is FailureKind.MISSING and s.state.exists  # perhaps: the thread tells
        return unsend(s, None if s.run.stopped else i.failure, now, reread=gone)
    return wait(tell(s, trouble(i.failure), now, failure=i.failure), now, Then.CREATE, i.failure)


def _busy(s: Session, failure: Failure, now: float) -> Next:
    """Another run has the thread: read it, follow that run, send afterwards."""
    message = next((m for m in s.live if m.role.ours), None)
    if message is None or s.run is None or s.busy:
        return unsend(s, failure, now)
    waiting = Outgoing(replace(message, standing=Standing.QUEUED), s.run.submit_id, turn_of(s.sending), interrupt=s.run.interrupt)
    s = replace(s, queue=(waiting, *s.queue), live=(), sending=None, run=None, loaded=False, reading=True, busy=1)
    return idle(tell(s, NoticeKind.QUEUED, now, failure=failure), now), (ReadThread(),)


def unsend(s: Session, failure: Failure | None, now: float, *, unsure: bool = False, reread: bool = False) -> Next:
    """What could not be sent (or was taken back in time) stays: a message with the reason and a key that tries again, else the question.

    ``unsure``: nobody knows whether the server has it. ``reread``: the thread may have changed.
    """
    message = next((m for m in s.live if m.role.ours), None)
    s = end_notices(s, now, *PASSING_NOTICES)
    if s.sending is not None and s.sending.fork is not None:
        s = put_history(s, merge(s.state.messages, s.leftovers)[0])  # what the branch had left out is back
    if message is not None and s.run is not None:
        text = replace(message, standing=Standing.UNSENT)
        unsent = Outgoing(text, s.run.submit_id, turn_of(s.sending), unsure, s.run.interrupt)
        s = replace(s, queue=(unsent, *s.queue))
    else:
        s = replace(s, interrupts=s.state.interrupts, can_continue=bool(s.state.next) and not s.state.interrupts)
    reread = (reread or (unsure and message is None)) and not s.reading
    s = idle(replace(s, live=(), sending=None, run=None, reading=s.reading or reread), now)
    return tell(s, NoticeKind.UNSENT, now, failure=failure, over=True), ((ReadThread(),) if reread else ())


def run_found(s: Session, i: RunFound, now: float) -> Next:
    """Not there: it may still be on its way, so that only a second look, a while later, counts."""
    if s.run is None or s.run.submit_id != i.submit_id or s.link.phase is not Phase.FINDING:
        return s, ()
    if i.run is not None:
        return run_created(s, RunCreated(i.submit_id, i.run.id), now)
    missed_at = now if s.link.missed_at is None else s.link.missed_at
    if now < missed_at + policy.LOOKS_APART:
        why = s.link.failure
        told = tell(s, trouble(why), now, failure=why) if why is not None else s
        return wait(link(told, missed_at=missed_at), now, Then.FIND, None, until=missed_at + policy.LOOKS_APART)
    if s.run.stopped or s.sending is None:
        return unsend(s, None, now)
    return create(s, now)


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
    ours = next((o for o in s.queue if o.submit_id and o.submit_id == active.submit_id), None)
    live: tuple[Message, ...] = ()
    if ours is not None:  # it had arrived
        s = replace(s, queue=tuple(o for o in s.queue if o is not ours))
        live = () if ours.message.id in s.settled_ids else (replace(ours.message, standing=Standing.DONE),)
    s = replace(s, run=taken, live=live, sending=active.sent, cursor=Cursor(), interrupts=(), can_continue=False, undone=None)
    return join(enter(s, Phase.JOINING, now, attempt=0, down_since=None, failure=None, confirming=False), now)
