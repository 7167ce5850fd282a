"""A form for one of the user's own actions."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Checkbox, Static, TextArea

from canvas_tui.core.artifact import CustomAction
from canvas_tui.core.safe_text import one_for_one

from ..focusing import focus
from ..widgets.in_order import InOrder
from .ask import AskLine

SWITCHES = (
    ("include_reflections", "With what the agent remembers of you"),
    ("include_prefix", "With a word on what stands on the canvas"),
    ("include_history", "With the newest messages"),
)


class PromptArea(InOrder, TextArea):
    """Several lines to write."""

    def get_line(self, line_index: int) -> Text:
        return Text(one_for_one(self.document.get_line(line_index)), end="", no_wrap=True)


class CustomActionScreen(ModalScreen[CustomAction | None]):
    """Gives the action as it was written; None where the user leaves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", show=False),
        Binding("ctrl+s", "save", show=False, priority=True),
    ]

    def __init__(self, action: CustomAction) -> None:
        super().__init__()
        self._of = action

    def compose(self) -> ComposeResult:
        with Vertical(id="pick-box"):
            yield Static(Content("What it is called"), classes="form-label", markup=False)
            line = AskLine(self._of.title, compact=True, id="ask-line")
            line.cursor_blink = False
            yield line
            yield Static(Content("What the agent is to do with the document"), classes="form-label", markup=False)
            area = PromptArea(self._of.prompt, soft_wrap=True, tab_behavior="focus", id="form-prompt", compact=True)
            area.cursor_blink = False
            yield area
            with Vertical(id="form-switches"):
                for name, label in SWITCHES:
                    yield Checkbox(Content(label), value=getattr(self._of, name), id=name, compact=True)

    def on_mount(self) -> None:
        box = self.query_one("#pick-box")
        box.border_title = "Your own action"
        box.border_subtitle = "Ctrl+S saves  Tab goes on  Esc closes"
        focus(self.query_one(AskLine))

    def action_save(self) -> None:
        title, prompt = self.query_one(AskLine).value.strip(), self.query_one(PromptArea).text.strip()
        if not title or not prompt:
            self.app.notify("It needs a name, and words for what is to be done.", severity="warning", markup=False)
            return
        values = {name: self.query_one(f"#{name}", Checkbox).value for name, _ in SWITCHES}
        made = replace(
            self._of,
            title=title,
            prompt=prompt,
            include_reflections=values["include_reflections"],
            include_prefix=values["include_prefix"],
            include_history=values["include_history"],
        )
        self.dismiss(made)
