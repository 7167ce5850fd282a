"""One request and its answer on their way through the lab."""

from __future__ import annotations

import asyncio
import zlib
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol

from .answers import answer
from .http1 import LAST_CHUNK, Head, Peer, chunk
from .pump import Clock, Over, Pump, Sleep
from .steps import Answer, Cut, CutHead, Dark, Down, End, Ending, Hole, Lose, Mode, Modes, Reset
from .tape import NOTHING, Course, Plan
from .tasks import race, stop


class Lab(Protocol):
    """What an exchange needs of the proxy it goes through."""

    clock: Clock
    sleep: Sleep

    async def dial(self) -> Peer:
        """A new connection to the server. Raises: Gone."""
        ...

    def rewritten(self, head: Head) -> Head:
        """The request's head as the server is to see it."""
        ...

    def tell(self, number: int, request: str, text: str, *, fault: bool = False) -> None: ...
    def take_down(self, step: Down | Dark) -> None: ...
    def stir(self) -> None:
        """A mode has changed."""
        ...


@dataclass(slots=True)
class _Body:
    """How the client gets the body: framed in chunks or as it is, compressed or not."""

    client: Peer
    chunked: bool
    press: Any = None  # zlib's compressor
    at_end: bool = False

    async def send(self, data: bytes) -> None:
        if self.press is not None:
            data = self.press.compress(data) + (b"" if self.at_end else self.press.flush(zlib.Z_SYNC_FLUSH))
        await self._frame(data)

    async def finish(self) -> None:
        """The clean end."""
        if self.press is not None:
            await self._frame(self.press.flush())
        if self.chunked:
            await self.client.write(LAST_CHUNK)

    async def _frame(self, data: bytes) -> None:
        if data:
            await self.client.write(chunk(data) if self.chunked else data)


class Exchange:
    """``run`` returns whether the client's connection can take another request."""

    def __init__(self, lab: Lab, client: Peer, head: Head, number: int, course: Course | None) -> None:
        self._lab, self._client, self._head, self.number = lab, client, head, number
        self.course = course
        self.request = f"{head.method} {head.path}"
        self._plan = course.take() if course is not None else NOTHING
        self._replanned = asyncio.Event()
        self.pump: Pump | None = None

    @property
    def method(self) -> str:
        return self._head.method

    @property
    def path(self) -> str:
        return self._head.path

    def modes(self) -> Modes:
        return self.course.modes if self.course is not None else Modes()

    def replan(self, course: Course | None, plan: Plan) -> None:
        """From now on this holds for the body that is on its way."""
        self.course, self._plan = course, plan
        self._replanned.set()

    def tell(self, text: str, *, fault: bool = False) -> None:
        self._lab.tell(self.number, self.request, text, fault=fault)

    # -- the request

    async def run(self) -> bool:
        """Raises: Gone, Strange."""
        if self._head.get("upgrade"):
            return await self._tunnel()
        body = b"".join([data async for data in self._client.body(self._head, of_request=True)])
        _, keeps = await race(self._through(body), self._client.left())
        return bool(keeps) and self._head.get("connection").lower() != "close" and not self._head.first[2].endswith("1.0")

    async def _through(self, body: bytes) -> bool:
        ending = self._plan.ending
        if ending is not None and not self._plan.steps and not isinstance(ending, Lose | CutHead):
            return await self._end(ending)
        server = await self._lab.dial()
        try:
            await self._latency()
            await server.write(self._rewritten().raw())
            await server.write_all((chunk(body) if body else b"", LAST_CHUNK) if self._head.chunked else (body,))
            head = await self._final_head(server)
            if isinstance(ending, Lose):
                return await self._lose(ending, server, head)
            if isinstance(ending, CutHead):
                self.tell(f"reset inside the response's head, after {ending.size.value:g} bytes", fault=True)
                await self._client.write(head.raw()[: round(ending.size.value)])
                self._client.reset()
                return False
            return await self._answer(server, head)
        finally:
            server.close()

    def _rewritten(self) -> Head:
        head = self._lab.rewritten(self._head)
        asked, wanted = self._head.get("last-event-id"), self.modes().last_event_id
        if wanted is not None and asked:
            self.tell(f"Last-Event-ID {asked} becomes {wanted.value or 'none'}", fault=True)
            head = head.with_("Last-Event-ID", wanted.value) if wanted.value else head.without("last-event-id")
        return head

    async def _final_head(self, server: Peer) -> Head:
        while (head := await server.head()).status // 100 == 1 and head.status != 101:
            if head.status == 100:
                await self._client.write(head.raw())
        return head

    async def _latency(self) -> None:
        delay = self.modes().delay
        if delay is not None:
            random = self.course.random if self.course is not None else Random(0)
            await self._lab.sleep(delay.seconds.draw(random).value)

    async def _lose(self, step: Lose, server: Peer, head: Head) -> bool:
        """The server has acted; where its answer is short it has all been taken."""
        if head.length is not None and self.method != "HEAD":
            async for _ in server.body(head, of_request=False):
                pass
        self.tell(f"the server answered {head.status}; that is lost", fault=True)
        return await self._end(step.instead)

    async def _tunnel(self) -> bool:
        """Another protocol (a websocket): bytes both ways until one side leaves."""
        server = await self._lab.dial()
        try:
            await server.write(self._lab.rewritten(self._head).raw())
            await race(_copy(self._client, server), _copy(server, self._client))
        finally:
            server.close()
        return False

    # -- the answer

    async def _answer(self, server: Peer, head: Head) -> bool:
        if self.method == "HEAD" or head.status in (204, 304):
            await self._latency()
            await self._client.write(head.raw())
            self.tell(f"answered {head.status}")
            return head.get("connection").lower() != "close"
        is_stream = "text/event-stream" in head.get("content-type").lower()
        framed, body = self._framed(head)
        pump = self.pump = Pump(
            server.body(head, of_request=False),
            body.send,
            is_stream=is_stream,
            modes=self.modes,
            mode_comes=self._mode_comes,
            told=lambda text: self.tell(f"{text}{_after(pump)}", fault=True),
            clock=self._lab.clock,
            sleep=self._lab.sleep,
            random=self.course.random if self.course is not None else Random(0),
        )
        reading = asyncio.create_task(pump.read())
        try:
            await self._latency()
            await self._client.write(framed.raw())
            self.tell(f"answered {head.status}" + (", an event stream" if is_stream else ""))
            if words := self.modes().words():
                self.tell(words, fault=True)
            ending = await self._played(pump)
        finally:
            self.pump = None
            await stop(reading)
        if ending is not None:
            return await self._end(ending, body, pump)
        if pump.broken:
            self.tell(f"the server broke it off{_after(pump)}")
            self._client.close()
            return False
        await body.finish()
        self.tell(f"over{_after(pump)}")
        return (body.chunked or head.length is not None) and head.get("connection").lower() != "close"

    def _framed(self, head: Head) -> tuple[Head, _Body]:
        """The head as the client gets it, and how the body follows."""
        gzip = self.modes().gzip
        if gzip is None or head.get("content-encoding"):
            return head, _Body(self._client, head.chunked)
        head = head.without("content-length").with_("transfer-encoding", "chunked").with_("content-encoding", "gzip")
        return head, _Body(self._client, True, zlib.compressobj(wbits=31), gzip.at_end)

    def _mode_comes(self, step: Mode) -> None:
        if self.course is not None:
            self.course.modes = self.course.modes.with_(step)
        self._lab.stir()

    async def _played(self, pump: Pump) -> Ending | None:
        """The body, by the plan that holds: how it is to end, None for as it ended by itself."""
        while True:
            self._replanned.clear()
            done, ending = await race(self._play(pump), self._replanned.wait())
            if done:
                return ending

    async def _play(self, pump: Pump) -> Ending | None:
        plan = self._plan
        try:
            await pump.play(plan.steps)
        except Over:
            return None
        if plan.ending is None:
            await pump.rest()
        return plan.ending

    # -- ends

    async def _end(self, ending: Ending, body: _Body | None = None, pump: Pump | None = None) -> bool:
        where = _after(pump) if pump is not None else ""
        match ending:
            case Answer():
                head, raw = answer(ending)
                self.tell(f"answered {ending.status} for the server", fault=True)
                await self._client.write(head.raw() + (raw if self.method != "HEAD" else b""))
                return True
            case Hole():
                self.tell(f"nothing passes any more{where}", fault=True)
                await asyncio.Event().wait()
            case Down() | Dark():
                self._lab.take_down(ending)
                await asyncio.Event().wait()
            case End():
                self.tell(f"ended cleanly{where}", fault=True)
                if body is not None:
                    await body.finish()
                    return body.chunked
                self._client.close()
            case Reset():
                self.tell(f"reset{where}", fault=True)
                self._client.reset()
            case Cut() | Lose() | CutHead():
                self.tell(f"closed{where}", fault=True)
                self._client.close()
        return False


def _after(pump: Pump) -> str:
    return f" after {pump.events:,} events, {pump.bytes:,} bytes"


async def _copy(source: Peer, target: Peer) -> None:
    while data := await source.some():
        await target.write(data)
