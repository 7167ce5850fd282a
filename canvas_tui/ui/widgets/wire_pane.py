"""The wire: a timeline on which silence is seen, and every event, heartbeat, cut and reconnect as a line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from canvas_tui.core.safe_text import safe_line
from canvas_tui.core.troubles import describe
from canvas_tui.core.wirelog import Entry, Second, WireKind, WireLog

from ..ages import size
from ..glyphs import Glyphs
from .lines import Lines

EVERY = 0.2
"""Seconds between two pictures: an eye reads no faster, and a burst costs little."""
LONG_GAP = 5.5
"""Seconds without anything that stand out: a heartbeat would have come."""
MUTED = "$foreground 60%"

FILTERS: tuple[tuple[str, Callable[[Entry], bool]], ...] = (
    ("all", lambda entry: True),
    ("messages", lambda entry: entry.name.startswith("messages")),
    ("no messages", lambda entry: not entry.name.startswith("messages")),
    ("connection", lambda entry: entry.kind is not WireKind.EVENT),
)


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
    class EventChosen(Message):
        entry: Entry

    class Left(Message):
        """Back to the composer."""

    def __init__(self, signs: Glyphs) -> None:
        super().__init__(id="wire")
        self._signs = signs
        self._log = WireLog()
        self._now = 0.0
        self._filter = 0
        self._held: int | None = None  # stands still at this entry's number
        self._chosen: int | None = None  # number of the chosen entry
        self._shown: list[Entry] = []  # newest first
        self._drawn_at = float("-inf")
        self._waiting = False

    def on_mount(self) -> None:
        self.display = False

    def show(self, log: WireLog, now: float) -> None:
        """Called with each frame; draws a few times a second."""
        if log is not self._log:
            self._log, self._held, self._chosen = log, None, None
            self._drawn_at = float("-inf")
        self._now = now
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
        act = {"f": self.action_filter, "space": self.action_pause}.get(event.key)
        if act is not None:
            event.stop()
            act()

    def action_move(self, step: int) -> None:
        numbers = [entry.number for entry in self._matching(self._held)]
        if not numbers:
            return
        at = numbers.index(self._chosen) + step if self._chosen in numbers else 0
        self._chosen = numbers[max(0, min(at, len(numbers) - 1))]
        self._held = self._held or self._log.newest
        self._draw()

    def action_run_on(self) -> None:
        self._held = self._chosen = None
        self._draw()

    def action_pause(self) -> None:
        if self._held is None:
            self._held = self._log.newest
            self._draw()
        else:
            self.action_run_on()

    def action_filter(self) -> None:
        self._filter = (self._filter + 1) % len(FILTERS)
        self._chosen = None
        self._draw()

    def action_choose(self) -> None:
        entry = next((entry for entry in self._log.entries() if entry.number == self._chosen), None)
        if entry is not None and entry.kind is WireKind.EVENT:
            self.post_message(self.EventChosen(entry))

    def action_leave(self) -> None:
        self.post_message(self.Left())

    def on_click(self, event: events.Click) -> None:
        event.stop()
        row = event.get_content_offset(self)
        at = len(self._shown) - row.y if row is not None else -1
        if 0 <= at < len(self._shown):
            again = self._shown[at].number == self._chosen
            self._chosen, self._held = self._shown[at].number, self._held or self._log.newest
            self._draw()
            if again:
                self.action_choose()

    # -- drawing

    def _matching(self, up_to: int | None) -> list[Entry]:
        wanted = FILTERS[self._filter][1]
        return [entry for entry in self._log.entries(up_to) if wanted(entry)]

    def _draw(self) -> None:
        self._drawn_at = self._now
        width, rows = self.size.width, self.size.height - 1
        if width <= 0 or rows <= 0:
            return
        self._shown = self._window(rows)
        lines = [self._plot(width), *(self._line(entry) for entry in reversed(self._shown))]
        if not self._shown:
            lines.append(Content.styled("Nothing has come yet.", MUTED))
        self.set_lines(lines)
        self.border_title = f"{self._totals()}  {self._keys()}"

    def _totals(self) -> str:
        log = self._log
        cuts = f"  {len(log.cuts)} cut{'s' if len(log.cuts) > 1 else ''}" if log.cuts else ""
        return f"Wire  {log.events:,} events  {size(log.bytes)}  {log.beats} heartbeats{cuts}"

    def _keys(self) -> str:
        state = "End runs on" if self._held is not None else "Space stops"
        chosen = "Enter opens" if self._chosen is not None else "Up chooses"
        return f"F {FILTERS[self._filter][0]}  {state}  {chosen}" if self.has_focus else FILTERS[self._filter][0]

    def on_focus(self) -> None:
        self._draw()

    def on_blur(self) -> None:
        self._draw()

    def _window(self, rows: int) -> list[Entry]:
        """The newest that fit, or those around the chosen one."""
        wanted = FILTERS[self._filter][1]
        entries = (entry for entry in self._log.entries(self._held) if wanted(entry))
        if self._chosen is None:
            return list(islice(entries, rows))
        found: list[Entry] = []
        for entry in entries:
            found.append(entry)
            if entry.number <= self._chosen and len(found) >= rows:
                break
        return found[-rows:]

    def _plot(self, width: int) -> Content:
        """A column a second, now at the right: height for bytes, a tick for a heartbeat alone, nothing for silence."""
        label = "now"
        seconds = self._log.timeline(self._now, max(1, width - len(label) - 1))
        most = max((second.bytes for second in seconds if second.events), default=0)
        return Content.assemble(*(self._column(second, most) for second in seconds), (f" {label}", MUTED))

    def _column(self, second: Second, most: int) -> tuple[str, str]:
        signs = self._signs
        if second.cut:
            return signs.failed, "$text-error"
        if second.events:
            level = min(len(signs.spark) - 1, second.bytes * len(signs.spark) // (most + 1))
            return signs.spark[level], "$text-primary"
        if second.beats:
            return signs.dot, "$text-success"
        return (signs.prompt, "$text-warning") if second.opened else (" ", "")

    def _line(self, entry: Entry) -> Content:
        since = entry.at - (self._log.began or 0.0)
        gap = f"+{entry.gap:.2f}" if entry.gap < 100 else f"+{entry.gap:.0f}"
        gap_style = "$text-warning" if entry.gap > LONG_GAP else MUTED
        clock = f"{int(since) // 60:>3}:{since % 60:05.2f}"
        name, style = self._named(entry)
        weight = size(entry.size) if entry.size else ""
        line = Content.assemble(
            (clock, MUTED), " ", (f"{gap:>8}", gap_style), "  ", (f"{name:<22}", style), f"{weight:>9}", "  ", (safe_line(entry.id), MUTED)
        )
        return Content.styled(line.plain, "reverse") if entry.number == self._chosen else line

    def _named(self, entry: Entry) -> tuple[str, str]:
        if entry.kind is WireKind.EVENT:
            return safe_line(entry.name)[:40], ""
        if entry.kind is WireKind.BEAT:
            return f"{self._signs.dot} heartbeat", "$text-success"
        if entry.kind is WireKind.OPENED:
            return f"{self._signs.prompt} connected", "$text-warning"
        if entry.kind is WireKind.ENDED:
            return f"{self._signs.dot} closed", MUTED
        return f"{self._signs.failed} {describe(entry.failure)}", "$text-error"
