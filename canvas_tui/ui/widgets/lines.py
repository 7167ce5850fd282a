"""A few lines of Content, of which only those that changed are drawn again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.visual import Visual
from textual.widget import Widget


def cut(content: Content, width: int, ellipsis: str) -> Content:
    """Exactly ``width`` cells: cut with an ellipsis, or filled with blanks."""
    if content.cell_length <= width:
        return content.truncate(width, pad=True)
    room = max(0, width - cell_len(ellipsis))
    return Content.assemble(content.truncate(room, pad=True), ellipsis).truncate(max(0, width))


class Lines(Widget):
    """Its lines are as wide as the widget; longer ones are cut with an ellipsis. No padding of its own."""

    DEFAULT_CSS = """
    Lines { height: auto; text-wrap: nowrap; text-overflow: ellipsis; }
    """
    ALLOW_SELECT = False

    @dataclass
    class Clicked(Message):
        """Line ``y`` was clicked at column ``x``."""

        lines: Lines
        x: int
        y: int

        @property
        def control(self) -> Lines:
            return self.lines

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._lines: tuple[Content, ...] = ()

    @property
    def lines(self) -> tuple[Content, ...]:
        return self._lines

    def set_lines(self, lines: Sequence[Content]) -> None:
        old, self._lines = self._lines, tuple(lines)
        if len(old) != len(self._lines):
            self.refresh(layout=True)
            return
        for y, (before, after) in enumerate(zip(old, self._lines, strict=True)):
            if not before.is_same(after):
                self.refresh(Region(0, y, self.size.width, 1))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y < len(self._lines) and width:
            strips = Visual.to_strips(self, self._lines[y], width, 1, self.visual_style, pad=True)
            if strips:
                return strips[0]
        return Strip.blank(width, self.visual_style.rich_style)

    def on_click(self, event: events.Click) -> None:
        if 0 <= event.y < len(self._lines):
            event.stop()
            self.post_message(self.Clicked(self, event.x, event.y))
