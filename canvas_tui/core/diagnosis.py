"""Doctor's words: what a verdict is, its codes with their exit codes, how sure it can be, what can be done at once."""

from __future__ import annotations

import re
from enum import Enum, StrEnum

from .frozen import frozen
from .safe_text import safe_line


class Code(Enum):
    """(name, exit code). 0: nothing is wrong. 10–19 the way, 20–29 the server, 30–39 its queue, 40–49 the run, 50–59 the stream."""

    HEALTHY = ("HEALTHY", 0)
    WORKING = ("WORKING", 0)
    ANSWERED = ("ANSWERED", 0)

    DNS = ("DNS", 10)
    REFUSED = ("REFUSED", 11)
    CONNECT_TIMEOUT = ("CONNECT_TIMEOUT", 12)
    TLS = ("TLS", 13)
    ENV_PROXY = ("ENV_PROXY", 14)
    NO_ANSWER = ("NO_ANSWER", 15)
    CLIENT_BUSY = ("CLIENT_BUSY", 16)

    WRONG_SERVER = ("WRONG_SERVER", 20)
    AUTH = ("AUTH", 21)
    GATEWAY = ("GATEWAY", 22)
    SERVER_ERROR = ("SERVER_ERROR", 23)
    SERVER_BLOCKED = ("SERVER_BLOCKED", 24)
    LIMITED = ("LIMITED", 25)
    REDIRECTED = ("REDIRECTED", 26)
    NO_GRAPH = ("NO_GRAPH", 27)

    NO_THREAD = ("NO_THREAD", 30)
    SCHEDULED = ("SCHEDULED", 31)
    BEHIND_RUN = ("BEHIND_RUN", 32)
    ZOMBIE_RUN = ("ZOMBIE_RUN", 33)
    QUEUE_STARVED = ("QUEUE_STARVED", 34)
    NO_WORKER = ("NO_WORKER", 35)
    QUEUED = ("QUEUED", 36)

    WAITING_FOR_YOU = ("WAITING_FOR_YOU", 3)
    STATIC_BREAKPOINT = ("STATIC_BREAKPOINT", 40)
    RUN_FAILED = ("RUN_FAILED", 4)
    RUN_LOST = ("RUN_LOST", 41)
    RUN_CANCELLED = ("RUN_CANCELLED", 42)
    RUN_SILENT = ("RUN_SILENT", 43)
    EMPTY_ANSWER = ("EMPTY_ANSWER", 44)
    RE_EXECUTED = ("RE_EXECUTED", 45)

    BUFFERED = ("BUFFERED", 50)
    BUFFERED_BY_GZIP = ("BUFFERED_BY_GZIP", 51)
    GET_BUFFERED = ("GET_BUFFERED", 52)
    IDLE_TIMEOUT = ("IDLE_TIMEOUT", 53)
    DURATION_CAP = ("DURATION_CAP", 54)
    FLAKY_LINK = ("FLAKY_LINK", 55)
    HALF_OPEN = ("HALF_OPEN", 56)
    MODE_MISMATCH = ("MODE_MISMATCH", 57)
    NOT_TOKENISED = ("NOT_TOKENISED", 58)
    NOT_RESUMABLE = ("NOT_RESUMABLE", 59)
    STREAM_ENDPOINT = ("STREAM_ENDPOINT", 60)
    UNREADABLE_STREAM = ("UNREADABLE_STREAM", 61)

    UNKNOWN = ("UNKNOWN", 99)

    @property
    def word(self) -> str:
        return self.value[0]

    @property
    def exit_code(self) -> int:
        return self.value[1]


HARMLESS = frozenset({Code.HEALTHY, Code.WORKING, Code.ANSWERED})
"""Verdicts that accuse nobody."""


class Sure(StrEnum):
    CERTAIN = "certain"
    LIKELY = "likely"
    UNDECIDED = "cannot be told apart"


class Action(StrEnum):
    """What doctor can do about it, after asking."""

    NOTHING = ""
    CONTINUE = "continue"  # run on where the thread stopped
    FETCH = "fetch"  # show the answer that stands in the thread's state
    FREE = "free"  # cancel (or delete) the run that blocks the thread


@frozen
class Verdict:
    """``evidence`` are lines with numbers; ``now`` what a person can do, the best first."""

    code: Code
    sentence: str
    evidence: tuple[str, ...] = ()
    sure: Sure = Sure.CERTAIN
    refuted_by: str = ""
    now: tuple[str, ...] = ()
    action: Action = Action.NOTHING
    run_id: str = ""  # that the action is about
    instead: tuple[Code, ...] = ()  # what it could be as well, where it cannot be told apart


class Standing(StrEnum):
    DOING = "doing"
    GOOD = "good"
    BAD = "bad"
    SKIPPED = "skipped"


@frozen
class Step:
    """A line of the checklist; the same ``name`` again replaces it. ``told`` is what was found, in a few words."""

    name: str
    standing: Standing
    told: str = ""


def said(words: str, limit: int = 200) -> str:
    """Words from outside, harmless and on one line."""
    line = " ".join(safe_line(words[: limit * 4]).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def short(id: str) -> str:
    """An id as far as a person compares it."""
    return said(id, 60) if len(id) <= 13 else said(id, 60)[:8] + "…" + said(id, 60)[-4:]


def span(seconds: float) -> str:
    """A time in words: 12 ms, 0.4 s, 12 s, 3 min 20 s, 2 h 05 min, 3 days."""
    seconds = min(max(0.0, seconds), 1e12)
    if seconds < 0.0995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min" if whole < 172_800 else f"{whole // 86_400} days"


def size(count: int) -> str:
    """Bytes in words."""
    return f"{count} bytes" if count < 10_000 else f"{count / 1000:.0f} kB" if count < 10_000_000 else f"{count / 1_000_000:.0f} MB"


HELD = "\ue000"
"""Stands for a space at which no line may break."""
_UNITS = re.compile(r"(?<=\d) (?=(?:ms|s|min|h|days|bytes|kB|MB)\b)")


def held(words: str) -> str:
    """Numbers beside their units, for wrapping; `let_go` makes spaces of it again."""
    return _UNITS.sub(HELD, words)


def let_go(line: str) -> str:
    return line.replace(HELD, " ")


def many(count: int, one: str, more: str = "") -> str:
    """1 run, 2 runs."""
    return f"{count} {one if count == 1 else more or one + 's'}"
