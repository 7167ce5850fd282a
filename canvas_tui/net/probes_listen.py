"""Doctor's ear: one event stream with the time of every read and event, for as long as it has something to say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeAlias

import httpx
from httpx_sse import EventSource, ServerSentEvent

from canvas_tui.core.diagnosis import said
from canvas_tui.core.evidence import EVENTS, READS, Ended, Headers, Line, Listening, Read, Seen
from canvas_tui.core.flow import made_at
from canvas_tui.core.inputs import Chunk, RunErrored, Unreadable, Whole
from canvas_tui.core.measures import AT_ONCE, HELD
from canvas_tui.core.model import Failure, FailureKind, Json, Role
from canvas_tui.wire.events import read_event

from .client import Client
from .failed import RequestFailed
from .failures import from_exception
from .probes_ask import Clock, kept_headers
from .tap import Tap, TooBig

TOKEN_PATIENCE = 4.0
"""Seconds of a stream that flows after which nothing more is to be learned from it."""

_FROM = {Line.QUIET: "0", Line.QUIET_GZIP: "0"}
"""Last-Event-ID: a thread's stream takes no -1 (422, measured), a run's takes all of -1, 0 and - as its beginning."""

Enough: TypeAlias = Callable[["Ear"], bool]


def a_beat(ear: Ear) -> bool:
    """One heartbeat, or a server that says something on a line that should be quiet."""
    return ear.beats > 0 or ear.event_count > 0


def flowing(ear: Ear) -> bool:
    """Events come as they are made, or two heartbeats came and no event beyond the replay."""
    live = bool(ear.seen) and ear.seen[-1].at > (ear.headers_at or 0.0) + AT_ONCE
    if live:
        return ear.elapsed > TOKEN_PATIENCE and ear.longest_pause < HELD
    return ear.beats > 1


def never(ear: Ear) -> bool:
    return False


class Ear:
    """What has come so far. Times are seconds since the request left."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.began = clock()
        self.headers_at: float | None = None
        self.reads: list[Read] = []
        self.seen: list[Seen] = []
        self.bytes = self.beats = self.event_count = self.text = self.pieces = self.unreadable = 0
        self.first_unreadable = self.error = ""
        self.ids = self.missing = False
        self.longest_pause = 0.0
        self._last = 0.0

    @property
    def elapsed(self) -> float:
        return self._clock() - self.began

    def headers(self) -> None:
        self.headers_at = self._last = self.elapsed

    def heard(self, size: int, beats: int) -> None:
        now = self.elapsed
        self.longest_pause = max(self.longest_pause, now - self._last)
        self._last = now
        self.bytes += size
        self.beats += beats
        if len(self.reads) < READS:
            self.reads.append(Read(now, size, beats))

    def event(self, sse: ServerSentEvent) -> None:
        if not sse.data and sse.event == "message":
            return
        body = read_event(sse.event, sse.data)
        words, whole = 0, False
        if isinstance(body, Chunk):
            words = len(body.text)
        elif isinstance(body, Whole) and body.message.role is Role.AI:
            words, whole = len(body.message.text), True
        elif isinstance(body, RunErrored):
            self.error, self.missing = said(f"{body.error}: {body.message}" if body.error else body.message, 300), body.missing
        elif isinstance(body, Unreadable):
            self.unreadable += 1
            self.first_unreadable = self.first_unreadable or said(f"{body.name}: {body.reason}", 120)
        self.event_count += 1
        self.text += words
        self.pieces += bool(words) and not whole
        self.ids = self.ids or bool(sse.id)
        if len(self.seen) < EVENTS:
            self.seen.append(Seen(self._last, said(sse.event, 60), len(sse.data), made_at(sse.id), words, whole))


async def listen(
    client: Client,
    clock: Clock,
    line: Line,
    path: str,
    *,
    seconds: float,
    enough: Enough = never,
    body: Json = None,
    encoding: str = "identity",
    direct: bool = False,
) -> Listening:
    """Open the stream and listen, at most so many seconds after its headers (and as many for them). Never raises."""
    ear = Ear(clock)
    headers: Headers = ()
    failure: Failure | None = None
    status: int | None = None
    ended = Ended.REFUSED
    try:
        async with asyncio.timeout(seconds) as limit, client.stream(path, _FROM.get(line, "-1"), body=body, encoding=encoding) as response:
            ear.headers()
            headers, status, ended = kept_headers(response.headers), response.status_code, Ended.OPEN
            limit.reschedule(asyncio.get_running_loop().time() + seconds)
            ended, failure = await _take(response, ear, enough)
    except RequestFailed as failed:
        failure, status = failed.failure, failed.failure.status
    except TimeoutError:
        if ear.headers_at is None:
            failure = Failure(FailureKind.NO_ANSWER, sent=True)
    return Listening(
        line=line,
        at=ear.began,
        direct=direct,
        status=status,
        headers=headers,
        headers_at=ear.headers_at,
        reads=tuple(ear.reads),
        events=tuple(ear.seen),
        bytes=ear.bytes,
        beats=ear.beats,
        event_count=ear.event_count,
        text=ear.text,
        pieces=ear.pieces,
        ended=ended,
        ended_at=ear.elapsed,
        failure=failure,
        ids=ear.ids,
        error=ear.error,
        missing=ear.missing,
        unreadable=ear.unreadable,
        first_unreadable=ear.first_unreadable,
    )


class _Enough(Exception):
    """Nothing more is to be learned."""


async def _take(response: httpx.Response, ear: Ear, enough: Enough) -> tuple[Ended, Failure | None]:
    def heard(size: int, beats: int) -> None:
        ear.heard(size, beats)
        if enough(ear):
            raise _Enough

    tap = Tap(response, heard)
    tapped = httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=tap)
    tapped.encoding = "utf-8-sig"
    try:
        async for sse in EventSource(tapped).aiter_sse():
            ear.event(sse)
    except _Enough:
        return Ended.OPEN, None
    except TooBig:
        return Ended.OPEN, Failure(FailureKind.TOO_BIG, sent=True)
    except httpx.HTTPError as error:
        return Ended.CUT, from_exception(error, response.url)
    return (Ended.CUT, Failure(FailureKind.CUT, sent=True)) if tap.inside_event else (Ended.EOF, None)
