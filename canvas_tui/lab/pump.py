"""The way of a response's body through the lab: bytes come in when they like and leave when the plan and the modes let them."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from math import ceil, inf
from random import Random
from typing import Any

from . import events
from .http1 import READ, Gone, Strange
from .inserts import INSERTS
from .steps import MODES, BodyStep, Corrupt, Half, Idle, Insert, Mode, Modes, Pass, Stall, Swallow, Unit, Until
from .tasks import race

Sleep = Callable[[float], Awaitable[None]]
Clock = Callable[[], float]

AHEAD = 1024 * 1024
"""Bytes that are read ahead while nothing holds the body back on purpose."""
SLICE_GAP = 0.001
TICK = 0.05
"""Seconds between two pieces at a limited rate."""


class Over(Exception):
    """The body ended before the step was through."""


class Pump:
    """One body. ``play`` may be cancelled at any time and called again: no byte is lost or sent twice by that.

    Args:
        source: the body as it comes from the server.
        sink: sends bytes to the client; they count as sent when it is called.
        is_stream: whether it is an event stream (else events are not counted, and everything is one piece).
        modes: those that hold now; asked each time.
        mode_comes: a mode stands next in the plan.
        told: what is done to the body, in words.
    """

    def __init__(
        self,
        source: AsyncIterator[bytes],
        sink: Callable[[bytes], Awaitable[None]],
        *,
        is_stream: bool,
        modes: Callable[[], Modes],
        mode_comes: Callable[[Mode], None],
        told: Callable[[str], None],
        clock: Clock,
        sleep: Sleep,
        random: Random,
    ) -> None:
        self._source, self._sink, self._is_stream = source, sink, is_stream
        self._modes, self._mode_comes, self._told = modes, mode_comes, told
        self._clock, self._sleep, self._random = clock, sleep, random
        self._inbox: deque[tuple[float, float, bytes]] = deque()  # (came at, its draw, bytes)
        self._held = 0
        self._stir = asyncio.Event()
        self._room = asyncio.Event()
        self._opened = clock()
        self._ended = False
        self.broken = False  # the server's side ended before its body was whole
        self._unsplit = bytearray()  # of a block that has not come whole, where comments have to be told apart
        self._pending = bytearray()  # may leave now
        self._partial = bytearray()  # of the present block: has left
        self.events = 0
        self.bytes = 0

    # -- in

    async def read(self) -> None:
        """Takes the body in, to its end; runs beside ``play``."""
        try:
            async for data in self._source:
                kept = self._rewritten(data)
                if kept:
                    self._inbox.append((self._clock(), self._random.random(), kept))
                    self._held += len(kept)
                    self.stir()
                while self._held > AHEAD and not (self._modes().buffer or self._modes().coalesce):
                    self._room.clear()
                    await self._room.wait()
        except (Gone, Strange):
            self.broken = True
        if self._unsplit:
            self._inbox.append((self._clock(), 0.0, bytes(self._unsplit)))
        self._ended = True
        self.stir()

    def stir(self) -> None:
        """Something changed (bytes, the end, the modes): look again."""
        self._stir.set()
        self._room.set()

    def _rewritten(self, data: bytes) -> bytes:
        """Block by block, where a mode wants it; a block that is not whole waits."""
        modes = self._modes()
        if not self._is_stream or not (modes.rewrites or self._unsplit):
            return data
        self._unsplit += data
        kept = bytearray()
        while (end := events.block_end(self._unsplit)) >= 0:
            block = bytes(self._unsplit[:end])
            del self._unsplit[:end]
            kept += _rewritten(block, modes)
        return bytes(kept)

    def _due(self, came: float, draw: float) -> float:
        modes = self._modes()
        if modes.buffer and not self._ended:
            return inf
        if modes.coalesce:
            return self._opened + ceil((came - self._opened) / modes.coalesce) * modes.coalesce
        if modes.delay is not None:
            span = modes.delay.seconds
            return came + span.low + draw * (span.high - span.low)
        return came

    async def _fill(self, within: float = inf) -> bool:
        """Wait until more than now may leave; False at the end of the body. Raises: TimeoutError: nothing came ``within`` seconds."""
        had = len(self._pending)
        while True:
            self._stir.clear()
            wait = self._release(within)
            if len(self._pending) > had:
                return True
            if self._ended and not self._inbox:
                return False
            if not await self._stirred(wait) and wait == within:
                raise TimeoutError

    def _release(self, within: float) -> float:
        """Let go of what is due; how long until more is, at most ``within``."""
        now = self._clock()
        while self._inbox:
            due = self._due(*self._inbox[0][:2])
            if due > now:
                return min(within, due - now)
            data = self._inbox.popleft()[2]
            self._held -= len(data)
            self._pending += data
            self._room.set()
        return within

    async def _stirred(self, within: float) -> bool:
        if within == inf:
            await self._stir.wait()
            return True
        return (await race(self._stir.wait(), self._sleep(within)))[0]

    # -- out

    async def _leave(self, size: int) -> None:
        """Send the first ``size`` bytes of what may leave."""
        while size > 0:
            modes = self._modes()
            most = modes.slice or READ
            if modes.rate:
                most = min(most, max(1, round(modes.rate * TICK)))
            data = bytes(self._pending[: min(size, most)])
            del self._pending[: len(data)]
            size -= len(data)
            self._partial += data
            await self._send(data)
            if modes.rate:
                await self._sleep(len(data) / modes.rate)
            elif modes.slice:
                await self._sleep(SLICE_GAP)

    async def _send(self, data: bytes) -> None:
        self.bytes += len(data)
        await self._sink(data)

    async def _block(self, most: float = inf, within: float = inf) -> tuple[bool, int]:
        """Let through to the end of the present block, at most so many bytes: (whether an event is whole now, bytes sent)."""
        sent = 0
        while sent < most:
            if not self._pending and not await self._fill(within):
                raise Over
            whole, size = self._to_block_end()
            whole = whole and size <= most - sent
            size = int(min(size, most - sent))
            sent += size
            await self._leave(size)
            if whole:
                is_event = events.is_event(bytes(self._partial))
                self._partial.clear()
                self.events += is_event
                return is_event, sent
        return False, sent

    def _to_block_end(self) -> tuple[bool, int]:
        """(whether the present block's end is there, bytes up to it or all that are there)."""
        if not self._is_stream:
            self._partial.clear()
            return False, len(self._pending)
        tail = bytes(self._partial[-4:])
        end = events.block_end(tail + self._pending)
        return (False, len(self._pending)) if end < 0 else (True, max(0, end - len(tail)))

    async def _ahead(self) -> bytes:
        """The rest of the present block, whole but not sent. Raises: Over."""
        while not (found := self._to_block_end())[0]:
            if not await self._fill():
                raise Over
        return bytes(self._pending[: found[1]])

    def _drop(self, size: int) -> None:
        del self._pending[:size]
        self._partial.clear()

    # -- steps

    async def play(self, steps: tuple[BodyStep | Mode, ...]) -> None:
        """The steps in order. Raises: Over: the body ended before; Gone: the client did."""
        for step in steps:
            if isinstance(step, MODES):
                self._mode_comes(step)
            else:
                await _STEPS[type(step)](self, step)

    async def rest(self) -> None:
        """All that is left of the body."""
        with contextlib.suppress(Over):
            while True:
                await self._block()

    async def _pass(self, step: Pass) -> None:
        if step.amount.value == inf:
            await self.rest()
        elif step.unit is Unit.SECONDS:
            if (await race(self.rest(), self._sleep(step.amount.value)))[0]:
                raise Over
        elif step.unit is Unit.BYTES:
            left = round(step.amount.value)
            while left:
                left -= (await self._block(left))[1]
        else:
            for _ in range(round(step.amount.value)):
                while not (await self._block())[0]:
                    pass

    async def _stall(self, step: Stall) -> None:
        span = step.seconds.value
        self._told("nothing passes" + (f" for {span:g} s" if span < inf else ""))
        if span == inf:
            await asyncio.Event().wait()
        await self._sleep(span)

    async def _idle(self, step: Idle) -> None:
        with contextlib.suppress(TimeoutError):
            while True:
                await self._block(within=step.seconds.value)

    async def _until(self, step: Until) -> None:
        while events.name_of(await self._ahead()) != step.name:
            await self._block()

    async def _next_event(self) -> bytes:
        """The next event ahead; what stands before it (the rest of one that is on its way, comments) is let through."""
        if self._partial:
            await self._block()
        while not events.is_event(block := await self._ahead()):
            await self._block()
        return block

    async def _half(self, step: Half) -> None:
        await self._leave(len(events.without_id(await self._next_event())))

    async def _swallow(self, step: Swallow) -> None:
        left = step.events.value
        self._told("events are thrown away" if left == inf else f"{left:.0f} events are thrown away")
        while left > 0:
            self._drop(len(await self._next_event()))
            left -= 1

    async def _insert(self, step: Insert) -> None:
        if self._partial:
            await self._block()
        data = INSERTS[step.name](round(step.size.value))
        self._told(f"{len(data):,} bytes of {step.name} put in")
        await self._send(data)

    async def _corrupt(self, step: Corrupt) -> None:
        block = await self._next_event()
        self._told("a byte of an event made invalid")
        self._pending[: len(block)] = events.corrupted(block)
        await self._block()


_STEPS: dict[type[BodyStep], Callable[[Pump, Any], Coroutine[Any, Any, None]]] = {
    Pass: Pump._pass,
    Stall: Pump._stall,
    Idle: Pump._idle,
    Until: Pump._until,
    Half: Pump._half,
    Swallow: Pump._swallow,
    Insert: Pump._insert,
    Corrupt: Pump._corrupt,
}


def _rewritten(block: bytes, modes: Modes) -> bytes:
    if not events.is_event(block):
        beat = modes.heartbeats
        return block if beat is None else f": {beat.text}\r\n\r\n".encode() if beat.text else b""
    return block if modes.ids else events.no_ids(block)
