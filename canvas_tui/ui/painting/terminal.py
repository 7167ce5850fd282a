"""A model of what stands on the terminal, and the bytes that turn it into what is to be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .cells import Row
from .scroll import Move, find_move
from .sgr import Pen, change
from .widths import spread

_GAP = 5  # unchanged cells between two changed ones that are written again rather than jumped over
_ERASE = 10  # blanks that are erased rather than written


@dataclass(slots=True)
class Abilities:
    """``erase``: erased cells take the pen's background. ``margins``: left and right margins (DECSLRM)."""

    erase: bool = True
    margins: bool = False


class Terminal:
    """Knows each cell that has been written since ``forget``."""

    def __init__(self, width: int, height: int, abilities: Abilities) -> None:
        self.width = width
        self.height = height
        self.abilities = abilities
        self.rows = [Row.unknown(width) for _ in range(height)]
        self._pen: Pen | None = None
        self._at: tuple[int, int] | None = None  # the cursor, where it is known
        self._out: list[str] = []

    def update(self, rows: Mapping[int, Row], cursor: tuple[int, int], panes: Sequence[tuple[int, int]] = ()) -> str:
        """The bytes that make ``rows`` (whole rows by their y) stand on the terminal, with the cursor at (x, y) after it.

        ``panes``: columns (from, to) within which text may have moved up or down as one; the likeliest first.
        """
        self._out = []
        changed = [y for y in sorted(rows) if not _equal(self.rows[y], rows[y])]
        if changed:
            new = [rows.get(y, row) for y, row in enumerate(self.rows)]
            for pane in panes or ((0, self.width),):
                move = find_move(self.rows, new, changed, pane, self.width, self.abilities.margins)
                if move is not None:
                    self._scroll(move)
                    changed = sorted({*changed, *range(move.top, move.bottom)})
                    break
            for y in changed:
                self._paint(y, new[y])
        self._go(*cursor)
        return "".join(self._out)

    # -- scrolling ---------------------------------------------------------------------------------------------------

    def _scroll(self, move: Move) -> None:
        """Rows are deleted at the one end of a region, which opens blank ones at the other."""
        aside = (move.left, move.right) != (0, self.width)
        put = self._out.append
        if aside:
            put(f"\x1b[?69h\x1b[{move.left + 1};{move.right}s")
        put(f"\x1b[{move.top + 1};{move.bottom}r\x1b[{move.top + 1};{move.left + 1}H")
        put(f"\x1b[{abs(move.by)}{'M' if move.by > 0 else 'L'}\x1b[r")
        if aside:
            put("\x1b[s\x1b[?69l")
        self._at = None
        region = [self.rows[y].copy() for y in range(move.top, move.bottom)]
        for y in range(move.top, move.bottom):
            source = y + move.by - move.top
            row = self.rows[y] if aside else Row.unknown(self.width)
            part = region[source] if 0 <= source < len(region) else Row.unknown(self.width)
            row = row.copy()
            row.put(move.left, Row(part.texts[move.left : move.right], part.pens[move.left : move.right]), None)
            self.rows[y] = row

    # -- cells -------------------------------------------------------------------------------------------------------

    def _paint(self, y: int, new: Row) -> None:
        old = self.rows[y]
        if not _equal(old, new):
            for start, end in _runs(old, new, self.width):
                self._write(y, start, end, new)
        self.rows[y] = new

    def _write(self, y: int, start: int, end: int, row: Row) -> None:
        self._go(start, y)
        x = start
        while x < end:
            pen = row.pens[x]
            assert pen is not None
            stop = x
            while stop < end and row.pens[stop] is pen:
                stop += 1
            self._text(y, x, stop, row, pen, last=stop == end)
            x = stop

    def _text(self, y: int, start: int, stop: int, row: Row, pen: Pen, last: bool) -> None:
        """Cells of one pen. Blanks at their end are erased where that is shorter."""
        put = self._out.append
        put(change(self._pen, pen))
        self._pen = pen
        blanks = stop
        if last and pen.erases and (self.abilities.erase or not pen.background):
            while blanks > start and row.texts[blanks - 1] == " ":
                blanks -= 1
            if stop - blanks < _ERASE and not (stop == self.width and stop - blanks > 3):
                blanks = stop
        plain: list[str] = []
        for x in range(start, blanks):
            text = row.texts[x] or ""
            if len(text) > 1:  # terminals differ in how wide they draw it: leave nothing beside it, say where to go on
                after = x + 1 + (x + 1 < self.width and row.texts[x + 1] == "")
                if spread(text)[0] < after - x:
                    text = f"{' ' * (after - x)}\x1b[{x + 1}G{text}"
                put("".join((*plain, text)))
                plain = []
                self._at = None
                if after < self.width:
                    put(f"\x1b[{after + 1}G")
                    self._at = (after, y)
                continue
            plain.append(text)
        put("".join(plain))
        if plain:
            self._at = (blanks, y) if blanks < self.width else None
        if blanks < stop:
            put("\x1b[K" if stop == self.width else f"\x1b[{stop - blanks}X")

    def _go(self, x: int, y: int) -> None:
        if self._at == (x, y):
            return
        forward = x - self._at[0] if self._at is not None and self._at[1] == y else 0
        if forward > 0:
            self._out.append(f"\x1b[{forward}C" if forward > 1 else "\x1b[C")
        else:
            self._out.append(f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H")
        self._at = (x, y)


def _equal(a: Row, b: Row) -> bool:
    return a is b or (a.texts == b.texts and a.pens == b.pens)


def _runs(old: Row, new: Row, width: int) -> list[tuple[int, int]]:
    """The spans of columns to write: what differs, short gaps closed, no wide character cut in half."""
    runs: list[list[int]] = []
    for x, (text, pen, was, had) in enumerate(zip(new.texts, new.pens, old.texts, old.pens, strict=True)):
        if text == was and pen is had:
            continue
        if runs and x - runs[-1][1] <= _GAP and (x == runs[-1][1] or new.pens[x - 1] is pen):
            runs[-1][1] = x + 1
        else:
            runs.append([x, x + 1])
    last = 0
    for run in runs:
        while run[0] and new.texts[run[0]] == "":  # its first half says what it is
            run[0] -= 1
        run[0] = x = max(run[0], last)
        while x < run[1] or (run[1] < width and "" in (new.texts[run[1]], old.texts[run[1]])):
            run[1] = max(run[1], x + 1)
            text = new.texts[x]
            if text and len(text) > 1:  # a terminal may draw it over what stands beside it
                run[1] = min(width, max(run[1], x + spread(text)[1]))
            x += 1
        last = run[1]
    return [(start, end) for start, end in runs if start < end]
