"""What a graph takes as input, told by its schema, its state, or the graphs that are served beside it."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum

from canvas_tui.core.file_text import is_text
from canvas_tui.core.model import Json, SendMessage
from canvas_tui.core.open_canvas import TURN_KEYS

from .artifact import artifact_json
from .jsontext import mapping

_SIGNS = frozenset({"_messages", "artifact", "messages"})
_COMPANIONS = frozenset({"reflection", "thread_title"})


class InputShape(Enum):
    MESSAGES = "messages"
    OPEN_CANVAS = "open canvas"

    def input(self, sent: SendMessage) -> Json:
        """The input of a turn: the user's message, where it has one, and what it asks for beside it."""
        if self is InputShape.MESSAGES:
            if not (sent.text or sent.turn.documents):
                return None
            return {"messages": [{"type": "human", "id": sent.message_id, "content": _content(sent)}]}
        turn = sent.turn
        told: dict[str, Json] = dict.fromkeys(TURN_KEYS)
        if sent.artifact is not None and not dict(turn.keys).get("webSearchEnabled"):
            told["artifact"] = artifact_json(sent.artifact)
        if sent.text or turn.documents or not turn.keys:
            extra: dict[str, Json] = {"documents": [{"name": d.name, "type": d.type, "data": d.data} for d in turn.documents]}
            message = {"role": "user", "id": sent.message_id, "content": sent.text, "additional_kwargs": extra}
            told |= {"messages": [message], "_messages": [message]}
            if not turn.keys:
                told["webSearchEnabled"] = False
        return told | dict(turn.keys)


def _content(sent: SendMessage) -> Json:
    """Other graphs know of no documents: each follows the words as a block of its own, a PDF by its name alone."""
    if not sent.turn.documents:
        return sent.text
    told = (f"{one.name}:\n\n{one.data if is_text(one) else '(A PDF, which this agent is not given.)'}" for one in sent.turn.documents)
    blocks = [sent.text, *told]
    return [{"type": "text", "text": block} for block in blocks if block]


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
