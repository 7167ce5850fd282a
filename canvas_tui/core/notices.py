"""A session in a person's words: what happened, what is being done about it, which key helps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .model import Notice, Session


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
    DETAILS = "details"


@dataclass(frozen=True, slots=True)
class Words:
    """``text`` is one line; ``details`` opens below it. Both are clean of control characters already."""

    text: str
    level: Level
    acts: tuple[Act, ...] = ()
    details: str = ""


def words(notice: Notice, session: Session, now: float) -> Words:
    """What the notice says at ``now`` (open ones count up)."""
    return Words(str(notice.kind), Level.INFO)


def run_words(session: Session, now: float) -> str:
    """The run's state in a few words: "queued behind 2", "running in agent", "quiet for 12 s", "done in 8 s"."""
    return ""


def next_change(session: Session, now: float) -> float | None:
    """When the words would next change by themselves (whole seconds while something counts), or None at rest."""
    return None
