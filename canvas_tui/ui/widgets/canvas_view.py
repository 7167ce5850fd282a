"""A version of the artifact to be read: formatted, followed while it is written, selected by mouse or keyboard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Offset
from textual.message import Message
from textual.selection import Selection

from canvas_tui.core.artifact import ArtifactKind
from canvas_tui.core.clusters import inside
from canvas_tui.core.selection import Part, part_of

from ..render.look import Look
from .canvas_entries import SheetEntry
from .canvas_sheets import Sheet, Shown, sheet
from .lines_entries import Context
from .lines_rows import Place, Rows
from .lines_select import number, placed, selected_text
from .lines_view import LinesView


class CanvasView(LinesView[SheetEntry]):
    """Shows what it is given; costs what changed since. While something is made ready, what stood before stays."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("shift+down", "extend(1)", show=False),
        Binding("shift+up", "extend(-1)", show=False),
        Binding("shift+right", "widen(1)", show=False),
        Binding("shift+left", "widen(-1)", show=False),
        Binding("shift+pagedown", "extend(10)", show=False),
        Binding("shift+pageup", "extend(-10)", show=False),
    ]

    @dataclass
    class PartSelected(Message):
        """Another part is selected, or none any more. ``elsewhere``: since something else was clicked, or typed into."""

        elsewhere: bool = False

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, CanvasView.PartSelected) and not message.elsewhere

    def __init__(self, id: str | None = None) -> None:
        super().__init__(Rows(), id=id)
        self._shown_now: Shown | None = None
        self._sheet: Sheet | None = None
        self._next: tuple[Sheet, Shown] | None = None  # made ready meanwhile
        self._drawn_for: tuple[Look, int] | None = None  # look and width of the sheet
        self._led = True  # the view goes where something is written, until the reader scrolls

    def show(self, shown: Shown, fresh: bool = False) -> None:
        """``fresh``: something else than before, to be read from its beginning."""
        if shown == self._shown_now and not fresh:
            return
        before, self._shown_now = self._shown_now, shown
        self._led = self._led or before is None or not before.writing
        context = self.look()
        if context is None:
            return
        if fresh or before is None:
            self._begin(shown, context, follow=shown.writing)
        elif self._sheet is not None and self._sheet.takes(shown):
            self._next = None
            self._sheet.set(shown)
        elif self.entries and len(shown.version.text) > 4_000 and not shown.writing:
            ready = sheet(shown, context.look, context.width, context.room)
            ready.set(shown)
            self._next = ready, shown
        else:
            self._exchange(self._made(shown, context))
        self.settle()
        if shown.writing and self._led and len(shown.bounds) > 2:
            self._lead()

    @property
    def shown(self) -> Shown | None:
        return self._shown_now

    def refill(self, width: int) -> None:
        context = self.look()
        if self._shown_now is not None and context is not None:
            if self._sheet is not None and self._drawn_for == (context.look, context.width):
                return  # the focus has come or gone: to read a long document anew takes seconds of work
            self._next = None
            first = self._sheet is None
            self._sheet = self._made(self._shown_now, context)
            self.rows.entries = self._sheet.entries
            self.rows.touch(0)
            if first:
                self._begin(self._shown_now, context, follow=self._shown_now.writing)

    def _made(self, shown: Shown, context: Context) -> Sheet:
        self._drawn_for = context.look, context.width
        made = sheet(shown, context.look, context.width, context.room)
        made.set(shown)
        return made

    def _begin(self, shown: Shown, context: Context, follow: bool) -> None:
        self.reset(Rows())
        self.let_go()
        self._anchor = Place(0, 0)
        self.following = follow and len(shown.bounds) == 2
        self._led, self._next = True, None
        self._exchange(self._made(shown, context))

    def _exchange(self, made: Sheet) -> None:
        """Other entries at the same place of the view."""
        self.let_go()
        self._sheet, self._next = made, None
        self.rows = Rows()
        self.rows.entries = made.entries
        self.in_view = []
        self._used.clear()

    def settle(self) -> None:
        self.begin_slice()
        done = self._advance()
        super().settle()
        if not done:
            self.soon()

    def _advance(self) -> bool:
        if self._sheet is None:
            return True
        done = self._sheet.work(self.enough)
        if (lowest := self._sheet.taken()) < max(1, len(self.entries)):
            self.rows.touch(lowest)
        if self._next is None:
            return done
        ready, _ = self._next
        if ready.work(self.enough):
            self._exchange(ready)
            return True
        return False

    @property
    def ready(self) -> bool:
        """All of it is there."""
        return self._sheet is not None and self._next is None and self._sheet.work(lambda: True)

    def _lead(self) -> None:
        """Bring what is written into view."""
        if self._sheet is not None and 0 <= (index := self._sheet.grown) < len(self.entries):
            self.reveal(index, max(0, self.rendered(index).height - 1))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._led = self.following

    @property
    def text_selection(self) -> Selection | None:
        """Also what was selected before the mouse went elsewhere, while it is still meant."""
        return super().text_selection or self._meant

    def hold(self) -> None:
        """What was selected is still meant, though something else was clicked."""
        if self._meant is None and self._selected is not None:
            self._meant = self._selected
            self.refresh()

    # -- selecting -----------------------------------------------------------------------------------------------------

    def on_mouse_down(self) -> None:
        self._pressed = True
        if self._meant is not None:  # clicked here again: it is let go
            self.let_go()
            self.post_message(self.PartSelected())

    def let_go(self) -> None:
        """Nothing is selected any more."""
        self._origin = self._moving = self._meant = self._selected = None
        self.refresh()
        if self.is_attached and self in self.screen.selections:
            self.screen.selections = {view: kept for view, kept in self.screen.selections.items() if view is not self}

    def selection_updated(self, selection: Selection | None) -> None:
        super().selection_updated(selection)
        if selection is not None:
            self._selected, self._meant, self._pressed = selection, None, False
            if selection != self._by_key:
                self._origin = self._moving = None
        self.post_message(self.PartSelected(elsewhere=selection is None and not self._pressed))

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Of code, the text exactly as it stands in the version."""
        part = self._part(selection)
        return (part.text, "\n") if part is not None and part.text else None

    def part(self) -> Part | None:
        """What is selected; None where that is nothing, or while the version is written."""
        return self._part(self.text_selection)

    def _part(self, selection: Selection | None) -> Part | None:
        shown = self._shown_now
        if selection is None or shown is None or not self.entries:
            return None
        first = placed(selection.start) if selection.start is not None else (Place(0, 0), 0)
        last_index = len(self.entries) - 1
        last = placed(selection.end) if selection.end is not None else (Place(last_index, self.entries[last_index].height), 1 << 20)
        start, end = self._offset(*first, end=False), self._offset(*last, end=True)
        version, end = shown.version, max(start, end)
        if version.kind is ArtifactKind.CODE:
            part = part_of(version, start, end)
        else:
            part = Part(version, start, end, selected_text(self.entries, selection))
        return part if part.text.strip() else None

    def _offset(self, place: Place, column: int, end: bool) -> int:
        index = min(place.index, len(self.entries) - 1)
        return self.rendered(index).place(place.line, column, end)

    def action_extend(self, step: int) -> None:
        """Whole rows by key: at first the one at the top of the view alone, then one more, or one less."""
        first = self._moving is None
        begun = placed(self._origin)[0] if self._origin is not None else self._first_row()
        at = placed(self._moving)[0] if self._moving is not None else begun
        row = self.rows.row(at) + step - (first and (1 if step > 0 else -1))
        target = self.rows.place(max(0, min(self.rows.height - 1, row)))
        up = self.rows.row(target) < self.rows.row(begun)
        self._origin = Offset(self._width_at(begun) if up else 0, number(begun))
        self._select_to(target, 0 if up else self._width_at(target))

    def action_widen(self, step: int) -> None:
        """A character more, or one less."""
        if self._moving is None:
            self._origin = self._moving = Offset(0, number(self._first_row()))
        place, column = placed(self._moving)
        text = self._text_at(place)
        column = max(0, min(len(text), column + step))
        while inside(text, column):
            column += step
        self._select_to(place, column)

    def _first_row(self) -> Place:
        """The first row in view on which something stands."""
        seen = [(Place(place.index, max(0, place.line)), line) for place, line in self.in_view]
        return next((place for place, line in seen if line is not None and line.text.strip()), seen[0][0] if seen else Place(0, 0))

    _origin: Offset | None = None  # of a selection by key: where it began, and the end that moves
    _moving: Offset | None = None
    _by_key: Selection | None = None
    _selected: Selection | None = None  # the newest one
    _meant: Selection | None = None
    _pressed = False  # the mouse went down here, and nothing has been selected since

    def _width_at(self, place: Place) -> int:
        return len(self._text_at(place))

    def _text_at(self, place: Place) -> str:
        lines = self.rendered(place.index).lines or []
        return "".join(segment.text for segment in lines[place.line].segments) if 0 <= place.line < len(lines) else ""

    def _select_to(self, place: Place, column: int) -> None:
        if self._origin is None:
            return
        self._moving = Offset(column, number(place))
        ends = sorted((self._origin, self._moving), key=lambda at: (at.y, at.x))
        self._by_key = Selection(*ends)
        self.screen.selections = {self: self._by_key}
        self.reveal(place.index, max(0, place.line))
