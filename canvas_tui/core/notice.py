"""What is told inline, beside the conversation: values only; their words are in `notices`."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from .failure import Failure
from .frozen import frozen


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
    STOPPING = "stopping"  # the user has stopped the run, the server has not yet
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
    GONE = "gone"  # the server does not have the thread any more
    NO_MESSAGES = "no messages"  # the graph has no messages in its state


NEVER_BEGAN, FOR_NEWER = "it never began", "for a newer one"
"""Details of PUSHED_OUT: the run was cancelled in the queue; it was the user who sent another."""
MAY_GO_ON = "it may go on"
"""Detail of STOPPED: the run was given up, nobody knows whether it has ended."""
MOST_PAST = 12
"""Of a line that stands for many: the newest are told one by one."""


@frozen
class Past:
    """One of the faults that a line stands for."""

    kind: NoticeKind
    seconds: float
    tokens: int = 0
    detail: str = ""
    failure: Failure | None = None


@frozen
class Notice:
    """Something told inline, after the message ``after`` (at the end where that is empty or unknown).

    Open while ``until`` is None. ``count`` folds those of a run into one line; all but ``seconds``, ``count`` and ``past`` is the newest's.
    ``tokens`` is how much had been painted; words: ``notices.words``.
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
    run: str = ""  # in which it happened
    past: tuple[Past, ...] = ()  # the newest of the earlier ones


def again(
    last: Notice, kind: NoticeKind, now: float, *, until: float | None, after: str, tokens: int, detail: str, failure: Failure | None
) -> Notice:
    """It has happened once more."""
    ended = last.until if last.until is not None else now
    past = (*last.past, Past(last.kind, ended - last.since, last.tokens, last.detail, last.failure))[-MOST_PAST:]
    return replace(
        last,
        kind=kind,
        since=now,
        until=until,
        after=after,
        count=last.count + 1,
        seconds=last.seconds + ended - last.since,
        tokens=tokens,
        detail=detail,
        failure=failure,
        past=past,
    )


def behind(last: Notice, newest: Notice, now: float) -> Notice:
    """``newest``, which is over now, in one line with ``last``; the line keeps the number under which it is on the screen."""
    folded = again(
        last, newest.kind, now, until=now, after=newest.after, tokens=newest.tokens, detail=newest.detail, failure=newest.failure
    )
    return replace(folded, id=newest.id, since=newest.since)
