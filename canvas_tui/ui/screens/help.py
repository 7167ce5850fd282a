"""F1: every key, from the table of keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen

from canvas_tui.core.actions import ACTIONS

from ..keymap import Keymap
from ..slash import OWN
from ..widgets.lines import Lines

MUTED = "$foreground 60%"
NOTES = (
    "Threads, ids and the keys in the last line can be clicked.",
    "Hold Shift for the terminal's own selection.",
    "Change keys in the configuration, under [keys].",
)


class HelpScreen(ModalScreen[None]):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter", "dismiss", show=False)]

    def __init__(self, keymap: Keymap) -> None:
        super().__init__()
        self._keymap = keymap

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help-box"):
            yield Lines(id="help-keys")

    def on_mount(self) -> None:
        box = self.query_one("#help-box", VerticalScroll)
        box.border_title = "Keys"
        box.border_subtitle = "Esc closes"

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        lines = self.query_one(Lines)
        if width := lines.size.width:
            lines.set_lines(list(self._lines(width)))

    def _lines(self, width: int) -> Iterator[Content]:
        """In lines of this many cells: what has no room goes on below, beside its key."""
        groups = self._keymap.groups()
        column = max(cell_len(keys[0]) for _, rows in groups for keys, _ in rows)
        for group, rows in groups:
            yield Content.styled(group, "bold")
            for (first, *more), label in rows:
                also = f"  or {', '.join(more)}" if more else ""
                yield from _row(first, Content.assemble(label, (also, MUTED)), column, width)
            yield Content("")
        yield Content.styled("Typed commands", "bold")
        for name, what in _typed():
            yield from _row(name, Content(what), column, width)
        yield Content("")
        for note in NOTES:
            yield from Content.styled(note, MUTED).wrap(width)


def _row(key: str, told: Content, column: int, width: int) -> Iterator[Content]:
    for place, part in enumerate(told.wrap(max(10, width - column - 2))):
        yield Content.assemble(("" if place else key).rjust(column), "  ", part).stylize("$text-primary", 0, column)


def _typed() -> Iterator[tuple[str, str]]:
    for action in ACTIONS:
        values = ", ".join(sent for sent, _ in action.values)
        yield f"/{action.name}", f"{action.label}: {values}" if values else action.label
    for name, what in OWN:
        yield f"/{name}", what
    yield "//", "A message that begins with one slash"
