"""A terminal of our own, small and exact where it matters for painting: margins on all sides, erasing, halves of wide characters.

It knows what terminals with left and right margins (DECSLRM) do, and can be one of those that differ: ``erase`` False takes no
background along when cells are erased; ``clusters`` False draws every code point of an emoji on cells of its own; ``narrow``
draws a character of several code points as wide as its first. It raises at a sequence that it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from rich.cells import get_character_cell_size, split_graphemes

_PIECE = re.compile(
    r"\x1b\[(?P<private>[<=>?]?)(?P<args>[0-9;:]*)(?P<between>[ !\"$']*)(?P<final>[@-~])"
    r"|\x1b(?:\][^\x07\x1b]*(?:\x07|\x1b\\)|[P^_].*?\x1b\\|[()][0-9A-B]|[78=>Mc])"
    r"|(?P<control>[\x00-\x1f\x7f])|(?P<text>[^\x00-\x1f\x7f]+)",
    re.S,
)


class Pen(NamedTuple):
    attributes: frozenset[str] = frozenset()
    foreground: str = ""
    background: str = ""


class Cell(NamedTuple):
    """The right half of a wide character holds no text."""

    text: str = " "
    pen: Pen = Pen()


_ON = {"1": "bold", "2": "dim", "3": "italic", "4": "underline", "5": "blink", "7": "reverse", "8": "conceal", "9": "strike"}
_ON |= {"6": "blink2", "21": "underline2", "51": "frame", "52": "encircle", "53": "overline"}
_OFF = {"22": ("bold", "dim"), "23": ("italic",), "24": ("underline", "underline2"), "25": ("blink", "blink2"), "27": ("reverse",)}
_OFF |= {"28": ("conceal",), "29": ("strike",), "54": ("frame", "encircle"), "55": ("overline",)}
_ON_BLANKS = frozenset({"underline", "underline2", "reverse", "strike", "frame", "encircle", "overline"})


class Vt:
    """Feed it; ``rows`` are its cells as they look, ``cursor`` is (x, y)."""

    def __init__(self, columns: int, lines: int, *, erase: bool = True, clusters: bool = True, narrow: bool = False) -> None:
        self.columns, self.lines = columns, lines
        self._erase, self._clusters, self._narrow = erase, clusters, narrow
        self._cells = [[Cell()] * columns for _ in range(lines)]
        self._pen = Pen()
        self._x = self._y = 0
        self._sides_on = False
        self._reset_margins()
        self._acts: dict[str, Callable[[list[int]], None]] = {
            "H": self._place,
            "f": self._place,
            "G": lambda args: self._go(_at(args, 0) - 1, self._y),
            "C": lambda args: self._go(self._x + _at(args, 0), self._y),
            "J": self._clear,
            "K": self._clear_line,
            "X": lambda args: self._blank(self._y, self._x, self._x + _at(args, 0)),
            "L": lambda args: self._shift(-_at(args, 0)),
            "M": lambda args: self._shift(_at(args, 0)),
            "r": self._rows_margin,
            "s": self._columns_margin,
        }

    @property
    def cursor(self) -> tuple[int, int]:
        return self._x, self._y

    @property
    def margins(self) -> tuple[int, int, int, int]:
        """Rows and columns (from, to) within which it scrolls."""
        return self._top, self._bottom, self._left, self._right

    def feed(self, text: str) -> None:
        end = 0
        for match in _PIECE.finditer(text):
            assert match.start() == end, f"not understood: {text[end : match.start()]!r}"
            end = match.end()
            if match["text"]:
                self._write(match["text"])
            elif match["control"]:
                self._x = {"\r": 0, "\b": max(0, self._x - 1)}.get(match["control"], self._x)
            elif match["final"]:
                self._sequence(match["private"], match["args"], match["between"], match["final"])
        assert end == len(text), f"not understood: {text[end:]!r}"

    def _sequence(self, private: str, args: str, between: str, final: str) -> None:
        if private or between:
            if (private, args) == ("?", "69"):
                self._sides_on = final == "h"
                self._left, self._right = 0, self.columns
            elif (private, args, final) == ("?", "1049", "h"):
                self._clear([2])
            return
        if final == "m":
            self._pen = _pen(self._pen, args)
        elif final not in "hlnctuq":
            self._acts[final]([int(arg or 0) for arg in args.split(";")] if args else [])

    # -- where -------------------------------------------------------------------------------------------------------

    def _go(self, x: int, y: int) -> None:
        self._x, self._y = max(0, min(self.columns - 1, x)), max(0, min(self.lines - 1, y))

    def _place(self, args: list[int]) -> None:
        self._go(_at(args, 1) - 1, _at(args, 0) - 1)

    def _reset_margins(self) -> None:
        self._top, self._bottom, self._left, self._right = 0, self.lines, 0, self.columns

    def _rows_margin(self, args: list[int]) -> None:
        self._top, self._bottom = _at(args, 0) - 1, (_at(args, 1) if len(args) > 1 else 0) or self.lines
        assert self._top < self._bottom - 1 <= self.lines - 1
        self._go(0, 0)

    def _columns_margin(self, args: list[int]) -> None:
        if not self._sides_on:
            return  # saves the cursor
        self._left, self._right = _at(args, 0) - 1, (_at(args, 1) if len(args) > 1 else 0) or self.columns
        assert self._left < self._right - 1 <= self.columns - 1
        self._go(0, 0)

    # -- what --------------------------------------------------------------------------------------------------------

    def _write(self, text: str) -> None:
        spans = split_graphemes(text)[0] if self._clusters else [(i, i + 1, get_character_cell_size(c)) for i, c in enumerate(text)]
        for start, end, size in spans:
            least = max(1, get_character_cell_size(text[start]))
            self._draw(text[start:end], min(size, least) if self._narrow else size)

    def _draw(self, text: str, size: int) -> None:
        if size == 0:
            if self._x:
                before = self._x - 1 if self._cells[self._y][self._x - 1].text else max(0, self._x - 2)
                cell = self._cells[self._y][before]
                self._cells[self._y][before] = Cell(cell.text + text, cell.pen)
            return
        x = min(self._x, self.columns - size)  # no wrapping
        row = self._cells[self._y]
        self._part(self._y, x)
        self._part(self._y, x + size)
        row[x : x + size] = [Cell(text, self._pen), *[Cell("", self._pen)] * (size - 1)]
        self._x = min(self.columns, x + size)

    def _part(self, y: int, x: int) -> None:
        """A wide character that lies over the border before ``x`` is gone."""
        row = self._cells[y]
        if 0 < x < self.columns and row[x].text == "":
            row[x - 1 : x + 1] = [Cell(" ", row[x - 1].pen), Cell(" ", row[x].pen)]

    def _blank(self, y: int, start: int, end: int) -> None:
        start, end = min(start, self.columns - 1), min(end, self.columns)
        self._part(y, start)
        self._part(y, end)
        pen = Pen(background=self._pen.background if self._erase else "")
        self._cells[y][start:end] = [Cell(" ", pen)] * (end - start)

    def _clear_line(self, args: list[int]) -> None:
        start, end = {0: (self._x, self.columns), 1: (0, self._x + 1), 2: (0, self.columns)}[args[0] if args else 0]
        self._blank(self._y, start, end)

    def _clear(self, args: list[int]) -> None:
        rows = {0: range(self._y + 1, self.lines), 1: range(self._y), 2: range(self.lines)}[args[0] if args else 0]
        for y in rows:
            self._blank(y, 0, self.columns)
        if not args or args[0] < 2:
            self._clear_line(args)

    def _shift(self, by: int) -> None:
        """Lines deleted (or, negative, inserted) at the cursor, between the margins."""
        if not (self._top <= self._y < self._bottom and self._left <= self._x < self._right):
            return
        rows = range(self._y, self._bottom)
        for y in rows:
            self._part(y, self._left)
            self._part(y, self._right)
        before = {y: self._cells[y][self._left : self._right] for y in rows}
        for y in rows:
            if y + by in before:
                self._cells[y][self._left : self._right] = before[y + by]
            else:
                self._blank(y, self._left, self._right)
        self._x = self._left

    # -- seen --------------------------------------------------------------------------------------------------------

    def rows(self) -> list[list[Cell]]:
        """Blank cells without what does not show on them."""
        return [[_seen(cell) for cell in row] for row in self._cells]

    def text(self) -> str:
        return "\n".join("".join(cell.text for cell in row).rstrip() for row in self._cells)


def _seen(cell: Cell) -> Cell:
    if cell.text != " ":
        return cell
    shown = cell.pen.attributes & _ON_BLANKS
    return Cell(" ", Pen(shown, cell.pen.foreground if shown else "", cell.pen.background))


def _at(args: list[int], index: int) -> int:
    return max(1, args[index]) if index < len(args) else 1


def _pen(pen: Pen, args: str) -> Pen:
    attributes, foreground, background = pen
    codes = args.split(";")
    while codes:
        code = codes.pop(0).lstrip("0")
        if not code:
            attributes, foreground, background = Pen()
        elif code in _ON:
            attributes |= {_ON[code]}
        elif code in _OFF:
            attributes -= set(_OFF[code])
        elif code in ("38", "48"):
            count = 4 if codes[0] == "2" else 2
            color, codes = ";".join(codes[:count]), codes[count:]
            foreground, background = (color, background) if code == "38" else (foreground, color)
        elif code == "39":
            foreground = ""
        elif code == "49":
            background = ""
        elif code[0] in "39" and len(code) == 2:
            foreground = code
        elif code[0] in "41" and len(code) in (2, 3):
            background = code
        else:
            raise AssertionError(f"attribute not understood: {code}")
    return Pen(attributes, foreground, background)
