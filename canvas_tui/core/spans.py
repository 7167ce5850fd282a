"""Lengths of time and numbers, for reading."""

from __future__ import annotations


def seconds(span: float) -> str:
    """A length of time for reading: "3 s", "2 min 5 s", "1 h 4 min"."""
    whole = max(0, int(span))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def about(span: float) -> str:
    """A measured length of time: "0.8 s" below three seconds, whole ones above."""
    return f"{span:.1f}".removesuffix(".0") + " s" if span < 3 else seconds(span + 0.5)
