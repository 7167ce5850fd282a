"""What an event of the run's stream says, and what becomes of the session by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import drafting
from .assemble import add_chunk, put_whole, shown
from .changing import replace
from .inputs import Body, Chunk, RunErrored, RunStarted, Unreadable, Updated, Whole
from .model import NoticeKind, Role, RunStatus, Session, Usage
from .moves import Next, keep_places, painted, run, settle, tell


def said(s: Session, body: Body, now: float, id: str | None) -> Next:
    """Apply an event that is new; many carry nothing for the session."""
    handler = _BODIES.get(type(body))
    return handler(s, body, now, id) if handler else (s, ())


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


def chunk(s: Session, body: Chunk, now: float, id: str | None) -> Next:
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
    Chunk: chunk,
    Whole: _whole,
    Updated: _updated,
    RunErrored: _errored,
    Unreadable: _unreadable,
}
