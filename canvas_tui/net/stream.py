"""A run's event stream: joins it and tells Connected, Received, Event …, and at the end Disconnected, whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

import httpx
from httpx_sse import EventSource, ServerSentEvent

from canvas_tui.core.inputs import Body, Connected, Disconnected, Event, Input, Received
from canvas_tui.core.model import Failure, FailureKind
from canvas_tui.core.wirelog import WireLog
from canvas_tui.wire.events import read_event

from .client import Client
from .failed import RequestFailed, host_port
from .failures import from_exception
from .recording import ThreadRecorder
from .tap import Tap, TooBig

Tell = Callable[[Input], None]

COALESCE = 0.1
"""Reads that bring no heartbeat are told together for this many seconds. By the clock, with no read that tells them, after twice as long:
a frame for sizes alone would stand in the way of the next one with words."""
BREATH = 0.008
"""After this long without a pause the loop is given to others: keys stay alive in a burst."""
HOPS = 8
"""Rounds of the loop in each such pause: a key is handed on in as many (reader, app, screen, field, frame), and would wait for a slice in
each."""
LARGE = 256 * 1024
"""Characters from which an event is decoded in a thread."""


async def follow(
    client: Client,
    path: str,
    conn: int,
    last_event_id: str,
    tell: Tell,
    clock: Callable[[], float],
    record: ThreadRecorder | None = None,
    log: WireLog | None = None,
    gather: float = 0.0,
) -> None:
    """Join the stream at ``path`` and tell what comes, until it ends or the task is cancelled (nothing is told then).

    ``log`` notes it all for being looked at, ``record`` for being played again. ``gather``: seconds, see `Tap`.
    """
    failure: Failure | None = None
    try:
        async with client.stream(path, last_event_id) as response:
            if record is not None:
                record.opened(conn, response.status_code, response.headers)
            tell(Connected(conn))
            if log is not None:
                log.opened(clock())
            part = partial(record.part, conn) if record is not None else None
            failure = await read_stream(response, conn, tell, clock, part, log, gather)
    except RequestFailed as failed:
        failure = failed.failure
    finally:
        if log is not None:
            log.closed(clock(), failure)
    tell(Disconnected(conn, failure))


async def read_stream(
    response: httpx.Response,
    conn: int,
    tell: Tell,
    clock: Callable[[], float],
    record: Callable[[bytes], None] | None = None,
    log: WireLog | None = None,
    gather: float = 0.0,
) -> Failure | None:
    """Tell Received and Event of an open event stream until its body ends; why it ended, None for a clean end between two events."""
    return await _Reader(response, conn, tell, clock, record, log, gather).read()


class _Reader:
    """One connection's reading."""

    def __init__(
        self,
        response: httpx.Response,
        conn: int,
        tell: Tell,
        clock: Callable[[], float],
        record: Callable[[bytes], None] | None,
        log: WireLog | None,
        gather: float,
    ) -> None:
        self._response = response
        self._conn = conn
        self._tell = tell
        self._clock = clock
        self._log = log
        self._tap = Tap(response, self._heard, record=record, gather=gather, clock=clock)
        self._untold = 0
        self._heard_at = clock()
        self._told_at = float("-inf")
        self._slice, self._began = False, 0.0  # events are read in one turn of the loop, since then
        self._later: asyncio.TimerHandle | None = None

    async def read(self) -> Failure | None:
        # A response of our own around the tapped body: httpx-sse reads it by its public API and sees what the tap has let through.
        tapped = httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=self._tap)
        tapped.encoding = "utf-8-sig"  # event streams are UTF-8 whatever the header says; a BOM is no part of them
        where = host_port(str(self._response.url))
        try:
            async for sse in EventSource(tapped).aiter_sse():
                await self._event(sse)
        except TooBig:
            return Failure(FailureKind.TOO_BIG, sent=True, where=where)
        except httpx.HTTPError as error:
            return from_exception(error, self._response.url)
        finally:
            self._tell_received(0)
        if self._tap.inside_event:
            return Failure(FailureKind.CUT, detail="ended inside an event", sent=True, where=where)
        return None

    async def _event(self, sse: ServerSentEvent) -> None:
        if not sse.data and sse.event == "message":
            return  # a blank line after the first id yields an event of nothing
        if self._log is not None:
            self._log.event(self._clock(), sse.event, sse.id, sse.data)
        body = await self._body(sse.event, sse.data)
        self._tell(Event(self._conn, sse.id or None, body))
        if not self._slice:
            self._slice, self._began = True, self._clock()
            asyncio.get_running_loop().call_soon(self._others_had_their_turn)
        elif self._clock() - self._began > BREATH:
            for _ in range(HOPS):
                await asyncio.sleep(0)

    def _others_had_their_turn(self) -> None:
        self._slice = False

    async def _body(self, name: str, data: str) -> Body:
        if len(data) < LARGE:
            return read_event(name, data)
        return await asyncio.to_thread(read_event, name, data)

    def _heard(self, size: int, beats: int) -> None:
        self._heard_at = self._clock()
        if self._log is not None:
            self._log.heard(self._heard_at, size, beats)
        self._untold += size
        if beats or self._heard_at - self._told_at >= COALESCE:
            self._tell_received(beats)
        elif self._later is None:  # what comes before a silence is told during it
            self._later = asyncio.get_running_loop().call_later(2 * COALESCE, self._tell_received, 0)

    def _tell_received(self, beats: int) -> None:
        if self._later is not None:
            self._later.cancel()
            self._later = None
        if self._untold:
            self._told_at = self._clock()
            self._tell(Received(self._conn, self._untold, beats, self._tap.inside_event, self._told_at - self._heard_at))
            self._untold = 0
