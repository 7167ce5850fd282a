"""Messages, turns and versions as JSON text and back.

Of messages only what differs from the defaults is written; keys of other versions are passed over.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, fields
from typing import Any

from ..core.artifact import PLAIN, ArtifactKind, Document, Turn, Version
from ..core.model import Message, Role, Standing, ToolCall, Usage

_FIELDS = {field.name: field.default for field in fields(Message)}


def dump(messages: Iterable[Message]) -> str:
    """A JSON list; characters beyond ASCII are escaped, so that lone surrogates pass too."""
    return json.dumps([_to_dict(message) for message in messages], separators=(",", ":"))


def load(text: str) -> tuple[Message, ...]:
    """Raises: ValueError: this is not what ``dump`` writes."""
    items = json.loads(text)
    if not isinstance(items, list):
        raise ValueError("not a list of messages")
    return tuple(_from_dict(item) for item in items)


def _to_dict(message: Message) -> dict[str, Any]:
    return {name: value for name, value in asdict(message).items() if value != _FIELDS[name]}


def _from_dict(item: Any) -> Message:
    try:
        values = {name: _READ.get(name, _same)(value) for name, value in item.items() if name in _FIELDS}
        return Message(**values)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("not a message") from error


def _same(value: Any) -> Any:
    return value


_READ: dict[str, Callable[[Any], Any]] = {
    "role": Role,
    "standing": Standing,
    "tool_calls": lambda calls: tuple(ToolCall(**call) for call in calls),
    "usage": lambda usage: Usage(**usage),
}


def dump_turn(turn: Turn) -> str:
    """Empty for a plain message."""
    if turn == PLAIN:
        return ""
    told = {"keys": dict(turn.keys), "words": turn.words, "before": turn.before, "documents": [asdict(each) for each in turn.documents]}
    return json.dumps(told, separators=(",", ":"))


def load_turn(text: str) -> Turn:
    """What cannot be read is a plain message: its text counts most."""
    try:
        told = json.loads(text) if text else {}
        documents = tuple(Document(**each) for each in told.get("documents", ()))
        return Turn(tuple(told.get("keys", {}).items()), told.get("words", ""), documents, told.get("before", ""))
    except (ValueError, TypeError, AttributeError):
        return PLAIN


def dump_version(version: Version) -> str:
    return json.dumps(asdict(version), separators=(",", ":"))


def load_version(text: str) -> Version | None:
    """None where this is not what ``dump_version`` writes."""
    try:
        told = json.loads(text)
        return Version(**(told | {"kind": ArtifactKind(told["kind"])}))
    except (ValueError, TypeError, KeyError):
        return None
