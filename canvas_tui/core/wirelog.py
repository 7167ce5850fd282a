"""What came over the wire to one thread, in bounded memory: events, heartbeats, openings and ends, and a timeline of seconds.

A record, not a decision: nothing here acts on the session. Times are seconds of the driver's monotonic clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from .frozen import frozen
from .model import Failure

ENTRIES = 3000
"""Lines that are kept."""
DATA = 4_000_000
"""Characters of events' data that are kept, over all entries."""
ONE = 200_000
"""Characters of one event's data that are kept."""
SECONDS = 1800
"""Seconds of the timeline that are kept."""


class WireKind(StrEnum):
    OPENED = "opened"
    EVENT = "event"
    BEAT = "heartbeat"
    ENDED = "ended"  # cleanly, or we hung up
    CUT = "cut"


@frozen
class Cut:
    """How one connection of the program itself was lost."""

    since_start: float  # seconds since its headers
    since_byte: float  # seconds since its last byte


@frozen
class Entry:
    """One line. ``gap``: seconds since the entry before it; ``size`` in characters of data for events, in bytes for heartbeats."""

    number: int
    at: float
    gap: float
    kind: WireKind
    name: str = ""
    size: int = 0
    id: str = ""
    failure: Failure | None = None


@dataclass(slots=True)
class Second:
    """What came in one second of the clock."""

    second: int
    bytes: int = 0
    events: int = 0
    beats: int = 0
    opened: bool = False
    cut: bool = False


class WireLog:
    """Totals count everything; `entries`, `data` and `timeline` hold the newest."""

    def __init__(self) -> None:
        self.began: float | None = None
        self.bytes = self.events = self.beats = self.connections = 0
        self.cuts: tuple[Cut, ...] = ()
        self._entries: deque[Entry] = deque(maxlen=ENTRIES)
        self._data: deque[tuple[int, str]] = deque()
        self._kept = 0
        self._seconds: deque[Second] = deque(maxlen=SECONDS)
        self._number = 0
        self._opened_at: float | None = None
        self._byte_at = 0.0

    # -- what happened

    def opened(self, now: float) -> None:
        self.connections += 1
        self._opened_at = self._byte_at = now
        self._add(now, WireKind.OPENED)
        self._second(now).opened = True

    def heard(self, now: float, size: int, beats: int) -> None:
        """Bytes have come, with so many heartbeats among them."""
        self.bytes += size
        self._byte_at = now
        second = self._second(now)
        second.bytes += size
        if beats:
            self.beats += beats
            second.beats += beats
            self._add(now, WireKind.BEAT, size=size)

    def event(self, now: float, name: str, id: str, data: str) -> None:
        self.events += 1
        self._second(now).events += 1
        entry = self._add(now, WireKind.EVENT, name[:80], len(data), id[:80])
        self._keep(entry.number, data[:ONE])

    def closed(self, now: float, failure: Failure | None) -> None:
        """The connection is over: by a failure, or cleanly."""
        if self._opened_at is not None and failure is not None:
            self.cuts = (*self.cuts[-9:], Cut(now - self._opened_at, now - self._byte_at))
        self._second(now).cut = failure is not None
        self._add(now, WireKind.ENDED if failure is None else WireKind.CUT, failure=failure)
        self._opened_at = None

    # -- reading it

    @property
    def newest(self) -> int:
        """Number of the newest entry, 0 where there is none."""
        return self._number

    def entries(self, up_to: int | None = None) -> Iterator[Entry]:
        """Newest first, those up to this number."""
        return (entry for entry in reversed(self._entries) if up_to is None or entry.number <= up_to)

    def data(self, number: int) -> str | None:
        """An event's data as it came; None where it is not kept any more."""
        return next((data for kept, data in reversed(self._data) if kept == number), None)

    def timeline(self, now: float, columns: int) -> list[Second]:
        """The last so many seconds, the newest last; empty seconds are silence (or lie before the beginning)."""
        last = int(now)
        found = {second.second: second for second in self._seconds if second.second > last - columns}
        return [found.get(second) or Second(second) for second in range(last - columns + 1, last + 1)]

    # -- keeping

    def _add(self, now: float, kind: WireKind, name: str = "", size: int = 0, id: str = "", failure: Failure | None = None) -> Entry:
        if self.began is None:
            self.began = now
        before = self._entries[-1].at if self._entries else now
        self._number += 1
        entry = Entry(self._number, now, now - before, kind, name, size, id, failure)
        self._entries.append(entry)
        return entry

    def _keep(self, number: int, data: str) -> None:
        self._data.append((number, data))
        self._kept += len(data)
        oldest = self._entries[0].number
        while self._data and (self._kept > DATA or self._data[0][0] < oldest):
            self._kept -= len(self._data.popleft()[1])

    def _second(self, now: float) -> Second:
        second = int(now)
        if not self._seconds or self._seconds[-1].second < second:
            self._seconds.append(Second(second))
        return self._seconds[-1]
