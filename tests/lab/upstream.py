"""A server in a few lines behind the lab: answers what a test has put on its list, and keeps what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from canvas_tui.lab.http1 import LAST_CHUNK, Gone, Head, Peer, chunk

Answering = Callable[[Peer, Head, bytes], Awaitable[bool]]
"""Answers one request; whether the connection stays."""


@dataclass
class Upstream:
    answer: Answering
    asked: list[tuple[Head, bytes]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(reader, writer)
        try:
            while (head := await peer.next_head()) is not None:
                body = b"".join([data async for data in peer.body(head, of_request=True)])
                self.asked.append((head, body))
                if not await self.answer(peer, head, body):
                    break
        except (Gone, asyncio.CancelledError):
            pass
        finally:
            peer.close()


@asynccontextmanager
async def upstream(answer: Answering) -> AsyncIterator[Upstream]:
    made = Upstream(answer)
    server = await asyncio.start_server(made.accept, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()


def whole(body: bytes, *, status: str = "200 OK", headers: str = "") -> Answering:
    async def answer(peer: Peer, head: Head, given: bytes) -> bool:
        await peer.write(f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        return True

    return answer


STREAM_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\nX-Accel-Buffering: no\r\n\r\n"


def streaming(*pieces: bytes, gate: asyncio.Event | None = None, at: int = 0) -> Answering:
    """The pieces, a chunk each; before piece ``at`` it waits for the gate."""

    async def answer(peer: Peer, head: Head, given: bytes) -> bool:
        await peer.write(STREAM_HEAD)
        for n, piece in enumerate(pieces):
            if gate is not None and n == at:
                await gate.wait()
            await peer.write(chunk(piece))
        await peer.write(LAST_CHUNK)
        return True

    return answer


def event(n: int) -> bytes:
    return f'event: messages\r\ndata: {{"content": "token {n}"}}\r\nid: {n}-0\r\n\r\n'.encode()


BEAT = b": heartbeat\r\n\r\n"
