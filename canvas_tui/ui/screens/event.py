"""One event of the wire or one line of the server's log, whole: as indented JSON where it is JSON."""

from __future__ import annotations

import json
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from canvas_tui.core.safe_text import safe, safe_line
from canvas_tui.core.serverlog import ONE as LINE
from canvas_tui.core.serverlog import LogLine
from canvas_tui.core.wirelog import ONE, Entry, WireLog

from ..ages import size
from ..focusing import focus

SHOWN = 60_000
"""Characters that are shown; all that is kept can be copied."""


class EventScreen(ModalScreen[None]):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter", "dismiss", show=False), Binding("c", "copy", show=False)]

    def __init__(self, title: str, data: str | None, *, cut: bool = False) -> None:
        """``data``: None where it is not kept any more; ``cut``: where only its beginning is."""
        super().__init__()
        self._title, self._data, self._cut = title, data, cut

    @classmethod
    def of(cls, row: Entry | LogLine, wire: WireLog) -> EventScreen:
        if isinstance(row, LogLine):
            return cls("Server log", row.text, cut=len(row.text) >= LINE)
        id = f"  id {safe_line(row.id)}" if row.id else ""
        return cls(f"{safe_line(row.name)}  {size(row.size)}{id}", wire.data(row.number), cut=row.size > ONE)

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="event-box"):
            yield Static(Content(self._text()), markup=False)

    def on_mount(self) -> None:
        box = self.query_one("#event-box", VerticalScroll)
        box.border_title = Content(self._title)
        box.border_subtitle = "C copies  Esc closes"
        focus(box)

    def _text(self) -> str:
        if self._data is None:
            return "This event came long ago: only its line is kept."
        text = pretty(self._data)
        more = "" if len(text) <= SHOWN and not self._cut else "\n… there is more of it."
        return safe(text[:SHOWN]) + more

    def action_copy(self) -> None:
        if self._data is not None:
            self.app.copy_to_clipboard(self._data)
            self.app.notify("Copied.", markup=False)


def pretty(data: str) -> str:
    """Indented, where it is JSON; else as it came."""
    try:
        return json.dumps(json.loads(data), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return data
