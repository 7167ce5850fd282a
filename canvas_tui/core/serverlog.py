"""The server's own log beside the wire, in bounded memory: lines with the time at which they came, errors told apart.

Times are seconds of the driver's monotonic clock, as in `wirelog`. The text is as it came: clean it on the way to the screen.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator

from .frozen import frozen

LINES = 2000
"""Lines that are kept."""
CHARS = 2_000_000
"""Characters that are kept, over all lines."""
ONE = 8_000
"""Characters of one line that are kept."""
HEAD = 200
"""Characters at the beginning of a line among which its level stands."""

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_STAMP = re.compile(r"\s*(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,6})?)\d*(Z|[+-]\d\d:?\d\d)\s*")
_JSON_STAMP = re.compile(r'\{\s*"(?:timestamp|time|ts|asctime)"\s*:\s*"')
_LEVEL = re.compile(
    r"\[(?:error|critical|fatal|exception)\s*\]|(?:level|levelname|severity)\"?\s*[:=]\s*\"?(?:error|critical|fatal)\b", re.IGNORECASE
)
_WORD = re.compile(r"\b(?:ERROR|CRITICAL|FATAL)\b")
_RAISED = re.compile(r"(?:[\w.]*(?:Error|Exception)|panic)(?::|$)")
_TRACEBACK = "Traceback (most recent call last)"


@frozen
class LogLine:
    """One line. ``ours``: a sentence about the log itself, such as that it cannot be read."""

    number: int
    at: float
    text: str
    error: bool = False
    ours: bool = False


class ServerLog:
    """The newest lines of the log, in the order in which they came."""

    def __init__(self) -> None:
        self._lines: deque[LogLine] = deque(maxlen=LINES)
        self._kept = 0
        self._number = 0
        self._in_traceback = False

    @property
    def newest(self) -> int:
        """Number of the newest line, 0 where there is none."""
        return self._number

    def lines(self, up_to: int | None = None) -> Iterator[LogLine]:
        """Newest first, those up to this number."""
        return (line for line in reversed(self._lines) if up_to is None or line.number <= up_to)

    def add(self, at: float, text: str) -> None:
        """A line of the log; blank ones are left out. A time before that of the line above is taken for that line's."""
        text = _COLOURS.sub("", text[:ONE]).rstrip()
        if text:
            self._put(LogLine(self._number + 1, at, text, self._is_error(text)))

    def tell(self, at: float, sentence: str, error: bool = True) -> None:
        """A sentence of ours about the log."""
        self._put(LogLine(self._number + 1, at, sentence, error, ours=True))

    def _put(self, line: LogLine) -> None:
        if self._lines and line.at < self._lines[-1].at:
            line = LogLine(line.number, self._lines[-1].at, line.text, line.error, line.ours)
        if len(self._lines) == LINES:
            self._kept -= len(self._lines[0].text)
        self._lines.append(line)
        self._number = line.number
        self._kept += len(line.text)
        while self._kept > CHARS:
            self._kept -= len(self._lines.popleft().text)

    def _is_error(self, text: str) -> bool:
        """A traceback goes on over the indented lines to the first that is not: the error itself."""
        if _TRACEBACK in text:
            self._in_traceback = True
            return True
        if self._in_traceback:
            self._in_traceback = text[0] in " \t|+"
            return True
        return is_error(text)


def is_error(text: str) -> bool:
    """Whether the line tells an error by its level (structlog, logging, logfmt, JSON), or is the last one of a traceback."""
    head = text[:HEAD]
    return bool(_LEVEL.search(head) or _WORD.search(head) or _RAISED.match(head))


def names(text: str, ids: Iterable[str]) -> bool:
    """Whether the line names one of these threads or runs; empty ids name nothing."""
    return any(id and id in text for id in ids)


def stamp(text: str) -> str:
    """The time at the line's beginning as ISO 8601 with its zone; empty where there is none, or none that tells its zone."""
    before = _JSON_STAMP.match(text)
    found = _STAMP.match(text, before.end() if before else 0)
    return found[1].replace(",", ".") + found[2].replace("Z", "+00:00") if found else ""


def without_time(text: str) -> str:
    """The line without the time at its beginning, and without the columns' padding: the screen has its own."""
    found = _STAMP.match(text)
    return " ".join(text[found.end() if found else 0 :].split()).replace(" ]", "]")
