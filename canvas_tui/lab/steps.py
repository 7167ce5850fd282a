"""What a fault script is made of: steps with their numbers drawn, and the words they are written with. Pure."""

from __future__ import annotations

from dataclasses import fields, replace
from enum import StrEnum
from math import inf
from random import Random
from typing import Any, TypeAlias, TypeVar

from canvas_tui.core.frozen import frozen

S = TypeVar("S", bound="Step")


@frozen
class Span:
    """A number, or a range from which one is drawn (``3..12``)."""

    low: float
    high: float

    def draw(self, random: Random) -> Span:
        value = self.low if self.low == self.high else random.uniform(self.low, self.high)
        return Span(value, value)

    @property
    def value(self) -> float:
        return self.low

    def __str__(self) -> str:
        return f"{self.low:g}" if self.low == self.high else f"{self.low:g}..{self.high:g}"


def exactly(value: float) -> Span:
    return Span(value, value)


FOREVER = exactly(inf)
ZERO = exactly(0)


class Unit(StrEnum):
    EVENTS = "events"
    BYTES = "bytes"
    SECONDS = "seconds"


@frozen
class Step:
    """Anything a script can hold."""

    def drawn(self: S, random: Random) -> S:
        """The step with a number instead of each range."""
        changes: dict[str, Any] = {f.name: v.draw(random) for f in fields(self) if isinstance(v := getattr(self, f.name), Span)}
        return replace(self, **changes) if changes else self


# -- on the way of a body: played one after the other -------------------------------------------------------------------------


@frozen
class Pass(Step):
    """Let so much through: events (comments do not count), bytes of the body, or seconds; all of it where none is said."""

    amount: Span = FOREVER
    unit: Unit = Unit.EVENTS


@frozen
class Stall(Step):
    """Nothing at all passes for so many seconds."""

    seconds: Span = FOREVER


@frozen
class Idle(Step):
    """Let through until nothing has come for so many seconds."""

    seconds: Span


@frozen
class Until(Step):
    """Let through until the next event has this name; it is not let through."""

    name: str


@frozen
class Half(Step):
    """The next event up to its ``id:`` line (the half of it, where it has none)."""


@frozen
class Swallow(Step):
    """So many events are thrown away; comments pass."""

    events: Span = FOREVER


@frozen
class Insert(Step):
    """Put something of our own between two events (`canvas_tui.lab.inserts`); ``size`` in bytes for those that have one."""

    name: str
    size: Span = ZERO


@frozen
class Corrupt(Step):
    """One byte in a string of the next event's data becomes one that no UTF-8 has."""


# -- modes: they hold from here on, for this track's later exchanges too ----------------------------------------------------


@frozen
class Slice(Step):
    """Pieces of so many bytes, a millisecond apart."""

    size: Span


@frozen
class Slow(Step):
    """So many bytes a second."""

    rate: Span


@frozen
class Delay(Step):
    """Everything, the response's head too, comes so many seconds later; of a range each piece draws its own."""

    seconds: Span

    def drawn(self, random: Random) -> Delay:
        return self


@frozen
class Coalesce(Step):
    """Held back, and released together each so many seconds."""

    seconds: Span


@frozen
class Buffer(Step):
    """The body is held back until it is whole."""


@frozen
class Gzip(Step):
    """The body is compressed, whatever was asked for; flushed with each piece, or only at the end."""

    at_end: bool = False


@frozen
class LastEventId(Step):
    """What the server sees of the request's ``Last-Event-ID``: nothing, or this."""

    value: str = ""


@frozen
class Heartbeats(Step):
    """What the client sees of comments: nothing, or this text instead."""

    text: str = ""


@frozen
class Ids(Step):
    """Events lose their ``id:`` lines, as on a run that was not started as resumable."""


@frozen
class Clear(Step):
    """No mode holds any more."""


# -- ends: an exchange ends with one, what follows is for the next ----------------------------------------------------------


@frozen
class Cut(Step):
    """The connection is closed (FIN), without the body's terminator."""


@frozen
class End(Step):
    """The body ends cleanly, as if that had been all."""


@frozen
class Reset(Step):
    """The connection is reset (RST)."""


@frozen
class Hole(Step):
    """Nothing passes any more in either direction, and nobody is told."""


@frozen
class CutHead(Step):
    """Reset after so many bytes of the response's head."""

    size: Span


@frozen
class Answer(Step):
    """Answered for the server, which does not see the request. ``wait`` is Retry-After in seconds; ``where`` a redirect's target."""

    status: int
    kind: str = ""  # html, json, busy; empty: as the status is usually answered
    wait: Span = ZERO
    where: str = ""


@frozen
class Lose(Step):
    """The server gets the request and acts; its answer is lost, and this comes instead."""

    instead: Reset | Cut | Hole | Answer = Reset()


@frozen
class Down(Step):
    """All connections are reset and new ones refused for so many seconds (for ever, where none are said)."""

    seconds: Span = FOREVER


@frozen
class Dark(Step):
    """All connections go silent and new ones get no answer at all, for so many seconds."""

    seconds: Span = FOREVER


BodyStep: TypeAlias = Pass | Stall | Idle | Until | Half | Swallow | Insert | Corrupt
Mode: TypeAlias = Slice | Slow | Delay | Coalesce | Buffer | Gzip | LastEventId | Heartbeats | Ids | Clear
Ending: TypeAlias = Cut | End | Reset | Hole | CutHead | Answer | Lose | Down | Dark

MODES = (Slice, Slow, Delay, Coalesce, Buffer, Gzip, LastEventId, Heartbeats, Ids, Clear)
ENDINGS = (Cut, End, Reset, Hole, CutHead, Answer, Lose, Down, Dark)
BEFORE_HEAD = (CutHead, Answer, Lose)
"""Ends that only fit before the response's head: an open stream leaves them to the next request."""


@frozen
class Modes:
    """The modes that hold."""

    slice: int = 0
    rate: float = 0.0
    delay: Delay | None = None
    coalesce: float = 0.0
    buffer: bool = False
    gzip: Gzip | None = None
    last_event_id: LastEventId | None = None
    heartbeats: Heartbeats | None = None
    ids: bool = True

    @property
    def rewrites(self) -> bool:
        """Whether blocks are changed on their way."""
        return self.heartbeats is not None or not self.ids

    def words(self) -> str:
        """What holds for a body, for telling."""
        gzip, beat = self.gzip, self.heartbeats
        told = (
            f"pieces of {self.slice} bytes" if self.slice else "",
            f"{self.rate:g} bytes a second" if self.rate else "",
            f"{self.delay.seconds} s late" if self.delay else "",
            f"held back, released each {self.coalesce:g} s" if self.coalesce else "",
            "held back until it is whole" if self.buffer else "",
            f"compressed with gzip{', flushed only at the end' if gzip.at_end else ''}" if gzip else "",
            f"heartbeats {'become ' + beat.text if beat.text else 'stripped'}" if beat else "",
            "" if self.ids else "ids taken away",
        )
        return ", ".join(filter(None, told))

    def with_(self, step: Mode) -> Modes:
        match step:
            case Clear():
                return Modes()
            case Slice(size):
                return replace(self, slice=max(1, round(size.value)))
            case Slow(rate):
                return replace(self, rate=max(1.0, rate.value))
            case Delay():
                return replace(self, delay=step)
            case Coalesce(seconds):
                return replace(self, coalesce=seconds.value)
            case Buffer():
                return replace(self, buffer=True)
            case Gzip():
                return replace(self, gzip=step)
            case LastEventId():
                return replace(self, last_event_id=step)
            case Heartbeats():
                return replace(self, heartbeats=step)
            case Ids():
                return replace(self, ids=False)
