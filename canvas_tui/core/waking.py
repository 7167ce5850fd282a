"""The machine slept: no connection of before can be trusted, whatever its socket says. What was asked is asked again at once."""

from __future__ import annotations

from collections.abc import Callable

from .creating import create_failed
from .effects import HangUp
from .inputs import CreateFailed, Woke
from .model import Failure, FailureKind, Phase, Session
from .moves import Next, find, join, link, poll, query, read, resume, settle
from .stopping import hurry

SLEPT = Failure(FailureKind.CUT, "the machine slept", sent=True)


def woke(s: Session, i: Woke, now: float) -> Next:
    again = _AGAIN.get(s.link.phase)
    s, cancels = hurry(s, now)
    s, effects = again(link(s, attempt=0), now) if again is not None else (s, ())
    s, more = read(s) if s.reading and not effects else (s, ())
    return s, (*effects, *more, *cancels)


def _rejoin(s: Session, now: float) -> Next:
    conn = s.link.conn
    s, effects = join(s, now)
    return s, (HangUp(conn), *effects)


def _look_up(s: Session, now: float) -> Next:
    """The message may have arrived."""
    return create_failed(s, CreateFailed(s.run.submit_id, SLEPT), now) if s.run is not None else (s, ())


_AGAIN: dict[Phase, Callable[[Session, float], Next]] = {
    Phase.CREATING: _look_up,
    Phase.FINDING: find,
    Phase.JOINING: _rejoin,
    Phase.LIVE: _rejoin,
    Phase.ASKING: query,
    Phase.WAITING: resume,
    Phase.SETTLING: settle,
    Phase.POLLING: poll,
}
