"""The seam between Textual's App and the writer."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual import events
from textual.driver import Driver
from textual.geometry import Region
from textual.strip import Strip

from .. import textual_parts as parts
from ..textual_parts import ChopsUpdate, CompositorUpdate, LayoutUpdate
from . import answers, frugal, guard, widths
from .cells import Row, joined
from .gauge import Gauge
from .line import Line
from .terminal import Abilities, Terminal

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.app import App
    from textual.screen import Screen

    _Base = App[Any]
else:
    _Base = object

_SYNC_START, _SYNC_END = "\x1b[?2026h", "\x1b[?2026l"
_WIDEST_SYNC = 160  # bytes of a frame that needs no synchronized output to look whole
_PANE = 12  # columns of a pane, at least


class OwnPainting(_Base):
    """Mixin, before ``App`` in the bases: paints by difference. ``own_painting`` False: Textual's own painting."""

    own_painting: bool = True
    _terminal: Terminal | None = None
    _terminal_line: Line | None = None
    _gauge: Gauge | None = None
    _missed: set[int] | None = None  # rows of frames that were not painted since the last one had not left
    _asks_margins = True  # the next frame asks whether there are side margins

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        guard.install()
        widths.install()
        answers.hear()
        super().__init__(*args, **kwargs)
        self._abilities = Abilities(erase=not os.environ.get("TERM", "").startswith("screen"))

    def repaint_anew(self) -> None:
        """The whole screen at the user's wish: at once, whatever is awaited, and on a terminal that may be another one (dtach, abduco)."""
        if self._gauge is not None:
            self._gauge.forget()
        self._know_nothing()
        self.screen.refresh()

    def _know_nothing(self) -> None:
        """Of the terminal: what stands there, and what it can do."""
        self._terminal = self._missed = None
        self._abilities.margins, self._asks_margins = False, os.environ.get("TERM_PROGRAM") != "Apple_Terminal"  # which prints the question

    @property
    def frame_seconds(self) -> float:
        """How long frames lately waited on their way to the terminal: more than a few milliseconds is a slow link."""
        return self._gauge.seconds if self._gauge is not None else 0.0

    # -- the driver ----------------------------------------------------------------------------------------------------

    def _build_driver(self, headless: bool, inline: bool, mouse: bool, size: tuple[int, int] | None) -> Driver:
        (frugal.install if self.own_painting else frugal.remove)()
        driver = super()._build_driver(headless, inline, mouse, size)
        file = parts.file_of(driver)
        if not (headless or inline or file is None):
            if self.own_painting:
                self._gauge = Gauge(file, asyncio.get_running_loop(), self._frame_left)
            line = self._terminal_line = Line(driver, file, self._gauge, self._know_nothing)
            # in the loop: Textual's own handler writes wherever the program is, inside of a write too
            asyncio.get_running_loop().add_signal_handler(signal.SIGCONT, line.come_back)
        return driver

    @property
    def _away(self) -> bool:
        """Nobody paints: somebody else has the terminal."""
        return self._terminal_line is not None and self._terminal_line.away

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and event.key == answers.MARGINS:
            self._abilities.margins = True
            return
        if isinstance(event, events.Resize) and parts.stands(self):
            # It may have been another size for a moment, and have cut off what stood there (a client of tmux that comes and goes).
            self._terminal = None
            if event.size == parts.compositor(self.screen).size:  # where it is the size that is known, Textual does nothing
                self.screen.refresh()
        await super().on_event(event)

    # -- frames --------------------------------------------------------------------------------------------------------

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        if self._away:
            self._terminal = None
            self.post_display_hook()
            return
        if renderable is None or parts.in_batch(self) or not self._paints(screen, renderable):
            if renderable is not None and not parts.in_batch(self):
                self._terminal = None
            super()._display(screen, renderable)
            return
        try:
            assert isinstance(renderable, LayoutUpdate | ChopsUpdate)
            self._paint(screen, renderable)
        except Exception as error:
            parts.fail(self, error)
        finally:
            self.post_display_hook()

    def _paints(self, screen: Screen[Any], renderable: RenderableType) -> bool:
        return (
            self.own_painting
            and isinstance(renderable, LayoutUpdate | ChopsUpdate)
            and screen is self.screen
            and parts.running(self)
            and not self.is_headless
            and self._gauge is not None
        )

    def _paint(self, screen: Screen[Any], update: CompositorUpdate) -> None:
        size = parts.compositor(screen).size
        fresh = self._terminal is None or (self._terminal.width, self._terminal.height) != (size.width, size.height)
        if fresh:
            self._terminal, self._missed = Terminal(size.width, size.height, self._abilities), None
        assert self._gauge is not None and self._terminal is not None
        if self._gauge.busy:
            rows = set(range(size.height)) if fresh or isinstance(update, LayoutUpdate) else _touched(update)
            typed = {self.cursor_position.y} & rows
            if typed and not fresh and not self._gauge.blocked:  # what is typed goes ahead of what waits
                rows -= typed
                self._write_rows(self._whole_rows(screen, typed))
            self._missed = {*(self._missed or ()), *rows}  # painted when the last frame has left
            return
        missed, self._missed = self._missed, None
        if isinstance(update, LayoutUpdate):  # all of it, rendered already
            self._write_rows({y: (((0, list(strips)),)) for y, strips in enumerate(update.strips)})
        elif fresh or missed is not None:
            ys = range(size.height) if fresh else sorted({*(missed or ()), *_touched(update)})
            self._write_rows(self._whole_rows(screen, ys))
        elif isinstance(update, ChopsUpdate):
            self._write_rows(_chops(update))

    def _frame_left(self) -> None:
        """Called in the loop when the last frame has left for the terminal."""
        if not self._missed or self._terminal is None or self._away or parts.in_batch(self) or not parts.running(self):
            return
        with parts.context(self):
            try:
                size = parts.compositor(self.screen).size
                missed, self._missed = self._missed, None
                if (self._terminal.width, self._terminal.height) == (size.width, size.height):
                    self._write_rows(self._whole_rows(self.screen, sorted(missed)))
            except Exception as error:
                parts.fail(self, error)

    def _end_batch(self) -> None:
        super()._end_batch()
        if self._gauge is not None and not self._gauge.busy:
            self._frame_left()  # during the batch, it may be

    def _whole_rows(self, screen: Screen[Any], ys: Iterable[int]) -> dict[int, Sequence[tuple[int, list[Strip]]]]:
        compositor = parts.compositor(screen)
        wanted = {y for y in ys if y < compositor.size.height}
        with frugal.only(compositor, [Region(0, y, compositor.size.width, 1) for y in wanted]):
            return {y: ((0, strips),) for y, strips in parts.render_rows(self, compositor, wanted)}

    def _write_rows(self, pieces_of: Mapping[int, Sequence[tuple[int, list[Strip]]]]) -> None:
        """``pieces_of``: for each row, strips side by side from a column on."""
        terminal, driver, gauge = self._terminal, parts.driver(self), self._gauge
        assert terminal is not None and driver is not None and gauge is not None
        colors = parts.colors(self.console)
        rows: dict[int, Row] = {}
        panes: dict[tuple[int, int], int] = {}
        for y, pieces in pieces_of.items():
            row = rows[y] = terminal.rows[y].copy()
            for left, strips in pieces:
                row.put(left, joined(strips, colors, sum(strip.cell_length for strip in strips)))
                right = left
                for strip in strips:
                    begin, right = right, right + strip.cell_length
                    if strip.cell_length >= _PANE:
                        pane = (begin, min(terminal.width, right))
                        panes[pane] = panes.get(pane, 0) + 1
        cursor = self.screen.outer_size.clamp_offset(self.cursor_position)
        likely = sorted(panes, key=lambda pane: -panes[pane])[:3]
        text = terminal.update(rows, (cursor.x, cursor.y), likely)
        parts.cursor_stands(self, cursor)
        if not text:
            return
        if parts.synchronizes(self) and len(text) > _WIDEST_SYNC:
            text = f"{_SYNC_START}{text}{_SYNC_END}"
        if self._asks_margins:
            self._asks_margins, text = False, f"{answers.ASK_MARGINS}{text}"
        driver.write(gauge.frame(text, time.monotonic()))
        driver.flush()


def _touched(update: CompositorUpdate) -> set[int]:
    return {y for y, _, _ in update.spans} if isinstance(update, ChopsUpdate) else set()


def _chops(update: ChopsUpdate) -> dict[int, list[tuple[int, list[Strip]]]]:
    """The pieces of a partial update that its spans cover; what is beside them may be out of date."""
    found: dict[int, list[tuple[int, list[Strip]]]] = {}
    for y, first, last in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is not None and x < last and end > first:
                found.setdefault(y, []).append((x, [strip]))
    return found
