"""Tables that fit: columns share the width, cells wrap, and where there is no room for columns each row is a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from canvas_tui.core.frozen import frozen

from .lines import Line, Run, blank, prefix_lines, wrap
from .look import Look

Cell: TypeAlias = list[Run]
Row: TypeAlias = list[Cell]

_NARROWEST = 4  # cells of a column, before the table is given up
_WORD = 16  # cells of a word that a column keeps whole if it can


@frozen
class Table:
    header: Row
    rows: list[Row]
    aligns: tuple[str, ...]  # "", "left", "center", "right"


def table_lines(table: Table, look: Look, width: int, base: Style) -> list[Line]:
    return GrowingTable(table.header, table.aligns, look, width, base).lines(table.rows)


class GrowingTable:
    """A table that gets rows: what is finished is measured once, and laid out again only when a column's width changes."""

    def __init__(self, header: Row, aligns: tuple[str, ...], look: Look, width: int, base: Style) -> None:
        self._header = [[(text, style + look.strong) for text, style in cell] for cell in header]
        self._aligns = aligns
        self._look = look
        self._width = width
        self._base = base
        self._needs = Needs(len(header))
        self._needs.add(self._header)
        self._rows: list[Row] = []
        self._widths: list[int] = []  # for which the finished rows' lines were made
        self._made: list[list[Line]] = []
        self._head: list[Line] = []
        self._rule = blank(base)

    def finish(self, rows: Sequence[Row]) -> None:
        """These rows will not change."""
        for row in rows:
            self._needs.add(row)
        self._rows.extend(rows)

    def lines(self, rows: Sequence[Row]) -> list[Line]:
        """The whole table with ``rows`` after the finished ones."""
        count = len(self._header)
        room = self._width - 3 * (count - 1)
        if room < _NARROWEST * count:
            return _records(Table(self._header, [*self._rows, *rows], self._aligns), self._look, self._width, self._base)
        needs = self._needs.copy()
        for row in rows:
            needs.add(row)
        widths = needs.widths(room)
        rule_style = self._base + self._look.rule
        glyphs = self._look.glyphs
        column = Segment(f" {glyphs.column} ", rule_style)
        if widths != self._widths:
            rule = Segment(f"{glyphs.rule}{glyphs.cross}{glyphs.rule}".join(glyphs.rule * w for w in widths), rule_style)
            self._widths, self._made, self._rule = widths, [], Line([rule], self._base)
            self._head = [*_row(self._header, widths, self._aligns, column, self._base), self._rule]
        self._made += [_row(row, widths, self._aligns, column, self._base) for row in self._rows[len(self._made) :]]
        made = [*self._made, *(_row(row, widths, self._aligns, column, self._base) for row in rows)]
        tall = any(len(row) > 1 for row in made)
        lines = self._head.copy()
        for index, cells in enumerate(made):
            if tall and index:
                lines.append(self._rule)
            lines.extend(cells)
        return lines


class Needs:
    """What each column needs: cells of its longest line, and of its longest word."""

    def __init__(self, count: int) -> None:
        self._natural = [1] * count
        self._words = [1] * count

    def copy(self) -> Needs:
        other = Needs(0)
        other._natural, other._words = self._natural.copy(), self._words.copy()
        return other

    def add(self, row: Row) -> None:
        for index, cell in enumerate(row[: len(self._natural)]):
            text = "".join(part for part, _ in cell)
            self._natural[index] = max(self._natural[index], *(cell_len(line) for line in text.split("\n")))
            if len(text) > _NARROWEST:
                self._words[index] = max(self._words[index], *(cell_len(word) for word in text.split(" ")))

    def widths(self, room: int) -> list[int]:
        """Natural widths where they fit; else the narrow columns keep theirs and the wide ones share what is left."""
        natural, count = self._natural, len(self._natural)
        if sum(natural) <= room:
            return natural.copy()
        least = [min(n, max(_NARROWEST, min(w, _WORD))) for n, w in zip(natural, self._words, strict=True)]
        if sum(least) > room:
            least = [min(n, _NARROWEST) for n in natural]
        widths, spare = least[:], room - sum(least)
        open_columns = [i for i in range(count) if widths[i] < natural[i]]
        while spare > 0 and open_columns:
            share = max(1, spare // len(open_columns))
            for index in open_columns:
                extra = min(share, natural[index] - widths[index], spare)
                widths[index] += extra
                spare -= extra
            open_columns = [i for i in open_columns if widths[i] < natural[i]]
        return widths


def _row(row: Row, widths: list[int], aligns: tuple[str, ...], column: Segment, base: Style) -> list[Line]:
    cells = [wrap(cell or [("", base)], width, base) for cell, width in zip(row, widths, strict=False)]
    lines = []
    for index in range(max(map(len, cells))):
        segments: list[Segment] = []
        for number, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            if number:
                segments.append(column)
            line = cell[index] if index < len(cell) else Line((), base, width=0)
            spare = width - line.width
            left = {"right": spare, "center": spare // 2}.get(aligns[number], 0)
            if left > 0:
                segments.append(Segment(" " * left, base))
            segments.extend(line.segments)
            if spare - left > 0 and number < len(widths) - 1:
                segments.append(Segment(" " * (spare - left), base))
        lines.append(Line(segments, base))
    return lines


def _records(table: Table, look: Look, width: int, base: Style) -> list[Line]:
    """Each row as "column: value" lines."""
    lines: list[Line] = []
    for number, row in enumerate(table.rows):
        if number:
            lines.append(Line([Segment(look.glyphs.rule * min(width, 8), base + look.rule)], base))
        for name, cell in zip(table.header, row, strict=False):
            runs = [*name, (": ", base + look.strong), *cell]
            wrapped = wrap(runs, max(1, width - 2), base)
            lines.extend(prefix_lines(wrapped, [], [Segment("  ", base)]))
    return lines or wrap([run for cell in table.header for run in [*cell, (" ", base)]], width, base)
