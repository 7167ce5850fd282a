"""The wire's rows as text: the timeline, a line for what came, a line of the server's log."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from heapq import merge

from textual.content import Content

from canvas_tui.core.safe_text import safe_line
from canvas_tui.core.serverlog import LogLine, ServerLog, names, without_time
from canvas_tui.core.troubles import describe
from canvas_tui.core.wirelog import Entry, Second, WireKind, WireLog

from ..ages import size
from ..glyphs import Glyphs
from ..graph import full, level

Row = Entry | LogLine

LONG_GAP = 5.5
"""Seconds without anything that stand out: a heartbeat would have come."""
SHOWN = 1000
"""Characters of a line of the log that a row may show."""
TAIL = 6
"""Characters of an event's id that a row shows; opened, it shows all."""
MUTED = "$foreground 60%"

LOG = "log"
"""The filter that is there only while the log is."""

FILTERS: tuple[tuple[str, Callable[[Row], bool]], ...] = (
    ("all", lambda row: True),
    ("messages", lambda row: isinstance(row, Entry) and row.name.startswith("messages")),
    ("no messages", lambda row: isinstance(row, LogLine) or not row.name.startswith("messages")),
    ("connection", lambda row: isinstance(row, Entry) and row.kind is not WireKind.EVENT),
    (LOG, lambda row: isinstance(row, LogLine)),
)

Numbers = tuple[int, int]
"""Of the newest entry, and of the newest line of the log."""


def rows(wire: WireLog, log: ServerLog | None, up_to: Numbers | None) -> Iterator[Row]:
    """By time, newest first, those up to these numbers."""
    entries = wire.entries(up_to[0] if up_to is not None else None)
    if log is None:
        return entries
    return merge(entries, log.lines(up_to[1] if up_to is not None else None), key=lambda row: row.at, reverse=True)


def clock(since: float) -> str:
    """Minutes and seconds since the wire's beginning; what the log told before it is negative."""
    hundredths = round(abs(since) * 100)
    sign = "-" if since < 0 and hundredths else ""
    return f"{f'{sign}{hundredths // 6000}':>3}:{hundredths % 6000 / 100:05.2f}"


class WireRows:
    """Draws each row on its own."""

    def __init__(self, signs: Glyphs) -> None:
        self._signs = signs

    def plot(self, wire: WireLog, now: float, width: int) -> Content:
        """A column a second, now at the right: height for bytes, a tick for a heartbeat alone, nothing for silence."""
        label = "now"
        seconds = wire.timeline(now, max(1, width - len(label) - 1))
        most = full(second.bytes for second in seconds if second.events)
        return Content.assemble(*(self._column(second, most) for second in seconds), (f" {label}", MUTED))

    def _column(self, second: Second, most: int) -> tuple[str, str]:
        signs = self._signs
        if second.cut:
            return signs.failed, "$text-error"
        if second.events:
            return level(second.bytes, max(1, most), signs.spark), "$text-primary"
        if second.beats:
            return signs.dot, "$text-success"
        return (signs.prompt, "$text-warning") if second.opened else (" ", "")

    def line(self, row: Row, began: float, ids: Collection[str], *, chosen: bool) -> Content:
        """``ids``: of the open thread and its run, for marking the log's lines that name them."""
        when = (clock(row.at - began), MUTED)
        line = self._logged(row, when, ids) if isinstance(row, LogLine) else self._came(row, when)
        return Content.styled(line.plain, "reverse") if chosen else line

    def _logged(self, line: LogLine, when: tuple[str, str], ids: Collection[str]) -> Content:
        style = "$text-error" if line.error else "$text-secondary"
        if names(line.text, ids):
            style = f"bold {style}"
        return Content.assemble(when, " ", (f" {self._signs.log} {safe_line(without_time(line.text[:SHOWN]))}", style))

    def _came(self, entry: Entry, when: tuple[str, str]) -> Content:
        gap = f"+{entry.gap:.2f}" if entry.gap < 100 else f"+{entry.gap:.0f}"
        gap_style = "$text-warning" if entry.gap > LONG_GAP else MUTED
        name, style = self._named(entry)
        came = (when, " ", (f"{gap:>8}", gap_style), "  ")
        if not entry.size:
            return Content.assemble(*came, (name, style))
        return Content.assemble(*came, (f"{name:<22}", style), f"{size(entry.size):>9}", "  ", (self._tail(safe_line(entry.id)), MUTED))

    def _tail(self, id: str) -> str:
        """The end of it, in which the events of a run differ."""
        return id if len(id) <= TAIL + 1 else f"{self._signs.ellipsis}{id[-TAIL:]}"

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
