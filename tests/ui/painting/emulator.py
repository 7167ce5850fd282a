"""pyte as the terminal that is painted on, with what the writer uses and pyte lacks: left and right margins."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import pyte
from rich.cells import split_graphemes


class Look(NamedTuple):
    """A cell as it looks. Pens of blank cells show their background (and lines through or under them) only."""

    text: str
    foreground: str
    background: str
    bold: bool
    italics: bool
    underscore: bool
    strike: bool
    reverse: bool


class Screen(pyte.Screen):
    """Left and right margins (mode 69, ``CSI l;r s``) act on deleting and inserting lines."""

    def __init__(self, columns: int, lines: int) -> None:
        self.sides: tuple[int, int] | None = None
        super().__init__(columns, lines)
        self.reset_mode(7, private=True)  # textual turns wrapping off

    def draw(self, data: str) -> None:
        """Grapheme by grapheme, as wide as a modern terminal draws it."""
        for start, end, size in split_graphemes(data)[0]:
            if size == 0 or (data[start].isascii() and end - start == 1):
                super().draw(data[start:end])
                continue
            x = min(self.cursor.x, self.columns - size)
            self.buffer[self.cursor.y][x] = self.cursor.attrs._replace(data=data[start:end])
            if size == 2:
                self.buffer[self.cursor.y][x + 1] = self.cursor.attrs._replace(data="")
            self.cursor.x = min(x + size, self.columns)

    def delete_lines(self, count: int | None = None) -> None:
        self._shift(count or 1)

    def insert_lines(self, count: int | None = None) -> None:
        self._shift(-(count or 1))

    def _shift(self, by: int) -> None:
        """From the cursor's row to the bottom margin; what opens is of the terminal's own colours."""
        top, bottom = self.margins or (0, self.lines - 1)
        assert top <= self.cursor.y <= bottom
        left, right = self.sides or (0, self.columns)
        rows = range(self.cursor.y, bottom + 1)
        before = {y: [self.buffer[y][x] for x in range(left, right)] for y in rows}
        empty = [self.default_char] * (right - left)
        for y in rows:
            for x, char in zip(range(left, right), before.get(y + by, empty), strict=True):
                self.buffer[y][x] = char
        self.carriage_return()

    def look(self, x: int, y: int) -> Look:
        char = self.buffer[y][x]
        blank = char.data == " "
        shown = "default" if blank and not (char.underscore or char.strikethrough or char.reverse) else char.fg
        return Look(
            char.data,
            shown,
            char.bg,
            not blank and char.bold,
            not blank and char.italics,
            char.underscore,
            char.strikethrough,
            char.reverse,
        )

    def text(self) -> str:
        return "\n".join("".join(self.buffer[y][x].data for x in range(self.columns)).rstrip() for y in range(self.lines))

    def rows(self) -> list[list[Look]]:
        return [[self.look(x, y) for x in range(self.columns)] for y in range(self.lines)]


class Emulator:
    """Feed it what the writer writes."""

    def __init__(self, columns: int, lines: int) -> None:
        self.screen = Screen(columns, lines)
        self._stream = pyte.Stream(self.screen)

    def feed(self, text: str) -> None:
        for piece in _split_margins(text):
            if isinstance(piece, str):
                self._stream.feed(piece)
            else:
                self.screen.sides = piece[0]

    @property
    def cursor(self) -> tuple[int, int]:
        return self.screen.cursor.x, self.screen.cursor.y


def _split_margins(text: str) -> list[Any]:
    """Text, and the side margins set between: ``(left, right)`` (from, to) or None, each in a tuple."""
    out: list[Any] = []
    end = 0
    for match in re.finditer(r"\x1b\[(\d*);?(\d*)s|\x1b\[\?69[hl]", text):
        out.append(text[end : match.start()])
        end = match.end()
        if match.group().endswith("s"):
            out.append(((int(match[1]) - 1, int(match[2])) if match[1] else None,))
    out.append(text[end:])
    return out
