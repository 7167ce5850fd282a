"""One reader of one run's stream: where it starts, what it gets twice, when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from .scripted_faults import LastId
from .scripted_http import Gone, Request, Wire
from .scripted_store import Run, Sent, Stored

if TYPE_CHECKING:
    from .scripted import ScriptedServer

ALWAYS = frozenset({"metadata", "error", "end", None})


async def follow(server: ScriptedServer, wire: Wire, request: Request, run: Run | None) -> None:
    """Stream ``run`` (None: the server does not know it) until it is over or the connection ends."""
    kind = server.kind
    if run is None:
        await wire.open_stream(kind.headers)
        name = None if kind.plain_errors else "error"
        body = "Run not found" if kind.plain_errors else {"error": "HTTPException", "message": "404: Run not found"}
        await wire.event(kind.frame(name, kind.dump(body), None))
        await wire.close_stream()
        return
    place = f"/threads/{run.thread_id}/runs/{run.id}"
    last = _last_event_id(request, wire)
    start = 0 if request.method == "POST" else _start(server, run, last)
    reader = _Reader(server, wire, run, _wanted(request))
    await wire.open_stream({**kind.headers, "location": f"{place}/stream", "content-location": place})
    helpers = [asyncio.create_task(wire.client_left())]
    if kind.heartbeat:
        helpers.append(asyncio.create_task(_beat(server, wire, kind.heartbeat)))
    try:
        await reader.read(start, resumed=last is not None, left=helpers[0])
        await wire.close_stream()
    except Gone:
        cancels = run.kwargs.get("on_disconnect", kind.on_disconnect) == "cancel"
        if cancels and (request.method == "POST" or kind.on_disconnect == "cancel"):
            await server.cancel_task(run)
        raise
    finally:
        for helper in helpers:
            helper.cancel()
        await asyncio.gather(*helpers, return_exceptions=True)


async def _beat(server: ScriptedServer, wire: Wire, every: float) -> None:
    with suppress(Gone):
        while True:
            await server.sleep(every)
            await wire.beat(server.kind.beat())


def _last_event_id(request: Request, wire: Wire) -> str | None:
    if wire.fault.last_id is LastId.STRIP:
        return None
    return "-1" if wire.fault.last_id is LastId.REPLAY else request.headers.get("last-event-id")


def _wanted(request: Request) -> Callable[[Stored], bool]:
    asked = request.query.get("stream_mode", "")
    if request.method == "POST" or not asked:
        return lambda event: True
    names = {mode.replace("messages-tuple", "messages") for mode in asked.strip("[]").replace('"', "").split(",")}
    return lambda event: event.name in ALWAYS or event.name in names


def _start(server: ScriptedServer, run: Run, last: str | None) -> int:
    """Index of the first event to send; a reader that does not resume gets only what is still to come."""
    end = len(run.events)
    if last is None or not run.resumable:
        return end
    if last in ("-1", "-") or (last == "0" and server.kind.exclusive):
        return 0
    ids = [server.ids(run.id, run.base + index) for index in range(end)]
    if server.kind.exclusive:
        try:
            mark = _millis(last)
        except ValueError:
            return end
        return next((index for index, id in enumerate(ids) if _millis(id) > mark), end)
    return ids.index(last) + 1 if last in ids else end


def _millis(id: str) -> int:
    return int(id.partition("-")[0])


class _Reader:
    def __init__(self, server: ScriptedServer, wire: Wire, run: Run, wanted: Callable[[Stored], bool]) -> None:
        self._server, self._wire, self._run, self._wanted = server, wire, run, wanted
        self._live_from = len(run.events)
        self._number = server.count("join") + server.count("stream")

    async def read(self, start: int, *, resumed: bool, left: asyncio.Task[None]) -> None:
        run, live_from = self._run, self._live_from
        for index in range(start, live_from):
            if self._server.kind.replays_errors or run.events[index].name != "error" or not resumed:
                await self._send(index)
        if resumed and not run.done and (run.base + live_from) % self._server.siblings == 0:  # a burst is stored in one go
            for index in range(max(start, live_from - self._server.overlap), live_from):
                await self._send(index)
        index = max(start, live_from)
        while True:
            changed = asyncio.create_task(run.changed.wait())
            try:
                while index < len(run.events):
                    await self._send(index)
                    index += 1
                if run.done:
                    return
                await asyncio.wait({changed, left}, return_when=asyncio.FIRST_COMPLETED)
                if left.done():
                    raise Gone
            finally:
                changed.cancel()

    async def _send(self, index: int) -> None:
        event = self._run.events[index]
        if not self._wanted(event):
            return
        id = self._server.ids(self._run.id, self._run.base + index) if self._run.resumable else None
        if event.text:
            self._server.sent.append(Sent(self._server.now(), self._run.id, self._number, event.text))
            self._server.stir()
        await self._wire.event(self._server.kind.frame(event.name, event.data, id))
