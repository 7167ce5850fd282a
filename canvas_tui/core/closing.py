"""The connection is over, whoever ended it: that proves nothing, the run is asked; and what follows from the server's answer."""

from __future__ import annotations

from . import flow, policy
from .effects import HangUp
from .following import LISTENING, poll_state
from .inputs import Disconnected, RunRead, RunReadFailed
from .model import Failure, FailureKind, NoticeKind, Phase, RunInfo, RunStatus, Session, Then
from .moves import CALM_NOTICES, Next, dated, end_notices, join, link, open_notice, query, run, settle, tell, trouble, wait

_OF_THE_RUN = (FailureKind.MISSING, FailureKind.NO_ANSWER)
"""The server was reached, and the stream of this run was not: the run is asked about at once."""


def disconnected(s: Session, i: Disconnected, now: float) -> Next:
    if i.conn != s.link.conn or s.link.phase not in LISTENING:
        return s, ()
    return closed(s, i.failure, now)


def closed(s: Session, failure: Failure | None, now: float, *, down_since: float | None = None) -> Next:
    """The run is asked, whatever the end looked like: at once where the stream was open, else when the trouble may be over."""
    if s.link.confirming:  # the run is over, and this connection only replayed what may be missing
        return settle(s, now)
    was_live = s.link.phase is Phase.LIVE
    s = end_notices(s, now, *CALM_NOTICES)
    if s.link.down_since is not None:
        down_since = s.link.down_since
    s = link(s, failure=failure, down_since=now if down_since is None else down_since)
    if failure is not None and failure.kind is FailureKind.TOO_BIG:
        return poll_state(tell(s, NoticeKind.UNREADABLE, now, failure=failure, over=True), now)
    if was_live:
        s = link(s, flow=flow.cut(s.link.flow, now - s.link.opened_at, now - s.link.byte_at))
    unheard = open_notice(s, NoticeKind.HELD) is not None
    if failure is not None and not unheard:
        s = tell(s, trouble(failure), now, failure=failure)
    if was_live or unheard or (failure is not None and failure.kind in _OF_THE_RUN):
        return query(s, now)
    return lost(s, failure, now, Then.ASK)


def lost(s: Session, failure: Failure | None, now: float, then: Then) -> Next:
    """A request failed: again later by itself, or on the user's word where only that helps."""
    s = end_notices(s, now, *CALM_NOTICES, *(() if then is Then.POLL else (NoticeKind.HELD,)))
    s = tell(s, trouble(failure), now, failure=failure)
    s, effects = wait(s, now, then, failure)
    if failure is not None and failure.kind in policy.HOPELESS:
        s = link(s, retry_at=float("inf"))
    return s, effects


def run_read(s: Session, i: RunRead, now: float) -> Next:
    """What the server says of the run: over (read the state), or not (listen on, or join again)."""
    followed = s.run
    if followed is None or i.run.id != followed.id or not s.active or s.link.phase is Phase.SETTLING:
        return s, ()
    s = dated(s, i.run, now)
    if i.run.status.over:
        return _over(run(s, status=i.run.status, error=followed.error or i.run.error), now)
    at_work = i.run.status is RunStatus.RUNNING
    if s.link.phase in LISTENING:
        return _still_on(link(s, said_at=now) if at_work else s, i.run, now), ()
    if s.link.phase is not Phase.ASKING:
        return s, ()
    s = run(s, status=i.run.status, ahead=i.run.ahead)
    if s.link.cancel_at is not None:  # it is to be stopped, and the stream is over: what was asked for may have been lost
        s = link(s, cancel_at=min(s.link.cancel_at, now + policy.BACKOFF[0]))
    failure = s.link.failure
    unanswered = failure is not None and failure.kind is FailureKind.NO_ANSWER
    if not s.link.resumable or (unanswered and at_work and s.link.unheard):
        return poll_state(s, now)
    held = unanswered and at_work
    s = tell(link(s, unheard=1), NoticeKind.HELD, now, failure=failure) if held else _tell_cut(s, failure, now)
    return join(s, now) if s.link.waited else wait(s, now, Then.JOIN, failure)


def _tell_cut(s: Session, failure: Failure | None, now: float) -> Session:
    """The run goes on without us; where the cuts come after the same time again and again, that is said too."""
    s = tell(s, trouble(failure), now, failure=failure)
    told = open_notice(s, NoticeKind.CUT, NoticeKind.UNREACHABLE)
    before = (told.every, told.idle) if told is not None else (0.0, False)
    every, idle = flow.period(s.link.flow) or flow.still(s.link.flow, *before)
    return tell(s, trouble(failure), now, every=every, idle=idle)


def _over(s: Session, now: float) -> Next:
    conn = s.link.conn
    if s.link.phase in LISTENING:
        # asked during silence: the end may just not have reached us; the stream's own close would, if the path were alive
        s, effects = settle(s, now)
        return s, (HangUp(conn), *effects)
    torn = s.link.failure is not None and s.link.resumable and not (s.run and (s.run.error or s.run.stopped))
    if torn and s.link.phase is Phase.ASKING and s.cursor.newest is not None:
        s, effects = join(s, now)
        return link(s, confirming=True), effects
    return settle(s, now)


def _still_on(s: Session, told: RunInfo, now: float) -> Session:
    if s.run is not None and s.run.attempt == 0:
        s = run(s, status=told.status, ahead=told.ahead, due_at=now + told.due_in if told.due_in else 0.0)
        if told.status is RunStatus.PENDING:
            return tell(s, NoticeKind.QUEUED, now)
    return s


def run_read_failed(s: Session, i: RunReadFailed, now: float) -> Next:
    if s.run is None or i.run_id != s.run.id or not s.active or s.link.phase is Phase.SETTLING:
        return s, ()
    if i.failure.kind is FailureKind.MISSING:
        conn = s.link.conn
        s, effects = settle(run(s, status=RunStatus.LOST), now)
        return s, (HangUp(conn), *effects)
    if s.link.phase is not Phase.ASKING:
        return s, ()
    return lost(s, i.failure, now, Then.ASK)
