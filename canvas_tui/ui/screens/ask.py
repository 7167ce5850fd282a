"""Small questions over the screen: one of several, a line of text, yes or no."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from canvas_tui.core.frozen import frozen
from canvas_tui.core.safe_text import safe_line

from ..focusing import focus
from ..widgets.in_order import InOrder
from ..widgets.lines import Lines, cut


@frozen
class Row:
    """``text`` and ``aside`` may hold words from anywhere. A row without a value is a heading."""

    text: str
    value: str = ""
    aside: str = ""
    strong: bool = False


class Picks(Lines):
    """Rows of which one is highlighted; as many as fit around it."""

    @dataclass
    class InView(Message):
        """Which rows are to be seen, in words: "1-14 of 27"; empty where all are."""

        words: str

    def __init__(self, rows: Sequence[Row], at: int, ellipsis: str) -> None:
        super().__init__(id="pick-rows")
        self._rows, self._ellipsis = list(rows), ellipsis
        self.at = at
        self._top = 0
        self._seen = ""

    def on_resize(self) -> None:
        self.draw()

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return min(len(self._rows), max(4, self.app.size.height - 10))

    @property
    def row(self) -> Row | None:
        return self._rows[self.at] if self._rows else None

    def put(self, rows: Sequence[Row], at: int) -> None:
        self._rows, self.at = list(rows), max(0, min(at, len(rows) - 1))
        self.refresh(layout=True)
        self.draw()

    def move(self, step: int) -> None:
        places = [at for at, row in enumerate(self._rows) if row.value]
        if places:
            now = next((index for index, at in enumerate(places) if at >= self.at), len(places) - 1)
            self.at = places[max(0, min(len(places) - 1, now + step))]
            self.draw()

    def at_row(self, y: int) -> bool:
        """Highlight the row that stands there; whether it can be chosen."""
        at = self._top + y
        if not 0 <= at < len(self._rows) or not self._rows[at].value:
            return False
        self.at = at
        self.draw()
        return True

    def draw(self) -> None:
        width, height = self.size.width, self.size.height
        if not width or not height:
            return
        self._top = max(0, min(self._top, self.at - 1 if self.at else 0, len(self._rows) - height))
        self._top = max(self._top, self.at - height + 1)
        self.set_lines([self._line(at, row, width) for at, row in enumerate(self._rows[self._top : self._top + height], self._top)])
        count = len(self._rows)
        seen = f"{self._top + 1}-{min(count, self._top + height)} of {count}" if count > height else ""
        if seen != self._seen:
            self._seen = seen
            self.post_message(self.InView(seen))

    def _line(self, at: int, row: Row, width: int) -> Content:
        if not row.value:
            return cut(Content.styled(safe_line(row.text), "bold"), width, self._ellipsis)
        aside = Content.styled(safe_line(row.aside), "$foreground 60%") if row.aside else Content("")
        room = max(8, width - aside.cell_length - 4)
        text = cut(Content.styled(f" {safe_line(row.text)}", "bold" if row.strong else ""), room, self._ellipsis)
        line = cut(Content.assemble(" ", text, "  ", aside), width, self._ellipsis)
        if at != self.at:
            return line
        return line.stylize("reverse" if self.app.no_color else "on $primary 35%")


class PickScreen(ModalScreen[tuple[str, str] | None]):
    """Gives (key, value of the row): Enter gives "enter", else one of ``keys``; None where nothing is chosen.

    Typing a letter that is none of the keys goes to the next row that begins with it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", show=False)]

    def __init__(
        self,
        title: str,
        rows: Sequence[Row],
        ellipsis: str,
        keys: Sequence[tuple[str, str]] = (("enter", "takes it"),),
        at: str = "",
        note: str = "",
    ) -> None:
        """``keys``: (key, what it does), Enter among them. ``at``: the value that is highlighted first."""
        super().__init__()
        self._title, self._note = title, note
        self._rows, self._keys, self._ellipsis = list(rows), dict(keys), ellipsis
        self._at = next((index for index, row in enumerate(rows) if row.value and row.value == at), -1)
        if self._at < 0:
            self._at = next((index for index, row in enumerate(rows) if row.value), 0)

    def compose(self) -> ComposeResult:
        with Vertical(id="pick-box"):
            if self._note:
                yield Static(Content(self._note), id="pick-note", markup=False)
            yield Picks(self._rows, self._at, self._ellipsis)

    def on_mount(self) -> None:
        box = self.query_one("#pick-box")
        box.border_title = Content(safe_line(self._title))
        told = [f"{'Enter' if key == 'enter' else key.upper()} {word}" for key, word in self._keys.items() if word]
        box.border_subtitle = Content("  ".join([*told, "Esc"]))

    def on_picks_in_view(self, message: Picks.InView) -> None:
        words = f"  {message.words}" if message.words else ""
        self.query_one("#pick-box").border_title = Content.assemble(safe_line(self._title), (words, "not bold $foreground 60%"))

    def on_key(self, event: events.Key) -> None:
        picks = self.query_one(Picks)
        steps = {"up": -1, "down": 1, "pageup": -8, "pagedown": 8, "home": -9999, "end": 9999}
        key = event.character if event.is_printable and event.character else event.key
        if event.key in steps:
            event.stop()
            picks.move(steps[event.key])
        elif key in self._keys or event.key == "enter":
            event.stop()
            self._give("enter" if event.key == "enter" else str(key))
        elif event.is_printable and event.character:
            event.stop()
            self._jump(event.character.casefold())

    def _jump(self, letter: str) -> None:
        picks = self.query_one(Picks)
        order = [*range(picks.at + 1, len(self._rows)), *range(picks.at + 1)]
        at = next((at for at in order if self._rows[at].value and self._rows[at].text.strip().casefold().startswith(letter)), None)
        if at is not None:
            picks.put(self._rows, at)

    def _give(self, key: str) -> None:
        row = self.query_one(Picks).row
        self.dismiss((key, row.value if row is not None else ""))

    def on_lines_clicked(self, event: Lines.Clicked) -> None:
        event.stop()
        if self.query_one(Picks).at_row(event.y):
            self._give("enter")


class AskLine(InOrder, Input):
    """One line to write."""


class LineScreen(ModalScreen[str | None]):
    """Asks for a line; None where the user leaves. ``check`` gives a sentence where the text cannot be taken."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", show=False)]

    def __init__(self, title: str, text: str = "", note: str = "") -> None:
        super().__init__()
        self._title, self._text, self._note = title, text, note

    def compose(self) -> ComposeResult:
        with Vertical(id="pick-box"):
            if self._note:
                yield Static(Content(self._note), id="pick-note", markup=False)
            line = AskLine(self._text, compact=True, id="ask-line")
            line.cursor_blink = False
            yield line

    def on_mount(self) -> None:
        box = self.query_one("#pick-box")
        box.border_title = Content(safe_line(self._title))
        box.border_subtitle = "Enter takes it  Esc closes"
        focus(self.query_one(AskLine))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value)
