"""What a stream's times and sizes say: bursts, gaps, bytes held back. Pure arithmetic over `Listening`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from .evidence import BEAT, Ended, Listening, Read, Seen
from .flow import HELD as HELD
from .flow import TOGETHER
from .flow import equal as equal
from .frozen import frozen

SLACK = 0.5
AT_ONCE = 1.5
"""Seconds after the headers in which a replay begins."""


@frozen
class Burst:
    """Events that came together after a silence."""

    at: float
    until: float
    silence: float  # seconds without a byte before it
    events: tuple[Seen, ...]

    @property
    def held(self) -> float:
        """Seconds by which the times in the ids exceed the time of arrival; the server's clock cancels out."""
        made = [event.made for event in self.events if event.made is not None]
        return max(made) - min(made) - (self.until - self.at) if made else 0.0


def bursts(heard: Listening) -> list[Burst]:
    """The events grouped by the silences between the reads."""
    found: list[Burst] = []
    for group in _groups(heard.reads):
        start, end = group[0].at, group[-1].at
        before = found[-1].until if found else heard.headers_at or 0.0
        events = tuple(event for event in heard.events if start - 0.001 <= event.at <= end + 0.001)
        found.append(Burst(start, end, start - before, events))
    return found


def _groups(reads: Sequence[Read]) -> list[list[Read]]:
    groups: list[list[Read]] = []
    for read in reads:
        if groups and read.at - groups[-1][-1].at <= TOGETHER:
            groups[-1].append(read)
        else:
            groups.append([read])
    return groups


def held_bursts(heard: Listening) -> list[Burst]:
    """Bursts of events made over `HELD` seconds or more, which came after a silence as long. The replay at the beginning is none."""
    begins = (heard.headers_at or 0.0) + AT_ONCE
    return [burst for burst in bursts(heard) if burst.at > begins and burst.silence >= HELD and burst.held >= HELD]


def first_byte(heard: Listening) -> float | None:
    return heard.reads[0].at if heard.reads else None


def waited(heard: Listening) -> float:
    """Seconds listened after the headers."""
    return heard.ended_at - heard.headers_at if heard.headers_at is not None else 0.0


def quiet_at_end(heard: Listening) -> float:
    """Seconds from the last byte (or the headers) to the end."""
    last = heard.reads[-1].at if heard.reads else heard.headers_at
    return heard.ended_at - last if last is not None else 0.0


def missed_beats(heard: Listening) -> int:
    """Heartbeats of the Python server that were due, and not one byte came, between the last byte (or the headers) and the end.

    They come every 5 s from the response's start, whatever else is sent (measured); half a second is left to the way.
    """
    if heard.headers_at is None:
        return 0
    last = heard.reads[-1].at if heard.reads else heard.headers_at
    due = int(max(0.0, heard.ended_at - heard.headers_at - SLACK) / BEAT)
    return max(0, due - int((last - heard.headers_at + SLACK) / BEAT))


def live_events(heard: Listening) -> tuple[Seen, ...]:
    """Those that came after the replay at the beginning."""
    begins = (heard.headers_at or 0.0) + AT_ONCE
    return tuple(event for event in heard.events if event.at > begins)


def longest_silence(heard: Sequence[Listening]) -> float:
    """The longest that these connections survived without a byte."""
    found = 0.0
    for each in heard:
        times = [each.headers_at or 0.0, *(read.at for read in each.reads)]
        found = max([found, *(later - earlier for earlier, later in pairwise(times))])
        if each.ended is Ended.OPEN:
            found = max(found, quiet_at_end(each))
    return found


def header(heard: Listening, name: str) -> str:
    return next((value for key, value in heard.headers if key == name), "")
