"""How the stream of a run comes: held back and let go in bursts, more slowly than it is made, cut after the same time again and again.

Nothing here is told on one sign alone: three bursts, seconds of trickling, two or three cuts alike. A model that pauses, thinks or
writes slowly gives none of the signs: its events are whole when they come, and were made when they come.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .changing import replace
from .frozen import frozen

TOGETHER = 0.25
"""Reads that follow one another within so many seconds came together."""
HELD = 2.0
"""Events that were made over so much longer a time than they took to arrive have been held back; so long a silence goes before."""
EQUAL = 0.10
"""Times that differ by less than this share of them have one cause."""
CLOSE = 0.02
"""A silence that was survived and is shorter by less than this share may as well have been as long."""
ALIKE = 3
"""So many bursts, or cuts, in a row."""
UNTIMED = 4
"""Ids without a time: so many events at once, after silences that are equal, have been held back."""
LONG_CUT = 2.5
"""From so many seconds on two equal cuts are enough; shorter ones may be alike by chance."""
SHORT_CUT = 0.9
"""Connections that live shorter than this tell nothing."""
WINDOW = 4.0
"""Seconds over which a trickle is measured."""
TRICKLE = 0.7
"""The share of that time within events on their way: on a fast link it is near none."""
SLOW = 32_000.0
"""Bytes a second above which nothing is called slow."""
STALL = 3.0
"""A longer gap within an event is a stall, no trickle."""


@frozen
class Flow:
    """Of one run. Times are the driver's; ``made`` are times of the server, taken from ids; only differences of them count."""

    first_at: float | None = None  # when the connection's first event came
    burst_at: float = 0.0  # when the present burst began
    silence: float = 0.0  # seconds without a byte before it
    events: int = 0  # in it
    made: tuple[float, float] | None = None  # earliest and latest in it
    counted: bool = False
    bursts: tuple[tuple[float, float], ...] = ()  # (began, silence before it) of the newest ones that had been held back, in a row
    longest: float = 0.0  # the longest silence that a connection has survived
    lived: float = 0.0  # the longest that a connection has lasted
    read_at: float = 0.0
    inside: bool = False  # the last read ended within an event
    window_at: float = 0.0
    trickled: float = 0.0  # seconds of the window within events
    size: int = 0  # bytes of it
    rate: float = 0.0  # bytes a second of the newest window that trickled, 0 where it did not
    cuts: tuple[tuple[float, float], ...] = ()  # (seconds since the headers, seconds since the last byte) of the newest ones


NOTHING = Flow()
"""Before the first byte."""


def opened(flow: Flow, now: float) -> Flow:
    """A new connection has its headers: what comes at once is its replay."""
    return replace(
        Flow(burst_at=now, read_at=now, window_at=now), bursts=flow.bursts, longest=flow.longest, lived=flow.lived, cuts=flow.cuts
    )


def read(flow: Flow, size: int, gap: float, now: float, *, inside: bool) -> Flow:
    """Bytes came, ``gap`` seconds after the last ones; they end ``inside`` an event or between two."""
    flow = _burst(flow, gap, now)
    since = now - flow.read_at
    trickled = flow.trickled + (since if flow.inside and since < STALL else 0.0)
    flow = replace(flow, read_at=now, inside=inside, trickled=trickled, size=flow.size + size)
    span = now - flow.window_at
    if span < WINDOW:
        return flow
    rate = flow.size / span
    slow = flow.trickled >= TRICKLE * span and rate <= SLOW
    return replace(flow, window_at=now, trickled=0.0, size=0, rate=rate if slow else 0.0)


def event(flow: Flow, id: str | None, gap: float, now: float) -> Flow:
    """An event is whole."""
    flow = _burst(flow, gap, now)
    at, made = made_at(id or ""), flow.made
    if at is not None:
        made = (min(at, made[0]), max(at, made[1])) if made else (at, at)
    first = flow.first_at if flow.first_at is not None else now
    flow = replace(flow, first_at=first, events=flow.events + 1, made=made)
    if flow.counted or flow.silence < HELD or not _held(flow, now):
        return flow
    return replace(flow, counted=True, bursts=(*flow.bursts[1 - ALIKE :], (flow.burst_at, flow.silence)))


def cut(flow: Flow, lasted: float, quiet: float) -> Flow:
    """A connection was lost so long after its headers, and so long after its last byte."""
    return replace(flow, lived=max(flow.lived, lasted), cuts=(*flow.cuts[1 - ALIKE :], (lasted, quiet)))


def _burst(flow: Flow, gap: float, now: float) -> Flow:
    if gap <= TOGETHER:
        return flow
    fresh = flow.silence >= HELD and not flow.counted and flow.events > 1
    bursts, longest = () if fresh else flow.bursts, max(flow.longest, gap)
    return replace(flow, burst_at=now, silence=gap, events=0, made=None, counted=False, bursts=bursts, longest=longest)


def _held(flow: Flow, now: float) -> bool:
    if flow.made is None:
        return flow.events >= UNTIMED
    return flow.made[1] - flow.made[0] - (now - flow.burst_at) >= HELD


# -- what it says ----------------------------------------------------------------------------------------------------------


def bursts_every(flow: Flow) -> float | None:
    """Seconds between bursts, where enough in a row had been held back."""
    if len(flow.bursts) < ALIKE or not (flow.made or equal([silence for _, silence in flow.bursts])):
        return None
    return (flow.bursts[-1][0] - flow.bursts[0][0]) / (ALIKE - 1)


def period(flow: Flow) -> tuple[float, bool] | None:
    """(seconds, whether since the last byte) after which connections are cut, where the newest were cut alike.

    A longer silence that was survived, or a longer life, refutes it. Where both fit it is told as silence, which it was.
    """
    for many, least in ((ALIKE, SHORT_CUT), (ALIKE - 1, LONG_CUT)):
        newest = flow.cuts[-many:]
        for at, refuted, is_idle in ((1, flow.longest * (1 + CLOSE), True), (0, flow.lived / (1 + EQUAL), False)):
            spans = [each[at] for each in newest]
            if len(spans) == many and equal(spans) and max(least, refuted) < min(spans):
                return sum(spans) / many, is_idle
    return None


def still(flow: Flow, every: float, idle: bool) -> tuple[float, bool]:
    """The period that was named before: it holds until a connection has lived longer, or a silence was survived."""
    refuted = flow.longest > every if idle else flow.lived > every * (1 + EQUAL)
    return (0.0, False) if refuted else (every, idle)


def equal(values: Sequence[float]) -> bool:
    """Two or more that differ by no more than a tenth (or a quarter of a second, where that is more)."""
    return len(values) > 1 and max(values) - min(values) <= max(EQUAL * max(values), TOGETHER)


_MADE = re.compile(r"(\d{13})-\d+")


def made_at(id: str) -> float | None:
    """Epoch seconds out of an id ``<milliseconds>-<n>`` (the Python server's, measured)."""
    found = _MADE.fullmatch(id)
    return int(found[1]) / 1000 if found else None
