"""The entries of a view in their order, and the rows that they stand on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import Generic, TypeVar

from canvas_tui.core.frozen import frozen

from .lines_entries import Context, Entry

E = TypeVar("E", bound=Entry)
_AT_ONCE = 200  # heights that are estimated before the clock is looked at
_LAST = 4  # entries in which something may still come: the answer and what stands below it


@frozen
class Place:
    """A row: of which entry, and which of its lines (negative: the gap before it)."""

    index: int
    line: int


class Rows(Generic[E]):
    """Heights of what was never seen are estimates. After ``entries`` changed from an index on: ``touch`` it."""

    def __init__(self) -> None:
        self.entries: list[E] = []
        self.origin = 0
        """The number of the first entry. It changes with what comes before the others, so that they keep their numbers."""
        self._tops: list[int] = [0]
        self._clean = 0  # entries whose tops are right
        self._unsized = 0  # entries, from the first on, whose heights are estimates for another width
        self._measured: set[str] = set()  # keys of those that were rendered at that width: more than an estimate
        self._width = 0

    def touch(self, index: int) -> None:
        """The heights from this entry on may have changed."""
        self._clean = min(self._clean, index)

    @property
    def unmade(self) -> bool:
        """Entries are still to be made, or their heights to be estimated: `work`."""
        return self._unsized > 0

    def work(self, enough: Callable[[], bool]) -> bool:
        """Go on with that; True when all are made, and those at the beginning may be other ones now."""
        last = self._unsized = min(self._unsized, len(self.entries))
        while self._unsized:
            self._unsized = max(0, last - _AT_ONCE)
            for entry in self.entries[self._unsized : last]:
                if entry.lines is None and entry.key not in self._measured:
                    entry.height = entry.estimate(self._width)
            last = self._unsized
            if enough():
                break
        self.touch(last)
        return False

    def _gap(self, index: int) -> int:
        entry = self.entries[index]
        if entry.height == 0 or index == 0:
            return 0
        return 0 if entry.close and self.entries[index - 1].close else 1

    def _sum(self) -> list[int]:
        count = len(self.entries)
        if self._clean < count or len(self._tops) != count + 1:
            del self._tops[self._clean + 1 :]
            row = self._tops[-1]
            for index in range(self._clean, count):
                row += self._gap(index) + self.entries[index].height
                self._tops.append(row)
            self._clean = count
        return self._tops

    @property
    def height(self) -> int:
        return self._sum()[-1]

    @property
    def end(self) -> tuple[object, ...]:
        """Differs when something has come at the end. Heights cannot tell: those of what was never seen are estimates."""
        last = self.entries[-_LAST:]
        said = sum(len(entry.source) for entry in last if not entry.aside)
        return (self.origin + len(self.entries), last[-1].key if last else "", said)

    def row(self, place: Place) -> int:
        """The row on which a place stands (the nearest, where its entry is shorter now)."""
        if place.index >= len(self.entries):
            return self.height
        gap, tops = self._gap(place.index), self._sum()
        return tops[place.index] + gap + max(-gap, min(place.line, self.entries[place.index].height - 1))

    def place(self, row: int) -> Place:
        tops = self._sum()
        index = min(max(0, bisect_right(tops, row) - 1), len(self.entries) - 1)
        while index > 0 and self.entries[index].height == 0:
            index -= 1
        return Place(index, row - tops[index] - self._gap(index)) if index >= 0 else Place(0, 0)

    def span(self, top: int, bottom: int) -> range:
        """The entries that stand on rows ``top`` to ``bottom`` (exclusive)."""
        if not self.entries or bottom <= top:
            return range(0)
        tops = self._sum()
        first = max(0, bisect_right(tops, top) - 1)
        last = max(first, bisect_right(tops, bottom - 1) - 1)
        return range(min(first, len(self.entries) - 1), min(last, len(self.entries) - 1) + 1)

    def render(self, index: int, context: Context) -> None:
        entry = self.entries[index]
        before = entry.height
        entry.render(context)
        if entry.height != before:
            self.touch(index)

    def resize(self, width: int) -> None:
        """Everything is to be rendered anew, at this width; the heights of what is not seen follow (`work`)."""
        self._measured = {entry.key for entry in self.entries if entry.lines is not None}
        for entry in self.entries:
            entry.stale()
        self._unsized, self._width = len(self.entries), width

    def find(self, key: str) -> int | None:
        """The index of the entry of which ``key`` is, or is a part."""
        name = key.split("/", 1)[0]
        return next((i for i in range(len(self.entries) - 1, -1, -1) if self.entries[i].key == name), None)
