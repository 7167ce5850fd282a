"""The conversation: messages, notices and questions of one thread, kept as lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from canvas_tui.core.model import Notice, Session
from canvas_tui.core.notices import Act

from ..render.inline import META, openable
from .transcript_column import Place
from .transcript_entries import AgentEntry, Entry, NoticeEntry
from .transcript_find import Finder
from .transcript_view import ColumnView


class Transcript(ColumnView):
    """Shows the newest Session it is given; costs what changed since the one before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "toggle_fold", "Open or close", show=False, id="transcript.fold"),
    ]

    @dataclass
    class Acted(Message):
        """A notice's action was chosen by key or click."""

        act: Act
        notice: Notice

    @dataclass
    class LinkChosen(Message):
        """A link was chosen: http, https or mailto only. Show the whole address before opening it."""

        href: str

    @dataclass
    class Copied(Message):
        """``text`` is to go to the clipboard; ``what`` names it in words ("message", "code")."""

        text: str
        what: str

    _thread = ""
    _copied: tuple[str, int] = ("", 0)  # the entry and the code block in it that were copied last

    def show(self, session: Session, now: float) -> None:
        """The newest state of the thread at ``now`` (the driver's clock)."""
        if session.thread_id != self._thread:
            self._thread = session.thread_id
            self.reset()
        self._newest = (session, now)
        context = self._look()
        if context is not None:
            self._column.take(session, now, context.width)
            self._settle()

    # -- the selected message ------------------------------------------------------------------------------------------

    def move_message(self, step: int) -> None:
        """Select the message ``step`` further down (negative: up)."""
        indexes = [index for index, entry in enumerate(self.entries) if entry.height]
        if not indexes:
            return
        current = self._column.find(self._cursor) if self._cursor else None
        if current is None or current not in indexes:
            at = len(indexes) - 1 if step < 0 else self._first_in_view(indexes)
        else:
            at = max(0, min(len(indexes) - 1, indexes.index(current) + step))
        self._cursor = self.entries[indexes[at]].key
        self.reveal(indexes[at])
        self.refresh()

    def _first_in_view(self, indexes: list[int]) -> int:
        shown = {place.index for place, _ in self._rows}
        return next((at for at, index in enumerate(indexes) if index in shown), 0)

    def reveal(self, index: int, line: int = 0) -> None:
        """Bring a line of an entry into view."""
        height = self.scrollable_content_region.height
        self._rendered(index)
        row = self._column.row(Place(index, line))
        top = round(self.scroll_y)
        if not top <= row < top + height - 1:
            target = max(0, row - height // 3)
            self.following = target + height >= self._column.height
            self._anchor = self._column.place(target)
        self._settle()

    def _rendered(self, index: int) -> Entry:
        """The entry, with its lines."""
        entry, context = self.entries[index], self._look()
        if context is not None and entry.lines is None:
            self._column.render(index, context)
        return entry

    def _chosen(self, fits: Callable[[Entry], bool]) -> tuple[int, Entry] | None:
        """The selected entry, or the last one that fits."""
        if self._cursor and (index := self._column.find(self._cursor)) is not None:
            return (index, self.entries[index]) if fits(self.entries[index]) else None
        return next(((i, self.entries[i]) for i in range(len(self.entries) - 1, -1, -1) if fits(self.entries[i])), None)

    def copy_message(self) -> None:
        """Post Copied with the selected (or last) message."""
        found = self._chosen(lambda entry: bool(entry.source.strip()) and (self._cursor is not None or isinstance(entry, AgentEntry)))
        if found is not None:
            self.post_message(self.Copied(found[1].source, "message"))

    def copy_code(self) -> None:
        """Post Copied with the last code block of the selected (or last) message; again: the one before."""
        found = self._chosen(lambda entry: isinstance(entry, AgentEntry) and entry.has_code)
        if found is None:
            return
        index, entry = found
        self._rendered(index)
        codes = entry.codes if isinstance(entry, AgentEntry) else []
        if not codes:
            return
        key, last = self._copied
        at = last - 1 if key == entry.key and last > 0 else len(codes) - 1
        self._copied = (entry.key, at)
        self.post_message(self.Copied(codes[at], "code"))

    # -- folds, links, actions -----------------------------------------------------------------------------------------

    def toggle_fold(self) -> None:
        """Open or close what is folded in the selected (or last foldable) message."""
        found = self._chosen(lambda entry: bool(entry.folds))
        if found is None:
            return
        keys = found[1].folds
        open_all = not any(key in self._opened for key in keys)
        for key in keys:
            (self._opened.add if open_all else self._opened.discard)(key)
        self._changed(found[0])

    def action_toggle_fold(self) -> None:
        self.toggle_fold()

    def _fold(self, key: str) -> None:
        (self._opened.discard if key in self._opened else self._opened.add)(key)
        index = self._column.find(key)
        if index is not None:
            self._changed(index)

    def _changed(self, index: int) -> None:
        """An entry opened or closed: the top of the view stays where it is."""
        self._anchor = self._column.place(round(self.scroll_y))
        self.following = False
        self.entries[index].stale()
        self._rendered(index)
        height = self.scrollable_content_region.height
        self.following = self._column.row(self._anchor) + height >= self._column.height
        self._settle()

    def act(self, act: Act) -> bool:
        """Choose an action of the selected, else of the newest notice that offers it; whether one does."""
        found = self._chosen(lambda entry: act in entry.acts())
        if found is None or not isinstance(found[1], NoticeEntry):
            return False
        self._act(found[1], act)
        return True

    def _act(self, entry: NoticeEntry, act: Act) -> None:
        if act is Act.DETAILS:
            self._fold(entry.key)
        else:
            self.post_message(self.Acted(act, entry.notice))

    def on_click(self, event: events.Click) -> None:
        meta: Any = event.style.meta.get(META)
        if meta is None:
            return
        event.stop()
        kind, *what = meta
        if kind == "link" and openable(what[0]):
            self.post_message(self.LinkChosen(what[0]))
        elif kind == "fold":
            self._fold(what[0])
        elif kind == "act" and (index := self._column.find(what[0])) is not None:
            entry = self.entries[index]
            if isinstance(entry, NoticeEntry):
                self._act(entry, Act(what[1]))

    # -- finding -------------------------------------------------------------------------------------------------------

    def find(self, query: str) -> int:
        """Mark every place of ``query`` (case does not count) and go to the newest; returns their number."""
        count = self._finder.search(self.entries, query)
        self._go_found(self._finder.last())
        return count

    def find_next(self) -> None:
        self._go_found(self._finder.step(1))

    def find_previous(self) -> None:
        self._go_found(self._finder.step(-1))

    def clear_find(self) -> None:
        self._finder = Finder()
        self.refresh()

    def _go_found(self, index: int | None) -> None:
        if index is not None and index < len(self.entries):
            self.reveal(index, self._finder.line(self._rendered(index)))
        self.refresh()
