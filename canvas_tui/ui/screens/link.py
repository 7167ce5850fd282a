"""A link is opened only after its whole address has been shown."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from canvas_tui.core.safe_text import safe_line

from ..widgets.lines import Lines


class LinkScreen(ModalScreen[str]):
    """Gives "open", "copy" or nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,o", "give('open')", show=False),
        Binding("c", "give('copy')", show=False),
        Binding("escape,q", "give('')", show=False),
    ]
    ACTIONS = (("open", "Enter", "open in the browser"), ("copy", "C", "copy the address"), ("", "Esc", "leave it"))

    def __init__(self, href: str, can_open: bool) -> None:
        super().__init__()
        self._href = href
        self._actions = [action for action in self.ACTIONS if can_open or action[0] != "open"]

    def compose(self) -> ComposeResult:
        with Vertical(id="link-box"):
            yield Static(Content(safe_line(self._href)), id="link-address", markup=False)
            yield Lines(id="link-actions")

    def on_mount(self) -> None:
        self.query_one("#link-box").border_title = "Link"
        lines = [Content.assemble((f" {key} ", "reverse"), " ", words) for _, key, words in self._actions]
        self.query_one(Lines).set_lines(lines)

    def action_give(self, what: str) -> None:
        if any(action[0] == what for action in self._actions):
            self.dismiss(what)

    def on_lines_clicked(self, event: Lines.Clicked) -> None:
        self.dismiss(self._actions[event.y][0])
