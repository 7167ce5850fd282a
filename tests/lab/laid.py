"""A lab laid before an upstream, and bare sockets as clients, so that ends are seen as they are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from canvas_tui.lab.http1 import Gone, Head, Peer
from canvas_tui.lab.proxy import Proxy

from .upstream import Answering, Upstream, event, streaming, upstream

EVENTS = [event(n) for n in range(10)]
STREAM = "/threads/t/runs/r/stream"


class Clock:
    """Sleeps are granted at once and move the clock, so that waits cost no time; those in ``held`` seconds are never granted."""

    def __init__(self, held: float = 1e9) -> None:
        self.now = 0.0
        self.slept: list[float] = []
        self._held = held

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        if seconds >= self._held:
            await asyncio.Event().wait()
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


@asynccontextmanager
async def laid(answer: Answering, script: str = "", clock: Clock | None = None, seed: int = 1) -> AsyncIterator[tuple[Proxy, Upstream]]:
    async with upstream(answer) as server:
        kwargs = {} if clock is None else {"clock": clock, "sleep": clock.sleep}
        async with Proxy(server.url, seed=seed, **kwargs) as lab:  # type: ignore[arg-type]
            if script:
                lab.apply(script)
            yield lab, server


async def dial(lab: Proxy) -> Peer:
    return Peer(*await asyncio.open_connection("127.0.0.1", lab.port))


async def ask(lab: Proxy, line: str = f"GET {STREAM}", body: bytes = b"", headers: str = "", peer: Peer | None = None) -> tuple[Peer, Head]:
    peer = peer or await dial(lab)
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    await peer.write(f"{line} HTTP/1.1\r\nHost: lab\r\n{length}{headers}\r\n".encode() + body)
    return peer, await peer.head()


async def body(peer: Peer, head: Head) -> tuple[bytes, str]:
    """What came, and how it ended: whole, cut or reset."""
    got = b""
    try:
        async for data in peer.body(head, of_request=False):
            got += data
    except Gone as gone:
        return got, "reset" if isinstance(gone.__cause__, ConnectionResetError) else "cut"
    return got, "whole"


async def fetch(lab: Proxy, line: str = f"GET {STREAM}", data: bytes = b"", headers: str = "") -> tuple[int, bytes, str]:
    try:
        peer, head = await ask(lab, line, data, headers)
    except Gone as gone:
        return 0, b"", "reset" if isinstance(gone.__cause__, ConnectionResetError) else "cut"
    got, end = await body(peer, head)
    peer.close()
    return head.status, got, end


@asynccontextmanager
async def waiting_stream(clock: Clock | None = None) -> AsyncIterator[tuple[Proxy, Peer, AsyncIterator[bytes], asyncio.Event]]:
    """A stream of which three events have come; the rest waits for the gate."""
    gate = asyncio.Event()
    async with laid(streaming(*EVENTS, gate=gate, at=3), clock=clock) as (lab, _):
        peer, head = await ask(lab)
        parts, got = peer.body(head, of_request=False), b""
        while got != b"".join(EVENTS[:3]):
            got += await anext(parts)
        yield lab, peer, parts, gate
        gate.set()
