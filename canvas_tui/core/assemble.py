"""Message chunks to messages: pieces are appended exactly as they come, whole messages replace them."""

from __future__ import annotations

import re

from .changing import replace
from .inputs import Chunk
from .model import Message, Role, Standing, ToolCall

Messages = tuple[Message, ...]

QUIET_NODES = frozenset({"classifyMessage", "queryGenerator", "reflect", "generateTitle", "summarizer", "webSearch"})
"""Open Canvas's nodes that call models for their own use: what they stream is not part of the conversation."""

ARTIFACT_NODES = frozenset(
    {
        "generatePath",
        "generateArtifact",
        "rewriteArtifact",
        "updateArtifact",
        "updateHighlightedText",
        "rewriteArtifactTheme",
        "rewriteCodeArtifactTheme",
        "customAction",
    }
)
"""Open Canvas's nodes that stream into the artifact, not into the conversation."""


def shown(node: str) -> bool:
    """Whether what a node streams is painted in the conversation (the thread's state has the last word)."""
    return node not in QUIET_NODES and node not in ARTIFACT_NODES


def add_chunk(live: Messages, chunk: Chunk) -> Messages:
    """Append a piece to its message, or begin one. Empty pieces of unknown messages (the Python server sends one) are nothing."""
    for index in range(len(live) - 1, -1, -1):
        if live[index].id == chunk.message_id:
            return (*live[:index], _grown(live[index], chunk), *live[index + 1 :])
    if not (chunk.text or chunk.thinking or chunk.tool_calls):
        return live
    return (*live, _grown(Message(chunk.message_id, Role.AI, node=chunk.node, standing=Standing.WRITING), chunk))


def put_whole(live: Messages, message: Message) -> Messages:
    """A complete message takes the place of what was streamed of it, or comes last."""
    for index in range(len(live) - 1, -1, -1):
        if live[index].id == message.id:
            return (*live[:index], message, *live[index + 1 :])
    return (*live, message)


def _grown(message: Message, chunk: Chunk) -> Message:
    calls = message.tool_calls
    for index, piece in chunk.tool_calls:
        calls = _grown_calls(calls, index, piece)
    return replace(
        message,
        text=message.text + chunk.text,
        thinking=message.thinking + chunk.thinking,
        tool_calls=calls,
        usage=chunk.usage or message.usage,
    )


def _grown_calls(calls: tuple[ToolCall, ...], index: int, piece: ToolCall) -> tuple[ToolCall, ...]:
    """Pieces name their call by index; a piece with a new id begins a call of its own even where the index repeats."""
    index = max(0, min(index, len(calls)))
    if index < len(calls) and piece.id and calls[index].id and piece.id != calls[index].id:
        index = next((at for at, call in enumerate(calls) if call.id == piece.id), len(calls))
    if index == len(calls):
        return (*calls, piece)
    old = calls[index]
    new = ToolCall(old.id or piece.id, old.name or piece.name, old.args + piece.args)
    return (*calls[:index], new, *calls[index + 1 :])


_THINK = re.compile(r"\A\s*<think>(.*?)(?:</think>\s*|\Z)", re.DOTALL)


def split_thinking(message: Message) -> tuple[str, str]:
    """(thinking, text) as they are shown: ``<think>…</think>`` at the head of the text is thinking too, while it streams as well."""
    found = _THINK.match(message.text) if "<think>" in message.text[:64] else None
    if found is None:
        return message.thinking, message.text
    return message.thinking + found[1].strip("\n"), message.text[found.end() :]


def apart(message: Message) -> Message:
    """The message with its thinking where thinking belongs."""
    thinking, text = split_thinking(message)
    return message if text == message.text else replace(message, thinking=thinking, text=text)
