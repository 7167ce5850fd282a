"""What a version is shown as: the blocks of a document, the lines of code with their numbers. Each knows where it stands in the text."""

from __future__ import annotations

from abc import abstractmethod
from bisect import bisect_right
from collections.abc import Sequence

from rich.segment import Segment

from ..render.blocks import Block
from ..render.code import expanded, goes_on
from ..render.lines import Line, Run, blank, chop
from ..render.sheet import offsets
from .lines_entries import Context, Entry, margin

ROWS = 40
"""Lines of code in one entry."""
_DIGITS = 3  # of line numbers, at least


class Source:
    """A part of a version's text that is shown together: where it begins there, and where each of its lines begins in it."""

    def __init__(self, base: int = 0) -> None:
        self.base = base
        self.text = ""
        self._starts = [0]

    def set(self, text: str) -> None:
        """Costs what was appended, where it goes on from before."""
        at = len(self.text) if text.startswith(self.text) else 0
        if not at:
            self._starts = [0]
        self.text = text
        while newline := text.find("\n", at) + 1:
            self._starts.append(newline)
            at = newline

    def at(self, line: int) -> int:
        """Where a line begins in the part; beyond the last: its end."""
        return self._starts[line] if line < len(self._starts) else len(self.text)


class SheetEntry(Entry):
    """Of a version: entries stand close, what is blank between them is theirs."""

    close = True

    @abstractmethod
    def place(self, line: int, column: int, end: bool) -> int:
        """The offset in the version's text of a place in its lines; ``end``: of a selection's end. Within a document: a block's edge."""


class BlockEntry(SheetEntry):
    """A block of Markdown."""

    def __init__(self, key: str, block: Block, source: Source, first: bool) -> None:
        super().__init__(key)
        self._block, self._of = block, block.lines
        self._source = source
        self._first = first
        self.height = self.estimate(0)

    def take(self, block: Block, source: Source) -> bool:
        """The block as it is now; whether it looks different."""
        same = block.lines is self._of and block.gap == self._block.gap
        self._block, self._of, self._source = block, block.lines, source
        if not same:
            self.height = self.estimate(0)
            self.stale()
        return not same

    @property
    def _gap(self) -> int:
        return 0 if self._first else self._block.gap

    @property
    def source(self) -> str:
        return self._source.text[self._source.at(self._block.start) : self._source.at(self._block.stop)]

    def estimate(self, width: int) -> int:
        return self._gap + len(self._of)

    def build(self, context: Context) -> list[Line]:
        return [*[blank(context.look.text)] * self._gap, *margin(self._of, context)]

    def place(self, line: int, column: int, end: bool) -> int:
        start, stop = self._block.start, self._block.stop
        if items := self._block.items:
            _, start, stop = items[max(0, bisect_right(items, (line - self._gap, stop, stop)) - 1)]
        first, last = self._source.at(start), self._source.at(stop)
        while last > first and self._source.text[last - 1].isspace():
            last -= 1
        return self._source.base + (last if end else first)


class CodeEntry(SheetEntry):
    """``ROWS`` lines of code from line ``first`` (from 0) on."""

    def __init__(self, key: str, first: int, source: Source) -> None:
        super().__init__(key)
        self._first = first
        self._source = source
        self._raw: Sequence[str] = ()
        self._rows: Sequence[list[Run]] = ()
        self._digits = _DIGITS
        self._shown: list[tuple[int, int, int]] = []  # of each row on the screen: line, characters of it before, decoration before them

    def take(self, raw: Sequence[str], rows: Sequence[list[Run]], count: int) -> bool:
        """Its lines as they are now, of ``count`` in all; whether it looks different."""
        digits = max(_DIGITS, len(str(count)))
        same = len(rows) == len(self._rows) and digits == self._digits
        same = same and all(new is old for new, old in zip(rows, self._rows, strict=True))
        self._raw, self._rows, self._digits = raw, rows, digits
        if not same:
            if self.lines is None:
                self.height = len(rows)
            self.stale()
        return not same

    @property
    def source(self) -> str:
        return "\n".join(self._raw)

    @property
    def gutter(self) -> int:
        """Cells before the code."""
        return self._digits + 3

    def estimate(self, width: int) -> int:
        return sum(1 + len(line) // max(1, width - self.gutter - 1) for line in self._raw)

    def build(self, context: Context) -> list[Line]:
        look, width = context.look, context.width
        fill, number = look.code, look.code + look.muted
        room = max(1, width - self.gutter - 1)
        rest = [Segment(" " * self.gutter, fill)]
        lines: list[Line] = []
        self._shown = []
        for at, row in enumerate(self._rows):
            head = [Segment(f" {self._first + at + 1:>{self._digits}}  ", number)]
            before = 0
            for index, line in enumerate(chop(expanded(row), room, fill, goes_on(look, fill))):
                self._shown.append((at, before, line.skip))
                before += len(line.text)
                lines.append(line.prefixed(rest if index else head).padded(width))
        return lines

    def place(self, line: int, column: int, end: bool) -> int:
        at, before, skip = self._shown[max(0, min(line, len(self._shown) - 1))] if self._shown else (0, 0, 0)
        raw = self._raw[at] if at < len(self._raw) else ""
        column = before + max(0, column - self.gutter - skip)
        places = offsets(raw)
        return self._source.at(self._first + at) + (min(column, len(raw)) if places is None else places[min(column, len(places) - 1)])
