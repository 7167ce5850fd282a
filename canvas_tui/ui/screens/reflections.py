"""What the agent remembers of the user: shown, changed, erased."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from canvas_tui.core.artifact import Reflections

from ..focusing import focus
from .custom_action import PromptArea


class ReflectionsScreen(ModalScreen[Reflections | None]):
    """One rule or fact a line. Gives what is to be remembered; None where the user leaves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", show=False),
        Binding("ctrl+s", "save", show=False, priority=True),
        Binding("ctrl+x", "erase", show=False, priority=True),
    ]

    def __init__(self, known: Reflections) -> None:
        super().__init__()
        self._known = known

    def compose(self) -> ComposeResult:
        with Vertical(id="pick-box"):
            for name, label, lines in (
                ("style", "How you want it written, a line each", self._known.style),
                ("facts", "What it knows of you, a line each", self._known.facts),
            ):
                yield Static(Content(label), classes="form-label", markup=False)
                text = "\n".join(" ".join(line.split()) for line in lines)
                area = PromptArea(text, soft_wrap=True, tab_behavior="focus", id=f"form-{name}", compact=True)
                area.cursor_blink = False
                yield area

    def on_mount(self) -> None:
        box = self.query_one("#pick-box")
        box.border_title = "What the agent remembers of you"
        box.border_subtitle = "Ctrl+S saves  Ctrl+X erases all  Esc closes"
        focus(self.query_one("#form-style", PromptArea))

    def action_save(self) -> None:
        style, facts = (self._lines(name) for name in ("style", "facts"))
        self.dismiss(Reflections(style, facts))

    def _lines(self, name: str) -> tuple[str, ...]:
        text = self.query_one(f"#form-{name}", PromptArea).text
        return tuple(line.strip() for line in text.splitlines() if line.strip())

    def action_erase(self) -> None:
        """Empties both; it counts when it is saved."""
        for name in ("style", "facts"):
            area = self.query_one(f"#form-{name}", PromptArea)
            area.replace("", (0, 0), area.document.end)
