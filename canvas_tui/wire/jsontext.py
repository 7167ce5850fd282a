"""JSON from outside, read so that what comes out can be stored and shown anywhere."""

from __future__ import annotations

import json
import re
from datetime import datetime

from canvas_tui.core.json_pieces import InPieces
from canvas_tui.core.model import Json

_SURROGATES = re.compile("[\ud800-\udfff]")


def _constant(_: str) -> None:
    """Of NaN and infinities."""


_WHOLE = json.JSONDecoder(parse_constant=_constant)
_IN_PIECES = InPieces(_constant)


def loads(text: str, decoder: json.JSONDecoder = _WHOLE) -> Json:
    """Decode one JSON text. NaN and infinities become None, lone surrogates (half of a pair, written ``\\ud83d``) U+FFFD.

    Raises:
        ValueError: not JSON, or nested too deeply; the message is one line.
    """
    try:
        value = decoder.decode(text.removeprefix("\ufeff"))
        return _mended(value) if "\\ud" in text or "\\uD" in text else value
    except RecursionError:
        raise ValueError("nested too deeply") from None


def loads_aside(text: str) -> Json:
    """`loads` for a thread beside the one that paints."""
    return loads(text, _IN_PIECES)


def dumps(value: Json) -> str:
    """Compact JSON, every character as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _mended(value: Json) -> Json:
    if isinstance(value, str):
        return value if value.isascii() else _SURROGATES.sub("\ufffd", value)
    if isinstance(value, list):
        return [_mended(item) for item in value]
    if isinstance(value, dict):
        return {_mended(key): _mended(item) for key, item in value.items()}
    return value


def text(value: Json) -> str:
    """A string, or nothing."""
    return value if isinstance(value, str) else ""


def mapping(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def items(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def number(value: Json) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def epoch(value: Json) -> float:
    """Seconds since the epoch of an ISO 8601 time, 0.0 where it is none."""
    try:
        return datetime.fromisoformat(text(value)).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0
