"""The conversation: messages, notices and questions of one thread, kept as lines."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from canvas_tui.core.model import Notice, Session
from canvas_tui.core.notices import Act

from ..render.inline import META, openable
from ..render.lines import Line
from ..render.look import ASCII, UNICODE, Look
from .transcript_column import Column, Place
from .transcript_entries import AgentEntry, Entry, NoticeEntry
from .transcript_find import Finder, marked
from .transcript_parts import ACT_WORDS, MARGIN, Context
from .transcript_select import line_of, number, selected_text

_SLICE = 0.008
"""Seconds of rendering in one go while something is left to do."""
_KEPT = 120
"""Entries that keep their lines off screen."""
_ROLES = tuple(name for name in Look.__dataclass_fields__ if name != "glyphs")


class Transcript(ScrollView, can_focus=True):
    """Shows the newest Session it is given; costs what changed since the one before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "toggle_fold", "Open or close", show=False, id="transcript.fold"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"transcript--{role.replace('_', '-')}" for role in _ROLES}
    DEFAULT_CSS = """
    Transcript { overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1; scrollbar-background: $background;
        scrollbar-background-hover: $background; scrollbar-background-active: $background; scrollbar-color: $panel;
        background: $background; color: $foreground; }
    Transcript > .transcript--user { background: $panel; color: $foreground; }
    Transcript > .transcript--user-bar { color: $primary; }
    Transcript > .transcript--code { background: $surface; color: $foreground; }
    Transcript > .transcript--code-label { color: $foreground 50%; }
    Transcript > .transcript--muted { color: $foreground 55%; }
    Transcript > .transcript--strong { text-style: bold; }
    Transcript > .transcript--emphasis { text-style: italic; }
    Transcript > .transcript--strike { text-style: strike; }
    Transcript > .transcript--code-inline { background: $surface; color: $accent; }
    Transcript > .transcript--link { color: $primary; text-style: underline; }
    Transcript > .transcript--heading1 { color: $primary; text-style: bold; }
    Transcript > .transcript--heading2 { color: $primary; text-style: bold; }
    Transcript > .transcript--heading3 { text-style: bold; }
    Transcript > .transcript--bullet { color: $secondary; }
    Transcript > .transcript--quote { color: $foreground 75%; }
    Transcript > .transcript--rule { color: $foreground 25%; }
    Transcript > .transcript--thinking { color: $foreground 55%; text-style: italic; }
    Transcript > .transcript--tool { color: $secondary; }
    Transcript > .transcript--info { color: $foreground 75%; }
    Transcript > .transcript--warning { color: $warning; }
    Transcript > .transcript--error { color: $error; }
    Transcript > .transcript--success { color: $success; }
    Transcript > .transcript--question { color: $accent; }
    Transcript > .transcript--action { color: $primary; text-style: underline; }
    Transcript > .transcript--found { background: $warning 35%; }
    Transcript > .transcript--found-now { background: $warning; color: $background; text-style: bold; }
    Transcript > .transcript--selected { color: $accent; }
    Transcript > .transcript--keyword { color: $primary; }
    Transcript > .transcript--string { color: $success; }
    Transcript > .transcript--number { color: $accent; }
    Transcript > .transcript--comment { color: $foreground 50%; text-style: italic; }
    Transcript > .transcript--function { color: $secondary; }
    Transcript > .transcript--type-name { color: $warning; }
    Transcript > .transcript--decorator { color: $accent; }
    """

    following: reactive[bool] = reactive(True, repaint=False)
    """The view sticks to the end (until the reader scrolls up)."""
    below: reactive[bool] = reactive(False, repaint=False)
    """Something new stands below the view."""

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

    def __init__(self, *, id: str | None = None, classes: str | None = None, clock: Callable[[], float] = time.perf_counter) -> None:
        super().__init__(id=id, classes=classes)
        self.act_words: Mapping[Act, str] = ACT_WORDS
        """What a notice's actions are called, with the keys that do them."""
        self._clock = clock
        self._column = Column()
        self._rendering: Context | None = None
        self._opened: set[str] = set()
        self._newest: tuple[Session, float] | None = None
        self._thread = ""
        self._anchor = Place(0, 0)  # what stands at the top of the view while it does not follow
        self._known_end = 0  # height when the reader last saw the end
        self._cursor: str | None = None  # key of the selected entry
        self._copied_code = (-1, -1)  # entry and block that were copied last
        self._finder = Finder()
        self._rows: list[tuple[Place, Line | None]] = []  # what is in view
        self._strips: dict[Line, Strip] = {}
        self._used: dict[str, None] = {}  # keys of entries that hold lines, oldest first
        self._later: Timer | None = None
        self._moving = False  # we set the scroll position ourselves

    # -- what is shown -----------------------------------------------------------------------------------------------

    def show(self, session: Session, now: float) -> None:
        """The newest state of the thread at ``now`` (the driver's clock)."""
        if session.thread_id != self._thread:
            self._reset(session.thread_id)
        self._newest = (session, now)
        context = self._look()
        if context is None:
            return
        self._column.take(session, now, context.width)
        self._settle()

    def _reset(self, thread: str) -> None:
        self._thread = thread
        self._column = Column()
        self._opened.clear()
        self._used.clear()
        self._cursor = None
        self._copied_code = (-1, -1)
        self._finder = Finder()
        self.following, self.below = True, False
        self._known_end = 0

    @property
    def entries(self) -> list[Entry]:
        return self._column.entries

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

    _until = 0.0

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
            self._known_end = total
        self.below = not self.following and total > self._known_end
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
        if first >= 0 or len(old) != len(rows):
            width = self.size.width
            self.refresh(Region(0, max(0, first), width, (last - first + 1) if first >= 0 else height))

    def _lines_at(self, top: int, height: int) -> list[tuple[Place, Line | None]]:
        rows: list[tuple[Place, Line | None]] = []
        column = self._column
        for index in column.span(top, top + height):
            entry = column.entries[index]
            begin = column.row(Place(index, 0))
            gap = begin - column.row(Place(index, -1)) if entry.height else 0
            for line in range(-gap, entry.height):
                if top <= begin + line < top + height:
                    rows.append(
                        (Place(index, line), entry.lines[line] if entry.lines is not None and 0 <= line < len(entry.lines) else None)
                    )
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
        context = self._look()
        if context is not None and self.entries[index].lines is None:
            self._column.render(index, context)
        row = self._column.row(Place(index, line))
        top = round(self.scroll_y)
        if not top <= row < top + height - 1:
            target = max(0, row - height // 3)
            self.following = target + height >= self._column.height
            self._anchor = self._column.place(target)
        self._settle()

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
        context = self._look()
        if found is None or context is None or not isinstance(found[1], AgentEntry):
            return
        index, entry = found
        if entry.lines is None:
            self._column.render(index, context)
        codes = entry.codes
        if not codes:
            return
        at = self._copied_code[1] - 1 if self._copied_code[0] == index and self._copied_code[1] > 0 else len(codes) - 1
        self._copied_code = (index, at)
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
        if not self.following or self._rows:
            self._anchor = self._column.place(round(self.scroll_y))
        self.following = False
        self.entries[index].stale()
        context = self._look()
        if context is not None:
            self._column.render(index, context)
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
        context = self._look()
        if index is not None and context is not None and index < len(self.entries):
            entry = self.entries[index]
            if entry.lines is None:
                self._column.render(index, context)
            self.reveal(index, self._finder.line(entry))
        self.refresh()


__all__ = ["MARGIN", "Transcript"]
