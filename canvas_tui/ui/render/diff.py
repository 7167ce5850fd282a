"""A diff as lines: inline (by word for documents, by line for code) and side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar, TypeAlias

from rich.segment import Segment
from rich.style import Style

from canvas_tui.core.differ import Change, Kind, Piece
from canvas_tui.core.frozen import frozen
from canvas_tui.core.safe_text import safe

from .code import expanded, goes_on
from .diff_colours import Colours
from .lines import Line, Run, chop, prefix_lines, wrap
from .look import Look

_DIGITS = 3
_ALIKE = 0.4
"""The share of a change that must be the same on both sides for its words to be marked; below it the lines are simply others."""

_PLAIN = Style(underline=False, strike=False)

Drawing: TypeAlias = Callable[[], list[Line]]
"""Draws rows that belong together."""


@dataclass(slots=True)
class Side:
    """A line of one of the texts: its number (from 1; 0 for none) and its pieces, without the newline."""

    number: int
    pieces: list[Piece] = field(default_factory=list)


@frozen
class Pair:
    """Lines that stand beside one another; one of both may be empty."""

    old: tuple[Side, ...]
    new: tuple[Side, ...]


def sides(change: Change) -> list[Pair]:
    """A change as pairs of lines, so cut that line ends which agree stand beside one another."""
    pairs: list[Pair] = []
    old: list[Side] = []
    new: list[Side] = []
    left, right = Side(change.old_start + 1), Side(change.new_start + 1)
    for piece in change.pieces:
        parts = piece.text.split("\n")
        for index, part in enumerate(parts):
            if part:
                for kind, side in ((Kind.NEW, left), (Kind.GONE, right)):
                    if piece.kind is not kind:
                        side.pieces.append(Piece(piece.kind, part))
            if index == len(parts) - 1:
                continue
            if piece.kind is not Kind.NEW:
                old.append(left)
                left = Side(left.number + 1)
            if piece.kind is not Kind.GONE:
                new.append(right)
                right = Side(right.number + 1)
            if piece.kind is Kind.SAME:
                pairs.append(Pair(tuple(old), tuple(new)))
                old, new = [], []
    if old or new:
        pairs.append(Pair(tuple(old), tuple(new)))
    return pairs


def merged(change: Change) -> list[list[Piece]]:
    """A change's lines with what went and what came in one flow."""
    lines: list[list[Piece]] = [[]]
    for piece in change.pieces:
        first, *others = piece.text.split("\n")
        if first:
            lines[-1].append(Piece(piece.kind, first))
        for other in others:
            if piece.kind is Kind.GONE and other == "" and not lines[-1]:
                continue  # an empty line that went needs no row of its own
            lines.append([Piece(piece.kind, other)] if other else [])
    if not lines[-1]:
        lines.pop()
    return lines


def alike(change: Change) -> bool:
    """Whether enough of it is the same for words to be told apart."""
    same = sum(len(piece.text.strip()) for piece in change.pieces if piece.kind is Kind.SAME)
    rest = sum(len(piece.text.strip()) for piece in change.pieces if piece.kind is not Kind.SAME)
    return same > _ALIKE * (same + rest / 2)


class DiffLook:
    """Draws the rows of a diff at one width."""

    _SIGNS: ClassVar[dict[Kind | None, str]] = {Kind.GONE: "-", Kind.NEW: "+"}

    def __init__(self, look: Look, width: int, colours: Colours | None, split: bool, lines: int) -> None:
        """``colours``: of code; None for documents. ``lines``: of the longer text, for the width of the numbers."""
        self._look, self._width, self._split = look, width, split
        self._colours = colours
        self._code = colours is not None
        self._digits = max(_DIGITS, len(str(lines)))
        self._fills = {Kind.SAME: look.text, Kind.GONE: look.text + look.gone, Kind.NEW: look.text + look.new}
        self._blanks = {
            kind: fill + _PLAIN if fill.strike or fill.underline else fill for kind, fill in self._fills.items()
        }  # behind the text, where there is none
        self._words = {Kind.GONE: look.text + look.gone_word, Kind.NEW: look.text + look.new_word}
        self._numbers = {Kind.GONE: look.error, Kind.NEW: look.success, Kind.SAME: look.muted}

    def _broken(self, runs: Sequence[Run], width: int, fill: Style) -> list[Line]:
        return chop(runs, width, fill, goes_on(self._look, fill)) if self._code else wrap(runs, width, fill)

    # -- what is the same ------------------------------------------------------------------------------------------

    def same(self, lines: Sequence[str], old: int, new: int) -> list[Line]:
        """Lines that both have, from these numbers on (from 1)."""
        rows: list[Line] = []
        for at, text in enumerate(lines):
            piece = [Piece(Kind.SAME, text)]
            if self._split:
                rows.extend(self._beside([Side(old + at, piece)], [Side(new + at, piece)], Kind.SAME))
            elif self._code:
                rows.extend(self._line(piece, Kind.SAME, old + at, new + at, marks=False))
            else:
                rows.extend(self._flow(piece, Kind.SAME))
        return rows

    # -- what differs ----------------------------------------------------------------------------------------------

    def change(self, change: Change) -> Iterator[Drawing]:
        """How its rows are drawn, in order."""
        marks = alike(change)
        if self._split:
            for pair in sides(change):
                yield partial(self._beside, pair.old, pair.new, None if marks else Kind.GONE)
        elif self._code:
            for pair in sides(change):
                for side in pair.old:
                    yield partial(self._line, side.pieces, Kind.GONE, side.number, 0, marks)
                for side in pair.new:
                    yield partial(self._line, side.pieces, Kind.NEW, 0, side.number, marks)
        elif marks:
            for line in merged(change):
                yield partial(self._flow, line, None)
        else:
            for kind in (Kind.GONE, Kind.NEW):
                for pair in sides(change):
                    for side in pair.old if kind is Kind.GONE else pair.new:
                        yield partial(self._flow, side.pieces, kind)

    def _runs(self, pieces: Sequence[Piece], base: Style, marks: bool) -> list[Run]:
        runs = [(safe(piece.text), self._words.get(piece.kind, base) if marks else base) for piece in pieces]
        return runs or [("", base)]

    def _coloured(self, side: Side, base: Style, marks: bool, kind: Kind) -> list[Run]:
        """Of a line of the old text (``kind`` GONE) or of the new one (NEW)."""
        runs = self._runs(side.pieces, base, marks)
        return expanded(self._colours.over(kind, side.number, runs) if self._colours is not None else runs)

    def _number(self, number: int) -> str:
        return f"{number or '':>{self._digits}}"

    def _line(self, pieces: Sequence[Piece], kind: Kind, old: int, new: int, marks: bool) -> list[Line]:
        """A line of code: both numbers, the sign, and its words."""
        fill, sign = self._fills[kind], self._SIGNS.get(kind, " ")
        blank = self._blanks[kind]
        head = f" {self._number(old)} {self._number(new)} {sign} "
        style = blank + self._numbers[kind]
        of = (Side(old, list(pieces)), Kind.GONE) if kind is Kind.GONE else (Side(new, list(pieces)), Kind.NEW)
        runs = self._coloured(of[0], fill, marks, of[1])
        rows = self._broken(runs, max(1, self._width - len(head) - 1), blank)
        lines = prefix_lines(rows, [Segment(head, style)], [Segment(" " * len(head), blank)])
        return [line.padded(self._width) for line in lines]

    def _flow(self, pieces: Sequence[Piece], kind: Kind | None) -> list[Line]:
        """A paragraph; None: in which words differ."""
        base, blank = (fills[Kind.SAME if kind is None else kind] for fills in (self._fills, self._blanks))
        bar, style = " ", self._look.text
        if kind is not Kind.SAME:
            role = self._look.warning if kind is None else self._numbers[kind]
            bar, style = self._SIGNS.get(kind, self._look.glyphs.bar), self._look.text + role
        rows = wrap(expanded(self._runs(pieces, base, kind is None)), max(1, self._width - 5), blank)
        head = [Segment(bar, style), Segment(" ", blank)]
        return [line.padded(self._width) for line in prefix_lines(rows, head, head)]

    def _beside(self, old: Sequence[Side], new: Sequence[Side], kind: Kind | None) -> list[Line]:
        """Both columns. ``kind``: SAME, GONE where the lines are simply others, None where words are marked."""
        left = self._column(old, Kind.GONE, kind, self._half)
        right = self._column(new, Kind.NEW, kind, self._width - self._half - 1)
        middle = Segment(self._look.glyphs.column, self._look.text + self._look.rule)
        lines = []
        for at in range(max(len(left), len(right))):
            one = left[at] if at < len(left) else self._blank(self._half)
            other = right[at] if at < len(right) else self._blank(self._width - self._half - 1)
            lines.append(Line([*one.segments, middle, *other.segments], self._look.text, width=self._width))
        return lines

    @property
    def _half(self) -> int:
        return (self._width - 1) // 2

    def _blank(self, width: int) -> Line:
        return Line([Segment(" " * width, self._look.text)], self._look.text, width=width)

    def _column(self, sides: Sequence[Side], mine: Kind, kind: Kind | None, width: int) -> list[Line]:
        lines: list[Line] = []
        for side in sides:
            differs = kind is not Kind.SAME and (kind is not None or any(piece.kind is mine for piece in side.pieces))
            shade = mine if differs else Kind.SAME
            fill, blank = self._fills[shade], self._blanks[shade]
            head = f"{self._number(side.number)} "
            room = max(1, width - len(head) - 1)
            rows = self._broken(self._coloured(side, fill, kind is None, mine), room, blank)
            first, rest = [Segment(head, blank + self._numbers[shade])], [Segment(" " * len(head), blank)]
            lines.extend(line.padded(width) for line in prefix_lines(rows, first, rest))
        return lines
