"""A loop whose time passes at once, and a network in memory: the program's whole net room in milliseconds, the same each time.

Nothing here waits: when nobody has anything to do the clock moves to the next thing that is due. Threads run in place.
"""

from __future__ import annotations

import asyncio
import selectors
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
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
        if self._wire.ended is None:
            self._wire.inbox.append(data)
            self._wire.stir.set()

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

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self.reader = reader  # the server's
        self.writer = _Writer(self)
        self.inbox: deque[bytes] = deque()
        self.stir = asyncio.Event()
        self.ended: str | None = None
        self.left = False

    def end(self, *, reset: bool) -> None:
        if self.ended is None:
            self.ended = "reset" if reset else "closed"
            self.stir.set()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            async with asyncio.timeout(timeout):
                while not self.inbox and self.ended is None:
                    self.stir.clear()
                    await self.stir.wait()
        except TimeoutError as error:
            raise httpcore.ReadTimeout from error
        if not self.inbox:
            if self.ended == "reset":
                raise httpcore.ReadError
            return b""
        data = self.inbox.popleft()
        if len(data) > max_bytes:
            self.inbox.appendleft(data[max_bytes:])
        return data[:max_bytes]

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
    """Leads to one scripted server. ``refusals`` of the next connections: "refused", "dark" (no answer), or "" (let through)."""

    def __init__(self, server: ScriptedServer, refusals: Iterable[str] = ()) -> None:
        self.server = server
        self.refusals = deque(refusals)
        self.up = True
        self._tasks: set[asyncio.Task[None]] = set()
        self._pipes: set[Pipe] = set()

    async def connect_tcp(self, host: str, port: int, timeout: float | None = None, *_: Any, **__: Any) -> Pipe:
        how = self.refusals.popleft() if self.refusals else ""
        if how == "dark":
            await asyncio.sleep(timeout or 0)
            raise httpcore.ConnectTimeout
        if how or not self.up:
            raise httpcore.ConnectError("All connection attempts failed") from ConnectionRefusedError(111, "Connection refused")
        pipe = Pipe(asyncio.StreamReader(limit=1 << 26))
        self._pipes.add(pipe)
        task = asyncio.get_running_loop().create_task(self.server._accept(pipe.reader, pipe.writer))  # type: ignore[arg-type]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return pipe

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def die(self) -> None:
        """All connections are reset, new ones refused."""
        self.up = False
        for pipe in self._pipes:
            pipe.end(reset=True)
        self._pipes.clear()
