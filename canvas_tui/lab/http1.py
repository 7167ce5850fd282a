"""As much of HTTP/1.1 as a transparent proxy needs: heads, and bodies however they are framed."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Iterable

from canvas_tui.core.frozen import frozen

MOST_HEAD = 256 * 1024
READ = 64 * 1024
LINGER = struct.pack("ii", 1, 0)


class Gone(Exception):
    """The other side has closed or broken the connection."""


class Strange(Exception):
    """What came is not HTTP/1.1. ``str()`` says what."""


Headers = tuple[tuple[str, str], ...]


@frozen
class Head:
    """The first line's three words and the headers, in the order and spelling in which they came (latin-1)."""

    first: tuple[str, str, str]
    headers: Headers

    @property
    def method(self) -> str:
        return self.first[0]

    @property
    def path(self) -> str:
        return self.first[1]

    @property
    def status(self) -> int:
        return int(self.first[1])

    def get(self, name: str) -> str:
        """The first header of this name (in lower case), or nothing."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    def without(self, *names: str) -> Head:
        return Head(self.first, tuple(h for h in self.headers if h[0].lower() not in names))

    def with_(self, name: str, value: str) -> Head:
        """This header in the place of any of its name."""
        return Head(self.first, (*self.without(name.lower()).headers, (name, value)))

    def raw(self) -> bytes:
        lines = [" ".join(self.first), *(f"{name}: {value}" for name, value in self.headers)]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    @property
    def chunked(self) -> bool:
        return "chunked" in self.get("transfer-encoding").lower()

    @property
    def length(self) -> int | None:
        """Of the body, where it is told."""
        told = self.get("content-length")
        return int(told) if told.isascii() and told.isdigit() else None


class Peer:
    """One side of the proxy: bytes in with a buffer of our own, bytes out, and every way to leave."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._buffer = bytearray()
        writer.transport.set_write_buffer_limits(0)  # so that drain means: the system has it
        sock: socket.socket | None = writer.get_extra_info("socket")
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    # -- in

    async def _more(self) -> bool:
        try:
            data = await self._reader.read(READ)
        except OSError as error:
            raise Gone from error
        self._buffer += data
        return bool(data)

    async def some(self, most: int = READ) -> bytes:
        """What is there, at least a byte; nothing at the end. Raises: Gone."""
        if not self._buffer and not await self._more():
            return b""
        data = bytes(self._buffer[:most])
        del self._buffer[:most]
        return data

    async def line(self, end: bytes = b"\r\n", most: int = MOST_HEAD) -> bytes:
        """Up to ``end``, without it; Gone where the connection ends before."""
        looked = 0
        while (at := self._buffer.find(end, max(0, looked - len(end)))) < 0:
            looked = len(self._buffer)
            if looked > most:
                raise Strange("a head without an end")
            if not await self._more():
                raise Gone
        data = bytes(self._buffer[:at])
        del self._buffer[: at + len(end)]
        return data

    async def head(self) -> Head:
        """The next message's head. Raises: Gone, Strange."""
        raw = b""
        while not raw.strip():
            raw = await self.line(b"\r\n\r\n")
        first, *lines = raw.decode("latin-1").lstrip("\r\n").split("\r\n")
        words = first.split(" ", 2)
        if len(words) < 2 or not (first.startswith("HTTP/") or " HTTP/" in first):
            raise Strange(f"{first[:60]!r} begins no HTTP/1.1 message")
        headers = tuple((name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines))
        return Head((words[0], words[1], words[2] if len(words) > 2 else ""), headers)

    async def next_head(self) -> Head | None:
        """As ``head``; None where the other side has left between two messages."""
        if not self._buffer and not await self._more():
            return None
        return await self.head()

    async def body(self, head: Head, *, of_request: bool) -> AsyncIterator[bytes]:
        """The body's bytes without their framing. Gone where it is cut off, Strange where it is no HTTP."""
        if head.chunked:
            async for data in self._chunks():
                yield data
        elif (left := head.length) is not None:
            while left:
                data = await self.some(left)
                if not data:
                    raise Gone
                left -= len(data)
                yield data
        elif not of_request:
            while data := await self.some():
                yield data

    async def _chunks(self) -> AsyncIterator[bytes]:
        while True:
            told = (await self.line()).split(b";")[0].strip()
            try:
                left = int(told, 16)
            except ValueError:
                raise Strange(f"{told[:20]!r} is no chunk's size") from None
            if left == 0:
                while await self.line():  # trailers
                    pass
                return
            while left:
                data = await self.some(left)
                if not data:
                    raise Gone
                left -= len(data)
                yield data
            await self.line()

    async def left(self) -> None:
        """Returns when the other side has closed; what it sends meanwhile is kept for the next message."""
        with contextlib.suppress(Gone):
            while len(self._buffer) < MOST_HEAD and await self._more():
                pass
            if len(self._buffer) >= MOST_HEAD:
                await asyncio.Event().wait()

    # -- out

    async def write(self, data: bytes) -> None:
        """Returns when the system has it. Raises: Gone."""
        try:
            self._writer.write(data)
            await self._writer.drain()
        except (OSError, RuntimeError) as error:
            raise Gone from error
        if self._writer.is_closing():
            raise Gone

    async def write_all(self, parts: Iterable[bytes]) -> None:
        for part in parts:
            await self.write(part)

    # -- leave

    def close(self) -> None:
        """FIN, after what has been written."""
        self._writer.close()

    def reset(self) -> None:
        """RST at once."""
        sock: socket.socket | None = self._writer.get_extra_info("socket")
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER)
        self._writer.transport.abort()


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


LAST_CHUNK = b"0\r\n\r\n"
