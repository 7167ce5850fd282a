"""The user's word against a run: stop it, which is tried until the server has done it, or give it up."""

from __future__ import annotations

from . import policy
from .creating import unsend
from .effects import Effect, HangUp, ReadRun
from .inputs import CancelFailed, GaveUp, Stopped
from .model import FailureKind, NoticeKind, Phase, RunStatus, Session, Standing, Then
from .moves import PASSING_NOTICES, Next, cancel, end_notices, idle, link, run, run_key, tell
from .notice import MAY_GO_ON
from .settling import leave_partial, leave_unread

_ANSWERED = frozenset({FailureKind.MISSING, FailureKind.BUSY, FailureKind.REJECTED})
"""The server has something against the cancelling itself: perhaps the run is over."""


def stopped(s: Session, i: Stopped, now: float) -> Next:
    """The second time it is given up."""
    if not s.active or s.run is None or s.run.status.over:
        return s, ()
    if s.run.stopped:
        return given_up(s, GaveUp(), now)
    s = run(s, stopped=True)
    if s.link.phase is Phase.WAITING and s.link.then is Then.CREATE:
        return unsend(s, None, now)
    return cancel(s, now)


def cancel_failed(s: Session, i: CancelFailed, now: float) -> Next:
    """It is tried again, until the run is over or the user gives it up; where it may be over, the run is asked."""
    followed = s.run
    if followed is None or followed.id != i.run_id or not stopping(s):
        return s, ()
    at = float("inf") if i.failure.kind in policy.HOPELESS else now + policy.backoff(s.link.cancels, run_key(s), i.failure)
    s = tell(link(s, cancel_at=at), NoticeKind.STOPPING, now, failure=i.failure)
    here = s.link.phase in (Phase.LIVE, Phase.POLLING)
    return s, ((ReadRun(i.run_id),) if here or i.failure.kind in _ANSWERED else ())


def cancel_again(s: Session, now: float) -> Next:
    """Whatever became of the last try, the run is still on."""
    return cancel(tell(s, NoticeKind.STOPPING, now), now)


def stopping(s: Session) -> bool:
    """The user wants the run to end, and as far as is known it has not."""
    return s.active and s.run is not None and s.run.stopped and bool(s.run.id) and not s.run.status.over


def hurry(s: Session, now: float) -> tuple[Session, tuple[Effect, ...]]:
    """Do not wait any longer with the next try."""
    return cancel(s, now) if stopping(s) and s.link.cancel_at is not None else (s, ())


def given_up(s: Session, i: GaveUp, now: float) -> Next:
    """Stop following; what was written stays. The server may go on with the run, unless it has said that it is over."""
    if not s.active:
        return s, ()
    if s.run is not None and not s.run.id:
        asked = s.link.phase in (Phase.CREATING, Phase.FINDING) or (s.link.phase is Phase.WAITING and s.link.then is Then.FIND)
        return unsend(s, s.link.failure, now, unsure=asked)
    conn = s.link.conn
    if s.run is not None and s.run.status.over:
        return leave_unread(s, now), (HangUp(conn),)
    s = end_notices(leave_partial(s, Standing.STOPPED), now, *PASSING_NOTICES)
    s = run(s, status=RunStatus.INTERRUPTED, stopped=True, ended_at=now)
    return idle(tell(s, NoticeKind.STOPPED, now, detail=MAY_GO_ON, over=True), now), (HangUp(conn),)
