"""The session of one thread as a pure state machine: ``step(session, input, now) -> (session, effects)``.

Everything that decides what is painted, asked, sent or told is here and in the modules beside it: `sending` and `stopping` (the user's
side), `creating` (the creation of runs), `following` (the stream) and `events` (what is in it), `closing` (its end, and what the server
says of the run then), `settling` (the end of a turn), `clock` (what is due), `waking` (after a sleep). ``step`` is total: an input that
does not fit the phase changes nothing, and no input raises. Time, ids and jitter come in as data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from . import clock, closing, creating, drafting, following, policy, saving, sending, stopping, switching, waking
from .branches import relate, unread
from .inputs import (
    Answered,
    ArtifactSaved,
    BranchFailed,
    BranchRead,
    CancelFailed,
    Chosen,
    Connected,
    CreateFailed,
    Disconnected,
    Edited,
    Event,
    FindFailed,
    GaveUp,
    HeadsRead,
    Input,
    Opened,
    PartialDropped,
    PartialFound,
    PartialKept,
    Proceeded,
    Received,
    Regenerated,
    Resolved,
    RetryNow,
    RunCreated,
    RunFound,
    RunRead,
    RunReadFailed,
    SaveFailed,
    SavingFound,
    Stopped,
    Submitted,
    Switched,
    ThreadFailed,
    ThreadRead,
    Tick,
    Withdrawn,
    Woke,
)
from .model import Message, NoticeKind, Phase, Session, Then
from .moves import LINK_NOTICES, Next, dated, drop_notices, end_notices, open_notice, query, read, tell
from .settling import merge, put_history, settled, tell_standing


def step(session: Session, input: Input, now: float) -> Next:
    """Apply one input. Total: never raises; what does not fit the phase changes nothing."""
    handler = _HANDLERS.get(type(input))
    if handler is None:
        return session, ()
    after, effects = handler(session, input, now)
    return (after if after.reading is session.reading else _reading(after, now)), effects


def next_deadline(session: Session) -> float | None:
    """When `Tick` is due next, or None if only another input can change anything."""
    return clock.next_deadline(session)


def _reading(s: Session, now: float) -> Session:
    """A reading of the thread has begun, or is over: if it was told of because it took long, that is over too."""
    if s.reading:
        return replace(s, reading_since=now)
    return s if s.read_retry_at is not None else end_notices(s, now, NoticeKind.THREAD)


def _thread_read(s: Session, i: ThreadRead, now: float) -> Next:
    s = sending.arrived(end_notices(s, now, NoticeKind.THREAD), i.state)
    mine = s.run is not None and bool(s.run.id)
    if s.link.phase is Phase.SETTLING:
        s = relate(replace(settled(s, i.state, now), tip=""))
        return _go_on(s, i, now, own=s.run.id if s.run and mine else "")
    beside = s.link.phase is Phase.LIVE and open_notice(s, NoticeKind.HELD) is not None
    if s.link.phase is Phase.POLLING or beside:
        if i.active is not None and s.run is not None and i.active.id == s.run.id:
            heard = replace(s.link, since=now) if beside else replace(s.link, since=now, attempt=0)
            s = drafting.beside(replace(end_notices(s, now, *LINK_NOTICES), reading=False, read_attempt=0, link=heard), i.state)
            live = {m.id for m in i.state.messages}
            history, kept = merge(i.state.messages, s.leftovers)
            return put_history(replace(s, leftovers=kept, live=tuple(m for m in s.live if m.id not in live)), history), ()
        return (replace(s, reading=False), ()) if beside else query(s, now)  # there the run is asked in any case
    if s.active and not mine and s.sending is not None and s.sending.fork is not None:
        return replace(s, reading=False), ()  # the branch that the turn begins is not the newest one yet
    theirs = saving.from_elsewhere(s, i.state)
    gone = not i.state.exists and (s.state.exists or bool(s.history))
    s = replace(s, state=i.state, tip="", loaded=True, reading=False, read_attempt=0, read_retry_at=None)
    if s.active:
        s = dated(s, i.active, now) if i.active is not None else s
        own = {m.id for m in s.live}
        return drafting.rebase(_shown(s, tuple(m for m in (s.history if gone else i.state.messages) if m.id not in own), gone)), ()
    s = replace(_shown(s, s.history if gone else i.state.messages, gone), interrupts=i.state.interrupts)
    s = replace(s, can_continue=bool(i.state.next) and not i.state.interrupts and i.active is None)
    s = drafting.refresh(s, i.state)
    if theirs:
        s = tell(drop_notices(s, NoticeKind.THEIRS), NoticeKind.THEIRS, now, detail=str(theirs), over=True)
    s = sending.gone(s, now) if gone else s
    if i.active is None:
        s = tell_standing(end_notices(s, now, NoticeKind.QUEUED), now)
    return _go_on(relate(s), i, now)


def _shown(s: Session, messages: tuple[Message, ...], gone: bool) -> Session:
    """As the thread has it, with what it never had; a thread that is gone takes nothing away from what stands here."""
    if gone:
        return put_history(s, messages)
    history, kept = merge(messages, s.leftovers)
    return put_history(replace(s, leftovers=kept), history)


def _go_on(s: Session, i: ThreadRead, now: float, own: str = "") -> Next:
    """The thread is settled: follow what others run on it, or save and send what waits (not over an open question)."""
    branches = unread(s, i)
    if i.active is not None and i.active.id != own:
        s, effects = creating.follow(end_notices(replace(saving.wait(s), busy=0), now, NoticeKind.QUEUED), i.active, now)
        return s, (*effects, *branches)
    s, effects = saving.advance(s, now)
    s, more = (s, ()) if s.interrupts else sending.send_next(s, now)
    return s, (*effects, *more, *branches)


def _retry_now(s: Session, i: RetryNow, now: float) -> Next:
    """Whatever is waited for, at once."""
    if s.reading and not s.active:
        return read(s)  # the answer to the newest question counts
    s, cancels = stopping.hurry(s, now)
    after, effects = sending.retry_now(s, i, now)
    if after is s:
        after, effects = saving.retry(s, now)
    return after, (*effects, *cancels)


def _thread_failed(s: Session, i: ThreadFailed, now: float) -> Next:
    """Not read: kept as it is, tried again by itself where that can help."""
    if s.link.phase is Phase.SETTLING:
        return closing.lost(s, i.failure, now, Then.READ)
    if s.link.phase is Phase.POLLING:
        return closing.lost(s, i.failure, now, Then.POLL)
    if s.link.phase is Phase.LIVE and open_notice(s, NoticeKind.HELD) is not None:
        s = tell(replace(s, reading=False, read_attempt=s.read_attempt + 1), NoticeKind.HELD, now, failure=i.failure)
        never = replace(s.link, read_at=float("inf"))
        return (replace(s, link=never) if i.failure.kind in policy.HOPELESS else s), ()
    s = saving.unread(replace(s, reading=False, read_attempt=s.read_attempt + 1), i.failure)
    s = replace(s, read_retry_at=clock.reread_at(s, i.failure, now))
    return tell(s, NoticeKind.THREAD, now, failure=i.failure), ()


_HANDLERS: dict[type[Input], Callable[[Session, Any, float], Next]] = {
    Opened: sending.opened,
    Submitted: sending.submitted,
    Answered: sending.answered,
    Proceeded: sending.proceeded,
    Regenerated: sending.regenerated,
    Stopped: stopping.stopped,
    RetryNow: _retry_now,
    GaveUp: stopping.given_up,
    Withdrawn: sending.withdrawn,
    Woke: waking.woke,
    RunCreated: creating.run_created,
    CreateFailed: creating.create_failed,
    RunFound: creating.run_found,
    FindFailed: creating.find_failed,
    CancelFailed: stopping.cancel_failed,
    Connected: following.connected,
    Received: following.received,
    Event: following.event,
    Disconnected: closing.disconnected,
    RunRead: closing.run_read,
    RunReadFailed: closing.run_read_failed,
    ThreadRead: _thread_read,
    ThreadFailed: _thread_failed,
    HeadsRead: switching.heads_read,
    Switched: switching.switched,
    BranchRead: switching.branch_read,
    BranchFailed: switching.branch_failed,
    Edited: saving.edited,
    Chosen: saving.chosen,
    Resolved: saving.resolved,
    PartialKept: saving.partial_kept,
    PartialDropped: saving.partial_dropped,
    PartialFound: saving.partial_found,
    SavingFound: saving.found,
    ArtifactSaved: saving.saved,
    SaveFailed: saving.save_failed,
    Tick: clock.tick,
}

__all__ = ["next_deadline", "step"]
