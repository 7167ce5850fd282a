"""What stands on the terminal: pyte, taught what Textual and this program send beyond what it knows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pyte
from pyte.screens import Char, StaticDefaultDict

ALTERNATE = 1049 << 5  # pyte marks private modes by this shift

# Sequences that change nothing on the screen and that pyte would print or misread: strings (DCS, APC, PM, OSC), kitty's keyboard
# protocol, requests for modes, cursor shapes, window operations.
_UNSHOWN = re.compile(
    rb"\x1b[P_^].*?\x1b\\|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[<=>][0-9;:]*[A-Za-z]|\x1b\[\?[0-9;]*\$p|\x1b\[\?u|\x1b\[[0-9;]*(?: q|t)",
    re.S,
)
_ATTRIBUTES = re.compile(rb"\x1b\[[0-9;:]*m")
_UNFINISHED = re.compile(rb"\x1b(?:\[[0-9;:<=>?$ !\"]*|[P_^](?:[^\x1b]|\x1b(?!\\))*|\](?:[^\x07\x1b]|\x1b(?!\\))*|[()*+#%]?)\Z", re.S)
_LONGEST = 1 << 16


class MarginScreen(pyte.Screen):
    """pyte's screen with scrolling by SU and SD, REP, the alternate screen, and left and right margins for IL and DL."""

    _main: tuple[Any, Any] | None = None
    _drawn = " "
    _sides: tuple[int, int] | None = None  # columns (from, to) while mode 69 is on

    def side_margins(self, left: int = 0, right: int = 0, **_: Any) -> None:
        if self._sides is not None:
            self._sides = (max(0, left - 1), right or self.columns)
            self.cursor_position()

    def delete_lines(self, count: int | None = None) -> None:
        self._shift(count or 1)

    def insert_lines(self, count: int | None = None) -> None:
        self._shift(-(count or 1))

    def _shift(self, by: int) -> None:
        """Lines deleted (or, negative, inserted) at the cursor, between the margins."""
        top, bottom = self.margins or (0, self.lines - 1)
        left, right = self._sides or (0, self.columns)
        if not (top <= self.cursor.y <= bottom and left <= self.cursor.x < right):
            return
        rows = range(self.cursor.y, bottom + 1)
        before = {y: [self.buffer[y][x] for x in range(left, right)] for y in rows}
        blank = [self.cursor.attrs._replace(data=" ")] * (right - left)
        for y in rows:
            self.buffer[y].update(zip(range(left, right), before.get(y + by, blank), strict=True))
        self.dirty.update(rows)
        self.cursor.x = left

    def _scroll(self, count: int, line: str) -> None:
        top, bottom = self.margins or (0, self.lines - 1)
        at, self.cursor.y = self.cursor.y, bottom if line == "index" else top
        for _ in range(count or 1):
            getattr(self, line)()
        self.cursor.y = at

    def scroll_up(self, count: int = 1, **_: Any) -> None:
        self._scroll(count, "index")

    def scroll_down(self, count: int = 1, **_: Any) -> None:
        self._scroll(count, "reverse_index")

    def draw(self, data: str) -> None:
        self._drawn = data[-1:] or self._drawn
        super().draw(data)

    def repeat(self, count: int = 1, **_: Any) -> None:
        super().draw(self._drawn * (count or 1))

    def set_mode(self, *modes: int, **kwargs: Any) -> None:
        if kwargs.get("private") and 1049 in modes and self._main is None:
            self._main = (deepcopy(self.buffer), deepcopy(self.cursor))
            self.erase_in_display(2)
        if kwargs.get("private") and 69 in modes:
            self._sides = (0, self.columns)
        super().set_mode(*modes, **kwargs)

    def reset_mode(self, *modes: int, **kwargs: Any) -> None:
        super().reset_mode(*modes, **kwargs)
        if kwargs.get("private") and 1049 in modes and self._main is not None:
            (self.buffer, self.cursor), self._main = self._main, None
            self.dirty.update(range(self.lines))
        if kwargs.get("private") and 69 in modes:
            self._sides = None

    def report_device_status(self, *_: Any, **__: Any) -> None:
        """Answered by the pty's reader."""

    def report_device_attributes(self, *_: Any, **__: Any) -> None:
        """Answered by the pty's reader."""


class MarginStream(pyte.ByteStream):
    csi = {**pyte.ByteStream.csi, "S": "scroll_up", "T": "scroll_down", "b": "repeat", "s": "side_margins"}  # noqa: RUF012
    events = pyte.ByteStream.events | {"scroll_up", "scroll_down", "repeat", "side_margins"}


class Emulator:
    """Feed bytes, read the screen. ``attributes`` False leaves colours out, which is several times faster."""

    def __init__(self, columns: int, rows: int, *, attributes: bool = True) -> None:
        self.columns, self.rows = columns, rows
        self._screen = MarginScreen(columns, rows)
        self._stream = MarginStream(self._screen)
        self._skip = _UNSHOWN if attributes else re.compile(_UNSHOWN.pattern + b"|" + _ATTRIBUTES.pattern, re.S)
        self._tail = b""

    def feed(self, raw: bytes) -> None:
        """Any splitting of the bytes gives the same screen: a sequence cut at the end waits for its rest."""
        raw = self._tail + raw
        self._tail = b""
        unfinished = _UNFINISHED.search(raw, max(0, len(raw) - _LONGEST))
        if unfinished:
            raw, self._tail = raw[: unfinished.start()], raw[unfinished.start() :]
        self._stream.feed(self._skip.sub(b"", raw))

    def resize(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self._screen.resize(rows, columns)

    @property
    def cursor(self) -> tuple[int, int]:
        """(row, column) from 0."""
        return self._screen.cursor.y, self._screen.cursor.x

    def lines(self) -> list[str]:
        """The rows of the screen, without spaces at their ends."""
        return [line.rstrip() for line in self._screen.display]

    def text(self) -> str:
        return "\n".join(self.lines())

    def cells(self) -> Iterator[list[Char]]:
        """Row by row, every cell with its colours."""
        for row in range(self.rows):
            line: StaticDefaultDict[int, Char] = self._screen.buffer[row]
            yield [line[column] for column in range(self.columns)]

    def changed_lines(self) -> list[str]:
        """The rows that changed since this was last asked."""
        dirty = sorted(row for row in self._screen.dirty if row < self.rows)
        self._screen.dirty.clear()
        return ["".join(self._screen.buffer[row][column].data for column in range(self.columns)) for row in dirty]
