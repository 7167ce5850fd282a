"""Opening a part of an entry: where its lines stand, and what is to be in view then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from canvas_tui.core.frozen import frozen

from .lines_entries import Entry
from .lines_rows import Place, Rows


@frozen
class Opened:
    """Lines that came into an entry, and the one that offered them."""

    index: int
    start: int
    stop: int


def grown(index: int, entry: Entry, render: Callable[[int], Entry]) -> Opened | None:
    """Render an entry anew; None where no lines came."""
    before = entry.lines or []
    entry.stale()
    after = render(index).lines or []
    more = len(after) - len(before)
    if more <= 0:
        return None
    pairs = enumerate(zip(before, after, strict=False))
    same = next((at for at, (old, new) in pairs if old is not new and old.text != new.text), len(before))
    return Opened(index, max(0, same - (same == len(before))), min(len(after), same + more + 1))


def top_for(rows: Rows[Any], opened: Sequence[Opened], top: int, height: int, followed: bool) -> int:
    """The first row of the view, that was ``top``: what opened last is to be seen, and an end that was followed stays the end."""
    if not opened:
        return top
    spans = [(rows.row(Place(part.index, part.start)), rows.row(Place(part.index, part.stop - 1)) + 1) for part in opened]
    first, end = spans[-1]
    last = max(0, rows.height - height)
    if followed and last <= first:
        return last
    if end > top + height:
        return max(top, min(first, end - height))
    if all(stop <= top for _, stop in spans):
        return max(0, first - height // 3)
    return top
