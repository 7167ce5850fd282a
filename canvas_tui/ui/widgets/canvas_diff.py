"""What differs between two versions, computed in slices while the screen goes on; what is alike is folded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any, ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from canvas_tui.core.artifact import ArtifactKind, Version
from canvas_tui.core.differ import Change, Diffing, Kind

from ..render.diff import DiffLook
from ..render.inline import META
from ..render.lines import Line
from .lines_entries import Context, Entry
from .lines_rows import Place, Rows
from .lines_view import LinesView
from .transcript_parts import clickable

AROUND = 3
"""Lines that are alike before and after a change."""
_ROWS = 100  # lines of a fold, and rows of a change, in one entry


class DiffEntry(Entry):
    close = True


class Alike(DiffEntry):
    """Lines that both have: their first and last ones where a change is near, the rest folded."""

    def __init__(self, key: str, lines: Sequence[str], old: int, new: int, head: int, tail: int, draw: DiffLook) -> None:
        super().__init__(key)
        self._lines, self._old, self._new, self._draw = lines, old, new, draw
        self._head, self._tail = head, tail
        self._hidden = max(0, len(lines) - head - tail)
        if self._hidden == 1:
            self._head, self._hidden = head + 1, 0
        self.height = self.estimate(0)

    @property
    def source(self) -> str:
        return "\n".join(self._lines)

    def estimate(self, width: int) -> int:
        return len(self._lines) - self._hidden + bool(self._hidden)

    def build(self, context: Context) -> list[Line]:
        key, look = f"{self.key}/all", context.look
        if not self._hidden or key in context.opened:
            return self._draw.same(self._lines, self._old, self._new)
        stop = self._head + self._hidden
        words = f"  {look.glyphs.closed} {self._hidden:,} lines alike"
        fold = Line([Segment(words, clickable(look.text + look.muted, "fold", key))], look.text)
        before = self._draw.same(self._lines[: self._head], self._old, self._new)
        return [*before, fold, *self._draw.same(self._lines[stop:], self._old + stop, self._new + stop)]


class Differs(DiffEntry):
    """Some rows of a change."""

    def __init__(self, key: str, rows: Sequence[list[Line]], source: str) -> None:
        super().__init__(key)
        self._rows = rows
        self._source = source
        self.height = self.estimate(0)

    @property
    def source(self) -> str:
        return self._source

    def estimate(self, width: int) -> int:
        return sum(map(len, self._rows))

    def build(self, context: Context) -> list[Line]:
        return list(chain.from_iterable(self._rows))


class Waiting(DiffEntry):
    def build(self, context: Context) -> list[Line]:
        look = context.look
        return [Line([Segment("  comparing" + look.glyphs.ellipsis, look.text + look.muted)], look.text)]

    def estimate(self, width: int) -> int:
        return 1


class Nothing(DiffEntry):
    def build(self, context: Context) -> list[Line]:
        return [Line([Segment("  Both versions have the same text.", context.look.text + context.look.muted)], context.look.text)]

    def estimate(self, width: int) -> int:
        return 1


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

    def show(self, old: Version, new: Version, split: bool) -> None:
        """``split``: side by side."""
        known = self._pair is not None and self._pair[0] is old and self._pair[1] is new
        if known and split == self._split:
            return
        self._split = split
        if not known:
            self._pair = (old, new)
            self._diffing = Diffing(old.text, new.text)
            self.reset(Rows())
            self._places, self._none, self._at = [], False, None
            self.following, self._anchor = False, Place(0, 0)
            self.rows.entries = [Waiting("w")]
        elif self._diffing is None:
            self._filling = self._fill()
        self._shown = []
        self.settle()

    @property
    def changes(self) -> list[Change] | None:
        """None while they are looked for."""
        return self._changes if self._places or self._none else None

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
        if self._diffing is not None or self._filling is not None:
            self._soon()
        super().settle()

    def refill(self, width: int) -> None:
        if self._diffing is None and self._pair is not None:
            self._filling = self._fill()

    def _fill(self) -> Iterator[None]:
        context = self.look()
        if context is None or self._pair is None:
            return
        old, new = (version.text.split("\n") for version in self._pair)
        code = self._pair[1].kind is ArtifactKind.CODE
        draw = DiffLook(context.look, context.width, code, self._split, max(len(old), len(new)))
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
        self._used.clear()

    def _alike(self, key: str, lines: list[str], old: int, end: int, after: bool, before: bool, draw: DiffLook) -> list[DiffEntry]:
        """Entries of lines that both have; ``end``: number of the new text's line behind them."""
        new = end - len(lines)
        if lines and not before and not lines[-1]:
            lines = lines[:-1]  # after the last newline there is no line
        count = len(lines)
        entries: list[DiffEntry] = []
        for start in range(0, count, _ROWS):
            part = lines[start : start + _ROWS]
            head = AROUND if after and start == 0 else 0
            tail = AROUND if before and start + _ROWS >= count else 0
            entries.append(Alike(f"{key}-{start}", part, old + start + 1, new + start + 1, head, tail, draw))
        return entries

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
        keys = [f"{entry.key}/all" for entry in self.entries if isinstance(entry, Alike)]
        if not self.opened:
            self.opened.update(keys)
        else:
            self.opened.clear()
        for entry in self.entries:
            if isinstance(entry, Alike):
                entry.stale()
        self.settle()

    def on_click(self, event: events.Click) -> None:
        meta: Any = event.style.meta.get(META)
        if meta is None or meta[0] != "fold":
            return
        event.stop()
        self.opened.add(meta[1])
        if (index := self.rows.find(meta[1])) is not None:
            self.changed(index)
