"""The list of threads: a line a thread, drawn only where it is seen, so that thousands cost as much as ten."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style
from textual.timer import Timer
from textual.visual import Visual

from canvas_tui.core.model import ThreadList, ThreadRow
from canvas_tui.core.safe_text import safe_line

from ..ages import age
from ..glyphs import Glyphs
from ..messages import MoreWanted, ThreadChosen
from .lines import cut

BEAT = 1.0
"""Seconds between the two faces of a running thread's mark."""
AHEAD = 10
"""Rows before the end of the list at which older threads are asked for."""


NEW = "New thread"


def mark_of(row: ThreadRow, signs: Glyphs, *, low: bool = False) -> tuple[str, str]:
    """What tells most of a thread: a sign and its colour; a blank where there is nothing to tell. ``low``: the pulse's other half."""
    table = (
        (row.waiting, signs.waiting, "$text-warning"),
        (row.running, signs.running_low if low else signs.running, "$text-success"),
        (row.failed, signs.failed, "$text-error"),
        (row.unread, signs.unread, "$text-primary"),
    )
    return next(((mark, colour) for holds, mark, colour in table if holds), (" ", ""))


class ThreadListView(ScrollView, can_focus=False):
    """Title, age and state of each thread; ``highlighted`` is the row that Enter opens, ``opened`` the thread that is open."""

    DEFAULT_CSS = """
    ThreadListView { height: 1fr; scrollbar-size-vertical: 1; overflow-x: hidden; text-wrap: nowrap; text-overflow: ellipsis; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"threads--row", "threads--open", "threads--highlight"}
    BINDINGS: ClassVar[list[BindingType]] = []
    ALLOW_SELECT = False

    highlighted: reactive[int] = reactive(-1, repaint=False)
    browsing: reactive[bool] = reactive(False, repaint=False)
    """The highlight is shown (the search line has the focus)."""

    def __init__(self, signs: Glyphs, *, animate: bool, wall: Callable[[], float] = time.time, id: str | None = None) -> None:
        super().__init__(id=id)
        self._signs = signs
        self._moving = animate
        self._wall = wall
        self._list = ThreadList()
        self._opened = ""
        self._low = False
        self._beat: Timer | None = None
        self._drawn_at = wall()
        self._asked_for = -1

    @property
    def rows(self) -> tuple[ThreadRow, ...]:
        return self._list.rows

    @property
    def chosen(self) -> ThreadRow | None:
        return self.rows[self.highlighted] if 0 <= self.highlighted < len(self.rows) else None

    def show(self, threads: ThreadList, opened: str) -> None:
        """The newest list; the highlight stays on its thread, else on the open one."""
        if threads is self._list and opened == self._opened:
            return
        before, old_opened = self._list, self._opened
        wanted = self.chosen.id if self.chosen and self.browsing else opened
        self._list, self._opened = threads, opened
        self._drawn_at = self._wall()
        places = {row.id: place for place, row in enumerate(threads.rows)}
        if self.browsing and self.highlighted >= 0 and threads.query == before.query:  # its thread has gone: the neighbour
            instead = min(self.highlighted, len(threads.rows) - 1)
        else:
            instead = 0 if threads.query and threads.rows else places.get(opened, -1)
        self.highlighted = places.get(wanted, instead)
        if len(before.rows) != len(threads.rows) or before.query != threads.query:
            self._asked_for = -1
            self.virtual_size = Size(0, len(threads.rows))
            self.refresh()
        else:
            for y, (old, new) in enumerate(zip(before.rows, threads.rows, strict=True)):
                if old != new or (opened != old_opened and new.id in (opened, old_opened)):
                    self._refresh_row(y)
        self._run_beat()

    def refresh_ages(self) -> None:
        """Draw again where a minute has passed; called when something else happens anyway, so that rest stays rest."""
        if self._wall() - self._drawn_at >= 60:
            self._drawn_at = self._wall()
            self.refresh()

    def move(self, step: int) -> None:
        if self.rows:
            self.highlighted = min(max(self.highlighted + step, 0), len(self.rows) - 1)

    def page(self, step: int) -> None:
        self.move(step * max(1, self.size.height - 1))

    def _run_beat(self) -> None:
        """The mark's clock runs only while a running thread is listed and the screen may move."""
        alive = self._moving and any(row.running for row in self.rows)
        if alive and self._beat is None:
            self._beat = self.set_interval(BEAT, self._turn)
        elif not alive and self._beat is not None:
            self._beat.stop()
            self._beat = None
            self._low = False

    def _turn(self) -> None:
        self._low = not self._low
        top = self.scroll_offset.y
        for y, row in enumerate(self.rows[top : top + self.size.height], top):
            if row.running:
                self.refresh(Region(0, y - top, 2, 1))

    def _refresh_row(self, place: int) -> None:
        y = place - self.scroll_offset.y
        if 0 <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def watch_highlighted(self, before: int, after: int) -> None:
        self._refresh_row(before)
        self._refresh_row(after)
        if after >= 0 and self.size.height:
            top, height = self.scroll_offset.y, self.size.height
            if not top <= after < top + height:
                self.scroll_to(y=after if after < top else after - height + 1, animate=False, force=True)
        self._want_more(after)

    def watch_browsing(self) -> None:
        self._refresh_row(self.highlighted)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._want_more(int(new_value) + self.size.height)

    def _want_more(self, place: int) -> None:
        count = len(self.rows)
        if self._list.more and not self._list.loading and place >= count - AHEAD and self._asked_for != count:
            self._asked_for = count
            self.post_message(MoreWanted())

    # -- drawing ---------------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        place, width = y + self.scroll_offset.y, self.size.width
        if place >= len(self.rows) or not width:
            return Strip.blank(width, self.visual_style.rich_style)
        row = self.rows[place]
        name = "threads--row"
        if self.browsing and place == self.highlighted:
            name = "threads--highlight"
        elif row.id == self._opened:
            name = "threads--open"
        style = self.visual_style + self.get_visual_style(name)
        if self.get_component_styles(name).text_style.reverse:  # get_visual_style leaves it out
            style += Style(reverse=True)
        strips = Visual.to_strips(self, self._content(row, width), width, 1, style, pad=True)
        return strips[0] if strips else Strip.blank(width, style.rich_style)

    def _content(self, row: ThreadRow, width: int) -> Content:
        mark, colour = mark_of(row, self._signs, low=self._low)
        title = safe_line(row.title).strip() or NEW
        drafted = "draft" if title != NEW else ""  # a thread that is not begun is called by what is typed in it
        when = drafted if row.draft else age(row.updated, self._wall())
        room = width - 4 - cell_len(when) - 1
        shown = cut(Content(title), max(0, room), self._signs.ellipsis)
        if row.unread:
            shown = shown.stylize("bold")
        return Content.assemble(" ", (mark, colour), " ", shown, " ", (when, "$foreground 60%"), " ")

    # -- mouse -----------------------------------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        place = event.y + self.scroll_offset.y
        if 0 <= place < len(self.rows):
            event.stop()
            self.highlighted = place
            self.post_message(ThreadChosen(self.rows[place].id))
