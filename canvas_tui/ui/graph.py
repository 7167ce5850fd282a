"""Figures as columns of signs."""

from __future__ import annotations

from collections.abc import Iterable

FAR = 3
"""So many times its neighbour, a largest value stands alone: what a reconnect brings again at once would flatten all the others."""


def full(values: Iterable[int]) -> int:
    """What a full column stands for: the largest value, those aside that stand alone far above the rest (their columns are full too)."""
    known = sorted(value for value in values if value > 0)
    alone = max(1, len(known) // 10)
    while len(known) > 3 and alone and known[-1] > FAR * known[-2]:
        known.pop()
        alone -= 1
    return known[-1] if known else 0


def level(value: int, top: int, levels: str) -> str:
    """The sign for a value above 0."""
    return levels[max(0, min(len(levels) - 1, (value * len(levels) - 1) // top))]
