"""Rows of cells: what a row of strips puts into each column of the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import category

from rich.cells import split_graphemes
from rich.color import ColorSystem
from rich.style import Style
from textual.strip import Strip

from .guard import harmless
from .sgr import Pen, pen_of


class Row:
    """Text and pen of each column. The second column of a wide character holds "". None: not known."""

    __slots__ = ("pens", "texts")

    def __init__(self, texts: list[str | None], pens: list[Pen | None]) -> None:
        self.texts = texts
        self.pens = pens

    @classmethod
    def unknown(cls, width: int) -> Row:
        return cls([None] * width, [None] * width)

    def copy(self) -> Row:
        return Row(self.texts.copy(), self.pens.copy())

    def put(self, x: int, other: Row, half: str | None = " ") -> None:
        """Lay another row over this one from column ``x`` on. ``half``: what is left of a wide character that is covered in part."""
        texts, end = other.texts, min(len(self.texts), x + len(other.texts))
        if x >= end:
            return
        if len(texts) > end - x:
            texts = texts[:]
            _part(texts, end - x, half)
        _part(self.texts, x, half)
        _part(self.texts, end, half)
        self.texts[x:end] = texts[: end - x]
        self.pens[x:end] = other.pens[: end - x]


def _part(texts: list[str | None], at: int, half: str | None) -> None:
    """A wide character that lies over the border before ``at`` is gone, as on a terminal that draws over one of its halves."""
    if 0 < at < len(texts) and texts[at] == "":
        first, end = at - 1, at + 1
        while first and texts[first] == "":
            first -= 1
        while end < len(texts) and texts[end] == "":
            end += 1
        texts[first:end] = [half] * (end - first)


_PLAIN = Style.null()


def cells(strip: Strip, colors: ColorSystem) -> Row:
    """The cells of a strip, as wide as Textual takes it to be."""
    texts: list[str | None] = []
    pens: list[Pen | None] = []
    for text, style, control in strip:
        if control or not text:
            continue
        pen = pen_of(style or _PLAIN, colors)
        if text.isascii() and text.isprintable():
            texts.extend(text)
            pens.extend([pen] * len(text))
            continue
        safe = harmless(text)
        for start, end, size in split_graphemes(safe)[0]:
            if size == 1 and category(safe[start]) == "Mc" and texts and texts[-1]:
                texts[-1] += safe[start:end]  # with its letter, on two cells
                texts.append("")
                pens.append(pens[-1])
            else:
                _add(texts, pens, safe[start:end], size, pen)
    return Row(texts, pens)


def _add(texts: list[str | None], pens: list[Pen | None], text: str, size: int, pen: Pen) -> None:
    if size == 0:
        at = next((i for i in range(len(texts) - 1, -1, -1) if texts[i]), None)
        if at is not None:
            texts[at] = (texts[at] or "") + text
        return
    texts.extend((text, *("",) * (size - 1)))
    pens.extend((pen,) * size)


def joined(strips: Iterable[Strip], colors: ColorSystem, width: int) -> Row:
    """The cells of strips side by side; what they leave of the width is blank."""
    row = Row([], [])
    for strip in strips:
        part = cells(strip, colors)
        row.texts.extend(part.texts)
        row.pens.extend(part.pens)
    missing = width - len(row.texts)
    if missing > 0:
        blank = pen_of(_PLAIN, colors)
        row.texts.extend([" "] * missing)
        row.pens.extend([blank] * missing)
    del row.texts[width:], row.pens[width:]
    return row
