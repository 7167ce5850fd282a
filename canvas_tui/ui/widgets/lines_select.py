"""Selecting with the mouse: rows are numbered so that a selection keeps its place whatever is rendered above it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Offset
from textual.selection import Selection

from canvas_tui.core.clusters import whole as whole_characters

from .lines_entries import Entry
from .lines_rows import Place

_LINES = 1 << 20  # lines of an entry, at most


def number(place: Place, origin: int = 0) -> int:
    """The row's number in Textual's selections: of its entry (the first one has the number ``origin``), then of its line."""
    return (origin + place.index) * _LINES + max(0, place.line + 1)


def line_of(segments: Sequence[Segment], span: tuple[int, int], style: Style) -> list[Segment]:
    """The segments with the characters of ``span`` (end -1: to the end) in the selection's style."""
    start, end = _whole("".join(segment.text for segment in segments), span)
    marked: list[Segment] = []
    offset = 0
    for text, base, _ in segments:
        first = max(0, start - offset)
        last = len(text) if end < 0 else max(first, min(len(text), end - offset))
        offset += len(text)
        pieces = ((text[:first], base), (text[first:last], (base or Style.null()) + style), (text[last:] if last >= first else "", base))
        marked.extend(Segment(piece, piece_style) for piece, piece_style in pieces if piece)
    return marked


def selected_text(entries: Sequence[Entry], selection: Selection, origin: int = 0) -> str:
    """What is selected, without decoration, softly broken lines joined. Entries that are not rendered give their source."""
    first = selection.start.y // _LINES - origin if selection.start else 0
    last = selection.end.y // _LINES - origin if selection.end else len(entries) - 1
    parts = []
    for index in range(max(0, first), min(last, len(entries) - 1) + 1):
        entry = entries[index]
        if entry.height == 0:
            continue
        parts.append(_entry_text(origin + index, entry, selection) if entry.lines is not None else entry.source)
    return "\n\n".join(part for part in parts if part.strip())


def _entry_text(of: int, entry: Entry, selection: Selection) -> str:
    pieces: list[str] = []
    for at, line in enumerate(entry.lines or ()):
        span = selection.get_span(number(Place(of, at)))
        if span is None:
            continue
        whole = "".join(segment.text for segment in line.segments)
        start, end = _whole(whole, span)
        stop = len(whole) - line.pad
        text = whole[max(start, line.skip) : stop if end < 0 else min(end, stop)]
        if line.soft is None or not (end < 0 or end >= stop):
            text = text.rstrip() + "\n"
        else:
            text = text.rstrip() + line.soft if line.soft else text
        pieces.append(text)
    return "".join(pieces).strip("\n").rstrip(" ")


def _whole(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """No character is split; end -1: to the end."""
    start, end = span
    wide, stop = whole_characters(text, start, len(text) if end < 0 else end)
    return wide, end if end < 0 else stop


def placed(offset: Offset) -> tuple[Place, int]:
    """The place that an offset of a selection names, and the character in its line."""
    return Place(offset.y // _LINES, offset.y % _LINES - 1), offset.x
