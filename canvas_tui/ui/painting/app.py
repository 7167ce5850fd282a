"""The seam between Textual's App and the writer. Every private part of Textual that the writer needs is touched here alone.

Pinned to textual 8.2.8: ``App._display``, ``App._build_driver``, ``App._sync_available``, ``App._dom_ready``, ``Compositor._render_chops``,
``ChopsUpdate``, ``LayoutUpdate``, ``ANSI_SEQUENCES_KEYS``, the Linux driver's ``_file``, ``write``, ``process_message`` and
``disable_input``. A test compares their shapes.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, cast

from rich.color import ColorSystem
from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual._context import visible_screen_stack
from textual.driver import Driver
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from . import frugal, guard, widths
from .cells import Row, joined
from .gauge import ANSWER, Gauge
from .terminal import Abilities, Terminal

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.app import App
    from textual.screen import Screen

    _Base = App[Any]
else:
    _Base = object

_TAKES, _LEAVES = "\x1b[?1049h", "\x1b[?1049l"  # what the driver writes when it takes the terminal (again), and leaves it
_SYNC_START, _SYNC_END = "\x1b[?2026h", "\x1b[?2026l"
_ASK_MARGINS = "\x1b[?69$p"
_HAS_MARGINS = ("\x1b[?69;1$y", "\x1b[?69;2$y")  # the mode is known, and on or off; any other answer Textual's parser ignores
_WIDEST_SYNC = 160  # bytes of a frame that needs no synchronized output to look whole
_PANE = 12  # columns of a pane, at least


class _Answer(StrEnum):
    MARGINS = "<the terminal has left and right margins>"
    FRAME = "<the terminal has come to the end of a frame>"


class OwnPainting(_Base):
    """Mixin, before ``App`` in the bases: paints by difference. ``own_painting`` False: Textual's own painting."""

    own_painting: bool = True
    _terminal: Terminal | None = None
    _gauge: Gauge | None = None
    _missed: set[int] | None = None  # rows of frames that were not painted since the last one had not left
    _abilities: Abilities | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        guard.install()
        widths.install()
        frugal.install()
        _hear_answers()
        super().__init__(*args, **kwargs)

    def repaint_all(self) -> None:
        """Forget what stands on the terminal and paint the whole screen."""
        self._terminal = None
        self.screen.refresh()

    @property
    def frame_seconds(self) -> float:
        """How long frames lately waited on their way to the terminal: more than a few milliseconds is a slow link."""
        return self._gauge.seconds if self._gauge is not None else 0.0

    # -- the driver ----------------------------------------------------------------------------------------------------

    def _build_driver(self, headless: bool, inline: bool, mouse: bool, size: tuple[int, int] | None) -> Driver:
        driver = super()._build_driver(headless, inline, mouse, size)
        file = getattr(driver, "_file", None)
        if headless or inline or file is None or not self.own_painting:
            return driver
        gauge = self._gauge = Gauge(file, asyncio.get_running_loop(), self._frame_left)
        write, process, leave = driver.write, driver.process_message, driver.disable_input

        def watched(data: str) -> None:
            if _TAKES in data:
                self._terminal = None
            write(f"\x1b[m{data}" if _LEAVES in data else data)

        def heard(message: Message) -> None:
            if isinstance(message, events.Key) and message.key == _Answer.FRAME:
                gauge.answered()
            else:
                process(message)

        def left() -> None:
            gauge.all_answered()
            leave()

        vars(driver).update(_file=gauge, write=watched, process_message=heard, disable_input=left)
        return driver

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and event.key == _Answer.MARGINS:
            if self._abilities is not None:
                self._abilities.margins = True
            return
        if isinstance(event, events.Resize) and self._dom_ready:
            # It may have been another size for a moment, and have cut off what stood there (a client of tmux that comes and goes);
            # where it is the size that is known, Textual does nothing.
            self.repaint_all()
        await super().on_event(event)

    # -- frames --------------------------------------------------------------------------------------------------------

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        if renderable is None or self._batch_count or not self._paints(screen, renderable):
            if renderable is not None and not self._batch_count:
                self._terminal = None
            super()._display(screen, renderable)
            return
        try:
            assert isinstance(renderable, LayoutUpdate | ChopsUpdate)
            self._paint(screen, renderable)
        except Exception as error:
            self._handle_exception(error)
        finally:
            self.post_display_hook()

    def _paints(self, screen: Screen[Any], renderable: RenderableType) -> bool:
        return (
            self.own_painting
            and isinstance(renderable, LayoutUpdate | ChopsUpdate)
            and screen is self.screen
            and self._running
            and not self._closed
            and not self.is_headless
            and self._driver is not None
            and self._gauge is not None
            and not self._driver.is_inline
        )

    def _paint(self, screen: Screen[Any], update: CompositorUpdate) -> None:
        size = screen._compositor.size
        fresh = self._terminal is None or (self._terminal.width, self._terminal.height) != (size.width, size.height)
        if fresh:
            if self._abilities is None:
                self._abilities = Abilities(erase=not os.environ.get("TERM", "").startswith("screen"))
                if self._driver is not None and os.environ.get("TERM_PROGRAM") != "Apple_Terminal":  # which prints the question
                    self._driver.write(_ASK_MARGINS)
            self._terminal = Terminal(size.width, size.height, self._abilities)
            self._missed = None
        assert self._gauge is not None and self._terminal is not None
        if self._gauge.busy:
            rows = set(range(size.height)) if fresh or isinstance(update, LayoutUpdate) else _touched(update)
            typed = {self.cursor_position.y} & rows
            if typed and not fresh and not self._gauge.blocked:  # what is typed goes ahead of what waits
                rows -= typed
                self._write_rows(self._whole_rows(screen, typed))
            self._missed = {*(self._missed or ()), *rows}  # painted when the last frame has left
            return
        if fresh or self._missed is not None:
            ys = range(size.height) if fresh or isinstance(update, LayoutUpdate) else sorted({*(self._missed or ()), *_touched(update)})
            self._missed = None
            self._write_rows(self._whole_rows(screen, ys))
        elif isinstance(update, LayoutUpdate):
            self._write_rows({y: (((0, list(strips)),)) for y, strips in enumerate(update.strips)})
        elif isinstance(update, ChopsUpdate):
            self._write_rows(_chops(update))

    def _frame_left(self) -> None:
        """Called in the loop when the last frame has left for the terminal."""
        if self._missed and self._terminal is not None and self._running and self._driver is not None:
            screen = self.screen
            size = screen._compositor.size
            missed, self._missed = self._missed, None
            if (self._terminal.width, self._terminal.height) == (size.width, size.height):
                with self._context():  # without it, styles that name colours of the theme come out empty, and stay in caches
                    self._write_rows(self._whole_rows(screen, sorted(missed)))

    def _whole_rows(self, screen: Screen[Any], ys: Iterable[int]) -> dict[int, Sequence[tuple[int, list[Strip]]]]:
        compositor = screen._compositor
        wanted = {y for y in ys if y < compositor.size.height}
        visible_screen_stack.set(self._background_screens)  # what a screen with a translucent background is drawn over
        with frugal.only(compositor, [Region(0, y, compositor.size.width, 1) for y in wanted]):
            chops = compositor._render_chops(compositor.size.region, wanted.__contains__)
        return {y: ((0, [strip for strip in chops[y].values() if strip is not None]),) for y in sorted(wanted)}

    def _write_rows(self, parts: Mapping[int, Sequence[tuple[int, list[Strip]]]]) -> None:
        """``parts``: for each row, strips side by side from a column on."""
        terminal, driver, gauge = self._terminal, self._driver, self._gauge
        assert terminal is not None and driver is not None and gauge is not None
        colors = self.console._color_system or ColorSystem.TRUECOLOR
        rows: dict[int, Row] = {}
        panes: dict[tuple[int, int], int] = {}
        for y, pieces in parts.items():
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
        self._previous_cursor_position = cursor
        if not text:
            return
        if self._sync_available and len(text) > _WIDEST_SYNC:
            text = f"{_SYNC_START}{text}{_SYNC_END}"
        driver.write(gauge.frame(text, time.monotonic()))
        driver.flush()


def _hear_answers() -> None:
    """An answer comes as a key of its own: Textual's parser reads answers and keys from the same stream."""
    known = cast("dict[str, object]", ANSI_SEQUENCES_KEYS)
    known |= dict.fromkeys(_HAS_MARGINS, (_Answer.MARGINS,)) | {ANSWER: (_Answer.FRAME,)}


def _touched(update: CompositorUpdate) -> set[int]:
    return {y for y, _, _ in update.spans} if isinstance(update, ChopsUpdate) else set()


def _chops(update: ChopsUpdate) -> dict[int, list[tuple[int, list[Strip]]]]:
    """The pieces of a partial update that its spans cover; what is beside them may be out of date."""
    parts: dict[int, list[tuple[int, list[Strip]]]] = {}
    for y, first, last in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is not None and x < last and end > first:
                parts.setdefault(y, []).append((x, [strip]))
    return parts
