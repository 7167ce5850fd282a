"""What a graph takes as input, told by its schema, its state, or the graphs that are served beside it."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum

from canvas_tui.core.model import Json
from canvas_tui.core.open_canvas import TURN_KEYS

from .jsontext import mapping

_SIGNS = frozenset({"_messages", "artifact", "messages"})
_COMPANIONS = frozenset({"reflection", "thread_title"})


class InputShape(Enum):
    MESSAGES = "messages"
    OPEN_CANVAS = "open canvas"

    def message(self, message_id: str, words: str) -> dict[str, Json]:
        """The input that adds the user's message."""
        if self is InputShape.MESSAGES:
            return {"messages": [{"type": "human", "id": message_id, "content": words}]}
        message = {"role": "user", "id": message_id, "content": words, "additional_kwargs": {"documents": []}}
        nothing: dict[str, Json] = dict.fromkeys(TURN_KEYS)
        return nothing | {"webSearchEnabled": False, "messages": [message], "_messages": [message]}


def shape_of_keys(keys: Collection[str]) -> InputShape:
    """From the keys of a graph's state."""
    return InputShape.OPEN_CANVAS if _SIGNS.issubset(keys) else InputShape.MESSAGES


def shape_of_schemas(schemas: Json) -> InputShape | None:
    """From GET /assistants/{id}/schemas; None where it tells nothing (some servers cannot)."""
    told = mapping(schemas)
    keys: set[str] = set()
    for name in ("input_schema", "state_schema"):
        keys.update(mapping(mapping(told.get(name)).get("properties")))
    return shape_of_keys(keys) if keys else None


def shape_of_companions(graph_id: str, graph_ids: Collection[str]) -> InputShape:
    """Open Canvas serves its helpers beside its ``agent``; a JS server needs seconds to tell a schema, so this decides there."""
    return InputShape.OPEN_CANVAS if graph_id == "agent" and _COMPANIONS.issubset(graph_ids) else InputShape.MESSAGES
