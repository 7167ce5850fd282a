"""What the lab can put between two events of a stream: broken, hostile, huge. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable


def _event(name: str, data: str) -> bytes:
    return f"event: {name}\r\ndata: {data}\r\n\r\n".encode("utf-8", "surrogatepass")


def _junk(size: int) -> bytes:
    """One of each: no JSON, no data, an unknown name, a NUL, a byte-order mark, a line separator, a lone CR as line end, only an id."""
    return b"".join(
        (
            _event("messages", '[{"content": "half of'),
            b"event: messages\r\n\r\n",
            _event("never-heard-of", '{"a": 1}'),
            _event("never-heard-of", '"nul \\u0000 and \x00"'),
            b"\xef\xbb\xbfevent: bom\r\ndata: 1\r\n\r\n",
            _event("custom", '"line\u2028separator"'),
            b"event: custom\rdata: 1\r\r",
            b"data\r\n\r\n",
            b"\r\n\r\n\r\n",
        )
    )


def _hostile(size: int) -> bytes:
    text = "\x1b]0;owned\x07\x1b[2J\x1b[31m[bold red]markup[/] [@click=app.quit]quit[/] \x9b31m \u202etxet"
    return _event("custom", json.dumps(text)) + _event("mess\x1b[2Jages", json.dumps({"error": text}))


def _error(size: int) -> bytes:
    return _event("error", json.dumps({"error": "RuntimeError", "message": "put in by the fault lab"}))


def _big(size: int) -> bytes:
    """A ``values`` event of at least ``size`` bytes (20 MB unless said) whose messages are none."""
    return b'event: values\r\ndata: {"blob": "' + b"x" * (size or 20_000_000) + b'"}\r\n\r\n'


INSERTS: dict[str, Callable[[int], bytes]] = {
    "junk": _junk,
    "hostile": _hostile,
    "error": _error,
    "big": _big,
    "comment": lambda size: b": " + b"x" * max(size, 1) + b"\r\n\r\n",
}
"""name -> bytes, given a size where the script names one."""
