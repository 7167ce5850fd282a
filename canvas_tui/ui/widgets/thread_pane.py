"""The threads on the left: a search line, the list, and what there is to say about it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input

from canvas_tui.core.model import ThreadList
from canvas_tui.core.safe_text import safe_line

from ..ages import ago
from ..focusing import focus
from ..glyphs import Glyphs
from ..keymap import Keymap
from ..messages import DoAction, RenameDone, ThreadChosen
from .in_order import InOrder
from .lines import Lines
from .thread_list import ThreadListView


class SearchLine(InOrder, Input):
    """Typing searches; Up, Down and the page keys walk the list below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "walk(-1)", show=False),
        Binding("down", "walk(1)", show=False),
        Binding("pageup", "walk_page(-1)", show=False),
        Binding("pagedown", "walk_page(1)", show=False),
    ]

    @property
    def _view(self) -> ThreadListView:
        return self.query_ancestor(ThreadPane).found()

    def action_walk(self, step: int) -> None:
        self._view.move(step)

    def action_walk_page(self, step: int) -> None:
        self._view.page(step)


class RenameLine(InOrder, Input):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False, priority=True)]

    def action_leave(self) -> None:
        self.post_message(RenameDone("", ""))


class ThreadPane(Vertical):
    """``show`` it the newest list; ``search`` gives the list of what matches some words. It tells what is chosen and renamed."""

    def __init__(
        self,
        signs: Glyphs,
        keys: Keymap,
        search: Callable[[str], ThreadList],
        *,
        animate: bool,
        wall: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(id="threads")
        self._search = search
        self._signs = signs
        self._keys = keys
        self._moving = animate
        self._wall = wall
        self._renaming = ""
        self._threads, self._opened = ThreadList(), ""

    def compose(self) -> ComposeResult:
        new = Lines(id="threads-new")
        new.set_lines(
            [
                Content.assemble(
                    " ", ("Threads", "bold"), "   ", (self._keys.words("thread.new"), "$text-primary"), (" new", "$foreground 60%")
                )
            ]
        )
        yield new
        search = SearchLine(
            placeholder=f"Search  {self._keys.words('thread.go')}", id="threads-search", compact=True, select_on_focus=False
        )
        search.cursor_blink = False
        yield search
        yield ThreadListView(self._signs, animate=self._moving, wall=self._wall, id="threads-list")
        rename = RenameLine(id="threads-rename", compact=True)
        rename.cursor_blink = False
        rename.display = False
        yield rename
        yield Lines(id="threads-note")

    def show(self, threads: ThreadList, opened: str) -> None:
        view = self.query_one(ThreadListView)
        view.show(threads, opened)
        view.display = bool(threads.rows)  # else what there is to say stands where the list would
        self._threads, self._opened = threads, opened
        self._show_note()

    def _show_note(self) -> None:
        note = self.query_one("#threads-note", Lines)
        note.set_lines([Content.styled(" " + line, style) for line, style in self._note(self._threads)])

    def refresh_ages(self) -> None:
        self.query_one(ThreadListView).refresh_ages()

    def _note(self, threads: ThreadList) -> list[tuple[str, str]]:
        if self._renaming:
            return [("Enter renames, Esc does not", "$foreground 60%")]
        if threads.undo is not None:
            return [(f"{self._keys.words('thread.undo')} brings back the deleted thread", "$foreground 60%")]
        saved = [(f"Saved here, last {ago(threads.saved_at, self._wall())}", "$foreground 60%")] if threads.saved_at else []
        if threads.problem:
            return [(safe_line(threads.problem), "$text-warning"), *saved]
        if threads.loading:
            return [("Reading" + self._signs.ellipsis, "$foreground 60%"), *saved]
        if saved:
            return saved
        if not threads.rows:
            clears = f"Nothing found. {self._keys.words('run.stop')} clears"
            return [(clears if threads.query else "No threads yet", "$foreground 60%")]
        return []

    # -- searching -------------------------------------------------------------------------------------------------

    def focus_search(self) -> None:
        focus(self.query_one(SearchLine))

    def found(self) -> ThreadListView:
        """The list of what is typed by now: keys are faster than frames, and Enter must not open what matched a letter less."""
        if (words := self.query_one(SearchLine).value.strip()) != self._threads.query:
            self.show(self._search(words), self._opened)
        return self.query_one(ThreadListView)

    def clear_search(self) -> bool:
        """True where there was something to clear."""
        search = self.query_one(SearchLine)
        had, search.value = bool(search.value), ""
        return had

    @on(Input.Changed, "#threads-search")
    def _searched(self, event: Input.Changed) -> None:
        event.stop()
        self.found()

    @on(Input.Submitted, "#threads-search")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if chosen := self.found().chosen:
            self.post_message(ThreadChosen(chosen.id))

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self.query_one(ThreadListView).browsing = isinstance(event.widget, SearchLine)

    def on_descendant_blur(self) -> None:
        self.query_one(ThreadListView).browsing = False

    @on(Lines.Clicked, "#threads-new")
    def _new(self) -> None:
        self.post_message(DoAction("thread.new"))

    @on(Lines.Clicked, "#threads-note")
    def _note_clicked(self) -> None:
        self.post_message(DoAction("thread.undo"))

    # -- renaming --------------------------------------------------------------------------------------------------

    def rename(self, thread_id: str, title: str) -> None:
        """The title can be changed in a line at the foot of the list; Enter keeps it, Esc does not."""
        self._renaming = thread_id
        line = self.query_one(RenameLine)
        line.value = safe_line(title)
        line.display = True
        focus(line)
        self._show_note()

    @on(Input.Submitted, "#threads-rename")
    def _renamed(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(RenameDone(self._renaming, event.value.strip()))

    def end_rename(self) -> None:
        self._renaming = ""
        self.query_one(RenameLine).display = False
        self._show_note()

    @property
    def renaming(self) -> bool:
        return bool(self._renaming)
