"""Finding text in a view of lines: counted in what its entries say, marked in the lines that are in view."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.widget import Widget

from ..render.lines import Line
from .lines_entries import Entry
from .lines_rows import Place

NEWEST = 4
"""Entries at the end in which something may still come."""
_CHARACTERS = 1 << 16
"""Of a text that are searched at once: folding the case of a megabyte takes tens of milliseconds, and is not to be done for one place."""
_AT_ONCE = 200
"""Lines that are read before the clock is looked at."""


@dataclass(slots=True)
class _Part:
    """Of a text that is searched: where it begins in it, and in it with its case folded; what of the part before it is looked at again, and
    the places before it."""

    begin: int
    folded: int
    rest: str
    count: int


@dataclass(slots=True)
class _Read:
    """An entry that was searched: its text then, in parts, the end of it in which a place may begin, its places, and where it stands."""

    order: int
    source: str = ""
    parts: list[_Part] = field(default_factory=list)
    folded: int = 0
    rest: str = ""
    count: int = 0


@dataclass(slots=True)
class _Seen:
    """Of an entry's lines, those before ``upto`` were read; ``found``: the line of each place in them."""

    key: str = ""
    lines: Sequence[Line] = ()
    upto: int = 0
    found: list[int] = field(default_factory=list)


@dataclass
class Found(Message):
    """A search went on: places found so far, whether these are all, and the one gone to (from 1 on)."""

    view: Widget
    count: int
    complete: bool
    at: int = 0

    @property
    def control(self) -> Widget:
        return self.view


class Finder:
    """The places of a query in entries, searched from the newest back, in slices: ``work`` until it returns True."""

    def __init__(self, query: str = "", entries: Sequence[Entry] = ()) -> None:
        self.query = query.casefold()
        self.count = 0
        """Places found so far."""
        self._todo = list(entries) if self.query else []
        self._read: dict[str, _Read] = {}
        self._first = self._last = 0  # orders of the oldest and the newest entry that was searched
        self._found: list[str] = []  # keys of entries with places; the newest first
        self._at = (0, -1)  # which of the found entries, and which place in it (-1: none)
        self._seen = _Seen()

    def work(self, enough: Callable[[], bool] = lambda: False) -> bool:
        """Go on until done (True) or ``enough`` says so (False)."""
        while self._todo:
            entry = self._todo.pop()
            if entry.key not in self._read:
                self._first -= 1
                self._read[entry.key] = _Read(self._first)
            self._search(entry.key, entry.source)
            if self._todo and enough():
                return False
        return True

    def follow(self, entries: Sequence[Entry]) -> bool:
        """Whether something has come in these entries, the newest ones, since they were searched: ``work`` goes on there."""
        if not self.query:
            return False
        waiting = {entry.key for entry in self._todo[-2 * NEWEST :]}
        new = [entry for entry in entries if entry.key not in waiting and self._source(entry.key) != entry.source]
        for entry in new:
            if entry.key not in self._read:
                self._last += 1
                self._read[entry.key] = _Read(self._last)
        self._todo += new
        return bool(new)

    def _source(self, key: str) -> str | None:
        return self._read[key].source if key in self._read else None

    def _search(self, key: str, source: str) -> None:
        """Costs what was appended, where the text goes on from before."""
        read = self._read[key]
        before = read.count
        if not source.startswith(read.source):
            read = self._read[key] = _Read(read.order)
        length = len(self.query)
        for begin in range(len(read.source), len(source), _CHARACTERS):
            text = read.rest + source[begin : begin + _CHARACTERS].casefold()
            read.parts.append(_Part(begin, read.folded - len(read.rest), read.rest, read.count))
            read.folded += len(text) - len(read.rest)
            read.count += text.count(self.query)
            read.rest = text.replace(self.query, "\0" * length)[len(text) - length + 1 :] if len(text) >= length else text
        read.source = source
        self.count += read.count - before
        if bool(before) == bool(read.count):
            return
        entry, number = self._at
        at = bisect_left(self._found, -read.order, key=lambda each: -self._read[each].order)
        if not read.count:
            del self._found[at]
            self._at = (entry - (at < entry), number) if at != entry else (0, self._read[self._found[0]].count - 1 if self._found else -1)
            return
        self._found.insert(at, key)
        self._at = (at, read.count - 1) if number < 0 else (entry + (at <= entry), number)

    def before(self, entries: Sequence[Entry]) -> None:
        """These have come to stand before those that were there."""
        if self.query:
            self._todo[:0] = entries

    @property
    def key(self) -> str | None:
        """Of the entry with the place gone to."""
        return self._found[self._at[0]] if self._at[1] >= 0 else None

    @property
    def at(self) -> int:
        """The place gone to, counted from the first one on; 0 where there is none."""
        entry, number = self._at
        return self.count - sum(self._read[key].count for key in self._found[: entry + 1]) + number + 1 if number >= 0 else 0

    @property
    def number(self) -> int:
        """Which of its entry's places is gone to, from 0."""
        return self._at[1]

    def step(self, step: int) -> None:
        """To the next place (1) or the one before (-1), round at the ends."""
        entry, number = self._at
        if number < 0:
            return
        number += step
        if not 0 <= number < self._read[self._found[entry]].count:
            entry = (entry - step) % len(self._found)
            number = 0 if step > 0 else self._read[self._found[entry]].count - 1
        self._at = (entry, number)

    def place(self, key: str) -> int:
        """Where in the entry's text (its case folded) the place gone to is."""
        read, number = self._read[key], self.number
        at = bisect_left(read.parts, number + 1, key=lambda part: part.count) - 1
        part, end = read.parts[at], read.parts[at + 1].begin if at + 1 < len(read.parts) else None
        text = part.rest + read.source[part.begin : end].casefold()
        return part.folded + text.replace(self.query, "\0" * len(self.query), number - part.count).find(self.query)

    def read(self, entry: Entry, enough: Callable[[], bool]) -> bool:
        """Look through the lines of the entry with the place gone to, until all are known (True) or it is ``enough``. Lines that are
        the same as before (those of an answer that grows) are known already."""
        lines, seen = entry.lines or [], self._seen
        if lines is not seen.lines or entry.key != seen.key:
            same = _alike(seen.lines, lines, seen.upto) if entry.key == seen.key else 0
            self._seen = seen = _Seen(entry.key, lines, same, seen.found[: bisect_left(seen.found, same)])
        while seen.upto < len(lines):
            part = range(seen.upto, min(len(lines), seen.upto + _AT_ONCE))
            seen.upto = part.stop
            for i in part:
                if count := lines[i].text.casefold().count(self.query):
                    seen.found += (i,) * count
            if enough():
                break
        return seen.upto == len(lines)

    def hidden(self) -> bool:
        """Whether fewer places are to be seen, of the lines that were read, than there are up to the one gone to."""
        return len(self._seen.found) <= self.number

    def line(self) -> int:
        """The line that shows the place gone to (the nearest, where markdown or a fold hides it), of those that were read."""
        found = self._seen.found if self.key is not None else []
        return found[min(self.number, len(found) - 1)] if found else 0

    def line_now(self, entry: Entry, place: Place) -> bool:
        """Whether the place gone to is on this line."""
        return self.key == entry.key == self._seen.key and self.line() == place.line


def _alike(before: Sequence[Line], now: Sequence[Line], most: int) -> int:
    """How many lines at the beginning are the very same (of so many)."""
    known, most = 0, min(most, len(before), len(now))
    while known < most:
        step = (most - known + 1) // 2
        if before[known : known + step] == now[known : known + step]:
            known += step
        else:
            most = known + step - 1
    return known


def marked(segments: Sequence[Segment], query: str, style: Style) -> list[Segment]:
    """The segments with every place of ``query`` in ``style``."""
    text = "".join(segment.text for segment in segments)
    folded = text.casefold()
    if len(folded) != len(text):  # rare letters grow when their case is folded
        folded = text.lower() if len(text.lower()) == len(text) else text
    if query not in folded:
        return list(segments)
    bounds: list[tuple[int, int]] = []
    start = folded.find(query)
    while start >= 0:
        bounds.append((start, start + len(query)))
        start = folded.find(query, start + len(query))
    out: list[Segment] = []
    offset = 0
    for part, base, _ in segments:
        at = 0
        for begin, end in bounds:
            first, last = max(at, begin - offset), min(len(part), end - offset)
            if first < last:
                if first > at:
                    out.append(Segment(part[at:first], base))
                out.append(Segment(part[first:last], (base or Style.null()) + style))
                at = last
        if at < len(part):
            out.append(Segment(part[at:], base))
        offset += len(part)
    return out
