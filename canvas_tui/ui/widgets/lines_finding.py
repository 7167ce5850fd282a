"""Finding in a view of lines: the search in slices, and the way to a place."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from ..render.lines import Line
from .lines_entries import Entry
from .lines_find import NEWEST, Finder
from .lines_find import Found as _Found
from .lines_look import LinesLook
from .lines_rows import Place, Rows


class Finding(LinesLook):
    """What a view has of it. The view renders entries, brings them into view, and goes on with what was left."""

    Found: TypeAlias = _Found
    rows: Rows[Any]
    """The entries, and where they stand."""

    def __init__(self, *, id: str | None = None, classes: str | None = None, clock: Callable[[], float] = time.perf_counter) -> None:
        super().__init__(id=id, classes=classes, clock=clock)
        self.in_view: list[tuple[Place, Line | None]] = []
        """What is in view."""
        self.forget_find()

    def forget_find(self) -> None:
        """Something else is shown."""
        self._seek("", ())

    def _seek(self, query: str, entries: Sequence[Entry]) -> None:
        self._finder = Finder(query, entries)
        self._finding = bool(query)
        self._going = False  # to a place that is still being rendered, or looked for among the lines
        self._uncovers = False  # what hides it is to be opened

    # -- of the view -------------------------------------------------------------------------------------------------

    def rendered(self, index: int) -> Entry:
        """The entry, with its lines."""
        raise NotImplementedError

    def reveal(self, index: int, line: int = 0) -> None:
        """Bring a line of an entry into view."""
        raise NotImplementedError

    def soon(self) -> None:
        """Go on with what was left."""
        raise NotImplementedError

    # -- the search --------------------------------------------------------------------------------------------------

    @property
    def sought(self) -> str:
        """What is looked for, its case folded; empty where nothing is."""
        return self._finder.query

    def found_on(self, entry: Entry, place: Place) -> bool:
        """Whether the place gone to is there."""
        return self._finder.line_now(entry, place)

    def find(self, query: str) -> None:
        """Mark every place of ``query`` (case does not count) and go to the newest; `Found` tells how many."""
        self._seek(query, self.rows.entries)
        self._search_on()
        if self._finding:
            self.soon()
        self.refresh()

    def find_next(self, step: int = 1) -> None:
        """To the next place (-1: the one before); what hides it is opened."""
        self._finder.step(step)
        self._tell_found()
        self.begin_slice()
        self._go_found(uncover=True)

    def clear_find(self) -> None:
        self.find("")

    def find_before(self, entries: Sequence[Entry]) -> None:
        """These have come to stand before those that were there."""
        self._finder.before(entries)
        self._finding = bool(self.sought)

    def find_on(self, partial: bool) -> bool:
        """The entries or their lines are other ones; ``partial``: not all that are in view are rendered. True: there is more to do."""
        if self._finder.follow(self.rows.entries[-NEWEST:]) or self._finding:
            self._search_on()
        if self._going and not partial:
            self._go_found()
        more = not self._read_found()
        return more or self._going or self._finding

    def _search_on(self) -> None:
        """A slice of the search."""
        self.begin_slice()
        nothing = self._finder.key is None
        self._finding = not self._finder.work(self.enough)
        if nothing and self._finder.key is not None:
            self._go_found()
        self._tell_found()

    def _tell_found(self) -> None:
        self.post_message(_Found(self, self._finder.count, not self._finding, self._finder.at))

    def _index_found(self) -> int | None:
        return self.rows.find(self._finder.key) if self._finder.key is not None else None

    def _go_found(self, *, uncover: bool = False) -> None:
        """To the place, as soon as its line is known; so long it is gone on with."""
        self._uncovers = self._uncovers or uncover
        index = self._index_found()
        self._going = index is not None
        if index is None:
            return
        entry = self.rendered(index)
        if not self._finder.read(entry, self.enough):
            self.soon()
            return
        if self._uncovers and not entry.partial:
            self._uncovers = False
            if self._finder.hidden() and (covers := {*entry.covers(self._finder.place(entry.key))} - self.opened):
                self.opened |= covers
                entry.stale()
                self.soon()
                return
        self._going = entry.partial
        self.reveal(index, self._finder.line())
        self.refresh()

    def _read_found(self) -> bool:
        """Where the place gone to is in view, its line is known also when the lines are other ones. False: there is more to read."""
        key = self._finder.key
        entry = next((self.rows.entries[place.index] for place, _ in self.in_view if self.rows.entries[place.index].key == key), None)
        if key is None or entry is None:
            return True
        before, whole = self._finder.line(), self._finder.read(entry, self.enough)
        if before != self._finder.line():
            self.refresh()
        return whole
