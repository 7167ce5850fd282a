"""A loop whose time passes at once, and a network in memory: the program's whole net room in milliseconds, the same each time.

Nothing here waits: when nobody has anything to do the clock moves to the next thing that is due. Threads run in place.
"""

from __future__ import annotations

import asyncio
import selectors
import socket
import ssl
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from math import inf
from typing import Any, TypeVar

import httpcore

from tests.support.scripted import ScriptedServer

T = TypeVar("T")


class Stuck(Exception):
    """Nothing will ever happen any more."""


class _Selector(selectors.DefaultSelector):
    """Asked to wait, it moves the clock."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise Stuck
        self.now += max(0.0, timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._waits = _Selector()
        super().__init__(self._waits)

    def time(self) -> float:
        return self._waits.now

    def run_in_executor(self, executor: Any, func: Callable[..., T], *args: Any) -> asyncio.Future[T]:  # type: ignore[override]
        done: asyncio.Future[T] = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done


def run(work: Coroutine[Any, Any, T]) -> T:
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(work)
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.close()


# -- the network -----------------------------------------------------------------------------------------------------------

ERRORS: dict[str, Callable[[], Exception]] = {
    "refused": lambda: ConnectionRefusedError(111, "Connection refused"),
    "nameless": lambda: socket.gaierror(-2, "Name or service not known"),
    "untrusted": lambda: ssl.SSLCertVerificationError(1, "certificate verify failed: unable to get local issuer certificate"),
}
"""How a connection that is not let through fails; "dark" is no answer at all."""
PIECE = 0.1
"""Seconds of a slow link's bytes that come together."""


@dataclass(frozen=True)
class Path:
    """How bytes come from the server. Seconds, and bytes a second."""

    latency: float = 0.0
    rate: float = 0.0
    idle: float = 0.0  # a connection on which nothing comes for so long is closed
    life: float = 0.0  # a connection that is so old is closed


PLAIN = Path()


class _Transport:
    """What a scripted server does to the transport below its writer."""

    def __init__(self, wire: Pipe) -> None:
        self._wire = wire

    def set_write_buffer_limits(self, high: int) -> None:
        """Nothing is buffered."""

    def abort(self) -> None:
        self._wire.end(reset=True)


class _Writer:
    """As much of an `asyncio.StreamWriter` as a scripted server uses."""

    def __init__(self, wire: Pipe) -> None:
        self._wire = wire
        self.transport = _Transport(wire)

    def write(self, data: bytes) -> None:
        self._wire.send(data)

    async def drain(self) -> None:
        await asyncio.sleep(0)

    def is_closing(self) -> bool:
        return self._wire.ended is not None or self._wire.left

    def close(self) -> None:
        self._wire.end(reset=False)

    def get_extra_info(self, name: str) -> None:
        return None


class Pipe(httpcore.AsyncNetworkStream):
    """A connection, seen from the client."""

    def __init__(self, path: Callable[[], Path]) -> None:
        self.reader = asyncio.StreamReader(limit=1 << 26)  # the server's
        self.writer = _Writer(self)
        self.ended: str | None = None
        self.left = False
        self._path = path
        self._inbox: deque[tuple[float, bytes]] = deque()  # (when it is here, bytes)
        self._stir = asyncio.Event()
        self._clock = asyncio.get_running_loop().time
        self._made = self._last = self._here = self._clock()

    def send(self, data: bytes) -> None:
        """From the server."""
        path = self._path()
        if self.ended is not None:
            return
        size = max(1, round(path.rate * PIECE)) if path.rate else len(data)
        for start in range(0, len(data), size):
            part = data[start : start + size]
            self._here = max(self._here, self._clock() + path.latency) + (len(part) / path.rate if path.rate else 0.0)
            self._inbox.append((self._here, part))
        self._stir.set()

    def end(self, *, reset: bool) -> None:
        if self.ended is None:
            self.ended = "reset" if reset else "closed"
            self._stir.set()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            async with asyncio.timeout(timeout):
                return await self._read(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout from error

    async def _read(self, most: int) -> bytes:
        while True:
            now, path = self._clock(), self._path()
            if self._inbox and self._inbox[0][0] <= now:
                self._last = now
                data = self._inbox.popleft()[1]
                if len(data) > most:
                    self._inbox.appendleft((now, data[most:]))
                return data[:most]
            if not self._inbox and self.ended == "reset":
                raise httpcore.ReadError
            over = min(self._last + (path.idle or inf), self._made + (path.life or inf))
            if (not self._inbox and self.ended) or over <= now:
                self.ended = self.ended or "closed"
                return b""
            self._stir.clear()
            due = min(over, self._inbox[0][0] if self._inbox else inf)
            try:
                async with asyncio.timeout_at(due if due < inf else None):
                    await self._stir.wait()
            except TimeoutError:
                continue

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if self.ended is not None:
            raise httpcore.WriteError
        self.reader.feed_data(bytes(buffer))

    async def aclose(self) -> None:
        if not self.left:
            self.left = True
            self.reader.feed_eof()

    def get_extra_info(self, info: str) -> Any:
        return self.ended is not None if info == "is_readable" else None


class Network(httpcore.AsyncNetworkBackend):
    """Leads to one scripted server.

    ``mode`` of new connections: "" (let through), "dark", or one of `ERRORS`; ``refusals``: the same for the next ones, in turn.
    """

    def __init__(self, server: ScriptedServer) -> None:
        self.server = server
        self.refusals: deque[str] = deque()
        self.mode = ""
        self.path = Path()
        self._tasks: set[asyncio.Task[None]] = set()
        self._pipes: set[Pipe] = set()

    async def connect_tcp(self, host: str, port: int, timeout: float | None = None, *_: Any, **__: Any) -> Pipe:
        how = (self.refusals.popleft() if self.refusals else "") or self.mode
        if how == "dark":
            await asyncio.sleep(timeout or 0)
            raise httpcore.ConnectTimeout
        if how:
            raise httpcore.ConnectError("All connection attempts failed") from ERRORS[how]()
        pipe = Pipe(lambda: self.path)
        self._pipes.add(pipe)
        task = asyncio.get_running_loop().create_task(self.server._accept(pipe.reader, pipe.writer))  # type: ignore[arg-type]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return pipe

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def die(self, mode: str = "refused") -> None:
        """All connections are reset, new ones fail like this."""
        self.mode = mode
        for pipe in self._pipes:
            pipe.end(reset=True)
        self._pipes.clear()
