"""The main screen's part for reading: scrolling, finding, copying, folding, links and what notices offer."""

from __future__ import annotations

from typing import Any

from textual import events, on, work
from textual.widgets import Input

from canvas_tui.core.notices import Act

from ..focusing import focus
from ..messages import FindAsked, FindClosed, FindMoved
from ..widgets.composer import Composer
from ..widgets.find_bar import FindBar
from ..widgets.lines_view import LinesView
from ..widgets.status import NewBelow
from ..widgets.transcript import Transcript
from .base import Part
from .link import LinkScreen

_ACTIONS = {
    Act.RETRY: "again",
    Act.CONTINUE: "again",
    Act.GIVE_UP: "give_up",
    Act.RESEND: "regenerate",
    Act.ELSEWHERE: "new_thread",
    Act.WHY: "doctor",
}


class ReadPart(Part):
    _finding_in: LinesView[Any] | None = None

    @property
    def transcript(self) -> Transcript:
        return self.query_one(Transcript)

    def watch_thread_id(self) -> None:
        self.query_one(FindBar).close()  # it was opened for another thread

    def on_mount(self) -> None:
        self.watch(self.transcript, "below", self._below, init=False)

    def _below(self, below: bool) -> None:
        self.query_one(NewBelow).display = below

    @property
    def reading(self) -> LinesView[Any]:
        """What the reading keys move: the conversation, or the canvas where the user is in it."""
        return self.canvas_view or self.transcript

    def action_page(self, step: int) -> None:
        move = self.reading.scroll_page_down if step > 0 else self.reading.scroll_page_up
        move(animate=False)

    def action_line(self, step: int) -> None:
        self.reading.scroll_relative(y=step, animate=False)

    def action_top(self) -> None:
        self.reading.scroll_home(animate=False)

    def action_end(self) -> None:
        self.reading.to_end()

    def action_move_message(self, step: int) -> None:
        if not self.move_change(step):
            self.transcript.move_message(step)

    def action_fold(self) -> None:
        self.transcript.toggle_fold()

    def action_copy_message(self) -> None:
        self.transcript.copy_message()

    def action_copy_code(self) -> None:
        self.transcript.copy_code()

    # -- finding ---------------------------------------------------------------------------------------------------

    def action_find(self) -> None:
        """In what is read now; a search elsewhere ends."""
        bar = self.query_one(FindBar)
        if bar.query_one(Input).has_focus:
            bar.open(bar.place)
            return
        if self._finding_in is not None and self._finding_in is not self.reading:
            self._finding_in.clear_find()
        self._finding_in = self.reading
        bar.open("this conversation" if self.reading is self.transcript else "the canvas")

    @property
    def _found_in(self) -> LinesView[Any]:
        view = self._finding_in
        return view if view is not None and view.is_attached else self.transcript

    @on(FindAsked)
    def _find(self, message: FindAsked) -> None:
        self._found_in.find(message.query)

    @on(LinesView.Found)
    def _found(self, message: LinesView.Found) -> None:
        if message.view is self._found_in:
            self.query_one(FindBar).show_count(message.count, message.complete, message.at)

    @on(FindMoved)
    def _find_moved(self, message: FindMoved) -> None:
        self._found_in.find_next(message.step)

    @on(FindClosed)
    def _find_closed(self) -> None:
        self._found_in.clear_find()
        if self._found_in is self.transcript or self.has_class("-stacked"):
            focus(self.query_one(Composer))
        else:
            focus(self._found_in)

    # -- what the transcript tells ---------------------------------------------------------------------------------

    @on(Transcript.Acted)
    async def _acted(self, message: Transcript.Acted) -> None:
        if message.act is Act.ANSWER:
            focus(self.query_one(Composer))
        elif message.act is Act.STOP:
            self.backend.stop(self.thread_id)
        elif action := _ACTIONS.get(message.act):
            await self.run_action(f"screen.{action}")

    @on(Transcript.Copied)
    def _copied(self, message: Transcript.Copied) -> None:
        self.canvas.copy(message.text, message.what)

    @on(Transcript.LinkChosen)
    @work(exclusive=True, group="link")
    async def _link(self, message: Transcript.LinkChosen) -> None:
        what = await self.app.push_screen_wait(LinkScreen(message.href, can_open=not self.canvas.options.remote))
        if what == "open":
            self.app.open_url(message.href)
        elif what == "copy":
            self.canvas.copy(message.href, "address")

    # -- keys that go elsewhere ------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """What is typed while reading goes to the composer."""
        composer = self.query_one(Composer)
        if isinstance(self.focused, Input) or not event.is_printable or event.character is None:
            return
        if not composer.has_focus:
            event.stop()
            focus(composer)
            composer.type_in(event.character)
