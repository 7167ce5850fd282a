"""Tables that fit: columns share the width, cells wrap, and where there is no room for columns each row is a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from .lines import Line, Run, prefix_lines, wrap
from .look import Look

Cell: TypeAlias = list[Run]
Row: TypeAlias = list[Cell]

_NARROWEST = 4  # cells of a column, before the table is given up
_WORD = 16  # cells of a word that a column keeps whole if it can


@dataclass(frozen=True, slots=True)
class Table:
    header: Row
    rows: list[Row]
    aligns: tuple[str, ...]  # "", "left", "center", "right"


def table_lines(table: Table, look: Look, width: int, base: Style) -> list[Line]:
    count = len(table.header)
    room = width - 3 * (count - 1)
    if room < _NARROWEST * count:
        return _records(table, look, width, base)
    widths = column_widths([table.header, *table.rows], count, room)
    rule_style = base + look.rule
    glyphs = look.glyphs
    rule = Line([Segment(f"{glyphs.rule}{glyphs.cross}{glyphs.rule}".join(glyphs.rule * w for w in widths), rule_style)], base)
    column = Segment(f" {glyphs.column} ", rule_style)
    rows = [_row(row, widths, table.aligns, column, base) for row in table.rows]
    tall = any(len(row) > 1 for row in rows)
    lines = _row([[(t, s + look.strong) for t, s in cell] for cell in table.header], widths, table.aligns, column, base) + [rule]
    for index, row in enumerate(rows):
        if tall and index:
            lines.append(Line(rule.segments, base))
        lines.extend(row)
    return lines


def column_widths(rows: Sequence[Row], count: int, room: int) -> list[int]:
    """Natural widths where they fit; else the narrow columns keep theirs and the wide ones share what is left."""
    natural, words = [1] * count, [1] * count
    for row in rows:
        for index, cell in enumerate(row[:count]):
            text = "".join(part for part, _ in cell)
            natural[index] = max(natural[index], *(cell_len(line) for line in text.split("\n")))
            if len(text) > _NARROWEST:
                words[index] = max(words[index], *(cell_len(word) for word in text.split(" ")))
    if sum(natural) <= room:
        return natural
    least = [min(n, max(_NARROWEST, min(w, _WORD))) for n, w in zip(natural, words, strict=True)]
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
            runs = [*((t, s + look.strong) for t, s in name), (": ", base + look.strong), *cell]
            wrapped = wrap(runs, max(1, width - 2), base)
            lines.extend(prefix_lines(wrapped, [], [Segment("  ", base)]))
    return lines or wrap([run for cell in table.header for run in [*cell, (" ", base)]], width, base)
