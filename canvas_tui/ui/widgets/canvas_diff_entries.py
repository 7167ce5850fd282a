"""What a comparison is made of: lines that both versions have, folded, and the rows of what differs."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import chain

from rich.segment import Segment

from canvas_tui.core.frozen import frozen

from ..render.diff import DiffLook, Drawing
from ..render.lines import Line
from .lines_entries import Context, Entry
from .transcript_parts import clickable


@frozen
class Fold:
    """A stretch of ``count`` lines from line ``old`` (from 1) on, of which all but the first and the last ones are folded."""

    key: str
    old: int
    count: int
    head: int
    tail: int

    @property
    def hidden(self) -> int:
        return self.count - self.head - self.tail


class DiffEntry(Entry):
    close = True

    def recolour(self) -> None:
        """Code has its colours by now."""
        self.stale()

    def unfold(self, opened: AbstractSet[str]) -> None:
        """What the reader has opened is shown."""


class Alike(DiffEntry):
    """Lines that both have, of a stretch that is folded together: its first and last ones where a change is near."""

    def __init__(self, key: str, fold: Fold, lines: Sequence[str], old: int, new: int, draw: DiffLook) -> None:
        """``old``, ``new``: number of the first line in each text, from 1."""
        super().__init__(key)
        self._fold, self._lines, self._old, self._new, self._draw = fold, lines, old, new, draw
        self._head = max(0, min(len(lines), fold.old + fold.head - old))  # lines before those that are folded
        self._tail = max(self._head, min(len(lines), fold.old + fold.count - fold.tail - old))  # the line behind them
        self._tells = self._head < self._tail and old <= fold.old + fold.head
        self._open = False
        self.height = self.estimate(0)

    @property
    def source(self) -> str:
        return "\n".join(self._lines)

    def covers(self, place: int) -> list[str]:
        return [self._fold.key]

    def unfold(self, opened: AbstractSet[str]) -> None:
        """As the reader has it now."""
        if self._open != (self._fold.key in opened):
            self._open = not self._open
            self.height = self.estimate(0)
            self.stale()

    def estimate(self, width: int) -> int:
        return len(self._lines) if self._open else len(self._lines) - (self._tail - self._head) + self._tells

    def build(self, context: Context) -> list[Line]:
        key, look = self._fold.key, context.look
        if key in context.opened:
            return self._draw.same(self._lines, self._old, self._new)
        words = f"  {look.glyphs.closed} {self._fold.hidden:,} lines alike"
        fold = Line([Segment(words, clickable(look.text + look.muted, "fold", key))], look.text)
        before = self._draw.same(self._lines[: self._head], self._old, self._new)
        return [*before, *[fold] * self._tells, *self._draw.same(self._lines[self._tail :], self._old + self._tail, self._new + self._tail)]


class Differs(DiffEntry):
    """Some rows of a change."""

    def __init__(self, key: str, drawings: Sequence[Drawing], source: str) -> None:
        super().__init__(key)
        self._drawings = drawings
        self._drawn: list[Line] | None = self._draw()
        self._source = source
        self.height = len(self._drawn or ())

    def _draw(self) -> list[Line]:
        return list(chain.from_iterable(draw() for draw in self._drawings))

    @property
    def source(self) -> str:
        return self._source

    def estimate(self, width: int) -> int:
        return self.height

    def build(self, context: Context) -> list[Line]:
        if self._drawn is None:
            self._drawn = self._draw()
        return self._drawn

    def recolour(self) -> None:
        super().recolour()
        self._drawn = None


class Waiting(DiffEntry):
    def build(self, context: Context) -> list[Line]:
        look = context.look
        return [Line([Segment("  comparing" + look.glyphs.ellipsis, look.text + look.muted)], look.text)]

    def estimate(self, width: int) -> int:
        return 1


class Nothing(DiffEntry):
    def build(self, context: Context) -> list[Line]:
        return [Line([Segment("  Both versions have the same text.", context.look.text + context.look.muted)], context.look.text)]

    def estimate(self, width: int) -> int:
        return 1
