"""How many cells characters take, where terminals do not agree.

Measured: vowel signs that stand beside their letter (category Mc, as in "कि") take a cell of their own in tmux and in most
terminals, none in rich's tables, so that what followed was painted over them. With a cell of their own they are never lost; a
terminal that draws both in one cell shows a gap. Emoji of several code points are told apart in the same way: their place is
as wide as rich says, and the writer trusts no terminal to have drawn them so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from unicodedata import category

from rich import cells

from ..textual_parts import load_cell_table, measure_with


@cache
def _table(version: str) -> cells.CellTable:
    table: cells.CellTable = load_cell_table(version)
    return table._replace(widths=list(_with_cells(table.widths)))


def _with_cells(widths: Sequence[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """Ranges (first, last, cells); what is in none has one cell."""
    for first, last, size in widths:
        start = first
        if size == 0 and last < 0xE0000:
            for code in range(first, last + 1):
                if category(chr(code)) == "Mc":
                    if code > start:
                        yield start, code - 1, 0
                    start = code + 1
        if start <= last:
            yield start, last, size


def install() -> None:
    """Put our table before rich's (once)."""
    if measure_with(_table):
        cells.get_character_cell_size.cache_clear()
        cells.cached_cell_len.cache_clear()


@lru_cache(maxsize=1024)
def spread(text: str) -> tuple[int, int]:
    """The fewest and the most cells in which a terminal may draw one character of several code points."""
    sizes = [cells.get_character_cell_size(char) for char in text]
    return sizes[0], sum(sizes)
