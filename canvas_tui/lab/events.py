"""Event streams as bytes: where events end, which blocks are comments. Nothing is decoded. Pure."""

from __future__ import annotations

import re

_END = re.compile(rb"(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r(?!\n))")
"""A line's end and an empty line, with any of the three line ends."""
_MAYBE = b"\r"


def block_end(data: bytes | bytearray, start: int = 0) -> int:
    """Where the first block of ``data`` ends (after its blank line), or -1. A CR at the very end may be half of a line end: wait."""
    found = _END.search(data, start)
    if found is None:
        return -1
    end = found.end()
    return -1 if end == len(data) and data.endswith(_MAYBE) else end


def is_event(block: bytes) -> bool:
    """Whether a block holds an event: a line that is no comment."""
    return any(line and not line.startswith(b":") for line in re.split(rb"\r\n|\n|\r", block))


def name_of(block: bytes) -> str:
    found = re.search(rb"(?:^|[\r\n])event: ?([^\r\n]*)", block)
    return found[1].decode("utf-8", "replace") if found else ""


def without_id(block: bytes) -> bytes:
    """The block up to its ``id:`` line; half of it where that is missing or stands first."""
    found = re.search(rb"(?:\r\n|\n|\r)id:", block)
    if found is None:
        return block[: len(block) // 2]
    return block[: found.start() + (2 if block[found.start() : found.start() + 2] == b"\r\n" else 1)]


def no_ids(block: bytes) -> bytes:
    """The block without its ``id:`` lines."""
    return re.sub(rb"(^|\r\n|\n|\r)id:[^\r\n]*(?=\r|\n)", b"", block)


def corrupted(block: bytes) -> bytes:
    """One byte inside the data's longest text made invalid; the block as it is, where it has none."""
    found = max(re.finditer(rb'"content": ?"((?:[^"\\]|\\.)+)"|: ?"((?:[^"\\]|\\.)+)"', block), key=_weight, default=None)
    if found is None:
        return block
    at = found.start(1 if found[1] is not None else 2)
    return block[:at] + b"\xff" + block[at + 1 :]


def _weight(found: re.Match[bytes]) -> tuple[bool, int]:
    return found[1] is not None, len(found[0])
