"""Lines: what a screen row shows, and how runs of styled text are broken into them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TypeAlias, overload

from rich.cells import cell_len, split_graphemes
from rich.segment import Segment
from rich.style import Style

Run: TypeAlias = tuple[str, Style]
"""Text of one style, without control characters; a newline breaks the line."""


_NEAR = 20
"""Cells before the end of a line of code within which a place to break is looked for."""
_LEAST = 16
"""Width from which there is room for a mark before what goes on."""
_SIGNS = frozenset(",;:)]}([{=+-*/|&<>?!.")
_TOGETHER = frozenset(",;:)]}=+-*/|&<>?!. 0123456789\"'")
"""No break before these: "->", "),", "3.14"."""


class Line:
    """One row. Identity matters: a line that is not made anew costs nothing to paint again.

    ``fill`` styles the cells to the right of the text. ``soft`` tells how the next line goes on: None for a real end of
    line, else what stood at the break (" " or ""). ``skip`` counts leading characters that are decoration (bars, padding),
    ``pad`` blanks at the end that only fill the row.
    """

    __slots__ = ("fill", "pad", "segments", "skip", "soft", "width")

    def __init__(
        self,
        segments: Sequence[Segment],
        fill: Style,
        soft: str | None = None,
        skip: int = 0,
        width: int | None = None,
        pad: int = 0,
    ) -> None:
        self.segments = segments
        self.fill = fill
        self.soft = soft
        self.skip = skip
        self.pad = pad
        self.width = sum(cell_len(segment.text) for segment in segments) if width is None else width

    @property
    def text(self) -> str:
        """The characters without the decoration before them."""
        texts = [segment.text for segment in self.segments]
        return (texts[0] if len(texts) == 1 else "".join(texts))[self.skip :]

    def prefixed(self, prefix: Sequence[Segment]) -> Line:
        """The same with decoration before it."""
        length = sum(len(segment.text) for segment in prefix)
        width = sum(cell_len(segment.text) for segment in prefix)
        return Line([*prefix, *self.segments], self.fill, self.soft, self.skip + length, self.width + width, self.pad)

    def padded(self, width: int) -> Line:
        """Filled up to ``width`` cells, so that the background reaches there."""
        if self.width >= width:
            return self
        more = width - self.width
        return Line([*self.segments, Segment(" " * more, self.fill)], self.fill, self.soft, self.skip, width, self.pad + more)

    def same(self, other: Line) -> bool:
        """Looks the same and copies the same."""
        return self.segments == other.segments and self.fill == other.fill and (self.soft, self.skip) == (other.soft, other.skip)

    def __repr__(self) -> str:
        return f"Line({self.text!r})"


class Joined(Sequence[Line]):
    """Lines of several lists, one behind the other, none copied: of each as many as it had when it was added; it may grow since.

    An answer of 50,000 tokens is thousands of lines. Put into a new list with each frame, they cost more than what changed, and they
    took the place of everything else in the processor's cache.
    """

    __slots__ = ("_ends", "_parts")

    def __init__(self) -> None:
        self._parts: list[Sequence[Line]] = []
        self._ends: list[int] = []

    def add(self, lines: Sequence[Line]) -> None:
        before = len(self)
        if isinstance(lines, Joined):
            self._parts += lines._parts
            self._ends += [before + end for end in lines._ends]
        elif lines:
            self._parts.append(lines)
            self._ends.append(before + len(lines))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @overload
    def __getitem__(self, index: int) -> Line: ...

    @overload
    def __getitem__(self, index: slice) -> list[Line]: ...

    def __getitem__(self, index: int | slice) -> Line | list[Line]:
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            return [line for part in self._between(start, stop) for line in part] if step == 1 else list(self)[index]
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError(index)
        part = bisect_right(self._ends, at)
        return self._parts[part][at - (self._ends[part - 1] if part else 0)]

    def _between(self, start: int, stop: int) -> Iterator[Sequence[Line]]:
        begin = 0
        for part, end in zip(self._parts, self._ends, strict=True):
            if begin < stop and start < end:
                yield part[max(0, start - begin) : min(stop, end) - begin]
            begin = end

    def __iter__(self) -> Iterator[Line]:
        return chain.from_iterable(self._between(0, len(self)))


def blank(fill: Style) -> Line:
    return Line((), fill, width=0)


def prefix_lines(lines: Iterable[Line], first: Sequence[Segment], rest: Sequence[Segment]) -> list[Line]:
    """``first`` before the first line, ``rest`` before the others."""
    return [line.prefixed(rest if index else first) for index, line in enumerate(lines)]


def wrap(runs: Sequence[Run], width: int, fill: Style) -> list[Line]:
    """Break runs into lines of at most ``width`` cells: at spaces, between wide characters, else anywhere."""
    lines: list[Line] = []
    width = max(1, width)
    for paragraph in _paragraphs(runs):
        text = "".join(part for part, _ in paragraph)
        if len(text) <= width and text.isascii():
            lines.append(Line([Segment(part, style) for part, style in paragraph if part], fill, None, 0, len(text)))
            continue
        slicer = _Slicer(paragraph)
        for start, end, soft in breaks(text, width):
            lines.append(Line(slicer.take(start, end), fill, soft))
    return lines


def chop(runs: Sequence[Run], width: int, fill: Style, mark: Segment | None = None) -> list[Line]:
    """Break one line of code into lines of at most ``width`` cells: behind a blank or a sign near the end, else anywhere. What goes on
    stands behind ``mark``, as far in as the line itself."""
    text = "".join(part for part, _ in runs)
    width = max(1, width)
    if len(text) <= width and text.isascii():
        return [Line([Segment(part, style) for part, style in runs if part], fill, None, 0, len(text))]
    lead: list[Segment] = []
    if mark is not None and width >= _LEAST:
        indent = len(text) - len(text.lstrip(" "))
        blanks = indent if indent + cell_len(mark.text) <= width // 2 else 0
        lead = [Segment(" " * blanks, fill), mark] if blanks else [mark]
    slicer = _Slicer(runs)
    lines: list[Line] = []
    for start, end, soft in _chopped(text, width, sum(cell_len(segment.text) for segment in lead)):
        line = Line(slicer.take(start, end), fill, soft)
        lines.append(line.prefixed(lead) if start and lead else line)
    return lines


def breaks(text: str, width: int) -> Iterator[tuple[int, int, str | None]]:
    """Where ``text`` (one line) is broken: (start, end, what stood at the break; None at the end)."""
    text = text.rstrip(" ")
    return _plain_breaks(text, width) if text.isascii() else _wide_breaks(text, width)


def _paragraphs(runs: Sequence[Run]) -> Iterator[list[Run]]:
    current: list[Run] = []
    for text, style in runs:
        if "\n" not in text:
            current.append((text, style))
            continue
        first, *others = text.split("\n")
        current.append((first, style))
        for other in others:
            yield current
            current = [(other, style)]
    yield current


def _plain_breaks(text: str, width: int) -> Iterator[tuple[int, int, str | None]]:
    start, length = 0, len(text)
    while length - start > width:
        cut = text.rfind(" ", start, start + width + 1)
        end = cut
        while end > start and text[end - 1] == " ":
            end -= 1
        if cut < 0 or end <= start:
            yield start, start + width, ""
            start += width
            continue
        yield start, end, " "
        start = cut + 1
        while start < length and text[start] == " ":
            start += 1
    yield start, length, None


def _wide_breaks(text: str, width: int) -> Iterator[tuple[int, int, str | None]]:
    start = cells = 0  # of the line: index into text, cells so far
    stop, after, soft = 0, 0, ""  # the newest place to break: end of the line before it, start of the next
    since = 0  # cells from ``after`` on
    for begin, end, size in split_graphemes(text)[0]:
        if text[begin:end] == " ":
            if begin > after or stop <= start:
                stop = begin
            after, soft, since = end, " ", 0
            cells += size
            continue
        if size > 1 and begin > after:
            stop, after, soft, since = begin, begin, "", 0
        if cells + size > width and begin > start:
            if stop > start:
                yield start, stop, soft
                start, cells = after, since
            else:
                yield start, begin, ""
                start, cells, since = begin, 0, 0
        cells += size
        since += size
        if size > 1:
            stop, after, soft, since = end, end, "", 0
    yield start, len(text), None


def _chopped(text: str, width: int, lead: int) -> Iterator[tuple[int, int, str | None]]:
    """``lead``: cells before every line but the first."""
    start = cells = 0
    stop = since = 0  # the newest place to break, and the cells behind it
    room = width
    written = False  # something but blanks stands on the line
    for begin, end, size in split_graphemes(text)[0] if not text.isascii() else ((i, i + 1, 1) for i in range(len(text))):
        if cells + size > room and begin > start:
            near = stop > start and since <= min(_NEAR, (width - lead) // 2)
            cut, cells = (stop, since) if near else (begin, 0)
            yield start, cut, ""
            start, room = cut, width - lead
        cells += size
        since += size
        char = text[begin:end]
        written = written or char != " "
        if written and (char == " " or (char in _SIGNS and text[end : end + 1] not in _TOGETHER)):
            stop, since = end, 0
    yield start, len(text), None


class _Slicer:
    """Cuts ascending spans out of runs."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self._runs = runs
        self._index = 0
        self._offset = 0  # of the run at the index, in the whole text

    def take(self, start: int, end: int) -> list[Segment]:
        segments: list[Segment] = []
        while self._index < len(self._runs):
            text, style = self._runs[self._index]
            stop = self._offset + len(text)
            if stop > start and self._offset < end:
                part = text[max(0, start - self._offset) : end - self._offset]
                if part:
                    segments.append(Segment(part, style))
            if stop > end:
                break
            self._index += 1
            self._offset = stop
        return segments
