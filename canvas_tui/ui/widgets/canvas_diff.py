"""What differs between two versions, computed in slices while the screen goes on; what is alike is folded."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from canvas_tui.core.artifact import ArtifactKind, Version
from canvas_tui.core.differ import Change, Diffing, Kind

from ..render.diff import DiffLook
from ..render.diff_colours import Colours
from ..render.inline import META
from .canvas_diff_entries import Alike, DiffEntry, Differs, Fold, Nothing, Waiting
from .lines_rows import Place, Rows
from .lines_view import LinesView

AROUND = 3
"""Lines that are alike before and after a change."""
_ROWS = 100  # lines of a fold, and rows of a change, in one entry


class DiffView(LinesView[DiffEntry]):
    class Compared(Message):
        """All that differs is there."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "toggle_folds", show=False)]

    def __init__(self, id: str | None = None) -> None:
        super().__init__(Rows(), id=id)
        self._pair: tuple[Version, Version] | None = None
        self._split = False
        self._diffing: Diffing | None = None
        self._changes: list[Change] = []
        self._none = False  # they do not differ
        self._at: int | None = None  # the change that was gone to
        self._filling: Iterator[None] | None = None  # the entries are being made
        self._places: list[int] = []  # index of the entry with which each change begins
        self._colours: Colours | None = None  # of code
        self._unfolded: set[str] = set()  # keys that the entries know to be open

    def show(self, old: Version, new: Version, split: bool) -> None:
        """``split``: side by side."""
        known = self._pair is not None and self._pair[0] is old and self._pair[1] is new
        if known and split == self._split:
            return
        self._split = split
        if not known:
            self._pair, self._colours = (old, new), None
            self._diffing = Diffing(old.text, new.text)
            self.reset(Rows())
            self._places, self._none, self._at = [], False, None
            self.following, self._anchor = False, Place(0, 0)
            self.rows.entries = [Waiting("w")]
        elif self._diffing is None:
            self._filling = self._fill()
        self.in_view = []
        self.settle()

    @property
    def changes(self) -> list[Change] | None:
        """None while they are looked for."""
        return self._changes if self._places or self._none else None

    @property
    def ready(self) -> bool:
        """All of it is there, code with its colours."""
        return self.changes is not None and self._filling is None and (self._colours is None or self._colours.ready)

    def settle(self) -> None:
        self.begin_slice()
        if self._diffing is not None and self.look() is not None and self._diffing.work(self.enough):
            self._changes, self._diffing = self._diffing.changes, None
            self._filling = self._fill()
        if self._filling is not None and all(not self.enough() for _ in self._filling):
            fresh, self._filling = self._at is None, None
            self.post_message(self.Compared())
            self._to_change(0 if fresh else self._at or 0)
            return
        self._colour_on()
        self._unfold()
        if self._diffing is not None or self._filling is not None:
            self.soon()
        super().settle()

    def _colour_on(self) -> None:
        """A slice of the colours, once all that differs is there."""
        colours = self._colours
        if colours is None or colours.ready or self._diffing is not None or self._filling is not None:
            return
        if not colours.work(self.enough):
            self.soon()
        if colours.news():
            for entry in self.entries:
                entry.recolour()

    def rendered(self, index: int) -> DiffEntry:
        self._unfold()
        return super().rendered(index)

    def _unfold(self) -> None:
        """What the reader has opened since."""
        if self.opened != self._unfolded:
            self._unfolded = set(self.opened)
            for entry in self.entries:
                entry.unfold(self._unfolded)
            self.rows.touch(0)

    def refill(self, width: int) -> None:
        if self._diffing is None and self._pair is not None:
            self._filling = self._fill()

    def _fill(self) -> Iterator[None]:
        context = self.look()
        if context is None or self._pair is None:
            return
        old, new = (version.text.split("\n") for version in self._pair)
        if self._pair[1].kind is ArtifactKind.CODE and (self._colours is None or self._colours.look is not context.look):
            self._colours = Colours(*self._pair, context.look)
        draw = DiffLook(context.look, context.width, self._colours, self._split, max(len(old), len(new)))
        rows: Rows[DiffEntry] = Rows()
        places: list[int] = []
        at = place = 0
        for change in self._changes:
            rows.entries += self._alike(f"a{at}", old[place : change.old_start], place, change.new_start, at > 0, True, draw)
            places.append(len(rows.entries))
            pieces = "".join(piece.text for piece in change.pieces if piece.kind is not Kind.SAME)
            made = iter(draw.change(change))
            number = 0
            while part := list(islice(made, _ROWS)):
                rows.entries.append(Differs(f"d{at}-{number}", part, pieces if not number else ""))
                number += 1
                yield
            place, at = change.old_stop, at + 1
        stop = self._changes[-1].new_stop if self._changes else 0
        if self._changes:
            rows.entries += self._alike(f"a{at}", old[place:], place, stop + len(old) - place, True, False, draw)
        else:
            rows.entries = [Nothing("n")]
        self.rows, self._places, self._none = rows, places, not self._changes
        self._unfolded = set()
        self._used.clear()

    def _alike(self, key: str, lines: list[str], old: int, end: int, after: bool, before: bool, draw: DiffLook) -> list[DiffEntry]:
        """Entries of lines that both have; ``end``: number of the new text's line behind them."""
        new = end - len(lines)
        if lines and not before and not lines[-1]:
            lines = lines[:-1]  # after the last newline there is no line
        head, tail = AROUND * after, AROUND * before
        if len(lines) <= head + tail + 1:  # a fold takes a row as well
            head, tail = len(lines), 0
        fold = Fold(f"{key}-0/all", old + 1, len(lines), head, tail)
        starts = range(0, len(lines), _ROWS)
        return [Alike(f"{key}-{at}", fold, lines[at : at + _ROWS], old + at + 1, new + at + 1, draw) for at in starts]

    # -- walking and opening -------------------------------------------------------------------------------------------

    def move_change(self, step: int) -> None:
        """To the next change (1) or the one before (-1)."""
        self._to_change(max(0, min(len(self._places) - 1, (self._at or 0) + step)))

    def _to_change(self, at: int) -> None:
        if not 0 <= at < len(self._places):
            self._at = 0
            self.settle()
            return
        self._at = at
        index = self._places[at]
        row = max(0, self.rows.row(Place(index, 0)) - AROUND)
        height = self.scrollable_content_region.height
        self.following = row + height >= self.rows.height
        self._anchor = self.rows.place(row)
        self.settle()

    def action_toggle_folds(self) -> None:
        """Open all that is alike, or fold it again."""
        folds = {key for entry in self.entries for key in entry.covers(0)}
        self.opened.symmetric_difference_update(folds if not self.opened else set(self.opened))
        self.settle()

    def on_click(self, event: events.Click) -> None:
        meta: Any = event.style.meta.get(META)
        if meta is None or meta[0] != "fold":
            return
        event.stop()
        self._anchor = self.rows.place(round(self.scroll_y))
        self.following = False
        self.opened.add(meta[1])
        self.settle()
