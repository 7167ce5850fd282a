"""The main screen's part for writing: sending, answering, stopping, trying again."""

from __future__ import annotations

from math import inf

from textual import on, work

from canvas_tui.core.inputs import WhenBusy
from canvas_tui.core.model import ServerPhase, Session, Standing

from ..editor import NoEditor, edit
from ..focusing import focus
from ..messages import AnswersReady, ContinueChosen, DraftChanged, EditWanted, Typed
from ..widgets.find_bar import FindBar
from ..widgets.question import QuestionPanel
from ..widgets.thread_pane import ThreadPane
from ..widgets.transcript import Transcript
from .base import Part


class TalkPart(Part):
    @on(Typed)
    def _typed(self, message: Typed) -> None:
        panel = self.query_one(QuestionPanel)
        if panel.waits_for_text or (panel.asking and message.text.strip()):
            if panel.typed(message.text):
                self._sent()
            else:
                self.composer.put(message.text + self.composer.whole)
        elif message.text.strip():
            if not self.take(message.text):
                self.backend.submit(self.thread_id, message.text, self.when_busy)
            self._sent()
            if self.backend.server().phase is ServerPhase.FAILED:
                self.backend.retry_server()
        else:
            self._again(only_offered=True)

    def _sent(self) -> None:
        """The composer gave its text away at Enter; what was typed since is the draft now."""
        self.backend.keep_draft(self.thread_id, self.composer.whole)
        self.query_one(Transcript).to_end()
        self.frames.ask()

    @on(DraftChanged)
    def _draft(self, message: DraftChanged) -> None:
        self.backend.keep_draft(self.thread_id, message.text)
        self.frames.ask()

    @on(AnswersReady)
    def _answers(self, message: AnswersReady) -> None:
        self.backend.answer(self.thread_id, message.answers)

    @on(EditWanted)
    def _edit_wanted(self, message: EditWanted) -> None:
        self.composer.put(message.text)
        focus(self.composer)

    @on(ContinueChosen)
    def _continue(self) -> None:
        self.backend.proceed(self.thread_id)

    def choose(self, number: int) -> bool:
        """A number key with nothing typed chooses an answer."""
        return self.query_one(QuestionPanel).choose(number)

    def take_back(self) -> str:
        """The text of the newest message that waits, unsent again, and what is typed behind it; empty where none waits."""
        queue = self.session.queue
        if not queue:
            return ""
        before = self.composer.whole
        text = f"{queue[-1].message.text}\n{before}" if before else queue[-1].message.text
        self.backend.keep_draft(self.thread_id, text)  # first: it is never nowhere
        return text if self.backend.withdraw(self.thread_id, queue[-1].message.id) else ""

    def action_withdraw(self) -> None:
        if text := self.take_back():
            self.composer.put(text)
            focus(self.composer)

    def action_when_busy(self) -> None:
        self.when_busy = WhenBusy.INTERRUPT if self.when_busy is WhenBusy.QUEUE else WhenBusy.QUEUE
        self.canvas.preferences.remember("when_busy", self.when_busy)
        if not self.session.active:
            does = "waits for it" if self.when_busy is WhenBusy.QUEUE else "interrupts it"
            self.canvas.say(f"A message sent while a run is on {does}.")
        self.frames.ask()

    # -- the run ---------------------------------------------------------------------------------------------------

    def action_stop(self) -> None:
        """Esc: the first of these that there is to close, else the run, which no sentence that stands keeps from being stopped."""
        if self.canvas.clear_toasts() and not self.session.active:
            return
        steps = (
            self.drop_chips,
            self._clear_selection,
            self.query_one(FindBar).close,
            self._leave_threads,
            self.panes.close_over,
            self._leave_choice,
            self.leave_edit,
            self.leave_diff,
            self.leave_canvas,
            self.stop_run,
            self._to_composer,
        )
        any(step() for step in steps)

    def _clear_selection(self) -> bool:
        if self.selections:
            self.clear_selection()
            return True
        return False

    def _leave_threads(self) -> bool:
        """Out of the list of threads: the search first, then the list."""
        pane = self.query_one(ThreadPane)
        if not pane.has_focus_within:
            return False
        if not pane.clear_search():
            self.panes.close_over()
            focus(self.composer)
        return True

    def _leave_choice(self) -> bool:
        if self.query_one(QuestionPanel).leave_pending():
            self.composer.put("")
            return True
        return False

    def _to_composer(self) -> bool:
        if self.composer.has_focus:
            return False
        focus(self.composer)
        return True

    def stop_run(self) -> bool:
        session = self.session
        if not session.active or (session.run is not None and session.run.stopped):
            return False
        self.backend.stop(self.thread_id)
        if not session.queue and self.session.queue and not self.composer.whole:
            self.action_withdraw()  # it had not left yet: the draft is back
        return True

    def action_again(self) -> None:
        if not self._again():
            self.canvas.say("There is nothing to try again.")

    def offers_again(self, session: Session) -> bool:
        """Something waits for the user to try it again, or to let it continue; Enter with nothing typed does it."""
        unsent = any(outgoing.message.standing is Standing.UNSENT for outgoing in session.queue)
        waits_for_us = inf in (session.link.retry_at, session.read_retry_at)
        can_continue = session.can_continue and not session.active
        return self.backend.server().phase is ServerPhase.FAILED or can_continue or unsent or waits_for_us

    def _again(self, only_offered: bool = False) -> bool:
        """Try the server, continue, or try the thread, whichever is needed. ``only_offered``: not what comes by itself."""
        session, phase = self.session, self.backend.server().phase
        offered = self.offers_again(session)
        if not offered and (only_offered or not (session.active or session.notices or phase is ServerPhase.DOWN)):
            return False
        if phase in (ServerPhase.FAILED, ServerPhase.DOWN):
            self.backend.retry_server()
        elif session.can_continue and not session.active:
            self.backend.proceed(self.thread_id)
        else:
            self.backend.retry(self.thread_id)
        return True

    def action_give_up(self) -> None:
        self.backend.give_up(self.thread_id)

    # -- the user's editor -----------------------------------------------------------------------------------------

    @work(exclusive=True, group="editor")
    async def action_editor(self) -> None:
        try:
            with self.canvas.lend_terminal():
                text = await edit(self.composer.whole)
        except NoEditor as problem:
            self.canvas.say(str(problem), warning=True)
        else:
            self.composer.put(text)
        focus(self.composer)
