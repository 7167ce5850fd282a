"""pyte as the terminal that is painted on, cell by cell as it looks."""

from __future__ import annotations

from typing import NamedTuple

from rich.cells import split_graphemes

from tests.support.pty_screen import MarginScreen, MarginStream


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


class Screen(MarginScreen):
    def __init__(self, columns: int, lines: int) -> None:
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
        self._stream = MarginStream(self.screen)

    def feed(self, text: str) -> None:
        self._stream.feed(text.encode("utf-8", "replace"))

    @property
    def cursor(self) -> tuple[int, int]:
        return self.screen.cursor.x, self.screen.cursor.y
