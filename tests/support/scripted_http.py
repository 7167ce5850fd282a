"""HTTP/1.1 for the scripted server: requests in, plain and chunked answers out, and every way to break them off."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote, urlsplit

from canvas_tui.core.model import Json

from .scripted_faults import PASS, Fault, How

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    at: float = field(default_factory=time.monotonic)

    def json(self) -> Json:
        """The decoded body; an empty one is ``{}``."""
        return json.loads(self.body) if self.body else {}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a route answers; ``body`` None sends none."""

    status: int = 200
    body: Json = None
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None  # instead of body
    content_type: str = "application/json"


class Gone(Exception):
    """The connection has ended, by a fault or by the client."""


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """The next request of a connection, or None at its end."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = head.split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    try:
        body = await reader.readexactly(int(headers.get("content-length", "0")))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    parts = urlsplit(target)
    return Request(method, unquote(parts.path), dict(parse_qsl(parts.query, keep_blank_values=True)), headers, body)


class Wire:
    """The answering side of one connection, under the fault planned for its current request."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sleep: Sleep) -> None:
        self._reader, self._writer, self._sleep = reader, writer, sleep
        writer.transport.set_write_buffer_limits(0)  # so that drain means: the system has it
        self.fault: Fault = PASS
        self._lock = asyncio.Lock()
        self._leaving = asyncio.Lock()
        self._events = self._bytes = 0
        self._held: list[bytes] = []
        self._releaser: asyncio.Task[None] | None = None
        self._silent = False
        self._streaming = False

    # -- whole answers

    async def answer(self, answer: Answer, *, keep_alive: bool = True) -> None:
        body = answer.raw if answer.raw is not None else b"" if answer.body is None else json.dumps(answer.body).encode()
        headers = {"content-type": answer.content_type, "content-length": str(len(body)), **answer.headers}
        if answer.status == 204:
            headers = dict(answer.headers)
        if not keep_alive:
            headers["connection"] = "close"
        await self._head(answer.status, headers)
        await self._write(body)

    async def _head(self, status: int, headers: Mapping[str, str]) -> None:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n{lines}\r\n".encode()
        if self.fault.cut_headers is not None:
            await self._write(head[: self.fault.cut_headers])
            await self.drop(How.RST)
        await self._write(head)

    # -- streams

    async def open_stream(self, headers: Mapping[str, str]) -> None:
        self._events = self._bytes = 0
        self._held.clear()
        self._streaming = True
        await self._head(200, {"content-type": "text/event-stream; charset=utf-8", **headers, "transfer-encoding": "chunked"})
        if self.fault.hold:
            self._releaser = asyncio.create_task(self._release_regularly())

    async def event(self, raw: bytes) -> None:
        """One event of the body. Raises Gone where the fault ends the connection."""
        async with self._lock:
            await self._before_event()
            if self._muted:
                return
            await self._send(raw)
            self._events += 1
            if self.fault.cut_events == self._events:
                await self._cut()

    async def beat(self, raw: bytes) -> None:
        if self.fault.beats and not self._silent:
            async with self._lock:
                await self._send(raw)

    @property
    def _muted(self) -> bool:
        return self.fault.mute_after is not None and self._events >= self.fault.mute_after

    async def close_stream(self) -> None:
        if self._muted:
            await self.drop(How.HANG)
        async with self._lock:
            await self._before_event()
            if self._releaser:
                self._releaser.cancel()
            await self._release()
            self._streaming = False
            await self._write(b"0\r\n\r\n")

    async def _before_event(self) -> None:
        if self.fault.cut_events == 0:
            await self._cut()
        if self.fault.stall_after == self._events and not self._silent:
            self._silent = True
            if self.fault.stall is None:
                await self.drop(How.HANG)
            else:
                await self._sleep(self.fault.stall)
        self._silent = False

    async def _send(self, raw: bytes) -> None:
        limit = self.fault.cut_bytes
        if limit is not None and self._bytes + len(raw) >= limit:
            await self._pass(raw[: limit - self._bytes])
            await self._cut()
        self._bytes += len(raw)
        await self._pass(raw)

    async def _pass(self, raw: bytes) -> None:
        if self.fault.hold or self.fault.buffer:
            self._held.append(raw)
        elif self.fault.slice:
            for start in range(0, len(raw), self.fault.slice):
                await self._chunk(raw[start : start + self.fault.slice])
                await self._sleep(self.fault.slice_gap)
        else:
            await self._chunk(raw)

    async def _release(self) -> None:
        raw = b"".join(self._held)
        self._held.clear()
        await self._chunk(raw)

    async def _release_regularly(self) -> None:
        while True:
            await self._sleep(self.fault.hold)
            try:
                await self._release()
            except Gone:
                return

    async def _chunk(self, raw: bytes) -> None:
        if raw:
            await self._write(b"%x\r\n%b\r\n" % (len(raw), raw))

    async def _cut(self) -> None:
        await self._release()
        await self.drop(self.fault.how)

    # -- ends

    async def drop(self, how: How) -> None:
        """End the connection this way; always raises Gone."""
        if how is How.HANG:
            await self.client_left()
        if how is How.CLEAN and self._streaming:
            await self._write(b"0\r\n\r\n")
        if how is How.RST:
            linger = struct.pack("ii", 1, 0)
            sock: socket.socket | None = self._writer.get_extra_info("socket")
            if sock is not None and sock.fileno() >= 0:  # the client may have closed it already
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self._writer.transport.abort()
        self.close()
        raise Gone

    async def client_left(self) -> None:
        """Returns when the client has closed its side (what it sends meanwhile is thrown away)."""
        async with self._leaving:  # several may wait for it, one at a time can read
            try:
                while await self._reader.read(4096):
                    pass
            except ConnectionError:
                pass

    def close(self) -> None:
        if self._releaser:
            self._releaser.cancel()
        self._writer.close()

    async def _write(self, raw: bytes) -> None:
        if not raw:
            return
        try:
            self._writer.write(raw)
            await self._writer.drain()
        except (ConnectionError, RuntimeError) as error:
            raise Gone from error
        if self._writer.is_closing():
            raise Gone
