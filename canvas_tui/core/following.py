"""The followed run: its stream, the questions asked about it, and what a lost connection leads to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import drafting, flow, policy
from .assemble import add_chunk, put_whole, shown
from .changing import replace
from .cursor import Verdict, again, decide, take, timed
from .effects import CancelRun, Effect, HangUp, ReadThread
from .inputs import (
    Body,
    Chunk,
    Connected,
    Disconnected,
    Event,
    Received,
    RunErrored,
    RunRead,
    RunReadFailed,
    RunStarted,
    Unreadable,
    Updated,
    Whole,
)
from .model import Cursor, Failure, FailureKind, NoticeKind, Phase, Role, RunInfo, RunStatus, Session, Then, Usage
from .moves import (
    CALM_NOTICES,
    LINK_NOTICES,
    Next,
    dated,
    end_notices,
    enter,
    join,
    keep_places,
    link,
    open_notice,
    painted,
    query,
    run,
    settle,
    tell,
    trouble,
    wait,
)

LISTENING = (Phase.JOINING, Phase.LIVE)


def connected(s: Session, i: Connected, now: float) -> Next:
    if i.conn != s.link.conn or s.link.phase is not Phase.JOINING:
        return s, ()
    fresh = flow.opened(s.link.flow, now)
    if s.link.renewed:  # the silence goes on
        return enter(s, Phase.LIVE, now, opened_at=now, byte_at=now, flow=fresh), ()
    if s.cursor.newest is not None:
        s = run(s, reconnects=s.run.reconnects + 1 if s.run else 0)
    quiet = open_notice(s, NoticeKind.QUIET)
    if quiet is not None and quiet.since >= s.link.since:
        s = end_notices(s, now, NoticeKind.QUIET)  # it told of the wait for this
    shown = s.link.shown_at if open_notice(s, NoticeKind.QUIET) is not None else now  # what is told already goes on
    return enter(s, Phase.LIVE, now, opened_at=now, byte_at=now, event_at=now, shown_at=shown, asked_at=now, flow=fresh), ()


def received(s: Session, i: Received, now: float) -> Next:
    if i.conn != s.link.conn or s.link.phase not in LISTENING:
        return s, ()
    beats = s.link.beats + i.beats
    came = flow.read(s.link.flow, i.size, now - s.link.byte_at, now, inside=i.inside)
    measured = came.window_at != s.link.flow.window_at
    s = link(s, byte_at=now, beats=beats, beating=s.link.beating or i.beats > 0, flow=came, unheard=0)
    s = run(s, received=s.run.received + i.size if s.run else 0)
    if i.beats:
        s = back(s, now)
    if measured and came.rate:
        s = tell(s, NoticeKind.SLOW, now, rate=came.rate)
    return end_notices(s, now, NoticeKind.HELD), ()


def event(s: Session, i: Event, now: float) -> Next:
    if i.conn != s.link.conn or s.link.phase not in LISTENING or s.run is None:
        return s, ()
    if _beheaded(s, i):
        return _gap(s, now)
    begun_id, late, s = s.run.begun_id, s.run.late, _released(s, i, now)
    cursor = timed(s.cursor, now - (s.link.flow.first_at or now), replayed=_replayed(s, now), late=late)
    if isinstance(i.body, RunStarted) and i.id and i.id == begun_id == cursor.newest and not cursor.skip:
        cursor = again(cursor)
    cursor, verdict = take(cursor, i.id, i.body)
    if verdict is Verdict.GAP and isinstance(i.body, RunStarted):
        cursor, verdict = take(Cursor(overlaps=True), i.id, i.body)  # what the server has begun anew is replayed too
    if verdict is Verdict.GAP:
        return _gap(s, now)
    came = flow.event(s.link.flow, i.id, now - s.link.byte_at, now)
    held_back = came.counted and not s.link.flow.counted
    known = verdict is Verdict.LEAVE and s.link.renewed  # what a renewed connection repeats is no news
    heard = replace(s.link, event_at=s.link.event_at if known else now, byte_at=now, attempt=0, flow=came, unheard=0)
    s = end_notices(replace(s, cursor=cursor, link=heard), now, NoticeKind.HELD)
    if held_back and (every := flow.bursts_every(came)) is not None:
        s = tell(s, NoticeKind.BURSTS, now, every=every)
    if s.link.down_since is not None:
        s = back(s, now)
    if verdict in (Verdict.LEAVE, Verdict.HOLD):
        return s, ()
    if s.run is not None and s.run.events == 0 and i.id is None:
        s = link(s, resumable=False)
    handler = _BODIES.get(type(i.body))
    s = run(s, events=s.run.events + 1 if s.run else 1)
    after, effects = handler(s, i.body, now, i.id) if handler else (s, ())
    if _shows(s, after):
        after = end_notices(link(after, shown_at=now), now, *CALM_NOTICES)
    return after, effects


def _released(s: Session, i: Event, now: float) -> Session:
    """A token that came twice under one id is painted, or known as a repeat, by what comes behind it."""
    if not s.cursor.held:
        return s
    cursor, own = decide(s.cursor, i.id)
    s = replace(s, cursor=cursor)
    return _chunk(s, cursor.last, now, cursor.newest)[0] if own and isinstance(cursor.last, Chunk) else s


def _shows(before: Session, after: Session) -> bool:
    """Whether an event is seen: many carry nothing for the screen, and silence goes on through them."""
    if before.run is None or after.run is None or after.writing is not before.writing:
        return True
    if (before.run.node, before.run.status) != (after.run.node, after.run.status):
        return True
    return after.live is not before.live and _seen(after) != _seen(before)


def _seen(s: Session) -> list[tuple[object, ...]]:
    return [(m.text, m.thinking, m.tool_calls) for m in s.live]


def _beheaded(s: Session, i: Event) -> bool:
    """All of our own run was asked for, and what comes first is not what every run begins with: the words before it are lost."""
    followed = s.run
    ours = followed is not None and followed.events == 0 and bool(followed.submit_id)
    return ours and isinstance(i.body, (Chunk, Whole))


def _replayed(s: Session, now: float) -> bool:
    """The run's first event: it came at once, or on a connection that is not the first one (which brought nothing), or late in the run."""
    if s.run is None or s.run.events:
        return False
    return s.run.late or now - s.link.opened_at < policy.REPLAYED or bool(s.link.flow.cuts)


def back(s: Session, now: float) -> Session:
    """Something came again: the trouble is over."""
    if s.link.down_since is None and open_notice(s, *LINK_NOTICES) is None:
        return s
    return link(end_notices(s, now, *LINK_NOTICES), down_since=None, failure=None)


def _gap(s: Session, now: float) -> Next:
    """The server cannot replay from where we stood: once more from the beginning, then by the thread's state."""
    conn = s.link.conn
    if s.link.confirming:
        s, effects = settle(s, now)
        return s, (HangUp(conn), *effects)
    if not s.link.from_start:
        s, effects = join(s, now, from_start=True)
        return s, (HangUp(conn), *effects)
    return _poll(s, now, (HangUp(conn),))


def _poll(s: Session, now: float, effects: tuple[HangUp, ...] = ()) -> Next:
    if open_notice(s, NoticeKind.HELD) is None:
        s = tell(end_notices(s, now, *LINK_NOTICES), NoticeKind.NOT_RESUMABLE, now)
    return enter(s, Phase.POLLING, now, down_since=None, failure=None), (*effects, ReadThread())


# -- what an event says --------------------------------------------------------------------------------------------------


def _started(s: Session, body: RunStarted, now: float, id: str | None) -> Next:
    """``metadata``. A second one with an id of its own means that the server started over: the partial answer is void."""
    if s.run is None or (id and id == s.run.begun_id):
        return s, ()
    if s.run.attempt and (id is not None or body.attempt > s.run.attempt):
        if painted(s.live) or drafting.wrote(s):
            s = tell(s, NoticeKind.RESTARTED, now, over=True)
        s = keep_places(s, drafting.void(replace(s, live=tuple(m for m in s.live if m.role.ours), interrupts=())))
        s = run(s, tokens=0, chars=0)
    attempt = s.run.attempt + 1 if s.run else 1
    status = s.run.status if s.run and s.link.confirming else RunStatus.RUNNING  # what is over only comes again
    return run(s, attempt=attempt, begun_id=id or "", status=status, ahead=0), ()


def _chunk(s: Session, body: Chunk, now: float, id: str | None) -> Next:
    s = _late_start(s)
    s = _at_node(s, body.node, body.usage)
    if drafting.drafts(body.node):
        s, came = drafting.drafted(s, body)
        return (_count(s, came, now), ()) if came else (s, ())
    if body.message_id in s.settled_ids or not shown(body.node):
        return s, ()
    s = replace(s, live=add_chunk(s.live, body))
    return (_count(s, len(body.text), now), ()) if body.text else (s, ())


def _whole(s: Session, body: Whole, now: float, id: str | None) -> Next:
    s = _late_start(s)
    message = body.message
    if message.role is Role.AI and drafting.drafts(message.node):
        s, came = drafting.drafted_whole(s, message)
        return (_count(s, came, now), ()) if came else (s, ())
    if message.id in s.settled_ids or message.role is Role.HUMAN or not (shown(message.node) or message.role is Role.TOOL):
        return s, ()
    streamed = any(m.id == message.id for m in s.live)
    s = _at_node(s, message.node, None if streamed else message.usage)
    s = replace(s, live=put_whole(s.live, message))
    return (_count(s, len(message.text), now), ()) if message.text and message.role is Role.AI else (s, ())


def _at_node(s: Session, node: str, usage: Usage | None) -> Session:
    """Where the run is, and what it has used: the pieces' counts add up (a provider may tell them in several)."""
    if s.run is None or (usage is None and node in ("", s.run.node)):
        return s
    old = s.run.usage or Usage()
    added = Usage(old.input + usage.input, old.output + usage.output, old.total + usage.total) if usage else s.run.usage
    return run(s, node=node or s.run.node, usage=added)


def _late_start(s: Session) -> Session:
    """The run's first events are not ours to see (a run of somebody else's that cannot be replayed)."""
    if s.run is not None and s.run.status in (RunStatus.PENDING, RunStatus.CREATING):
        return run(s, status=RunStatus.RUNNING, ahead=0)
    return s


def _count(s: Session, chars: int, now: float) -> Session:
    r = s.run
    if r is None:
        return s
    first = r.first_token_at if r.first_token_at is not None else now
    second = max(0, int(now - first))
    buckets, start = r.buckets, r.buckets_from
    end = start + len(buckets)
    if second >= end:
        buckets = (*buckets, *([0] * min(60, second + 1 - end)))
    buckets = buckets[-60:]
    start = max(second + 1, end) - len(buckets)
    at = second - start
    if 0 <= at < len(buckets):
        buckets = (*buckets[:at], buckets[at] + 1, *buckets[at + 1 :])
    changed = replace(r, tokens=r.tokens + 1, chars=r.chars + chars, first_token_at=first, buckets=buckets, buckets_from=start)
    return replace(s, run=changed)


def _updated(s: Session, body: Updated, now: float, id: str | None) -> Next:
    """A node is done. Questions are taken from the thread's state at the end, when they can be answered."""
    return _late_start(s), ()


def _errored(s: Session, body: RunErrored, now: float, id: str | None) -> Next:
    """The stream closes behind it; then the run is asked and the state read."""
    if body.missing:
        return settle(run(s, status=RunStatus.LOST), now)
    words = body.message or body.error
    return run(s, error=words), ()


def _unreadable(s: Session, body: Unreadable, now: float, id: str | None) -> Next:
    return tell(s, NoticeKind.UNREADABLE, now, detail=f"{body.name}: {body.reason}", over=True), ()


_BODIES: dict[type[Body], Callable[[Session, Any, float, str | None], Next]] = {
    RunStarted: _started,
    Chunk: _chunk,
    Whole: _whole,
    Updated: _updated,
    RunErrored: _errored,
    Unreadable: _unreadable,
}

# -- the stream is over ---------------------------------------------------------------------------------------------------

HOPELESS = (FailureKind.AUTH, FailureKind.STRANGE, FailureKind.REDIRECT, FailureKind.TLS)
"""Failures that only the user can mend: tried again on his word."""


ASKED = (FailureKind.MISSING, FailureKind.NO_ANSWER)
"""A join that failed so says nothing of the run: the run is asked."""


def disconnected(s: Session, i: Disconnected, now: float) -> Next:
    """A close proves nothing: the run is asked."""
    if i.conn != s.link.conn or s.link.phase not in LISTENING:
        return s, ()
    was_live = s.link.phase is Phase.LIVE
    if s.link.confirming:
        return settle(s, now)
    down = s.link.down_since if s.link.down_since is not None else now
    s = link(s, failure=i.failure, down_since=down)
    if i.failure is not None and i.failure.kind is FailureKind.TOO_BIG:
        return _poll(tell(s, NoticeKind.UNREADABLE, now, failure=i.failure, over=True), now)
    if was_live:
        s = link(s, flow=flow.cut(s.link.flow, now - s.link.opened_at, now - s.link.byte_at))
    unheard = open_notice(s, NoticeKind.HELD) is not None
    if i.failure is not None and not unheard:
        s = tell(s, trouble(i.failure), now, failure=i.failure)
    if was_live or unheard or (i.failure is not None and i.failure.kind in ASKED):
        return query(s, now)
    return lost(s, i.failure, now, Then.JOIN)


def lost(s: Session, failure: Failure | None, now: float, then: Then) -> Next:
    """A request failed: again later by itself, or on the user's word where only that helps."""
    s = end_notices(s, now, *CALM_NOTICES, NoticeKind.HELD)
    s = tell(s, trouble(failure), now, failure=failure)
    s, effects = wait(s, now, then, failure)
    if failure is not None and failure.kind in HOPELESS:
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
    again: tuple[Effect, ...] = (CancelRun(followed.id),) if followed.stopped else ()
    at_work = i.run.status is RunStatus.RUNNING
    if s.link.phase in LISTENING:
        return _still_on(link(s, said_at=now) if at_work else s, i.run, now), ()
    if s.link.phase is not Phase.ASKING:
        return s, ()
    s = run(s, status=i.run.status, ahead=i.run.ahead)
    failure = s.link.failure
    unanswered = failure is not None and failure.kind is FailureKind.NO_ANSWER
    if not s.link.resumable or (unanswered and at_work and s.link.unheard):
        return _poll(s, now)
    if unanswered and at_work:
        s = tell(link(s, unheard=1), NoticeKind.HELD, now, failure=failure)
    else:
        s = tell(s, trouble(failure), now, failure=failure)
        told = open_notice(s, NoticeKind.CUT, NoticeKind.UNREACHABLE)
        before = (told.every, told.idle) if told is not None else (0.0, False)
        every, idle = flow.period(s.link.flow) or flow.still(s.link.flow, *before)
        s = tell(s, trouble(failure), now, every=every, idle=idle)
    s, effects = wait(s, now, Then.JOIN, failure)
    return s, (*effects, *again)


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
