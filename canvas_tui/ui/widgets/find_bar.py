"""Find in the conversation: one line over the composer."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input

from ..focusing import focus
from ..messages import FindAsked, FindClosed, FindMoved
from .in_order import InOrder
from .lines import Lines

_ROOM = 74
"""Cells from which it says what its keys do."""


class FindLine(InOrder, Input):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", show=False),
        Binding("down", "step(1)", show=False),
        Binding("shift+enter", "step(1)", show=False),
    ]

    def action_step(self, step: int) -> None:
        self.post_message(FindMoved(step))


class FindBar(Horizontal):
    """Typing finds; Enter and Up go to the place above, Down to the one below."""

    def compose(self) -> ComposeResult:
        line = FindLine(placeholder="Find in this conversation", compact=True, id="find-line")
        line.cursor_blink = False
        yield line
        yield Lines(id="find-count")

    def on_mount(self) -> None:
        self.display = False

    place = "this conversation"
    """Where it finds."""

    def open(self, place: str = place) -> None:
        self.display = True
        line = self.query_one(FindLine)
        self.place, line.placeholder = place, f"Find in {place}"
        focus(line)
        line.action_select_all()
        if line.value:
            self.post_message(FindAsked(line.value))

    def close(self) -> bool:
        """True where it was open."""
        was, self.display = self.display, False
        if was:
            self.post_message(FindClosed())
        return was

    def show_count(self, count: int, complete: bool, at: int = 0) -> None:
        """Places found, and the one gone to; not ``complete``: the search goes on."""
        found = f"{at:,}/{count:,}" if count and at else "nothing found"
        found = found if complete else f"{count:,} found so far"
        keys = "  Up/Down  Esc" if self.size.width < _ROOM else "  Up/Down walk  Esc closes"
        text = found + keys if self.query_one(FindLine).value else "Esc closes"
        line = self.query_one("#find-count", Lines)
        line.styles.width = len(text)  # the rest is for what is looked for
        line.set_lines([Content.styled(text, "$foreground 60%")])

    @on(Input.Changed, "#find-line")
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(FindAsked(event.value))

    @on(Input.Submitted, "#find-line")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(FindMoved(-1))
