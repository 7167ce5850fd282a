"""What is due when: the two clocks of a stream (last byte, last event), waits, polls and guards, as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

from . import policy, saving, stopping
from .closing import closed, lost
from .effects import HangUp, ReadRun, ReadThread
from .inputs import Tick
from .model import Failure, FailureKind, NoticeKind, Phase, Session, Then
from .moves import CALM_NOTICES, PASSING_NOTICES, Next, end_notices, join, link, open_notice, poll, read, resume, tell

Due: TypeAlias = tuple[float, Callable[[Session, float], Next]]


def next_deadline(s: Session) -> float | None:
    times = [at for at, _ in _due(s)]
    at = min(times, default=None)
    return None if at is None or at == float("inf") else at


def tick(s: Session, i: Tick, now: float) -> Next:
    """Do the first thing that is due; the deadline asked for next brings the others."""
    for at, handler in sorted(_due(s), key=lambda due: due[0]):
        if at <= now:
            return handler(s, now)
        break
    return s, ()


def reread_at(s: Session, failure: Failure, now: float) -> float:
    """When a thread that could not be read is read again; infinity where only the user can help."""
    return now + policy.backoff(s.read_attempt, s.thread_id, failure) if policy.transient(failure) else float("inf")


def _due(s: Session) -> Iterator[Due]:
    if s.read_retry_at is not None and not s.reading:
        yield s.read_retry_at, _reread
    if s.reading and not s.active and open_notice(s, NoticeKind.THREAD) is None:
        yield s.reading_since + policy.QUIET_EVENTS, _tell_reading
    if s.link.cancel_at is not None and stopping.stopping(s):
        yield s.link.cancel_at, stopping.cancel_again
    if s.saving is not None and s.saving.retry_at is not None and not (s.active or s.interrupts or s.reading):
        yield s.saving.retry_at, saving.due
    at = _PHASES.get(s.link.phase)
    if at is not None:
        yield from at(s)


def _reread(s: Session, now: float) -> Next:
    return read(s)


def _tell_reading(s: Session, now: float) -> Next:
    return tell(s, NoticeKind.THREAD, now), ()


# -- while the stream is open ----------------------------------------------------------------------------------------------


def _live(s: Session) -> Iterator[Due]:
    stream = s.link
    held = open_notice(s, NoticeKind.HELD) is not None
    begun = s.run is not None and s.run.attempt > 0
    bursts = open_notice(s, NoticeKind.BURSTS)
    if not held and open_notice(s, NoticeKind.QUIET, NoticeKind.QUEUED) is None:
        usual = 2 * bursts.every if bursts is not None else 0.0  # a pause between two bursts is no news
        yield stream.byte_at + max(policy.QUIET_BYTES, usual), _tell_quiet
        yield stream.shown_at + max(policy.QUIET_EVENTS, usual), _tell_quiet
    if _unheard(s) and not held:
        yield max(stream.opened_at + policy.UNHEARD, stream.said_at), _tell_held
    if held and not s.reading:
        yield read_beside_at(s), _read_beside
    if not begun or _bare(s):
        first = stream.asked_at <= stream.opened_at
        yield (stream.opened_at + policy.QUEUE_CHECK if first else stream.asked_at + policy.QUEUE_EVERY), _ask
    if stream.beating and not (held and stream.unheard):
        yield stream.byte_at + max(policy.SILENCE, 2 * stream.flow.longest), (_renew if held else _silent)
    else:
        yield stream.byte_at + policy.SILENCE_UNBEATEN, _renew
        if begun:
            yield max(stream.byte_at, stream.asked_at) + policy.ASK_EVERY, _ask
    if begun:
        yield max(stream.event_at, stream.asked_at) + policy.ASK_BEATEN, _ask


def _bare(s: Session) -> bool:
    """Not one byte has come since the headers."""
    return s.link.byte_at <= s.link.opened_at and not s.link.flow.events


def _unheard(s: Session) -> bool:
    """The same, although the server says that the run, which can be joined from its beginning, is at work."""
    ours = s.run is not None and bool(s.run.submit_id) and s.link.resumable
    return ours and _bare(s) and s.link.said_at > s.link.opened_at


def _tell_quiet(s: Session, now: float) -> Next:
    return tell(s, NoticeKind.QUIET, now), ()


def _tell_held(s: Session, now: float) -> Next:
    return _read_beside(tell(end_notices(s, now, *CALM_NOTICES), NoticeKind.HELD, now), now)


def read_beside_at(s: Session) -> float:
    """More rarely while it fails."""
    wait = policy.backoff(s.read_attempt, s.thread_id) if s.read_attempt else 0.0
    return s.link.read_at + max(policy.POLL_EVERY, wait)


def _read_beside(s: Session, now: float) -> Next:
    """Nothing of the stream gets through: what the thread has saved is shown meanwhile."""
    return link(replace(s, reading=True), read_at=now), (ReadThread(),)


def _ask(s: Session, now: float) -> Next:
    """Ask about the run without letting go of the stream."""
    return link(s, asked_at=now), ((ReadRun(s.run.id),) if s.run is not None and s.run.id else ())


def _silent(s: Session, now: float) -> Next:
    """Three heartbeats are missing: the path is dead, whatever the socket says."""
    failure = Failure(FailureKind.SILENT, f"nothing came for {now - s.link.byte_at:.0f} s")
    conn = s.link.conn
    s, effects = closed(s, failure, now, down_since=s.link.byte_at)
    return s, (HangUp(conn), *effects)


def _renew(s: Session, now: float) -> Next:
    """A fresh connection, exact and without a word: from time to time where no heartbeats come, or where nothing gets through."""
    old, unheard = s.link, s.link.unheard + _bare(s)
    s, effects = join(link(s, unheard=unheard), now)
    s, conn = link(s, renewed=True, asked_at=old.asked_at), old.conn
    return s, (HangUp(conn), *effects)


# -- the other phases ------------------------------------------------------------------------------------------------------


def _waiting(s: Session) -> Iterator[Due]:
    yield s.link.retry_at, resume


def _polling(s: Session) -> Iterator[Due]:
    yield s.link.since + policy.POLL_EVERY, poll


def _guarded(then: Then, guard: float = policy.GUARD) -> Callable[[Session], Iterator[Due]]:
    """A phase that waits for an answer: a late one is told, a lost one is a failure like any other."""

    def lost_answer(s: Session, now: float) -> Next:
        return lost(s, Failure(FailureKind.NO_ANSWER, sent=True), now, then)

    def due(s: Session) -> Iterator[Due]:
        yield from _late(s)
        yield s.link.since + guard, lost_answer

    return due


def _late(s: Session) -> Iterator[Due]:
    if open_notice(s, *PASSING_NOTICES) is None:
        yield s.link.since + policy.QUIET_EVENTS, _tell_quiet


def _joining(s: Session) -> Iterator[Due]:
    yield from _late(s)
    yield s.link.since + policy.GUARD, _unjoined


def _unjoined(s: Session, now: float) -> Next:
    conn = s.link.conn
    s, effects = closed(s, Failure(FailureKind.NO_ANSWER, sent=True), now)
    return s, (HangUp(conn), *effects)


_PHASES: dict[Phase, Callable[[Session], Iterator[Due]]] = {
    Phase.LIVE: _live,
    Phase.WAITING: _waiting,
    Phase.POLLING: _polling,
    Phase.CREATING: _guarded(Then.FIND),
    Phase.FINDING: _guarded(Then.FIND, policy.GUARD_LONG),
    Phase.JOINING: _joining,
    Phase.ASKING: _guarded(Then.ASK),
    Phase.SETTLING: _guarded(Then.READ, policy.GUARD_LONG),
}
