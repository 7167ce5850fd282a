"""F1: every key, from the table of keys."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen

from ..keymap import Keymap
from ..widgets.lines import Lines

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
        self.query_one(Lines).set_lines(self._lines())

    def _lines(self) -> list[Content]:
        groups = self._keymap.groups()
        width = max(cell_len(keys[0]) for _, rows in groups for keys, _ in rows)
        lines: list[Content] = []
        for group, rows in groups:
            lines.append(Content.styled(group, "bold"))
            for (first, *more), label in rows:
                also = f"  or {', '.join(more)}" if more else ""
                lines.append(Content.assemble((first.rjust(width), "$text-primary"), "  ", label, (also, "$foreground 60%")))
            lines.append(Content(""))
        return [*lines, *(Content.styled(note, "$foreground 60%") for note in NOTES)]
