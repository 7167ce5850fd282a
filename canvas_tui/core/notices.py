"""A session in a person's words: what happened, what is being done about it, which key helps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from itertools import dropwhile

from . import policy
from .frozen import frozen
from .model import (
    FailureKind,
    Link,
    Notice,
    NoticeKind,
    Phase,
    Run,
    RunStatus,
    ServerPhase,
    ServerState,
    Session,
    Standing,
    Then,
    Unstreamed,
)
from .moves import last_id
from .node_words import plain
from .notice import FOR_NEWER, MAY_GO_ON, NEVER_BEGAN
from .notice_details import details
from .run_words import LOOKING, trying, unseen
from .run_words import WAITING_FOR_YOU as WAITING_FOR_YOU
from .run_words import run_words as run_words
from .safe_text import safe, safe_line
from .spans import about, count
from .spans import seconds as seconds
from .troubles import describe


class Level(StrEnum):
    QUIET = "quiet"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Act(StrEnum):
    """What a key can do about it; the screen knows the keys."""

    RETRY = "retry"
    GIVE_UP = "give up"
    STOP = "stop"
    ANSWER = "answer"
    CONTINUE = "continue"
    RESEND = "resend"  # the same once more, as a run or branch of its own
    ELSEWHERE = "elsewhere"  # in a new thread
    DETAILS = "details"
    WHY = "why"  # ask doctor


_EXPLAINED = frozenset({NoticeKind.STOPPED, NoticeKind.NO_MESSAGES, NoticeKind.BOTH, NoticeKind.BRANCH})
"""Nothing went wrong there that doctor could explain."""


@frozen
class Words:
    """``text`` is one line; ``details`` opens below it. Both are clean of control characters already."""

    text: str
    level: Level
    acts: tuple[Act, ...] = ()
    details: str = ""


def words(notice: Notice, session: Session, now: float) -> Words:
    """What the notice says at ``now`` (open ones count up)."""
    told = _WORDS[notice.kind](notice, session, now)
    if told.level is Level.QUIET and not told.details:  # even a line that is over opens to something
        told = replace(told, acts=(*(act for act in told.acts if act is not Act.DETAILS), Act.DETAILS), details=_details(notice))
    passed = told.level is Level.QUIET and notice.kind is not NoticeKind.UNREADABLE
    return told if passed or notice.kind in _EXPLAINED else replace(told, acts=(*told.acts, Act.WHY))


def inline(session: Session, server: ServerState) -> tuple[Notice, ...]:
    """The notices that belong into the conversation. A server that cannot be used is told of once, not for each thread again."""
    if server.phase is not ServerPhase.FAILED:
        return session.notices
    return tuple(n for n in session.notices if n.kind is not NoticeKind.THREAD)


# -- inline ----------------------------------------------------------------------------------------------------------------


def _next_try(link: Link, now: float) -> str:
    if link.missed_at is not None and (link.phase is Phase.FINDING or (link.phase is Phase.WAITING and link.then is Then.FIND)):
        return LOOKING
    return trying(link.retry_at - now if link.phase is Phase.WAITING else 0.0)


def _after(notice: Notice) -> str:
    return f" after {count(notice.tokens, 'token')}" if notice.tokens else ""


def _lasted(notice: Notice) -> float:
    return notice.seconds + ((notice.until or notice.since) - notice.since)


def _details(notice: Notice) -> str:
    return safe(details(notice))


def _kept(n: Notice, s: Session) -> str:
    """What stays of the answer after the gap: all of it, unless the next thing told is that it begins anew or is gone."""
    later = next((other for other in dropwhile(lambda each: each.id != n.id, s.notices) if other.id != n.id), None)
    return "" if later is not None and later.kind in (NoticeKind.RESTARTED, NoticeKind.LOST) else ", nothing lost"


def _period(n: Notice) -> str:
    """What cuts again and again after the same time."""
    if not n.every:
        return ""
    which = f"connections on which nothing comes for {about(n.every)}" if n.idle else f"each connection after {about(n.every)}"
    return f" Something between here and the server closes {which}."


def _times(n: Notice) -> str:
    return f" {n.count} times" if n.count > 1 else ""


def _in_all(n: Notice) -> str:
    return " in all" if n.count > 1 else ""


def _cut(n: Notice, s: Session, now: float) -> Words:
    if n.until is not None:
        span = _lasted(n)
        length = f"for {seconds(span)}" if span >= 1 else "for a moment"
        told = f"Cut off{_times(n)}, {length} in all" if n.count > 1 else f"Cut off {length}{_after(n)}"
        return Words(f"{told}; resumed{_kept(n, s)}.{_period(n)}", Level.QUIET, (Act.DETAILS,), _details(n))
    what = "Nothing comes from the server" if n.failure and n.failure.kind is FailureKind.SILENT else "The connection was cut"
    doing = "asking the server about the run" if s.link.phase is Phase.ASKING else _next_try(s.link, now)
    if s.link.phase is Phase.JOINING:
        doing = "joining the run again"
    where = f" again ({n.count} times now)" if n.count > 1 else _after(n)
    text = f"{what}{where}, {seconds(now - n.since)} ago; {doing}.{_period(n)}"
    return Words(text, Level.WARNING, (Act.RETRY, Act.GIVE_UP, Act.DETAILS), _details(n))


def _unreachable(n: Notice, s: Session, now: float) -> Words:
    if n.until is not None:
        if n.failure is not None and n.failure.kind in policy.HOPELESS:
            told = f"Held up{_times(n)}, for {seconds(_lasted(n))}{_in_all(n)}: {describe(n.failure)}; resumed{_kept(n, s)}."
            return Words(told, Level.QUIET, (Act.DETAILS,), _details(n))
        many = f"{_times(n)}, for {seconds(_lasted(n))} in all" if n.count > 1 else f" for {seconds(_lasted(n))}{_after(n)}"
        text = f"The server was away{many}; it is back{_kept(n, s)}.{_period(n)}"
        return Words(text, Level.QUIET, (Act.DETAILS,), _details(n))
    tries = f", try {s.link.attempt}" if s.link.attempt > 1 else ""
    what = describe(n.failure)
    text = f"{what[:1].upper()}{what[1:]}, for {seconds(now - n.since)}{tries}; {_next_try(s.link, now)}."
    return Words(text, Level.WARNING, (Act.RETRY, Act.GIVE_UP, Act.DETAILS), _details(n))


def _limited(n: Notice, s: Session, now: float) -> Words:
    if n.until is not None:
        return Words(f"The server asked to wait{_times(n)}; it took {seconds(_lasted(n))}{_in_all(n)}.", Level.QUIET)
    return Words(f"The server asks to wait (too many requests); {_next_try(s.link, now)}.", Level.WARNING, (Act.RETRY, Act.GIVE_UP))


def _quiet(n: Notice, s: Session, now: float) -> Words:
    if n.until is not None:
        told = f"{_times(n)}, for {seconds(_lasted(n))} in all" if n.count > 1 else f" for {seconds(_lasted(n))}{_after(n)}"
        return Words(f"It was quiet{told}.", Level.QUIET)
    if s.link.phase is not Phase.LIVE and not s.link.renewed:
        doing = run_words(s, now)
        text = f"{doing[:1].upper()}{doing[1:]}: the server has not answered for {seconds(now - s.link.since)}."
        return Words(text, Level.INFO, (Act.STOP,))
    byte, event = now - s.link.byte_at, now - s.link.shown_at
    where = f" in {plain(s.run.node)}" if s.run and s.run.node else ""
    if s.run is not None and s.run.attempt == 0:
        begun = "is at work on the run; nothing of it has come" if s.run.status is RunStatus.RUNNING else "took the run; it has not begun"
        return Words(f"The server {begun} for {seconds(event)}.", Level.INFO, (Act.STOP,))
    if byte < policy.QUIET_BYTES:
        alive = "Events come, none that shows anything yet." if unseen(s, now) else "The connection is alive."
        text = f"Working{where}, no word for {seconds(event)}. {alive}{_said(s, now)}{_unstreamed(s.run)}"
        return Words(text, Level.INFO, (Act.STOP,))
    if s.link.beating:
        text = f"Nothing has come for {seconds(byte)}, not even a heartbeat; at {policy.SILENCE:.0f} s the connection is renewed."
        return Words(text, Level.WARNING, (Act.RETRY, Act.STOP))
    return Words(f"Quiet{where} for {seconds(event)}.{_said(s, now)}{_unstreamed(s.run)}", Level.INFO, (Act.STOP,))


def _said(s: Session, now: float) -> str:
    """What the server told of the run since it fell silent."""
    alive = s.link.said_at > s.link.event_at
    return f" The server says that the run goes on (asked {seconds(now - s.link.said_at)} ago)." if alive else ""


_UNSTREAMED = {
    Unstreamed.MODES: " It was started without a stream mode that brings tokens: the answer comes at its end.",
    Unstreamed.SUBGRAPHS: " It was started without stream_subgraphs: what its subgraphs write comes whole.",
}


def _unstreamed(run: Run | None) -> str:
    return _UNSTREAMED.get(run.unstreamed, "") if run is not None and not run.tokens else ""


def _queued(n: Notice, s: Session, now: float) -> Words:
    if s.run is None:
        return Words("Another run has this thread; your message goes after it.", Level.INFO, (Act.STOP,))
    if s.run.due_at > now:
        text = f"The run is not due yet: it was started for later, and begins in {seconds(s.run.due_at - now)}."
        return Words(text, Level.INFO, (Act.STOP,))
    before = f" behind {count(s.run.ahead, 'run')}" if s.run.ahead else ""
    return Words(f"Queued{before} at the server for {seconds(now - n.since)}.", Level.INFO, (Act.STOP,))


def _restarted(n: Notice, s: Session, now: float) -> Words:
    text = f"The server started the run again{_times(n)}: the partial answer ({count(n.tokens, 'token')}) is void, it comes anew."
    return Words(text, Level.WARNING, *(((Act.DETAILS,), _details(n)) if n.count > 1 else ()))


def _corrected(n: Notice, s: Session, now: float) -> Words:
    return Words("The thread's saved state differed from what had streamed; the saved text is shown.", Level.WARNING)


def _recovered(n: Notice, s: Session, now: float) -> Words:
    return Words("The stream did not bring this answer; it was read from the thread's saved state.", Level.INFO)


def _theirs(n: Notice, s: Session, now: float) -> Words:
    at_once = " at the same moment as yours; both are kept" if n.kind is NoticeKind.BOTH else ""
    return Words(f"Version {n.detail} was saved elsewhere{at_once}.", Level.INFO if at_once else Level.QUIET)


def _branch(n: Notice, s: Session, now: float) -> Words:
    return Words("The branch stays: your change belongs to it. Go to another one when it is saved or dropped.", Level.WARNING)


def _not_resumable(n: Notice, s: Session, now: float) -> Words:
    if n.until is not None:
        return Words("Live tokens could not be resumed; the saved state is shown, nothing lost.", Level.QUIET)
    doing = "read every 2 s" if s.link.phase is not Phase.WAITING else "shown"
    text = f"Live tokens are lost (this run cannot be resumed); the saved state is {doing} until the answer is there."
    return Words(text, Level.WARNING, (Act.STOP,))


HOP = "something between here and the server holds it back (a proxy that buffers?)"


def _held(n: Notice, s: Session, now: float) -> Words:
    if n.until is not None:
        told = f"{_times(n)}, for {seconds(_lasted(n))} in all" if n.count > 1 else f" for {seconds(_lasted(n))}"
        return Words(f"Nothing of the stream got through{told}: {HOP}.", Level.QUIET)
    state = "is read every 2 s" if not s.read_attempt else f"cannot be read: {describe(n.failure)}"
    text = f"The run is at work, but nothing of its stream gets through: {HOP}. The saved state {state}."
    return Words(text, Level.WARNING, (Act.STOP,))


def _bursts(n: Notice, s: Session, now: float) -> Words:
    came = "The answer came" if n.until is not None else "The answer comes"
    level = Level.INFO if n.until is None else Level.QUIET
    return Words(f"{came} in bursts, every {about(n.every)}: {HOP}. Nothing is lost.", level)


def _slow(n: Notice, s: Session, now: float) -> Words:
    rate = f"{n.rate / 1000:.1f} kB/s"
    if n.until is not None:
        return Words(f"The link was slow, about {rate}; nothing lost.", Level.QUIET)
    return Words(f"Slow link: about {rate} get through, less than the run writes. It shows later, and nothing is lost.", Level.INFO)


def _failed(n: Notice, s: Session, now: float) -> Words:
    said = safe_line(n.detail)[:200].rstrip()
    text = f"The run failed: {said}" if said else "The run failed; the server does not say why (see its log)."
    acts = (Act.CONTINUE, Act.DETAILS) if s.can_continue else (Act.DETAILS,)
    return Words(text, Level.ERROR, acts, safe(n.detail))


def _stopping(n: Notice, s: Session, now: float) -> Words:
    """Until the server has done it. Given up, the run may go on."""
    why = f"{describe(n.failure)}" if n.failure is not None else f"the run is still on after {seconds(now - n.since + policy.CANCEL_AGAIN)}"
    at = s.link.cancel_at if s.link.cancel_at is not None else now
    text = f"Not stopped yet: {why}; {trying(at - now)}. Given up, the run may go on at the server."
    return Words(text, Level.WARNING, (Act.RETRY, Act.GIVE_UP, Act.DETAILS), _details(n))


def _stopped(n: Notice, s: Session, now: float) -> Words:
    said = "Given up by you; the server may go on with the run." if n.detail == MAY_GO_ON else "Stopped by you."
    return Words(f"{said} What was written stays here.", Level.QUIET, (Act.CONTINUE,) if s.can_continue else ())


def _pushed_out(n: Notice, s: Session, now: float) -> Words:
    if n.detail == FOR_NEWER:
        return Words("This run was ended for a newer one.", Level.QUIET)
    when = " before it began" if n.detail == NEVER_BEGAN else ""
    return Words(f"The run was cancelled{when}, by somebody else or for a newer run.", Level.INFO, _once_more(n, s))


def _lost(n: Notice, s: Session, now: float) -> Words:
    text = "The server does not know the run any more (it was restarted, or the run deleted): no answer will come of it."
    return Words(text, Level.ERROR, _once_more(n, s))


def _once_more(n: Notice, s: Session) -> tuple[Act, ...]:
    """What can be done about a turn that has no answer, while nothing has followed upon it. Only the user may: it would be a second run."""
    if s.active or s.queue or s.interrupts or n.after != last_id(s):
        return ()
    return (Act.CONTINUE,) if s.can_continue else (Act.RESEND,)


def _unsent(n: Notice, s: Session, now: float) -> Words:
    waits = _waits(s)
    kept = ("It is kept here." if n.failure is None else "Your message is kept.") if waits else ""
    acts = (Act.RETRY,) if waits else (Act.CONTINUE,) if s.can_continue else ()
    if s.interrupts and not waits:
        kept, acts = "The question waits for your answer.", (Act.ANSWER,)
    if n.failure is None:
        why = f": {n.detail}" if n.detail else ""
        return Words(f"Not sent{why}. {kept}".rstrip(), Level.WARNING if why else Level.QUIET, acts)
    return Words(f"Not sent: {describe(n.failure)}. {kept}".rstrip(), Level.ERROR, (*acts, Act.DETAILS), _details(n))


def _waits(s: Session) -> bool:
    """A message could not be sent, and waits for the user's word."""
    return any(o.message.standing is Standing.UNSENT for o in s.queue)


def _gone(n: Notice, s: Session, now: float) -> Words:
    kept = " Your message was not sent, and is kept." if _waits(s) else ""
    shown = " What is shown was kept here." if s.history else ""
    text = f"The server does not have this thread any more (deleted, or lost).{shown}{kept}"
    return Words(text, Level.WARNING, (Act.ELSEWHERE,) if _waits(s) else ())


def _unreadable(n: Notice, s: Session, now: float) -> Words:
    times = count(n.count, "event")
    return Words(f"{times} of the stream could not be read; the rest is whole.", Level.QUIET, (Act.DETAILS,), _details(n))


def _continue(n: Notice, s: Session, now: float) -> Words:
    where = f" before {plain(n.detail)}" if n.detail else ""
    return Words(f"The thread stopped{where} without a question.", Level.INFO, (Act.CONTINUE,))


def _empty(n: Notice, s: Session, now: float) -> Words:
    return Words("The run ended and left no answer in the thread.", Level.WARNING, _once_more(n, s))


def _thread(n: Notice, s: Session, now: float) -> Words:
    if n.until is not None:
        return Words(f"The branch could not be read: {describe(n.failure)}.", Level.WARNING)
    if n.failure is None and s.reading:
        text = f"Reading the thread: the server has not answered for {seconds(now - s.reading_since)}."
        return Words(text, Level.WARNING, (Act.RETRY,))
    wait = s.read_retry_at - now if s.read_retry_at is not None and not s.reading else 0.0
    text = f"The thread could not be read: {describe(n.failure)}; {trying(wait)}."
    return Words(text, Level.WARNING, (Act.RETRY, Act.DETAILS), _details(n))


def _no_messages(n: Notice, s: Session, now: float) -> Words:
    text = "This graph keeps no messages; its state is shown as it is."
    return Words(text, Level.INFO, (Act.DETAILS,), safe(n.detail))


_WORDS: dict[NoticeKind, Callable[[Notice, Session, float], Words]] = {
    NoticeKind.QUIET: _quiet,
    NoticeKind.QUEUED: _queued,
    NoticeKind.CUT: _cut,
    NoticeKind.UNREACHABLE: _unreachable,
    NoticeKind.RESTARTED: _restarted,
    NoticeKind.CORRECTED: _corrected,
    NoticeKind.RECOVERED: _recovered,
    NoticeKind.THEIRS: _theirs,
    NoticeKind.BOTH: _theirs,
    NoticeKind.BRANCH: _branch,
    NoticeKind.NOT_RESUMABLE: _not_resumable,
    NoticeKind.HELD: _held,
    NoticeKind.BURSTS: _bursts,
    NoticeKind.SLOW: _slow,
    NoticeKind.FAILED: _failed,
    NoticeKind.STOPPING: _stopping,
    NoticeKind.STOPPED: _stopped,
    NoticeKind.PUSHED_OUT: _pushed_out,
    NoticeKind.LOST: _lost,
    NoticeKind.UNSENT: _unsent,
    NoticeKind.LIMITED: _limited,
    NoticeKind.UNREADABLE: _unreadable,
    NoticeKind.CONTINUE: _continue,
    NoticeKind.EMPTY: _empty,
    NoticeKind.THREAD: _thread,
    NoticeKind.GONE: _gone,
    NoticeKind.NO_MESSAGES: _no_messages,
}


def next_change(session: Session, now: float) -> float | None:
    """When the words would next change by themselves (whole seconds while something counts), or None at rest."""
    counting = session.active or any(n.until is None for n in session.notices)
    return now + 1.0 if counting else None
