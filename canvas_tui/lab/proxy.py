"""The fault lab's proxy: on loopback, in front of any HTTP server, transparent until a script says otherwise.

async with Proxy("http://127.0.0.1:2024") as lab:
    lab.apply("pass 5; stall 20s; cut; 502 x2")   # or a fault's name: "F23", "clean end"
    ... a client at lab.url ...
    lab.clear()
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable
from math import inf
from typing import Self
from urllib.parse import urlsplit

from canvas_tui.core.frozen import frozen

from .exchange import Exchange
from .faults import script_of
from .http1 import Gone, Head, Peer, Strange
from .outage import Darkness
from .pump import Clock, Sleep
from .script import Script, parse
from .steps import Dark, Down
from .tape import NOTHING, Tape
from .tasks import race, stop


@frozen
class Told:
    """Something the lab saw or did. ``fault``: it was its own doing. ``at`` in seconds of the lab's clock."""

    at: float
    number: int  # of the request; 0: about none
    request: str  # "GET /threads/…/stream"
    text: str
    fault: bool


Listener = Callable[[Told], None]


class Proxy:
    """Controllable while it runs: what is applied acts on the streams that are open at once."""

    def __init__(
        self,
        upstream: str,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        seed: int = 1,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.upstream = upstream.rstrip("/")
        self.host, self.port = host, port
        self.clock, self.sleep, self._seed = clock, sleep, seed
        self._tape = Tape(Script())
        self._listeners: list[Listener] = []
        self._exchanges: set[Exchange] = set()
        self._connections: dict[asyncio.Task[None], Peer] = {}
        self._server: asyncio.Server | None = None
        self._outage: asyncio.Task[None] | None = None
        self._lifted = asyncio.Event()
        self._out: Down | Dark | None = None
        self._dead: list[Peer] = []
        self._numbers = 0

    # -- life

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Raises: OSError: the port is taken."""
        self._server = await asyncio.start_server(self._accept, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._outage is not None:
            await stop(self._outage)
        self._close_listener()
        for peer in (*self._connections.values(), *self._dead):
            peer.reset()
        await stop(*self._connections)

    def _close_listener(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    # -- control

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Hear what the lab does until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def apply(self, script: str) -> None:
        """Play this script, or the fault of this name, instead of what was played before; open streams suffer it at once.

        Raises:
            ScriptError: with a sentence.
        """
        self.play(parse(script_of(script)))

    def clear(self) -> None:
        """Let everything through again; what was held back comes."""
        self.play(Script())

    def play(self, script: Script) -> None:
        self._tape = Tape(script, self._seed)
        self.tell(0, "", f"from now on: {script.text or 'everything passes'}", fault=bool(script.tracks))
        self._lifted.set()
        self._lifted = asyncio.Event()
        for course in self._tape.courses:
            plan = course.take(open_stream=True)
            if isinstance(plan.ending, Down | Dark) and not plan.steps:
                self.take_down(plan.ending)  # once, however many streams are open
                continue
            open_ones = [e for e in self._exchanges if e.pump is not None and self._tape.first(e) is course]
            for exchange in open_ones:
                exchange.replan(course, plan)
            if not open_ones:
                course.put_back(plan)
        for exchange in [e for e in self._exchanges if e.pump is not None and self._tape.first(e) is None]:
            exchange.replan(None, NOTHING)
        self.stir()

    # -- for the exchanges

    def tell(self, number: int, request: str, text: str, *, fault: bool = False) -> None:
        told = Told(self.clock(), number, request, text, fault)
        for listener in list(self._listeners):
            listener(told)

    def stir(self) -> None:
        for exchange in self._exchanges:
            if exchange.pump is not None:
                exchange.pump.stir()

    def rewritten(self, head: Head) -> Head:
        server = urlsplit(self.upstream)
        moved = Head((head.method, server.path.rstrip("/") + head.path, head.first[2]), head.headers)
        return moved.with_("Host", server.netloc)

    async def dial(self) -> Peer:
        server = urlsplit(self.upstream)
        secure = server.scheme == "https"
        try:
            reader, writer = await asyncio.open_connection(
                server.hostname, server.port or (443 if secure else 80), ssl=ssl.create_default_context() if secure else None
            )
        except OSError as error:
            self.tell(0, "", f"the server at {self.upstream} cannot be reached ({error.strerror or 'no reason given'})")
            raise Gone from error
        return Peer(reader, writer)

    def take_down(self, step: Down | Dark) -> None:
        self._outage = asyncio.create_task(self._away(step, self._outage, self._lifted))

    async def _away(self, step: Down | Dark, before: asyncio.Task[None] | None, lifted: asyncio.Event) -> None:
        if before is not None:
            await before
        if lifted.is_set():
            return
        span = step.seconds.value
        self.tell(
            0, "", f"{'dark' if isinstance(step, Dark) else 'down'} " + ("for good" if span == inf else f"for {span:g} s"), fault=True
        )
        self._close_listener()
        darkness = Darkness(self.host, self.port) if isinstance(step, Dark) else None
        self._out = step
        for peer in self._connections.values():
            self._cut_off(peer)
        await stop(*self._connections)
        try:
            await race(lifted.wait(), self.sleep(span) if span < inf else asyncio.Event().wait())
        finally:
            self._out = None
            if darkness is not None:
                darkness.lift()
        await self.start()
        self.tell(0, "", "up again")

    def _cut_off(self, peer: Peer) -> None:
        if isinstance(self._out, Dark):
            self._dead.append(peer)
        else:
            peer.reset()

    # -- connections

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            return
        peer = Peer(reader, writer)
        if self._out is not None:  # it was let in a moment before
            self._cut_off(peer)
            return
        self._connections[task] = peer
        try:
            while (head := await peer.next_head()) is not None and await self._exchange(peer, head):
                pass
            peer.close()
        except Strange:
            peer.close()
        except Gone:
            peer.reset()
        except asyncio.CancelledError:
            pass  # an outage, or the end: nobody waits for this task's result
        finally:
            del self._connections[task]

    async def _exchange(self, peer: Peer, head: Head) -> bool:
        self._numbers += 1
        exchange = Exchange(self, peer, head, self._numbers, self._tape.course(head))
        self._exchanges.add(exchange)
        try:
            return await exchange.run()
        finally:
            self._exchanges.discard(exchange)
