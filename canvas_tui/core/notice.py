"""What is told inline, beside the conversation: values only; their words are in `notices`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .failure import Failure


class NoticeKind(StrEnum):
    QUIET = "quiet"  # no byte, or no event, for a while
    QUEUED = "queued"  # the run waits in the server's queue
    CUT = "cut"  # the stream was lost, and what came of it
    UNREACHABLE = "unreachable"  # the server does not answer
    RESTARTED = "restarted"  # the server started the run again: partial answer void
    CORRECTED = "corrected"  # the thread's state differed from what was painted
    RECOVERED = "recovered"  # the state had what the stream did not bring
    NOT_RESUMABLE = "not resumable"  # live tokens lost, showing the saved state
    HELD = "held"  # the run is at work, and nothing of its stream gets through
    BURSTS = "bursts"  # what was made over seconds comes at once, again and again
    SLOW = "slow"  # the link brings the stream more slowly than it is made
    FAILED = "failed"  # the run failed
    STOPPED = "stopped"  # by the user
    PUSHED_OUT = "pushed out"  # by a newer run, or cancelled elsewhere
    LOST = "lost"  # the server forgot the run
    UNSENT = "unsent"  # a message could not be sent
    LIMITED = "limited"  # 429, counting down
    UNREADABLE = "unreadable"  # an event could not be read
    CONTINUE = "continue"  # the thread stopped without a question
    THEIRS = "theirs"  # a version that another client saved by hand
    BOTH = "both"  # the same, at the very moment of a change of ours
    BRANCH = "branch"  # another branch is not shown while a change is being saved
    EMPTY = "empty"  # the run ended and said nothing
    THREAD = "thread"  # the thread could not be read
    NO_MESSAGES = "no messages"  # the graph has no messages in its state


NEVER_BEGAN, FOR_NEWER = "it never began", "for a newer one"
"""Details of PUSHED_OUT: the run was cancelled in the queue; it was the user who sent another."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something told inline, after the message ``after`` (at the end where that is empty or unknown).

    Open while ``until`` is None. ``count`` folds repetitions; ``tokens`` is how much had been painted; words: ``notices.words``.
    """

    id: int
    kind: NoticeKind
    since: float
    until: float | None = None
    after: str = ""
    count: int = 1
    seconds: float = 0.0  # how long the earlier, folded ones lasted
    tokens: int = 0
    detail: str = ""
    failure: Failure | None = None
    every: float = 0.0  # seconds after which each connection is cut, or between two bursts; 0: not known
    idle: bool = False  # the cuts come so long after the last byte, not after the connection was made
    rate: float = 0.0  # bytes a second of a slow link
