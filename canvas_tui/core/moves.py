"""Small moves that the handlers of `session` share: phases, waits and notices."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

from . import policy
from .changing import replace
from .cursor import EVERYTHING, ask, reopen
from .effects import CancelRun, CreateRun, Effect, FindRun, JoinRun, ReadRun, ReadThread
from .model import Failure, FailureKind, Link, Message, Notice, NoticeKind, Phase, Run, RunInfo, Session, Standing, Then
from .notice import again, behind
from .turns import with_artifact

Next: TypeAlias = tuple[Session, tuple[Effect, ...]]

REPLACES = {
    NoticeKind.UNREACHABLE: (NoticeKind.CUT,),
    NoticeKind.CUT: (NoticeKind.UNREACHABLE,),
    NoticeKind.HELD: (NoticeKind.UNREACHABLE, NoticeKind.CUT),
}
"""Notices that tell of one and the same trouble: the newer word takes the older one's place."""

LINK_NOTICES = (NoticeKind.CUT, NoticeKind.UNREACHABLE, NoticeKind.LIMITED)
CALM_NOTICES = (NoticeKind.QUIET, NoticeKind.QUEUED)
FLOW_NOTICES = (NoticeKind.BURSTS, NoticeKind.SLOW)
"""How the stream comes: told once a run, until its end."""
PASSING_NOTICES = (*LINK_NOTICES, *CALM_NOTICES, *FLOW_NOTICES, NoticeKind.HELD, NoticeKind.NOT_RESUMABLE, NoticeKind.STOPPING)


def link(s: Session, **changes: Any) -> Session:
    return replace(s, link=replace(s.link, **changes))


def run(s: Session, **changes: Any) -> Session:
    return s if s.run is None else replace(s, run=replace(s.run, **changes))


def enter(s: Session, phase: Phase, now: float, **changes: Any) -> Session:
    return link(s, phase=phase, since=now, **changes)


# -- effects that begin a phase --------------------------------------------------------------------------------------


def create(s: Session, now: float) -> Next:
    """POST the run that the session holds."""
    if s.run is None or s.sending is None:
        return idle(s, now), ()
    heads = tuple(head.checkpoint_id for head in s.heads)
    sending = with_artifact(s.sending, s.state)
    s = enter(replace(s, sending=sending), Phase.CREATING, now, missed_at=None)
    return s, ((CreateRun(s.run.submit_id, sending, s.run.interrupt, heads),) if s.run else ())


def find(s: Session, now: float) -> Next:
    if s.run is None:
        return idle(s, now), ()
    return enter(s, Phase.FINDING, now), (FindRun(s.run.submit_id),)


def join(s: Session, now: float, *, from_start: bool = False) -> Next:
    """Join the run's stream on a new connection, exactly where the last one stopped."""
    if s.run is None or not s.run.id:
        return find(s, now)
    conn = s.link.conn + 1
    wanted = EVERYTHING if from_start else ask(s.cursor)
    s = replace(s, cursor=reopen(s.cursor))
    s = enter(s, Phase.JOINING, now, conn=conn, beats=0, from_start=from_start, renewed=False, asked_at=now)
    return s, (JoinRun(s.run.id if s.run else "", conn, wanted),)


def query(s: Session, now: float, *, waited: bool = False) -> Next:
    """Ask the server about the run; ``waited``: what follows from its answer has been waited for already."""
    if s.run is None or not s.run.id:
        return find(s, now)
    return enter(s, Phase.ASKING, now, asked_at=now, waited=waited), (ReadRun(s.run.id),)


def settle(s: Session, now: float) -> Next:
    """The run is over: read the thread's state, which wins."""
    return enter(s, Phase.SETTLING, now), (ReadThread(),)


def poll(s: Session, now: float) -> Next:
    """The run's stream is of no use: read what the thread has saved of it."""
    return enter(s, Phase.POLLING, now, read_at=now), (ReadThread(),)


def read(s: Session) -> Next:
    """Read the thread, beside whatever is on."""
    return replace(s, reading=True, read_retry_at=None), (ReadThread(),)


def cancel(s: Session, now: float) -> Next:
    """Ask the server to end the run. Its answer tells nothing: the run is over when the server says so, else it is asked again."""
    if s.run is None or not s.run.id:
        return s, ()
    return link(s, cancels=s.link.cancels + 1, cancel_at=now + policy.CANCEL_AGAIN), (CancelRun(s.run.id),)


_AFTER_WAIT: dict[Then, Callable[[Session, float], Next]] = {
    Then.CREATE: create,
    Then.FIND: find,
    Then.JOIN: join,
    Then.ASK: partial(query, waited=True),
    Then.READ: settle,
    Then.POLL: poll,
}


def wait(s: Session, now: float, then: Then, failure: Failure | None, *, until: float = 0.0) -> Next:
    """Try again later, not before ``until``; the wait grows while there is no progress."""
    at = max(until, now + policy.backoff(s.link.attempt, run_key(s), failure))
    s = enter(s, Phase.WAITING, now, then=then, attempt=s.link.attempt + 1, retry_at=at, failure=failure or s.link.failure)
    return s, ()


def resume(s: Session, now: float) -> Next:
    """The wait is over."""
    return _AFTER_WAIT[s.link.then](s, now)


def run_key(s: Session) -> str:
    """The run's name, whoever started it; the thread's where there is none."""
    return s.run.submit_id or s.run.id if s.run else s.thread_id


def idle(s: Session, now: float) -> Session:
    """Nothing is followed any more; the connection's number stays, so that late inputs do not count."""
    return replace(s, link=Link(conn=s.link.conn, beating=s.link.beating, since=now))


# -- notices ---------------------------------------------------------------------------------------------------------


def last_id(s: Session) -> str:
    """The message after which something is told now."""
    if s.live:
        return s.live[-1].id
    return s.history[-1].id if s.history else ""


def open_notice(s: Session, *kinds: NoticeKind) -> Notice | None:
    return next((n for n in reversed(s.notices) if n.until is None and n.kind in kinds), None)


def tell(
    s: Session, kind: NoticeKind, now: float, *, detail: str = "", failure: Failure | None = None, over: bool = False, **figures: Any
) -> Session:
    """Open a notice (``over``: one that is a plain line from the start; ``figures``: fields of `Notice`).

    An open one of the kind is brought up to date; one of the same run that has ended is taken up again, here, and counted.
    """
    current = open_notice(s, kind, *REPLACES.get(kind, ()))
    until = now if over else None
    if current is not None:
        changes = {"kind": kind, "until": until, "detail": detail or current.detail, "failure": failure or current.failure, **figures}
        return _put(s, replace(current, **changes))
    place, tokens, whose = last_id(s), s.run.tokens if s.run else 0, run_key(s)
    last = _foldable(s, kind) if kind is not NoticeKind.QUIET else None  # whether a silence is worth a line, its end tells
    if last is not None:
        folded = again(last, kind, now, until=until, after=place, tokens=tokens, detail=detail, failure=failure)
        return _put(s, replace(folded, **figures), last=True)
    notice = Notice(s.notice_serial + 1, kind, now, until, place, tokens=tokens, detail=detail, failure=failure, run=whose, **figures)
    return replace(s, notices=(*s.notices[-MOST_NOTICES:], notice), notice_serial=notice.id)


MOST_NOTICES = 200
"""Kept a thread: older ones have been read or never will be."""

_FAMILIES = (
    frozenset({NoticeKind.CUT, NoticeKind.UNREACHABLE}),
    frozenset({NoticeKind.RESTARTED}),
    frozenset({NoticeKind.UNREADABLE}),
    frozenset({NoticeKind.HELD}),
    frozenset({NoticeKind.LIMITED}),
    frozenset({NoticeKind.QUIET}),
)
"""Kinds of which a run has one line, with a count, where the newest of them was."""


def _foldable(s: Session, kind: NoticeKind) -> Notice | None:
    """What the run has of the family that is over."""
    family = next((kinds for kinds in _FAMILIES if kind in kinds), frozenset())
    whose = run_key(s)
    return next((n for n in reversed(s.notices) if n.kind in family and n.run == whose and n.until is not None), None)


def end_notices(s: Session, now: float, *kinds: NoticeKind) -> Session:
    """End the open notices of the kinds. Short silences leave nothing, troubles one quiet line."""
    if open_notice(s, *kinds) is None:
        return s
    kept: list[Notice] = []
    for notice in s.notices:
        if notice.until is not None or notice.kind not in kinds:
            kept.append(notice)
        elif notice.kind is NoticeKind.QUIET:
            if now - notice.since >= policy.KEEP_QUIET:
                last = _foldable(s, NoticeKind.QUIET)
                kept = [each for each in kept if each is not last]
                kept.append(replace(notice, until=now) if last is None else behind(last, notice, now))
        elif notice.kind not in _TRACELESS:
            kept.append(replace(notice, until=now))
    return replace(s, notices=tuple(kept))


_TRACELESS = frozenset({NoticeKind.QUEUED, NoticeKind.THREAD, NoticeKind.STOPPING})
"""When they are over there is nothing left to tell."""


def drop_notices(s: Session, *kinds: NoticeKind) -> Session:
    """Take notices away whose matter is settled and not worth a line."""
    kept = tuple(n for n in s.notices if n.kind not in kinds)
    return s if len(kept) == len(s.notices) else replace(s, notices=kept)


def keep_places(before: Session, s: Session) -> Session:
    """What was told below a message that is gone stands below the one before it; else it would stand below all that comes."""
    left = {m.id for m in (*s.history, *s.live)}
    places: dict[str, str] = {}
    place = ""
    for message in (*before.history, *before.live):
        place = message.id if message.id in left else place
        if message.id not in left:
            places[message.id] = place
    if not any(n.after in places for n in s.notices):
        return s
    return replace(s, notices=tuple(replace(n, after=places.get(n.after, n.after)) for n in s.notices))


def _put(s: Session, notice: Notice, *, last: bool = False) -> Session:
    """In its own place, or behind all the others."""
    if last:
        return replace(s, notices=(*(n for n in s.notices if n.id != notice.id), notice))
    return replace(s, notices=tuple(notice if n.id == notice.id else n for n in s.notices))


def trouble(failure: Failure | None) -> NoticeKind:
    """Under which kind a failed request or a lost stream is told."""
    if failure is not None and failure.kind is FailureKind.LIMITED:
        return NoticeKind.LIMITED
    if failure is None or failure.kind in (FailureKind.CUT, FailureKind.SILENT):
        return NoticeKind.CUT
    return NoticeKind.UNREACHABLE


# -- messages --------------------------------------------------------------------------------------------------------


def mark_sent(s: Session) -> Session:
    """The server has the run: the user's message of the turn is sent."""
    return replace(s, live=tuple(replace(m, standing=Standing.DONE) if m.role.ours else m for m in s.live))


def painted(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """Those that show something of the agent."""
    return tuple(m for m in messages if not m.role.ours and (m.text or m.tool_calls or m.thinking))


FRESH = 2.0
"""Seconds of age up to which a run is followed from its beginning."""


def dated(s: Session, info: RunInfo, now: float) -> Session:
    """A run that was taken up while it was on counts from when it was made, as soon as the server has told."""
    late = s.run is not None and s.run.id == info.id and s.run.late
    return run(s, started_at=min(now - info.age, s.run.started_at)) if late and s.run and info.age else s


def new_run(submit_id: str, now: float, *, interrupt: bool = False) -> Run:
    return Run(submit_id, started_at=now, interrupt=interrupt)
