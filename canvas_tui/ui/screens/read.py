"""The main screen's part for reading: scrolling, finding, copying, folding, links and what notices offer."""

from __future__ import annotations

from textual import events, on, work
from textual.widgets import Input

from canvas_tui.core.notices import Act

from ..messages import FindAsked, FindClosed, FindMoved
from ..widgets.composer import Composer
from ..widgets.find_bar import FindBar
from ..widgets.status import NewBelow
from ..widgets.transcript import Transcript
from .base import Part
from .link import LinkScreen


class ReadPart(Part):
    @property
    def transcript(self) -> Transcript:
        return self.query_one(Transcript)

    def on_mount(self) -> None:
        self.watch(self.transcript, "below", self._below, init=False)

    def _below(self, below: bool) -> None:
        self.query_one(NewBelow).display = below

    def action_page(self, step: int) -> None:
        move = self.transcript.scroll_page_down if step > 0 else self.transcript.scroll_page_up
        move(animate=False)

    def action_line(self, step: int) -> None:
        self.transcript.scroll_relative(y=step, animate=False)

    def action_top(self) -> None:
        self.transcript.scroll_home(animate=False)

    def action_end(self) -> None:
        self.transcript.to_end()

    def action_move_message(self, step: int) -> None:
        self.transcript.move_message(step)

    def action_fold(self) -> None:
        self.transcript.toggle_fold()

    def action_copy_message(self) -> None:
        self.transcript.copy_message()

    def action_copy_code(self) -> None:
        self.transcript.copy_code()

    # -- finding ---------------------------------------------------------------------------------------------------

    def action_find(self) -> None:
        self.query_one(FindBar).open()

    @on(FindAsked)
    def _find(self, message: FindAsked) -> None:
        self.transcript.find(message.query)

    @on(Transcript.Found, "#transcript")
    def _found(self, message: Transcript.Found) -> None:
        self.query_one(FindBar).show_count(message.count, message.complete)

    @on(FindMoved)
    def _find_moved(self, message: FindMoved) -> None:
        self.transcript.find_next(message.step)

    @on(FindClosed)
    def _find_closed(self) -> None:
        self.transcript.clear_find()
        self.query_one(Composer).focus()

    # -- what the transcript tells ---------------------------------------------------------------------------------

    @on(Transcript.Acted)
    async def _acted(self, message: Transcript.Acted) -> None:
        if message.act is Act.ANSWER:
            self.query_one(Composer).focus()
        elif message.act is Act.STOP:
            self.backend.stop(self.thread_id)
        elif action := {Act.RETRY: "again", Act.CONTINUE: "again", Act.GIVE_UP: "give_up", Act.WHY: "doctor"}.get(message.act):
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
            composer.focus()
            composer.type_in(event.character)
