"""The wire: a timeline on which silence is seen, every event, heartbeat, cut and reconnect as a line, the server's log among them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from canvas_tui.core.serverlog import LogLine, ServerLog
from canvas_tui.core.wirelog import WireKind, WireLog

from ..ages import size
from ..glyphs import Glyphs
from .lines import Lines
from .wire_rows import FILTERS, LOG, MUTED, Numbers, Row, WireRows, rows

BORDER = 4
"""Cells of the border's line that a title leaves free."""
EVERY = 0.2
"""Seconds between two pictures: an eye reads no faster, and a burst costs little."""


class WirePane(Lines, can_focus=True):
    """Newest last. Up and Down choose a line, which stops the picture; End lets it run on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(1)", show=False),
        Binding("down", "move(-1)", show=False),
        Binding("pageup", "move(8)", show=False),
        Binding("pagedown", "move(-8)", show=False),
        Binding("end", "run_on", show=False),
        Binding("enter", "choose", show=False),
        Binding("escape", "leave", show=False),
    ]

    @dataclass
    class RowChosen(Message):
        """An event or a line of the log, to be seen whole."""

        row: Row

    @dataclass
    class LogAsked(Message):
        """The server's log is wanted beside the wire, or no more."""

        on: bool

    class Left(Message):
        """Back to the composer."""

    def __init__(self, signs: Glyphs) -> None:
        super().__init__(id="wire")
        self._rows = WireRows(signs)
        self._wire = WireLog()
        self._log: ServerLog | None = None
        self._ids: Collection[str] = ()
        self._now = 0.0
        self._filter = 0
        self._held: Numbers | None = None  # stands still at these
        self._chosen: Row | None = None
        self._shown: list[Row] = []  # newest first
        self._drawn_at = float("-inf")
        self._waiting = False

    def on_mount(self) -> None:
        self.display = False

    def show(self, wire: WireLog, log: ServerLog | None, ids: Collection[str], now: float) -> None:
        """Called with each frame; draws a few times a second. ``ids``: of the open thread and its run."""
        if wire is not self._wire or log is not self._log:
            self._held = self._chosen = None
            self._drawn_at = float("-inf")
        self._wire, self._log, self._ids, self._now = wire, log, ids, now
        if log is None and FILTERS[self._filter][0] == LOG:
            self._filter = 0
        if now - self._drawn_at >= EVERY:
            self._draw()
        elif not self._waiting:
            self._waiting = True
            self.set_timer(EVERY, self._late)

    def _late(self) -> None:
        self._waiting = False
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        self._draw()

    # -- keys

    def on_key(self, event: events.Key) -> None:
        """Keys that write elsewhere: the screen would give them to the composer."""
        act = {"f": self.action_filter, "space": self.action_pause, "l": self.action_log}.get(event.key)
        if act is not None:
            event.stop()
            act()

    def action_move(self, step: int) -> None:
        matching = [*self._matching()]
        if not matching:
            return
        at = matching.index(self._chosen) + step if self._chosen in matching else 0
        self._choose(matching[max(0, min(at, len(matching) - 1))])

    def action_run_on(self) -> None:
        self._held = self._chosen = None
        self._draw()

    def action_pause(self) -> None:
        if self._held is None:
            self._held = self._newest()
            self._draw()
        else:
            self.action_run_on()

    def action_filter(self) -> None:
        count = len(FILTERS) - (self._log is None)  # the log's own is the last
        self._filter = (self._filter + 1) % count
        self._chosen = None
        self._draw()

    def action_log(self) -> None:
        self.post_message(self.LogAsked(self._log is None))

    def action_choose(self) -> None:
        """Opens the line; among the log's lines alone, shows first what came at its moment."""
        row = self._chosen
        if self._shows_moment():
            self._filter = 0
            self._draw()
        elif row is not None and (isinstance(row, LogLine) or row.kind is WireKind.EVENT):
            self.post_message(self.RowChosen(row))

    def _shows_moment(self) -> bool:
        return isinstance(self._chosen, LogLine) and FILTERS[self._filter][0] == LOG

    def action_leave(self) -> None:
        self.post_message(self.Left())

    def on_click(self, event: events.Click) -> None:
        event.stop()
        place = event.get_content_offset(self)
        at = len(self._shown) - place.y if place is not None else -1
        if 0 <= at < len(self._shown):
            again = self._shown[at] == self._chosen
            self._choose(self._shown[at])
            if again:
                self.action_choose()

    def _choose(self, row: Row) -> None:
        self._chosen = row
        self._held = self._held or self._newest()
        self._draw()

    def _newest(self) -> Numbers:
        return self._wire.newest, self._log.newest if self._log is not None else 0

    # -- drawing

    def _matching(self) -> Iterator[Row]:
        return filter(FILTERS[self._filter][1], rows(self._wire, self._log, self._held))

    def _draw(self) -> None:
        self._drawn_at = self._now
        width, height = self.size.width, self.size.height - 1
        if width <= 0 or height <= 0:
            return
        self._shown = self._window(height)
        began = self._wire.began if self._wire.began is not None else self._now
        drawn = (self._rows.line(row, began, self._ids, chosen=row == self._chosen) for row in reversed(self._shown))
        lines = [self._rows.plot(self._wire, self._now, width), *drawn]
        if not self._shown:
            lines.append(Content.styled("Nothing has come yet.", MUTED))
        self.set_lines(lines)
        self.border_title = self._title(width)

    def _title(self, width: int) -> str:
        """As much as the border has room for, each total whole or not at all."""
        wire = self._wire
        cuts = f"{len(wire.cuts)} cut{'s' if len(wire.cuts) > 1 else ''}" if wire.cuts else ""
        title = f"Wire  {self._keys()}"
        for total in filter(
            None,
            (
                cuts,
                f"{wire.events:,} event{'s' * (wire.events != 1)}",
                f"{wire.beats} heartbeat{'s' * (wire.beats != 1)}",
                size(wire.bytes),
            ),
        ):
            if len(title) + len(total) + 2 > width - BORDER:
                break
            title = f"{title}  {total}"
        return title

    def _keys(self) -> str:
        name = FILTERS[self._filter][0]
        state = "End runs on" if self._held is not None else "Space stops"
        chosen = "Up chooses" if self._chosen is None else "Enter its moment" if self._shows_moment() else "Enter opens"
        log = "L log" if self._log is None else "L log off"
        return f"F {name}  {state}  {chosen}  {log}" if self.has_focus else name

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self._draw()

    def _window(self, height: int) -> list[Row]:
        """The newest that fit, or those around the chosen one."""
        matching = self._matching()
        if self._chosen is None:
            return list(islice(matching, height))
        found: list[Row] = []
        for row in matching:
            found.append(row)
            if row == self._chosen:
                found.extend(islice(matching, max(height // 2, height - len(found))))
                break
        return found[-height:]
