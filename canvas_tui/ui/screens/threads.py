"""The main screen's part for threads: opening, searching, renaming, deleting."""

from __future__ import annotations

from textual import on

from canvas_tui.core.model import NoticeKind, Role, Session, Standing, ThreadList, ThreadRow
from canvas_tui.core.safe_text import safe_line

from ..focusing import focus
from ..messages import MoreWanted, RenameDone, ThreadChosen
from ..widgets.thread_pane import SearchLine, ThreadPane
from .base import Part


class ThreadPart(Part):
    def open_thread(self, thread_id: str) -> None:
        """Show a thread; what is typed stays with the one before as its draft."""
        self.panes.close_over()
        if thread_id != self.thread_id:
            self.keep_draft()
            self.thread_id = thread_id
            self.composer.put(self.backend.draft(thread_id))
        self.backend.open(thread_id)
        focus(self.composer)
        self.frames.ask()

    @on(ThreadChosen)
    def _chosen(self, message: ThreadChosen) -> None:
        self.query_one(ThreadPane).clear_search()
        self.open_thread(message.thread_id)

    def search_threads(self, words: str) -> ThreadList:
        self.backend.search(words)
        return self.backend.threads()

    @on(MoreWanted)
    def _more(self) -> None:
        self.backend.more_threads()

    def action_new_thread(self) -> None:
        """A fresh one, which gets what could not be sent into one that is gone; where the open one is still empty, that is it."""
        session = self.session
        if session.history or session.live or session.queue or session.state.exists:
            self.keep_draft()
            fresh = self.backend.new_thread()
            taken = self._take_along(session, fresh)
            self.thread_id = fresh
            self.composer.put(taken)
        self.panes.close_over()
        focus(self.composer)
        self.frames.ask()

    def _take_along(self, session: Session, fresh: str) -> str:
        """Of a thread that is gone: what waits there, and what is typed."""
        if all(notice.kind is not NoticeKind.GONE for notice in session.notices):
            return ""
        waits = [o.message for o in session.queue if o.message.standing is Standing.UNSENT and o.message.role is Role.HUMAN]
        text = "\n".join(each for each in (*(message.text for message in waits), self.composer.clear_text()) if each)
        self.backend.keep_draft(fresh, text)  # first: it is never nowhere
        self.backend.keep_draft(self.thread_id, "")
        for message in waits:
            self.backend.withdraw(self.thread_id, message.id)
        return text

    def action_go_threads(self) -> None:
        self.panes.open("threads")
        self.query_one(ThreadPane).focus_search()

    def action_step_thread(self, step: int) -> None:
        rows = self.backend.threads().rows
        places = {row.id: place for place, row in enumerate(rows)}
        place = places.get(self.thread_id, -1 if step > 0 else 0) + step
        if 0 <= place < len(rows):
            self.open_thread(rows[place].id)

    def action_refresh(self) -> None:
        self.backend.refresh_threads()

    def action_toggle_threads(self) -> None:
        self._toggle("threads")

    def action_toggle_run(self) -> None:
        self._toggle("run")

    def _toggle(self, name: str) -> None:
        self.panes.toggle(name)
        if self.focused is None or not self.focused.display or not self.panes.shown("threads"):
            focus(self.composer)

    # -- rename, delete --------------------------------------------------------------------------------------------

    def _meant(self) -> ThreadRow | None:
        """The highlighted thread while the list is walked, else the open one."""
        if isinstance(self.focused, SearchLine) and (chosen := self.query_one(ThreadPane).found().chosen):
            return chosen
        return self.backend.threads().row(self.thread_id)

    def action_rename(self) -> None:
        row = self._meant()
        if row is None:
            self.canvas.say("This thread has no title yet; it comes with the first message.")
            return
        self.panes.open("threads")
        self.query_one(ThreadPane).rename(row.id, row.title)

    @on(RenameDone)
    def _renamed(self, message: RenameDone) -> None:
        self.query_one(ThreadPane).end_rename()
        if message.thread_id and message.title:
            self.backend.rename(message.thread_id, message.title)
        self.panes.close_over()
        focus(self.composer)

    def action_delete(self) -> None:
        row = self._meant()
        if row is None:
            return
        every = self.backend.threads().rows
        place = next((place for place, other in enumerate(every) if other.id == row.id), 0)
        rows = [other for other in every if other.id != row.id]
        self.backend.delete(row.id)
        title = safe_line(row.title).strip() or "the thread"
        self.canvas.say(f"Deleted {title}. {self.canvas.keys.words('thread.undo')} brings it back.")
        if row.id == self.thread_id:
            self.composer.put("")
            self.thread_id = rows[min(place, len(rows) - 1)].id if rows else self.backend.new_thread()
            self.composer.put(self.backend.draft(self.thread_id))
            if rows:
                self.backend.open(self.thread_id)
        self.frames.ask()

    def action_undo(self) -> None:
        if (row := self.backend.threads().undo) is not None:
            self.backend.undo_delete()
            self.canvas.clear_notifications()  # the one that offered it
            self.open_thread(row.id)
