"""Faults of single connections: what a scripted server does to the answer of one request."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from canvas_tui.core.model import Json


class How(StrEnum):
    """How a connection ends."""

    RST = "reset"
    FIN = "eof without terminator"
    CLEAN = "clean chunked eof"
    HANG = "never"  # it stays open and silent until the client leaves


class LastId(StrEnum):
    """What becomes of the request's ``Last-Event-ID``."""

    HONOUR = "honour"
    STRIP = "strip"  # the server never sees it
    REPLAY = "replay"  # the server replays everything


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer given for the server."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """All that can go wrong with one answer; the constructors below make the usual ones, `dataclasses.replace` combines them.

    ``acts`` tells whether the server does what it was asked before ``reply`` or ``drop`` takes the answer's place.
    Counts of events and bytes are those of the body of this connection, heartbeats excluded from events, chunk framing from bytes.
    """

    reply: Reply | None = None
    drop: How | None = None
    acts: bool = False
    cut_headers: int | None = None  # close (reset) after so many bytes of the response's head
    cut_bytes: int | None = None
    cut_events: int | None = None
    how: How = How.RST
    stall_after: int | None = None  # events
    stall: float | None = None  # seconds of nothing at all; None: for ever
    mute_after: int | None = None  # events; heartbeats go on for ever, whatever the server does (a hop that makes its own)
    slice: int = 0  # bytes a write
    slice_gap: float = 0.0
    hold: float = 0.0  # bytes leave only every so many seconds
    buffer: bool = False  # bytes leave only at the end of the body
    last_id: LastId = LastId.HONOUR
    beats: bool = True  # False: heartbeats are stripped


PASS = Fault()


def cut(*, events: int | None = None, bytes: int | None = None, how: How = How.RST) -> Fault:
    return Fault(cut_events=events, cut_bytes=bytes, how=how)


def stall(events: int, seconds: float | None = None) -> Fault:
    return Fault(stall_after=events, stall=seconds)


def reply(status: int, body: Json | str = "", content_type: str = "", *, acts: bool = False, **headers: str) -> Fault:
    """Text bodies are sent as they are, others as JSON. Underscores of header names become hyphens."""
    kind = content_type or ("text/html; charset=utf-8" if isinstance(body, str) else "application/json")
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return Fault(reply=Reply(status, raw, kind, {k.replace("_", "-"): v for k, v in headers.items()}), acts=acts)


def lose_answer(how: How = How.RST) -> Fault:
    """The request is accepted and acted upon, its answer never arrives."""
    return Fault(drop=how, acts=True)


def never_taken(how: How = How.RST) -> Fault:
    """The connection ends before the server has acted."""
    return Fault(drop=how)


BAD_GATEWAY = reply(502, "<html><h1>502 Bad Gateway</h1></html>")
UNAUTHORISED = reply(401, {"detail": "Invalid API key"})
LOGIN_PAGE = reply(200, "<!doctype html><html><title>Sign in</title><body>Please sign in</body></html>")
SLICED = Fault(slice=1)
BUFFERED = Fault(buffer=True)
