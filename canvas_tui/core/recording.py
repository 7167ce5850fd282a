"""A recording: what came to the program's threads, with times, as JSON lines. Pure: text in, values out, and back.

The first line is the header. Every other line tells one thing that happened to one thread: what the session was told (the user's
messages, states as read, answers and failures), and of streams the bytes as they came, before anything has read them. No request
is in it, hence no key, and of a response's headers only those of ``HEADERS``.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias, get_args

from .frozen import frozen
from .inputs import Heard
from .model import Cursor, Json, SendAnswers, SendMessage, SendNothing, Session
from .typed import Broken, Codec

FORMAT = "canvas-tui recording"
VERSION = 1
CAP = 256 * 1024 * 1024
"""Bytes of a recording that are read."""
HEADERS = ("content-type", "content-encoding", "transfer-encoding", "cache-control", "x-accel-buffering", "connection", "server", "date")
"""Response headers that are told: none of them names a person, a session or a key."""


class NoRecording(ValueError):
    """``str()`` is a sentence."""


@frozen
class Begun:
    """How the thread stood when its part of the recording began."""

    session: Session


@frozen
class Opening:
    """The stream's response headers came."""

    conn: int
    status: int
    headers: tuple[tuple[str, str], ...] = ()


@frozen
class Part:
    """Bytes of the stream as one read brought them: ``text`` where they are UTF-8, else ``base64``."""

    conn: int
    text: str = ""
    base64: str = ""

    def data(self) -> bytes:
        """Raises: ValueError: ``base64`` is none."""
        return base64.b64decode(self.base64, validate=True) if self.base64 else self.text.encode()


"""What the session was told, but for what is made of a stream's bytes: Connected, Received and Event."""
_HEARD: tuple[type, ...] = get_args(Heard)

Item: TypeAlias = Begun | Opening | Part | Heard


@frozen
class Line:
    """``at`` in seconds since the recording's start, never falling; ``run`` is the run that the thread followed then."""

    at: float
    thread: str
    run: str
    item: Item


@frozen
class Header:
    """``began`` in seconds since the epoch; ``clock``: the sessions' own clock at the start."""

    began: float = 0.0
    clock: float = 0.0
    program: str = ""


@frozen
class Recording:
    header: Header
    lines: tuple[Line, ...]


_CODEC = Codec(named=(Begun, Opening, Part, SendMessage, SendAnswers, SendNothing, *_HEARD), infinite=True)


def part(conn: int, data: bytes) -> Part:
    """The bytes as a line tells them."""
    try:
        return Part(conn, text=data.decode("utf-8"))
    except UnicodeDecodeError:
        return Part(conn, base64=base64.b64encode(data).decode("ascii"))


def harmless(headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Those of a response's headers that are told."""
    return tuple((name, headers[name]) for name in HEADERS if name in headers)


def write_header(header: Header) -> str:
    return _text({"format": FORMAT, "version": VERSION, **_CODEC.plain(header)})


def write_line(line: Line) -> str:
    """One line with its end. What cannot be told at all (nested too deeply) is an empty string."""
    item = line.item
    if isinstance(item, Begun):
        # The newest event's body only helps to drop its repeat.
        item = Begun(replace(item.session, cursor=replace(item.session.cursor, last=Cursor().last)))
    try:
        return _text(_CODEC.plain(replace(line, item=item)))
    except (RecursionError, ValueError):
        return ""


def _text(value: Json) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n"


def read(lines: Iterable[str]) -> Recording:
    """A last line that the program's end has broken off is left out.

    Raises:
        NoRecording: it is none, is broken, or of a newer program.
    """
    header: Header | None = None
    found: list[Line] = []
    for number, text in enumerate(lines, 1):
        if header is None:
            header = _header(text)
            continue
        try:
            line = _line(text)
        except Broken as broken:
            if not text.endswith("\n"):
                break
            raise NoRecording(f"This recording is broken in line {number}{broken}.") from None
        if found and line.at < found[-1].at:
            raise NoRecording(f"This recording is broken in line {number}: its time is before that of the line above.")
        found.append(line)
    if header is None:
        raise NoRecording("This file is no recording: it is empty.")
    if not found:
        raise NoRecording("There is nothing in this recording.")
    return Recording(header, tuple(found))


def _header(text: str) -> Header:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise NoRecording("This file is no recording of canvas-tui.")
    if told.get("version") != VERSION:
        raise NoRecording("This recording was written by another version of the program, in a form that this one does not know.")
    try:
        header = _CODEC.made(Header, told, "")
    except Broken as broken:
        raise NoRecording(f"This recording is broken in line 1, in {str(broken).lstrip('.')}.") from None
    assert isinstance(header, Header)
    return header


def _line(text: str) -> Line:
    """Raises: Broken: with where, as the end of a sentence."""
    try:
        line = _CODEC.made(Line, json.loads(text), "")
        assert isinstance(line, Line)
        if line.at == float("inf"):
            raise Broken("at")
        if isinstance(line.item, Part):
            line.item.data()
    except Broken as broken:
        raise Broken(f", in {str(broken).lstrip('.')}" if str(broken) else "") from None
    except RecursionError:
        raise Broken(", which is nested too deeply") from None
    except (ValueError, binascii.Error):
        raise Broken("") from None
    return line
