"""Finding text in a thread: counted in what the messages say, marked in the lines that are in view."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style

from .transcript_column import Place
from .transcript_entries import Entry


class Finder:
    """The places of a query: (entry's key, which one in it). ``now`` is the one gone to."""

    def __init__(self) -> None:
        self.query = ""
        self._found: list[tuple[int, str, int]] = []  # index and key of the entry, number in it
        self._at = -1

    def search(self, entries: Sequence[Entry], query: str) -> int:
        self.query = query.casefold()
        self._found = []
        if self.query:
            for index, entry in enumerate(entries):
                count = entry.source.casefold().count(self.query)
                self._found.extend((index, entry.key, number) for number in range(count))
        self._at = len(self._found) - 1
        return len(self._found)

    def last(self) -> int | None:
        return self._found[self._at][0] if self._found else None

    def step(self, step: int) -> int | None:
        """To the next or the one before, round at the ends; the index of its entry."""
        if not self._found:
            return None
        self._at = (self._at + step) % len(self._found)
        return self._found[self._at][0]

    def line(self, entry: Entry) -> int:
        """The line of the entry that shows the place gone to (the nearest, where markdown or a fold hides it)."""
        lines = [i for i, line in enumerate(entry.lines or ()) for _ in range(line.text.casefold().count(self.query))]
        return lines[min(self._found[self._at][2], len(lines) - 1)] if lines and self._found else 0

    def line_now(self, entry: Entry, place: Place) -> bool:
        """Whether the place gone to is on this line."""
        return bool(self._found) and self._found[self._at][1] == entry.key and self.line(entry) == place.line


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
