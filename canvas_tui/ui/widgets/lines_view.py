"""A column of lines that scrolls: only what is in view is rendered and painted, and only what differs is painted again."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.selection import Selection
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from ..render.lines import Line
from .lines_entries import Context
from .lines_find import marked
from .lines_finding import Finding
from .lines_look import set_bar
from .lines_open import grown, top_for
from .lines_rows import E, Place, Rows
from .lines_select import line_of, number, selected_text

_KEPT = 120
"""Entries that keep their lines off screen."""


class LinesView(Generic[E], Finding, can_focus=True):
    """Entries as rows: the scrolling, the painting, the selection by mouse and finding.

    A view gives its entries by `refill` and calls `settle` when they changed.
    """

    following: reactive[bool] = reactive(True, repaint=False)
    """The view sticks to the end (until the reader scrolls up)."""
    below: reactive[bool] = reactive(False, repaint=False)
    """Something new stands below the view."""

    def __init__(
        self, rows: Rows[E], *, id: str | None = None, classes: str | None = None, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        super().__init__(id=id, classes=classes, clock=clock)
        self.rows: Rows[E] = rows
        self.cursor: str | None = None
        """Key of the selected entry."""
        self._anchor = Place(0, 0)  # what stands at the top of the view while it does not follow
        self._known_end: object = None  # of the rows, when the reader last saw it
        self._strips: dict[Line, Strip] = {}
        self._made_for: Context | None = None  # what the entries' lines were rendered with
        self._used: dict[str, None] = {}  # keys of entries that hold lines, oldest first
        self._later: Timer | None = None

    def refill(self, width: int) -> None:
        """Bring ``rows`` up to date with what is to be shown, at this width: called where the width or the look changed."""

    def reset(self, rows: Rows[E]) -> None:
        """Something else is shown: nothing is known of it."""
        self.rows = rows
        self.opened.clear()
        self._used.clear()
        self.cursor = None
        self.forget_find()
        self.following, self.below = True, False
        self._known_end = None

    @property
    def entries(self) -> list[E]:
        return self.rows.entries

    # -- the view ----------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """After the entries changed: render what is in view, put the view where it belongs, have the rows that differ painted."""
        context, rows = self.look(), self.rows
        if context is None:
            return
        height = self.scrollable_content_region.height
        shared = not self.begin_slice()
        if context is not self._made_for:
            self._strips.clear()
            if self._made_for is not None:
                rows.resize(context.width)
            self._made_for = context
        partial = False
        for _ in range(len(rows.entries) + 1):
            top = self._top(height)
            span = rows.span(top, top + height)
            todo = [index for index in span if rows.entries[index].lines is None or rows.entries[index].partial]
            if shared and self.enough():  # only what there is nothing to show of
                partial = partial or bool(todo)
            todo = [index for index in todo if not (partial and rows.entries[index].lines is not None)]
            if not todo:
                break
            index = todo[-1] if self.following else todo[0]
            rows.render(index, context)
            partial = partial or rows.entries[index].partial
            self._keep(rows.entries[index])
        self._place(self._top(height), height)
        if self.find_on(partial) or partial or rows.unmade:
            self.soon()

    def rendered(self, index: int) -> E:
        """The entry, with its lines."""
        entry, context = self.entries[index], self.look()
        if context is not None and entry.lines is None:
            self.rows.render(index, context)
        return entry

    def changed(self, *indexes: int) -> None:
        """Entries opened or closed: the top of the view stays where it is, unless what opened would not be seen."""
        followed, self.following = self.following, False
        self._anchor = self.rows.place(round(self.scroll_y))
        self.begin_slice()
        opened = [part for index in indexes if (part := grown(index, self.entries[index], self.rendered)) is not None]
        height = self.scrollable_content_region.height
        top = top_for(self.rows, opened, self.rows.row(self._anchor), height, followed)
        if opened:
            self._anchor = self.rows.place(top)
        self.following = top + height >= self.rows.height
        self.settle()

    def reveal(self, index: int, line: int = 0) -> None:
        """Bring a line of an entry into view."""
        height = self.scrollable_content_region.height
        self.rendered(index)
        row = self.rows.row(Place(index, line))
        top = round(self.scroll_y)
        if not top <= row < top + height - 1:
            target = max(0, row - height // 3)
            self.following = target + height >= self.rows.height
            self._anchor = self.rows.place(target)
        self.settle()

    def to_end(self) -> None:
        """Go to the end and follow it."""
        self.following = True
        self.settle()

    def action_scroll_end(self) -> None:
        self.to_end()

    def _top(self, height: int) -> int:
        last = max(0, self.rows.height - height)
        return last if self.following else max(0, min(last, self.rows.row(self._anchor)))

    def _place(self, top: int, height: int) -> None:
        """Scroll to ``top`` without a layout of the whole screen, then see which rows differ."""
        total = self.rows.height
        region = self.scrollable_content_region
        if self.virtual_size != (size := Size(region.width, total)):
            self.set_reactive(Widget.virtual_size, size)
        if round(self.scroll_y) != top:
            self.set_reactive(Widget.scroll_y, float(top))
            self.set_reactive(Widget.scroll_target_y, float(top))
        set_bar(self.vertical_scrollbar, total, height, top)
        if self.following or top + height >= total:
            self._known_end = self.rows.end
        self.below = not self.following and self.rows.end != self._known_end
        self._compare(top, height)

    def _compare(self, top: int, height: int) -> None:
        """Lines that look as before stay the objects they were, so that painting them costs nothing."""
        old, rows = self.in_view, self._lines_at(top, height)
        self.in_view = rows
        first = last = -1
        for y, (_, line) in enumerate(rows):
            before = old[y][1] if y < len(old) else None
            if line is before and y < len(old):
                continue
            if line is not None and before is not None and line.same(before) and before in self._strips:
                self._strips[line] = self._strips[before]
                continue
            first, last = (y if first < 0 else first), y
        keep = {line for _, line in rows if line is not None}
        self._strips = {line: strip for line, strip in self._strips.items() if line in keep}
        if len(rows) < len(old):  # what stood below is to go too
            first, last = (len(rows) if first < 0 else first), len(old) - 1
        if first >= 0:
            self.refresh(Region(0, first, self.size.width, last - first + 1))

    def _lines_at(self, top: int, height: int) -> list[tuple[Place, Line | None]]:
        rows: list[tuple[Place, Line | None]] = []
        column = self.rows
        for index in column.span(top, top + height):
            entry = column.entries[index]
            begin = column.row(Place(index, 0))
            gap = begin - column.row(Place(index, -1)) if entry.height else 0
            lines = entry.lines or []
            for line in range(max(-gap, top - begin), min(entry.height, top + height - begin)):
                rows.append((Place(index, line), lines[line] if 0 <= line < len(lines) else None))
        return rows

    def _keep(self, entry: E) -> None:
        """Remember who holds lines; those not seen for long give them up."""
        self._used.pop(entry.key, None)
        self._used[entry.key] = None
        if len(self._used) > _KEPT:
            near = {self.rows.entries[place.index].key for place, _ in self.in_view if place.index < len(self.rows.entries)}
            for key in list(self._used)[: len(self._used) - _KEPT]:
                index = None if key in near or key == entry.key else self.rows.find(key)
                if index is not None and self.rows.entries[index] is not entry:
                    self.rows.entries[index].drop()
                    del self._used[key]

    def soon(self) -> None:
        """Go on with what was left."""
        if self._later is None:
            self._later = self.set_timer(0.005, self._go_on)

    def _go_on(self) -> None:
        self._later = None
        if self.rows.unmade:
            self.begin_slice()
            self._make_on()
        self.settle()

    def _make_on(self) -> None:
        """A slice of what is still to be made. What is looked at stays where it is; who is at the top stays at the top."""
        rows, first = self.rows, self.entries[0].key if self.entries else None
        top = self.entries[self._anchor.index].key if self._anchor.index < len(self.entries) else None
        if not rows.work(self.enough):
            return
        came = rows.find(first) if first is not None else None
        if came:
            self.find_before(rows.entries[:came])
        if top is not None and round(self.scroll_y) > 0 and (index := rows.find(top)) is not None:
            self._anchor = Place(index, self._anchor.line)

    # -- painting ----------------------------------------------------------------------------------------------------

    def render_lines(self, crop: Region) -> list[Strip]:
        """Straight from the kept lines; this widget has no border and no padding that Textual would have to draw."""
        filters = self.get_line_filters()
        background = self.background_colors[1]
        strips = []
        for y in crop.line_range:
            strip = self._strip(y)
            for line_filter in filters:
                strip = strip.apply_filter(line_filter, background)
            strips.append(strip)
        if crop.column_span != (0, self.size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def render_line(self, y: int) -> Strip:
        """A row with its offsets, from which Textual tells what the mouse selects."""
        place = self.in_view[y][0] if y < len(self.in_view) else Place(len(self.entries), 0)
        return self._strip(y).apply_offsets(0, number(place, self.rows.origin))

    def _strip(self, y: int) -> Strip:
        width = self.size.width
        place, line = self.in_view[y] if y < len(self.in_view) else (None, None)
        if place is None or line is None:
            return self._blank(width)
        plain = self.text_selection is None and not self.sought and self.cursor is None
        if plain and (strip := self._strips.get(line)) is not None and strip.cell_length == width:
            return strip
        context = self.look()
        if context is None:
            return self._blank(width)
        segments = line.padded(width).segments
        if not plain:
            segments = self._decorated(place, line, list(segments), context)
        strip = Strip(segments, max(width, line.width)).adjust_cell_length(width)
        if plain:
            self._strips[line] = strip
        return strip

    def _blank(self, width: int) -> Strip:
        return Strip.blank(width, self.rich_style)

    def _decorated(self, place: Place, line: Line, segments: list[Segment], context: Context) -> list[Segment]:
        """With what is found, selected by the mouse, and the selected message's mark."""
        look, entry = context.look, self.entries[place.index]
        if self.sought:
            now = self.found_on(entry, place)
            segments = marked(segments, self.sought, look.found_now if now else look.found)
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(number(place, self.rows.origin))) is not None:
            chosen = self.screen.get_component_rich_style("screen--selection")  # its colour is that of its background
            segments = line_of(segments, span, chosen.without_color + Style(bgcolor=chosen.bgcolor, reverse=self.app.no_color or None))
        if self.cursor == entry.key:
            style = (segments[0].style or look.text) + look.selected
            rest = Strip(segments).crop(1)
            segments = [Segment(look.glyphs.bar, style), *rest]
        return segments

    def selection_updated(self, selection: Selection | None) -> None:
        self.refresh()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text under the mouse's selection, wrapped lines joined again."""
        text = selected_text(self.entries, selection, self.rows.origin)
        return (text, "\n") if text else None

    # -- changes from outside ----------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self._again()

    def on_resize(self, event: events.Resize) -> None:
        self._again()

    def notify_style_update(self) -> None:
        """Theme or styles changed: what is in view is made again."""
        super().notify_style_update()
        self.look_again()
        if self.is_mounted:
            self.call_later(self._again)

    def _again(self) -> None:
        """The width or the look may have changed."""
        context = self.look()
        if context is not None:
            self.refill(context.width)
            self.in_view = []
            self.settle()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The reader scrolled."""
        super().watch_scroll_y(old_value, new_value)
        top, height = round(new_value), self.scrollable_content_region.height
        self.following = top + height >= self.rows.height
        if self.entries:
            self._anchor = self.rows.place(top)
        self.settle()
