"""Messages of the wire into `Message` and `Chunk`.

Two servers, two spellings: the Python server types a piece ``AIMessageChunk``; the JS server types it ``ai`` like a whole message and
only the key ``tool_call_chunks`` tells (measured). Content is text, or a list of blocks (Anthropic, OpenAI's responses).
"""

from __future__ import annotations

from dataclasses import replace

from canvas_tui.core.inputs import Chunk
from canvas_tui.core.model import Json, Message, Role, Standing, ToolCall, Usage

from .jsontext import dumps, items, mapping, number, text

ROLES = {
    "human": Role.HUMAN,
    "user": Role.HUMAN,
    "ai": Role.AI,
    "assistant": Role.AI,
    "tool": Role.TOOL,
    "function": Role.TOOL,
    "system": Role.SYSTEM,
    "developer": Role.SYSTEM,
}
HIDDEN_MARK = "__oc_hide_from_ui"
HIDDEN_IDS = ("web-search-results-",)
THINKING_IDS = ("thinking-",)
"""How the ids of messages begin that Open Canvas's server makes of a model's thinking: all their words are."""

_THINKING_KEYS = {"thinking": "thinking", "reasoning": "reasoning", "reasoning_content": "text", "summary_text": "text"}


def plain(value: Json) -> dict[str, Json]:
    """The message's own fields: LangChain's constructor form (``{"lc": 1, "id": […], "kwargs": {…}}``) is unwrapped."""
    message = mapping(value)
    if message.get("type") == "constructor" and isinstance(message.get("kwargs"), dict):
        name = text((items(message.get("id")) or [""])[-1])
        return {"type": name.removesuffix("MessageChunk").removesuffix("Message").lower() or "other", **message["kwargs"]}
    return message


def is_message(value: Json) -> bool:
    message = plain(value)
    return ("type" in message or "role" in message) and "content" in message


def is_piece(message: dict[str, Json]) -> bool:
    kind = text(message.get("type"))
    return kind.endswith("Chunk") or (kind == "ai" and "tool_call_chunks" in message)


def role(message: dict[str, Json]) -> Role:
    kind = text(message.get("type")) or text(message.get("role"))
    return ROLES.get(kind.removesuffix("Chunk").removesuffix("Message").lower(), Role.OTHER)


def read_chunk(message: dict[str, Json], metadata: dict[str, Json]) -> Chunk:
    pieces = message.get("tool_call_chunks")
    node = text(metadata.get("langgraph_node"))
    usage = message.get("usage_metadata")
    id = text(message.get("id"))
    words, thinking = ("", "") if is_hidden(message, id) else content(message, id)
    return Chunk(
        message_id=id or text(metadata.get("langgraph_checkpoint_ns")) or node,
        text=words,
        thinking=thinking,
        tool_calls=_pieces(pieces) if pieces else (),
        node=node,
        call=text(metadata.get("name")),
        usage=read_usage(usage) if usage else None,
    )


def read_message(value: Json, fallback_id: str, node: str = "") -> Message:
    """A whole message; ``fallback_id`` where it carries none."""
    message = plain(value)
    who = role(message)
    id = text(message.get("id")) or fallback_id
    words, thinking = content(message, id)
    return Message(
        id=id,
        role=who,
        text=words,
        thinking=thinking,
        tool_calls=_calls(message) if who is Role.AI else (),
        tool_call_id=text(message.get("tool_call_id")),
        name=text(message.get("name")) if who is Role.TOOL else "",
        node=node,
        failed=message.get("status") == "error",
        usage=read_usage(message.get("usage_metadata")),
        hidden=is_hidden(message, id),
    )


def is_hidden(message: dict[str, Json], id: str) -> bool:
    """Whether the server marks it as not for showing."""
    extra = message.get("additional_kwargs")
    return id.startswith(HIDDEN_IDS) or (isinstance(extra, dict) and bool(extra.get(HIDDEN_MARK)))


def read_messages(value: Json) -> tuple[Message, ...]:
    """The ``messages`` of a state."""
    return tuple(read_message(item, f"message-{index}") for index, item in enumerate(items(value)) if is_message(item))


def read_partial(value: Json, whole: bool) -> Message | None:
    """The newest of ``messages/partial`` or ``messages/complete``: the message as far as it has come."""
    newest = next((item for item in reversed(items(value)) if is_message(item)), None)
    if newest is None:
        return None
    message = read_message(newest, "message")
    return message if whole else replace(message, standing=Standing.WRITING)


def content(message: dict[str, Json], id: str = "") -> tuple[str, str]:
    """(text, thinking)."""
    words, thinking = _content(message)
    return ("", thinking + words) if id.startswith(THINKING_IDS) else (words, thinking)


def _content(message: dict[str, Json]) -> tuple[str, str]:
    body = message.get("content")
    extra = message.get("additional_kwargs")
    thinking = text(extra.get("reasoning_content")) if isinstance(extra, dict) and extra else ""
    if isinstance(body, str):
        return body, thinking
    words: list[str] = []
    thoughts: list[str] = [thinking]
    for block in items(body):
        if isinstance(block, str):
            words.append(block)
        elif isinstance(block, dict):
            _take_block(block, words, thoughts)
    return "".join(words), "".join(thoughts)


def _take_block(block: dict[str, Json], words: list[str], thoughts: list[str]) -> None:
    kind = text(block.get("type"))
    if kind in ("text", "text_delta", "output_text", ""):
        words.append(text(block.get("text")))
    elif kind in _THINKING_KEYS:
        thoughts.append(text(block.get(_THINKING_KEYS[kind])))
        thoughts.extend(text(mapping(part).get("text")) for part in items(block.get("summary")))


def _pieces(value: Json) -> tuple[tuple[int, ToolCall], ...]:
    found = []
    for position, piece in enumerate(items(value)):
        if isinstance(piece, dict):
            index = piece.get("index")
            at = index if isinstance(index, int) and not isinstance(index, bool) and index >= 0 else position
            found.append((at, ToolCall(text(piece.get("id")), text(piece.get("name")), text(piece.get("args")))))
    return tuple(found)


def _calls(message: dict[str, Json]) -> tuple[ToolCall, ...]:
    calls = [mapping(item) for item in (*items(message.get("tool_calls")), *items(message.get("invalid_tool_calls")))]
    return tuple(ToolCall(text(call.get("id")), text(call.get("name")), _args(call.get("args"))) for call in calls if call)


def _args(value: Json) -> str:
    if isinstance(value, str):
        return value
    return dumps(value) if value is not None else ""


def read_usage(value: Json) -> Usage | None:
    if not isinstance(value, dict) or not value:
        return None
    into, out = number(value.get("input_tokens")), number(value.get("output_tokens"))
    return Usage(into, out, number(value.get("total_tokens")) or into + out)
