"""The state of a run in a few words, for the side of the screen and the status line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from . import policy
from .model import Phase, Run, RunStatus, Session, Then
from .node_words import doing
from .spans import seconds

WAITING_FOR_YOU = "waiting for you"
STOPPING = "stopping"
LOOKING = "looking whether it arrived"
RunWords: TypeAlias = Callable[[Session, Run, float], str]


def _live_words(s: Session, run: Run, now: float) -> str:
    if run.stopped:
        return STOPPING
    if run.status is RunStatus.PENDING and s.link.asked_at > s.link.opened_at:
        return "not due yet" if run.due_at > now else f"queued behind {run.ahead}" if run.ahead else "queued"
    if run.attempt == 0:
        return "starting"
    quiet = now - s.link.shown_at
    if quiet >= policy.QUIET_EVENTS:
        return f"{'no word' if unseen(s, now) else 'quiet'} for {seconds(quiet)}"
    return doing(run.node) if run.node else "running"


def unseen(s: Session, now: float) -> bool:
    """Events come, and none of them is seen: a model's thoughts, the title of a version."""
    return s.link.event_at > max(s.link.shown_at, s.link.opened_at) and now - s.link.event_at < policy.QUIET_BYTES


def trying(wait: float) -> str:
    """``wait``: seconds until then, or infinite where the user is to say so."""
    if wait == float("inf"):
        return WAITING_FOR_YOU
    return f"trying again in {seconds(wait + 0.5)}" if wait >= 1 else "trying again now"


def _joining_words(s: Session) -> str:
    return "reconnecting" if s.cursor.newest is not None else "joining"


def _waiting_words(s: Session, run: Run, now: float) -> str:
    if s.link.then is Then.CREATE:
        return "not sent yet, waiting"
    if run.stopped and run.id and not run.status.over:
        return STOPPING
    if s.link.then is Then.FIND:
        return LOOKING
    return WAITING_FOR_YOU if s.link.retry_at == float("inf") else "reconnecting"


def _idle_words(s: Session, run: Run, now: float) -> str:
    if s.interrupts:
        return "waiting for your answer"
    span = seconds((run.ended_at or now) - run.started_at)
    return f"{_ENDS.get(run.status, 'done')} in {span}" if not run.stopped else f"stopped after {span}"


_ENDS = {
    RunStatus.SUCCESS: "done",
    RunStatus.ERROR: "failed",
    RunStatus.TIMEOUT: "timed out",
    RunStatus.INTERRUPTED: "interrupted",
    RunStatus.LOST: "lost",
}

_PHASE_WORDS: dict[Phase, RunWords] = {
    Phase.IDLE: _idle_words,
    Phase.CREATING: lambda s, run, now: "sending",
    Phase.FINDING: lambda s, run, now: LOOKING,
    Phase.JOINING: lambda s, run, now: _live_words(s, run, now) if s.link.renewed else _joining_words(s),
    Phase.LIVE: _live_words,
    Phase.ASKING: lambda s, run, now: "asking about the run",
    Phase.WAITING: _waiting_words,
    Phase.SETTLING: lambda s, run, now: "reading the thread",
    Phase.POLLING: lambda s, run, now: "reading the saved state",
}


def run_words(session: Session, now: float) -> str:
    """The run's state in a few words: "queued behind 2", "running in agent", "quiet for 12 s", "done in 8 s"."""
    if session.run is None:
        return "waiting for your answer" if session.interrupts else "no run yet"
    return _PHASE_WORDS[session.link.phase](session, session.run, now)
