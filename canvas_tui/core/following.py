"""The stream of the followed run: what is new of it, what has been seen, what is missing."""

from __future__ import annotations

from . import events, flow, policy
from .changing import replace
from .cursor import Verdict, again, decide, take, timed
from .effects import HangUp
from .inputs import Chunk, Connected, Event, Received, RunStarted, Whole
from .model import Cursor, NoticeKind, Phase, Session
from .moves import CALM_NOTICES, LINK_NOTICES, Next, end_notices, enter, join, link, open_notice, poll, run, settle, tell

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
    at = max(s.link.byte_at, now - i.ago)
    came = flow.read(s.link.flow, i.size, at - s.link.byte_at, at, inside=i.inside)
    measured = came.window_at != s.link.flow.window_at
    s = link(s, byte_at=at, beats=beats, beating=s.link.beating or i.beats > 0, flow=came, unheard=0)
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
    further = verdict is Verdict.TAKE and bool(i.id)  # what comes again, or tells no place, would make a storm of a cut behind it
    attempt = 0 if further else s.link.attempt
    heard = replace(s.link, event_at=s.link.event_at if known else now, byte_at=now, attempt=attempt, flow=came, unheard=0)
    s = end_notices(replace(s, cursor=cursor, link=heard), now, NoticeKind.HELD)
    if held_back and (every := flow.bursts_every(came)) is not None:
        s = tell(s, NoticeKind.BURSTS, now, every=every)
    if s.link.down_since is not None:
        s = back(s, now)
    if verdict in (Verdict.LEAVE, Verdict.HOLD):
        return s, ()
    if s.run is not None and s.run.events == 0 and i.id is None:
        s = link(s, resumable=False)
    s = run(s, events=s.run.events + 1 if s.run else 1)
    after, effects = events.said(s, i.body, now, i.id)
    if _shows(s, after):
        after = end_notices(link(after, shown_at=now), now, *CALM_NOTICES)
    return after, effects


def _released(s: Session, i: Event, now: float) -> Session:
    """A token that came twice under one id is painted, or known as a repeat, by what comes behind it."""
    if not s.cursor.held:
        return s
    cursor, own = decide(s.cursor, i.id)
    s = replace(s, cursor=cursor)
    return events.chunk(s, cursor.last, now, cursor.newest)[0] if own and isinstance(cursor.last, Chunk) else s


def _shows(before: Session, after: Session) -> bool:
    """Whether an event is seen: many carry nothing for the screen, and silence goes on through them."""
    if before.run is None or after.run is None or (before.run.node, before.run.status) != (after.run.node, after.run.status):
        return True
    if after.draft is not before.draft and _on_canvas(after) != _on_canvas(before):
        return True
    return after.live is not before.live and _seen(after) != _seen(before)


def _seen(s: Session) -> list[tuple[object, ...]]:
    return [(m.text, m.thinking, m.tool_calls) for m in s.live]


def _on_canvas(s: Session) -> tuple[object, ...]:
    """Of what a run writes there much is not shown: a model's thoughts, a call's name, a title that comes before the text."""
    return (s.draft.version, s.draft.standing) if s.draft is not None else ()


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
    s, effects = poll_state(s, now)
    return s, (HangUp(conn), *effects)


def poll_state(s: Session, now: float) -> Next:
    """The stream is given up; the thread's state is read again and again instead."""
    if open_notice(s, NoticeKind.HELD) is None:
        s = tell(end_notices(s, now, *LINK_NOTICES), NoticeKind.NOT_RESUMABLE, now)
    s = link(s, down_since=None, failure=None)
    if now - s.link.read_at < policy.POLL_EVERY:  # it has just been read
        return enter(s, Phase.POLLING, now), ()
    return poll(s, now)
