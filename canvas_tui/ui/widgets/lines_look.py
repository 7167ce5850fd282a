"""How a view of lines looks: the roles' styles from the stylesheet, and the clock that cuts its work into slices."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import ClassVar

from rich.style import Style
from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar

from ..render.look import ASCII, UNICODE, Look
from .lines_entries import Context

_SLICE = 0.008
"""Seconds of rendering in one go while something is left to do."""
_BREATH = 0.004
"""Seconds between two of them: what several keys ask for at once shares one."""
_ROLES = tuple(name for name in Look.__dataclass_fields__ if name != "glyphs")


class LinesLook(ScrollView):
    """Gives the context that entries are rendered with."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"lines--{role.replace('_', '-')}" for role in _ROLES}
    DEFAULT_CSS = """
    LinesLook { overflow-x: hidden; overflow-y: scroll; scrollbar-size-horizontal: 0;
        scrollbar-size-vertical: 1; scrollbar-background: $background;
        scrollbar-background-hover: $background; scrollbar-background-active: $background; scrollbar-color: $panel;
        background: $background; color: $foreground; }
    LinesLook > .lines--user { background: $panel; color: $foreground; }
    LinesLook > .lines--user-bar { color: $primary; }
    LinesLook > .lines--code { background: $surface; color: $foreground; }
    LinesLook > .lines--code-label { color: $foreground 58%; }
    LinesLook > .lines--muted { color: $foreground 62%; }
    LinesLook > .lines--strong { text-style: bold; }
    LinesLook > .lines--emphasis { text-style: italic; }
    LinesLook > .lines--strike { text-style: strike; }
    LinesLook > .lines--code-inline { background: $surface; color: $accent; }
    LinesLook > .lines--link { color: $primary; text-style: underline; }
    LinesLook > .lines--heading1 { color: $primary; text-style: bold; }
    LinesLook > .lines--heading2 { color: $primary; text-style: bold; }
    LinesLook > .lines--heading3 { text-style: bold; }
    LinesLook > .lines--bullet { color: $secondary; }
    LinesLook > .lines--quote { color: $foreground 75%; }
    LinesLook > .lines--rule { color: $foreground 25%; }
    LinesLook > .lines--thinking { color: $foreground 62%; text-style: italic; }
    LinesLook > .lines--tool { color: $secondary; }
    LinesLook > .lines--info { color: $foreground 75%; }
    LinesLook > .lines--warning { color: $warning; }
    LinesLook > .lines--error { color: $error; }
    LinesLook > .lines--success { color: $success; }
    LinesLook > .lines--question { color: $accent; }
    LinesLook > .lines--action { color: $primary; text-style: underline; }
    LinesLook > .lines--found { background: $warning 35%; }
    LinesLook > .lines--found-now { background: $warning; color: $background; text-style: bold; }
    LinesLook > .lines--selected { color: $accent; }
    LinesLook > .lines--gone { background: $error 16%; }
    LinesLook > .lines--new { background: $success 16%; }
    LinesLook > .lines--gone-word { background: $error 30%; text-style: strike; }
    LinesLook > .lines--new-word { background: $success 30%; }
    LinesLook:nocolor > .lines--gone { text-style: strike; }
    LinesLook:nocolor > .lines--new, LinesLook:nocolor > .lines--new-word { text-style: underline; }
    LinesLook:nocolor > .lines--found { text-style: underline; }
    LinesLook:nocolor > .lines--found-now { text-style: reverse; }
    LinesLook > .lines--keyword { color: $primary; }
    LinesLook > .lines--string { color: $success; }
    LinesLook > .lines--number { color: $accent; }
    LinesLook > .lines--comment { color: $foreground 58%; text-style: italic; }
    LinesLook > .lines--function { color: $secondary; }
    LinesLook > .lines--type-name { color: $warning; }
    LinesLook > .lines--decorator { color: $accent; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None, clock: Callable[[], float] = time.perf_counter) -> None:
        super().__init__(id=id, classes=classes)
        self.opened: set[str] = set()
        """Keys of what the reader has opened."""
        self._clock = clock
        self._until = 0.0  # when this slice of work is over
        self._rendering: Context | None = None
        self._look: Look | None = None
        self._restyled = False

    def words(self) -> Mapping[str, str]:
        """What can be chosen in entries is called so (`Context.words`)."""
        return {}

    def begin_slice(self) -> bool:
        """What is done from now on is to be short. False: it shares the slice that something else began just now."""
        now = self._clock()
        if self._until - _SLICE <= now <= self._until + _BREATH:
            return False
        self._until = now + _SLICE
        return True

    def enough(self) -> bool:
        """Whether this slice of work is over."""
        return self._clock() > self._until

    def look(self) -> Context | None:
        """What to render with; None before there is a size."""
        width = self.scrollable_content_region.width
        if not self.is_attached or width <= 0:
            return None
        known = self._rendering
        if known is None or known.width != width or self._restyled:
            if self._look is None or self._restyled:  # styles cost more than the rest of a resize
                self._look = self._read_look()
            self._restyled = False
            context = Context(self._look, width, self.opened, self.words(), self.enough)
            if known is None or (known.width, known.look, known.words) != (width, context.look, context.words):
                self._rendering = context
        return self._rendering

    def get_ready(self) -> None:
        """Read the styles before there is anything to be shown: they cost a quarter of the first message."""
        if self._look is None and self.is_attached:
            self._look = self._read_look()

    def _read_look(self) -> Look:
        return Look.of(self._style, ASCII if self.app.has_class("-ascii") else UNICODE)

    def look_again(self) -> None:
        """Styles may have changed."""
        self._restyled = True

    def _style(self, role: str) -> Style:
        """What the stylesheet says of a role, and nothing that it does not say: roles are laid over one another."""
        if role == "text":
            return self.rich_style
        name = f"lines--{role.replace('_', '-')}"
        rules, whole = self.get_component_styles(name), self.get_component_rich_style(name)
        if role in ("user", "code"):
            return whole
        color = whole.color if rules.has_rule("color") else None
        background = whole.bgcolor if rules.has_rule("background") else None
        return self.get_component_rich_style(name, partial=True).without_color + Style(color=color, bgcolor=background)


def set_bar(bar: ScrollBar, total: int, height: int, top: int) -> None:
    """Drawn again only where its thumb begins or ends otherwise. What it is told must be right all the same: a layout draws it by that."""
    before, now = _thumb(bar.window_virtual_size, bar.window_size, bar.position), _thumb(total, height, top)
    bar.set_reactive(ScrollBar.window_virtual_size, total)
    bar.set_reactive(ScrollBar.window_size, height)
    bar.set_reactive(ScrollBar.position, float(top))
    if before is None or now is None:
        if before != now:
            bar.refresh()
        return
    for was, is_now in ((before[0], now[0]), (sum(before), sum(now))):  # its ends
        if was != is_now:
            first, last = sorted((was // 8, is_now // 8))
            bar.refresh(Region(0, first, bar.size.width, last - first + 1))


def _thumb(total: float, height: float, top: float) -> tuple[int, int] | None:
    """Where Textual draws the bar's thumb, in eighths of a cell: its start and its length. Reckoned as it does, to the last bit."""
    if height <= 0 or total <= height:
        return None
    length = max(1, height / (total / height))
    return int((height - length) * (top / (total - height)) * 8), math.ceil(length * 8)
