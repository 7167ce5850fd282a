"""Code that changes anywhere, line by line: what stays is not highlighted again, and what is long is highlighted in slices."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from canvas_tui.core.safe_text import safe

from .code import AT_ONCE, Highlighting, highlight, plain_code
from .lines import Run
from .look import Look

_WINDOW = 24  # lines before a change that are highlighted again, at most


class CodeSheet:
    """``lines`` as they came, ``rows`` the runs of each (cleaned, tabs as they are). Rows that stay are the objects they were."""

    def __init__(self, language: str, look: Look) -> None:
        self._language = language
        self._look = look
        self._inside = {look.code + look.string, look.code + look.comment}
        self._text = ""
        self._exact = True  # highlighted from its first line to its last
        self._job: Highlighting | None = None
        self.lines: list[str] = []
        self.rows: list[list[Run]] = []

    def set(self, text: str, complete: bool) -> None:
        """Make it ``text``; ``complete``: nothing more will come, so that its highlighting is made exact (by `work`)."""
        if text != self._text or not self.lines:
            self._change(text.split("\n"), text)
        if complete and not self._exact and self._job is None:
            self._job = Highlighting(safe(text), self._language, self._look)

    def work(self, enough: Callable[[], bool]) -> bool:
        """Go on with the highlighting until done (True) or ``enough`` says so (False)."""
        if self._job is None:
            return True
        if not self._job.work(enough):
            return False
        rows, self._job, self._exact = self._job.lines, None, True
        if len(rows) == len(self.rows):
            self.rows = [old if old == new else new for old, new in zip(self.rows, rows, strict=True)]
        return True

    def _change(self, lines: list[str], text: str) -> None:
        self._text, self._job = text, None
        if len(text) <= AT_ONCE:
            rows, old = highlight(safe(text), self._language, self._look), self.rows
            self.rows = [old[at] if at < len(old) and old[at] == row else row for at, row in enumerate(rows)]
            self.lines, self._exact = lines, True
            return
        self._exact = False
        same = _common(self.lines, lines)
        tail = min(_common(self.lines[::-1], lines[::-1]), min(len(self.lines), len(lines)) - same)
        begin, end = self._anchor(same), len(lines) - tail
        part = safe("\n".join(lines[begin:end]))
        rows = highlight(part, self._language, self._look) if len(part) <= AT_ONCE else plain_code(part, self._look)
        rows = rows[: end - begin] if begin < end else []
        kept = self.rows[begin:same]
        rows[: len(kept)] = [old if old == new else new for old, new in zip(kept, rows, strict=False)]
        self.rows = [*self.rows[:begin], *rows, *self.rows[len(self.rows) - tail :]]
        self.lines = lines

    def _anchor(self, line: int) -> int:
        """A line near before ``line`` that does not begin inside of a string or a comment."""
        for at in range(min(line, len(self.rows)) - 1, max(0, line - _WINDOW), -1):
            before, row = self.rows[at - 1], self.rows[at]
            begins = row and not row[0][0].startswith((" ", "\t")) and row[0][1] not in self._inside
            if begins and not (before and before[-1][1] in self._inside):
                return at
        return max(0, line - _WINDOW)


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    """How many at the beginning are the same."""
    return next((at for at, (one, other) in enumerate(zip(a, b, strict=False)) if one != other), min(len(a), len(b)))


def offsets(raw: str, tab: int = 4) -> list[int] | None:
    """For each character of a line as it is shown, which one of ``raw`` it shows; one more at the end. None: one for one."""
    raw = raw.removesuffix("\r")
    if raw.isascii() and raw.isprintable():
        return None
    found: list[int] = []
    column = 0
    for at, char in enumerate(raw):
        count = tab - column % tab if char == "\t" else len(safe(char))
        column += count
        found.extend([at] * count)
    return [*found, len(raw)]
