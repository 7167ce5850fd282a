"""A column of lines that scrolls: only what is in view is rendered and painted, and only what differs is painted again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from canvas_tui.core.model import Session
from canvas_tui.core.notices import Act

from ..keymap import ACT_WORDS
from ..render.lines import Line
from ..render.look import ASCII, UNICODE, Look
from .transcript_column import Column, Place
from .transcript_entries import Entry
from .transcript_find import Finder, marked
from .transcript_parts import Context
from .transcript_select import line_of, number, selected_text

_SLICE = 0.008
"""Seconds of rendering in one go while something is left to do."""
_KEPT = 120
"""Entries that keep their lines off screen."""
_ROLES = tuple(name for name in Look.__dataclass_fields__ if name != "glyphs")


class ColumnView(ScrollView, can_focus=True):
    """Where the transcript stands: its rows, the scrolling, the painting and the selection by mouse."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"transcript--{role.replace('_', '-')}" for role in _ROLES}
    DEFAULT_CSS = """
    ColumnView { overflow-x: hidden; overflow-y: scroll; scrollbar-size-horizontal: 0;
        scrollbar-size-vertical: 1; scrollbar-background: $background;
        scrollbar-background-hover: $background; scrollbar-background-active: $background; scrollbar-color: $panel;
        background: $background; color: $foreground; }
    ColumnView > .transcript--user { background: $panel; color: $foreground; }
    ColumnView > .transcript--user-bar { color: $primary; }
    ColumnView > .transcript--code { background: $surface; color: $foreground; }
    ColumnView > .transcript--code-label { color: $foreground 58%; }
    ColumnView > .transcript--muted { color: $foreground 62%; }
    ColumnView > .transcript--strong { text-style: bold; }
    ColumnView > .transcript--emphasis { text-style: italic; }
    ColumnView > .transcript--strike { text-style: strike; }
    ColumnView > .transcript--code-inline { background: $surface; color: $accent; }
    ColumnView > .transcript--link { color: $primary; text-style: underline; }
    ColumnView > .transcript--heading1 { color: $primary; text-style: bold; }
    ColumnView > .transcript--heading2 { color: $primary; text-style: bold; }
    ColumnView > .transcript--heading3 { text-style: bold; }
    ColumnView > .transcript--bullet { color: $secondary; }
    ColumnView > .transcript--quote { color: $foreground 75%; }
    ColumnView > .transcript--rule { color: $foreground 25%; }
    ColumnView > .transcript--thinking { color: $foreground 62%; text-style: italic; }
    ColumnView > .transcript--tool { color: $secondary; }
    ColumnView > .transcript--info { color: $foreground 75%; }
    ColumnView > .transcript--warning { color: $warning; }
    ColumnView > .transcript--error { color: $error; }
    ColumnView > .transcript--success { color: $success; }
    ColumnView > .transcript--question { color: $accent; }
    ColumnView > .transcript--action { color: $primary; text-style: underline; }
    ColumnView > .transcript--found { background: $warning 35%; }
    ColumnView > .transcript--found-now { background: $warning; color: $background; text-style: bold; }
    ColumnView > .transcript--selected { color: $accent; }
    ColumnView > .transcript--keyword { color: $primary; }
    ColumnView > .transcript--string { color: $success; }
    ColumnView > .transcript--number { color: $accent; }
    ColumnView > .transcript--comment { color: $foreground 58%; text-style: italic; }
    ColumnView > .transcript--function { color: $secondary; }
    ColumnView > .transcript--type-name { color: $warning; }
    ColumnView > .transcript--decorator { color: $accent; }
    """

    following: reactive[bool] = reactive(True, repaint=False)
    """The view sticks to the end (until the reader scrolls up)."""
    below: reactive[bool] = reactive(False, repaint=False)
    """Something new stands below the view."""

    def __init__(self, *, id: str | None = None, classes: str | None = None, clock: Callable[[], float] = time.perf_counter) -> None:
        super().__init__(id=id, classes=classes)
        self.act_words: Mapping[Act, str] = ACT_WORDS
        """What a notice's actions are called, with the keys that do them."""
        self._clock = clock
        self._until = 0.0  # when this slice of rendering is over
        self._column = Column()
        self._rendering: Context | None = None
        self._opened: set[str] = set()
        self._newest: tuple[Session, float] | None = None
        self._anchor = Place(0, 0)  # what stands at the top of the view while it does not follow
        self._known_end: object = None  # of the column, when the reader last saw it
        self._cursor: str | None = None  # key of the selected entry
        self._finder = Finder()
        self._rows: list[tuple[Place, Line | None]] = []  # what is in view
        self._strips: dict[Line, Strip] = {}
        self._used: dict[str, None] = {}  # keys of entries that hold lines, oldest first
        self._later: Timer | None = None

    def reset(self) -> None:
        """Another thread: nothing is known."""
        self._column = Column()
        self._opened.clear()
        self._used.clear()
        self._cursor = None
        self._finder = Finder()
        self.following, self.below = True, False
        self._known_end = None

    @property
    def entries(self) -> list[Entry]:
        return self._column.entries

    # -- how it looks ------------------------------------------------------------------------------------------------

    def _look(self) -> Context | None:
        """What to render with; None before there is a size."""
        width = self.scrollable_content_region.width
        if not self.is_attached or width <= 0:
            return None
        if self._rendering is None or self._rendering.width != width:
            glyphs = ASCII if self.app.has_class("-ascii") else UNICODE
            self._rendering = Context(Look.of(self._style, glyphs), width, self._opened, self.act_words, self._enough)
            self._strips.clear()
        return self._rendering

    def _style(self, role: str) -> Style:
        """What the stylesheet says of a role, and nothing that it does not say: roles are laid over one another."""
        if role == "text":
            return self.rich_style
        name = f"transcript--{role.replace('_', '-')}"
        rules, whole = self.get_component_styles(name), self.get_component_rich_style(name)
        if role in ("user", "code"):
            return whole
        color = whole.color if rules.has_rule("color") else None
        background = whole.bgcolor if rules.has_rule("background") else None
        return self.get_component_rich_style(name, partial=True).without_color + Style(color=color, bgcolor=background)

    def _enough(self) -> bool:
        return self._clock() > self._until

    # -- the view ----------------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Render what is in view, put the view where it belongs, and ask for the rows that differ to be painted."""
        context, column = self._look(), self._column
        if context is None:
            return
        height = self.scrollable_content_region.height
        self._until = self._clock() + _SLICE
        partial = False
        for _ in range(len(column.entries) + 1):
            top = self._top(height)
            span = column.span(top, top + height)
            todo = [index for index in span if column.entries[index].lines is None or column.entries[index].partial]
            todo = [index for index in todo if not (partial and column.entries[index].lines is not None)]
            if not todo:
                break
            index = todo[-1] if self.following else todo[0]
            column.render(index, context)
            partial = partial or column.entries[index].partial
            self._keep(column.entries[index])
        self._place(self._top(height), height)
        if partial:
            self._soon()

    def _top(self, height: int) -> int:
        last = max(0, self._column.height - height)
        return last if self.following else max(0, min(last, self._column.row(self._anchor)))

    def _place(self, top: int, height: int) -> None:
        """Scroll to ``top`` without a layout of the whole screen, then see which rows differ."""
        total = self._column.height
        region = self.scrollable_content_region
        if self.virtual_size != (size := Size(region.width, total)):
            self.set_reactive(Widget.virtual_size, size)
            bar = self.vertical_scrollbar
            bar.window_virtual_size, bar.window_size = total, height
        if round(self.scroll_y) != top:
            self.set_reactive(Widget.scroll_y, float(top))
            self.set_reactive(Widget.scroll_target_y, float(top))
            self.vertical_scrollbar.position = top
        if self.following or top + height >= total:
            self._known_end = self._column.end
        self.below = not self.following and self._column.end != self._known_end
        self._compare(top, height)

    def _compare(self, top: int, height: int) -> None:
        """Lines that look as before stay the objects they were, so that painting them costs nothing."""
        old, rows = self._rows, self._lines_at(top, height)
        self._rows = rows
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
        column = self._column
        for index in column.span(top, top + height):
            entry = column.entries[index]
            begin = column.row(Place(index, 0))
            gap = begin - column.row(Place(index, -1)) if entry.height else 0
            lines = entry.lines or []
            for line in range(max(-gap, top - begin), min(entry.height, top + height - begin)):
                rows.append((Place(index, line), lines[line] if 0 <= line < len(lines) else None))
        return rows

    def _keep(self, entry: Entry) -> None:
        """Remember who holds lines; those not seen for long give them up."""
        self._used.pop(entry.key, None)
        self._used[entry.key] = None
        if len(self._used) > _KEPT:
            near = {self._column.entries[place.index].key for place, _ in self._rows if place.index < len(self._column.entries)}
            for key in list(self._used)[: len(self._used) - _KEPT]:
                index = None if key in near or key == entry.key else self._column.find(key)
                if index is not None and self._column.entries[index] is not entry:
                    self._column.entries[index].drop()
                    del self._used[key]

    def _soon(self) -> None:
        if self._later is None:
            self._later = self.set_timer(0.005, self._go_on)

    def _go_on(self) -> None:
        self._later = None
        self._settle()

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
        place = self._rows[y][0] if y < len(self._rows) else Place(len(self.entries), 0)
        return self._strip(y).apply_offsets(0, number(place))

    def _strip(self, y: int) -> Strip:
        width = self.size.width
        place, line = self._rows[y] if y < len(self._rows) else (None, None)
        if place is None or line is None:
            return self._blank(width)
        plain = self.text_selection is None and not self._finder.query and self._cursor is None
        if plain and (strip := self._strips.get(line)) is not None and strip.cell_length == width:
            return strip
        context = self._look()
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
        if self._finder.query:
            now = self._finder.line_now(entry, place)
            segments = marked(segments, self._finder.query, look.found_now if now else look.found)
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(number(place))) is not None:
            segments = line_of(segments, span, self.screen.get_component_rich_style("screen--selection"))
        if self._cursor == entry.key:
            style = (segments[0].style or look.text) + look.selected
            rest = Strip(segments).crop(1)
            segments = [Segment(look.glyphs.bar, style), *rest]
        return segments

    def selection_updated(self, selection: Selection | None) -> None:
        self.refresh()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text under the mouse's selection, wrapped lines joined again."""
        text = selected_text(self.entries, selection)
        return (text, "\n") if text else None

    # -- changes from outside ----------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self._again()

    def on_resize(self, event: events.Resize) -> None:
        self._again()

    def notify_style_update(self) -> None:
        """Theme or styles changed: what is in view is made again."""
        super().notify_style_update()
        self._rendering = None
        if self.is_mounted:
            self.call_later(self._again)

    def _again(self) -> None:
        """The width or the look may have changed."""
        before = self._rendering
        context = self._look()
        if context is None:
            return
        if before is not context:
            self._strips.clear()
            self._column.resize(context.width)
        if self._newest is not None:
            self._column.take(*self._newest, context.width)
        self._rows = []
        self._settle()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The reader scrolled."""
        super().watch_scroll_y(old_value, new_value)
        top, height = round(new_value), self.scrollable_content_region.height
        self.following = top + height >= self._column.height
        if self.entries:
            self._anchor = self._column.place(top)
        self._settle()

    def to_end(self) -> None:
        """Go to the end and follow it."""
        self.following = True
        self._settle()

    def action_scroll_end(self) -> None:
        self.to_end()
