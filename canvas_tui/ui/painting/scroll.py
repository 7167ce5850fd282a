"""Rows that moved: found by comparing what is to be shown with what stands there, so that the terminal can move them itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from operator import is_not, ne

from canvas_tui.core.frozen import frozen

from .cells import Row

_FEWEST = 3  # rows that must have moved
_COST = 30  # cells that a scroll must spare to be worth its sequences


@frozen
class Move:
    """Rows ``top`` to ``bottom`` (exclusive) move up by ``by`` (negative: down) between columns ``left`` and ``right`` (exclusive)."""

    top: int
    bottom: int
    by: int
    left: int
    right: int


def find_move(
    old: Sequence[Row], new: Sequence[Row], changed: Sequence[int], span: tuple[int, int], width: int, margins: bool
) -> Move | None:
    """The scroll that spares most, or None. ``changed`` rows differ, within the columns of ``span``.

    ``margins``: the terminal can scroll between columns; else a scroll moves whole rows, and what it moves beside the span has
    to be painted again.
    """
    if len(changed) < _FEWEST:
        return None
    left, right = span
    by = _shift(old, new, changed, left, right)
    if by == 0:
        return None
    hits = [y for y in range(changed[0], changed[-1] + 1) if 0 <= y + by < len(old) and _same(old[y + by], new[y], left, right)]
    if len(hits) < _FEWEST:
        return None
    first, last = hits[0], hits[-1]
    top, bottom = (first, last + by + 1) if by > 0 else (first + by, last + 1)
    if not margins:
        left, right = 0, width
    move = Move(top, bottom, by, left, right)
    return move if _spared(old, new, move) > _COST else None


def _shift(old: Sequence[Row], new: Sequence[Row], changed: Sequence[int], left: int, right: int) -> int:
    """By how many rows most of what is to be shown has moved up."""
    places: dict[tuple[str | None, ...], list[int]] = {}
    for y in range(changed[0], changed[-1] + 1):
        key = tuple(old[y].texts[left:right])
        if key and len(set(key)) > 1:
            places.setdefault(key, []).append(y)
    votes: Counter[int] = Counter()
    for y in changed:
        for before in places.get(tuple(new[y].texts[left:right]), ())[:4]:
            votes[before - y] += 1
    return votes.most_common(1)[0][0] if votes else 0


def _same(a: Row, b: Row, left: int, right: int) -> bool:
    return a.texts[left:right] == b.texts[left:right] and a.pens[left:right] == b.pens[left:right]


def _spared(old: Sequence[Row], new: Sequence[Row], move: Move) -> int:
    """Cells that need not be painted because of the move."""
    return sum(
        differing(old[y], new[y], move.left, move.right)
        - (
            differing(old[y + move.by], new[y], move.left, move.right)
            if move.top <= y + move.by < move.bottom
            else sum(text != " " for text in new[y].texts[move.left : move.right]) + 8
        )
        for y in range(move.top, move.bottom)
    )


def differing(a: Row, b: Row, left: int, right: int) -> int:
    """About how many cells differ between two rows: by their texts, else by their pens."""
    if a is b:
        return 0
    texts_a, texts_b = a.texts[left:right], b.texts[left:right]
    if texts_a != texts_b:
        return sum(map(ne, texts_a, texts_b))
    return sum(map(is_not, a.pens[left:right], b.pens[left:right]))
