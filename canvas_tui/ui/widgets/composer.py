"""Where the user writes: several lines, the history of prompts, pastes of any size, and the draft kept as it is typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.widgets import TextArea

from canvas_tui.core.safe_text import one_for_one

from ..focusing import focus
from ..keymap import KEYS, Where, bindings
from ..messages import DraftChanged, Say, Typed
from ..pasted import LIMIT, Pasted, refusal
from ..textual_parts import type_in
from .in_order import InOrder

if TYPE_CHECKING:
    from ..app import CanvasApp

PLACEHOLDER = "Write a message"
DRAFT_AFTER = 0.5
"""Seconds without a key after which the draft is kept."""


class Composer(InOrder, TextArea):
    """Posts Typed at Enter (and is empty then) and DraftChanged when the text stands still. ``whole``: big pastes in their places."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Where.COMPOSER),
        Binding("ctrl+shift+z,super+shift+z", "redo", "Redo", show=False),
    ]

    def __init__(
        self,
        prompts: Callable[[], Sequence[str]],
        take_back: Callable[[], str],
        choose: Callable[[int], bool],
        complete: Callable[[str], str],
    ) -> None:
        """``take_back`` gives the text of a message that waits to be sent, and unsends it; empty where none waits.
        ``complete`` gives the text with the command in it completed; empty where there is nothing to complete.
        ``choose`` takes a number typed into the empty composer; False where it chooses nothing.
        """
        super().__init__(
            soft_wrap=True,
            show_line_numbers=False,
            highlight_cursor_line=False,
            tab_behavior="focus",
            placeholder=PLACEHOLDER,
            id="composer",
        )
        self.cursor_blink = False
        self._prompts = prompts
        self._take_back = take_back
        self._choose = choose
        self._complete = complete
        self._pasted = Pasted()
        self._walk: list[str] = []  # the text being written, then earlier prompts, newest first, while walking
        self._place = 0
        self._walking = False
        self._keep: Timer | None = None

    @property
    def whole(self) -> str:
        return self._pasted.expand(self.text)

    def put(self, text: str) -> None:
        """Set the whole text, the cursor at its end; the walk through the history begins anew."""
        self._walk, self._place = [], 0
        self._show(text)

    def _show(self, text: str) -> None:
        self._walking = True
        self._pasted.forget()
        self.load_text(self._pasted.fit(text))
        self.move_cursor(self.document.end)

    def clear_text(self) -> str:
        """Empty it; what was there, whole."""
        text = self.whole
        self.put("")
        return text

    def type_in(self, character: str) -> None:
        """As if typed: a number may choose an answer."""
        if self.text or not character.isdecimal() or not self._choose(int(character)):
            type_in(self, character)

    # -- keys ------------------------------------------------------------------------------------------------------

    async def _on_key(self, event: events.Key) -> None:
        if event.character and event.character.isdecimal() and event.is_printable:
            event.stop()
            event.prevent_default()
            self.type_in(event.character)
        elif event.key == "tab" and (completed := self._complete(self.text)):
            event.stop()
            event.prevent_default()
            self.put(completed)
        elif action := self._own_action(event.key):
            event.stop()
            event.prevent_default()
            await self.run_action(action)
        else:
            await super()._on_key(event)

    def _own_action(self, key: str) -> str:
        """The action of one of the composer's own keys. They are read here, in the order of typing: bindings of the app run at once,
        ahead of characters that still wait in this widget's queue, and Enter would send half of a fast line.
        """
        keys = self.canvas.keys
        return next(
            (own.do for own in KEYS if own.where is Where.COMPOSER and key in keys.keys(own.action).replace(" ", "").split(",")), ""
        )

    @property
    def canvas(self) -> CanvasApp:
        return cast("CanvasApp", self.app)

    def action_send(self) -> None:
        row, column = self.cursor_location
        if column and column == len(self.document.get_line(row)) and self.document.get_line(row).endswith("\\"):
            self.replace("\n", (row, column - 1), (row, column))
            return
        self.post_message(Typed(self.clear_text()))

    def action_newline(self) -> None:
        type_in(self, "\n")

    async def action_editor(self) -> None:
        await self.run_action("screen.editor")

    def action_earlier(self) -> None:
        if not self.cursor_at_first_line or not self.selection.is_empty:
            self.action_cursor_up()
        elif not self.text and (text := self._take_back()):
            self.put(text)
        else:
            self._step(1)

    def action_later(self) -> None:
        if self.cursor_at_last_line and self.selection.is_empty and self._walk:
            self._step(-1)
        else:
            self.action_cursor_down()

    def _step(self, step: int) -> None:
        if not self._walk:
            self._walk, self._place = [self.whole, *self._prompts()], 0
        place = self._place + step
        if 0 <= place < len(self._walk):
            self._place = place
            self._show(self._walk[place])
            if step > 0:
                self.move_cursor((0, len(self.document.get_line(0))))

    def action_cursor_line_end(self, select: bool = False) -> None:
        """End, with nothing typed, goes to the end of the conversation."""
        if self.text:
            super().action_cursor_line_end(select)
        else:
            self.app.call_later(self.screen.run_action, "end")

    def action_cursor_page_up(self) -> None:
        self.app.call_later(self.screen.run_action, "page(-1)")

    def action_cursor_page_down(self) -> None:
        self.app.call_later(self.screen.run_action, "page(1)")

    # -- text ------------------------------------------------------------------------------------------------------

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        text = event.text.replace("\r\n", "\n").replace("\r", "\n")
        if problem := refusal(text, len(self.whole)):
            self.post_message(Say(problem, warning=True))
            return
        if result := type_in(self, self._pasted.fit(text)):
            self.move_cursor(result.end_location)
            focus(self)

    def on_text_area_changed(self) -> None:
        if self._walking:
            self._walking = False
        else:
            self._walk, self._place = [], 0
        if self._keep is not None:
            self._keep.stop()
        self._keep = self.set_timer(DRAFT_AFTER, self._tell_draft)

    def _tell_draft(self) -> None:
        self._keep = None
        self.post_message(DraftChanged(self.whole))

    def get_line(self, line_index: int) -> Text:
        """As it is drawn: what could steer the terminal is shown as a sign, one for one, so that columns hold."""
        line = self.document.get_line(line_index)
        return Text(one_for_one(line), end="", no_wrap=True)


__all__ = ["LIMIT", "PLACEHOLDER", "Composer"]
