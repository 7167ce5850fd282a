"""Events of a run's stream: (name, data) -> `Body`. Total: what cannot be read becomes `Unreadable`, never an exception."""

from __future__ import annotations

import re
from collections.abc import Callable

from canvas_tui.core.inputs import Body, Custom, Other, RunErrored, RunStarted, Unreadable, Updated, Whole
from canvas_tui.core.model import Json

from .errors import said
from .interrupts import read_interrupts
from .jsontext import loads, mapping, number, text
from .messages import is_message, is_piece, plain, read_chunk, read_message, read_partial

INTERRUPT = "__interrupt__"

_MISSING = re.compile(r"(?:404: )?(?:Run|Thread)\b[^.\n]{0,80} not found\.?", re.IGNORECASE)
_DETAIL = 200


def read_event(name: str, data: str) -> Body:
    """``name`` may carry the subgraph it comes from (``messages|node:uuid``)."""
    kind, _, path = name.partition("|")
    reader = _READERS.get(kind)
    if reader is None:
        return Other(name)
    if not data and kind not in _NEED_NO_DATA:
        return Unreadable(kind, "no data")
    try:
        value = loads(data) if data else None
    except ValueError as error:
        return _READ_AS_TEXT[kind](data) if kind in _READ_AS_TEXT else Unreadable(kind, f"not JSON: {error}"[:_DETAIL])
    body = reader(value, path)
    return Unreadable(kind, "not of the shape that belongs to its name") if body is None else body


def _messages(value: Json, path: str) -> Body | None:
    if not isinstance(value, list) or not value:
        return None
    metadata = mapping(value[1]) if len(value) > 1 else {}
    message = plain(value[0])
    if is_piece(message):
        return read_chunk(message, metadata)
    if not is_message(message):
        return None
    node = text(metadata.get("langgraph_node"))
    return Whole(read_message(message, text(metadata.get("langgraph_checkpoint_ns")) or node or "message", node))


def _metadata(value: Json, path: str) -> Body | None:
    if not isinstance(value, dict):
        return None
    return RunStarted(text(value.get("run_id")), max(1, number(value.get("attempt"))))


def _updates(value: Json, path: str) -> Body | None:
    if not isinstance(value, dict):
        return None
    nodes = [key for key in value if not key.startswith("__")]
    return Updated(nodes[0] if nodes else "", read_interrupts(value.get(INTERRUPT), path.partition(":")[0]))


def _values(value: Json, path: str) -> Body | None:
    if not isinstance(value, dict):
        return None
    asked = read_interrupts(value.get(INTERRUPT), path.partition(":")[0])
    return Updated("", asked) if asked else Other("values")


def _error(value: Json, path: str) -> Body:
    if isinstance(value, dict):
        name, message = text(value.get("error")), text(value.get("message"))
        if not message:
            name, message = "", name or text(value.get("detail")) or "the server gave no reason"
    else:
        name, message = "", value if isinstance(value, str) else "the server gave no reason"
    return RunErrored(name, said(name, message), missing=bool(_MISSING.fullmatch(message.strip())))


def _partial(whole: bool) -> Callable[[Json, str], Body | None]:
    def read(value: Json, path: str) -> Body | None:
        if not isinstance(value, list):
            return None
        message = read_partial(value, whole)
        return None if message is None else Whole(message)

    return read


def _nothing(name: str) -> Callable[[Json, str], Body | None]:
    return lambda value, path: Other(name)


_READERS: dict[str, Callable[[Json, str], Body | None]] = {
    "messages": _messages,
    "messages/partial": _partial(False),
    "messages/complete": _partial(True),
    "metadata": _metadata,
    "updates": _updates,
    "values": _values,
    "custom": lambda value, path: Custom(value),
    "error": _error,
    "end": _nothing("end"),
}
_NEED_NO_DATA = frozenset({"end", "error"})
_READ_AS_TEXT: dict[str, Callable[[str], Body]] = {"error": lambda data: _error(data, ""), "end": lambda data: Other("end")}
