"""The conversation: messages, notices and questions of one thread, kept as lines."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from canvas_tui.core.model import Message as Words
from canvas_tui.core.model import Notice, Role, Session
from canvas_tui.core.notices import Act

from ..keymap import ACT_WORDS
from ..render.inline import META, openable
from ..render.warm import warm_up
from .lines_view import LinesView
from .transcript_branch import BRANCH, BranchEntry
from .transcript_column import Column
from .transcript_entries import AgentEntry, Entry, HumanEntry, NoticeEntry


class Transcript(LinesView[Entry]):
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
    class BranchChosen(Message):
        """The sibling before (-1) or after (1) at a message."""

        message_id: str
        step: int

    @dataclass
    class Copied(Message):
        """``text`` is to go to the clipboard; ``what`` names it in words ("message", "code")."""

        text: str
        what: str

    _thread = ""
    _newest: tuple[Session, float] | None = None
    _copied: tuple[str, int] = ("", 0)  # the entry and the code block in it that were copied last

    def __init__(self, id: str | None = None, clock: Callable[[], float] = time.perf_counter) -> None:
        super().__init__(Column(), id=id, clock=clock)
        self.act_words: Mapping[Act, str] = ACT_WORDS
        """What a notice's actions are called, with the keys that do them."""
        self.branch_words = ""
        """The keys that lead from branch to branch."""

    def on_mount(self) -> None:
        self.call_after_refresh(warm_up)
        self.call_after_refresh(self.get_ready)

    def show(self, session: Session, now: float) -> None:
        """The newest state of the thread at ``now`` (the driver's clock)."""
        if session.thread_id != self._thread:
            self._thread = session.thread_id
            self.reset(Column())
        self._newest = (session, now)
        context = self.look()
        if context is not None:
            self.refill(context.width)
            self.settle()

    def refill(self, width: int) -> None:
        if self._newest is not None and isinstance(self.rows, Column):
            self.rows.take(*self._newest, width)

    def words(self) -> Mapping[str, str]:
        return {**{act.value: word for act, word in self.act_words.items()}, BRANCH: self.branch_words}

    # -- the selected message ------------------------------------------------------------------------------------------

    def move_message(self, step: int) -> None:
        """Select the message ``step`` further down (negative: up)."""
        indexes = [index for index, entry in enumerate(self.entries) if entry.height]
        if not indexes:
            return
        current = self.rows.find(self.cursor) if self.cursor else None
        if current is None or current not in indexes:
            at = len(indexes) - 1 if step < 0 else self._first_in_view(indexes)
        else:
            at = max(0, min(len(indexes) - 1, indexes.index(current) + step))
        self.cursor = self.entries[indexes[at]].key
        self.reveal(indexes[at])
        self.refresh()

    def _first_in_view(self, indexes: list[int]) -> int:
        shown = {place.index for place, _ in self.in_view}
        return next((at for at, index in enumerate(indexes) if index in shown), 0)

    def _chosen(self, fits: Callable[[Entry], bool]) -> tuple[int, Entry] | None:
        """The selected entry, or the last one that fits."""
        if self.cursor and (index := self.rows.find(self.cursor)) is not None:
            return (index, self.entries[index]) if fits(self.entries[index]) else None
        return next(((i, self.entries[i]) for i in range(len(self.entries) - 1, -1, -1) if fits(self.entries[i])), None)

    def chosen_words(self) -> Words | None:
        """The selected message, where it is the user's; the user's last one where none is selected."""
        found = self._chosen(lambda entry: isinstance(entry, HumanEntry) and entry.message.role is Role.HUMAN)
        return found[1].message if found is not None and isinstance(found[1], HumanEntry) else None

    def chosen_id(self) -> str:
        """Of the selected message; empty where none is selected."""
        found = self._chosen(lambda entry: True) if self.cursor else None
        entry = found[1] if found is not None else None
        if isinstance(entry, BranchEntry):
            return entry.branch.message_id
        return entry.message.id if isinstance(entry, HumanEntry | AgentEntry) else ""

    def copy_message(self) -> None:
        """Post Copied with the selected (or last) message."""
        found = self._chosen(lambda entry: bool(entry.source.strip()) and (self.cursor is not None or isinstance(entry, AgentEntry)))
        if found is not None:
            self.post_message(self.Copied(found[1].source, "message"))

    def copy_code(self) -> None:
        """Post Copied with the last code block of the selected (or last) message; again: the one before."""
        found = self._chosen(lambda entry: isinstance(entry, AgentEntry) and entry.has_code)
        if found is None:
            return
        index, entry = found
        self.rendered(index)
        codes = entry.codes if isinstance(entry, AgentEntry) else []
        if not codes:
            return
        key, last = self._copied
        at = last - 1 if key == entry.key and last > 0 else len(codes) - 1
        self._copied = (entry.key, at)
        self.post_message(self.Copied(codes[at], "code"))

    # -- folds, links, actions -----------------------------------------------------------------------------------------

    def toggle_fold(self) -> None:
        """Open or close what is folded in the selected message, else in the last turn, else in the last message that can be opened."""
        indexes = [] if self.cursor else self._last_turn()
        if not indexes:
            found = self._chosen(lambda entry: bool(entry.folds))
            indexes = [found[0]] if found is not None else []
        keys = [key for index in indexes for key in self.entries[index].folds]
        open_all = not any(key in self.opened for key in keys)
        for key in keys:
            (self.opened.add if open_all else self.opened.discard)(key)
        if indexes:
            self.changed(*indexes)

    def _last_turn(self) -> list[int]:
        """Indexes of all that can be opened behind the user's last message that has such behind it."""
        found: list[int] = []
        for index in range(len(self.entries) - 1, -1, -1):
            entry = self.entries[index]
            if isinstance(entry, HumanEntry):
                if found:
                    break
            elif entry.folds:
                found.insert(0, index)
        return found

    def action_toggle_fold(self) -> None:
        self.toggle_fold()

    def _fold(self, key: str) -> None:
        (self.opened.discard if key in self.opened else self.opened.add)(key)
        index = self.rows.find(key)
        if index is not None:
            self.changed(index)

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
        elif kind == BRANCH:
            self.post_message(self.BranchChosen(what[0], int(what[1])))
        elif kind == "fold":
            self._fold(what[0])
        elif kind == "act" and (index := self.rows.find(what[0])) is not None:
            entry = self.entries[index]
            if isinstance(entry, NoticeEntry):
                self._act(entry, Act(what[1]))
