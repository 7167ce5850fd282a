"""A thread as a file: Markdown for people, JSON for programs. The texts are those of the thread, exactly."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .artifact import Artifact, ArtifactKind, Version
from .assemble import split_thinking
from .file_names import artifact_file_name as artifact_file_name
from .model import Json, Message, Role
from .safe_text import safe_line

_SPEAKERS = {Role.HUMAN: "You", Role.TURN: "You", Role.AI: "Agent", Role.SYSTEM: "System", Role.OTHER: "Other"}
_FENCES = re.compile(r"`{3,}")


def thread_markdown(title: str, messages: Sequence[Message], artifact: Artifact | None = None, *, all_versions: bool = False) -> str:
    """The conversation under headings, then the artifact's current version, or all of them. Hidden messages are left out."""
    parts = [f"# {safe_line(title).strip() or 'Untitled'}"]
    speaker = ""
    for message in messages:
        if message.hidden:
            continue
        if who := _SPEAKERS.get(message.role):
            thinking, text = split_thinking(message)
            body = [*_quoted(thinking), *([text.strip("\n")] if text.strip() else []), *_calls(message)]
            heading = [f"## {who}"] if who != speaker and body else []
            speaker = who if body else speaker
            parts += [*heading, *body]
        elif message.text.strip():
            named = f" `{safe_line(message.name)}`" if message.name else ""
            parts.append(f"**{'Failed tool' if message.failed else 'Tool'}{named}:**\n\n{fenced(message.text)}")
    if artifact is not None:
        versions = artifact.versions if all_versions else (artifact.version,)
        for version in versions:
            parts.append(f"## Artifact: {safe_line(version.title) or 'Untitled'} ({_which(version, artifact)})")
            parts.append(fenced(version.text, version.language) if version.kind is ArtifactKind.CODE else version.text.strip("\n"))
    return "\n\n".join(part for part in parts if part) + "\n"


def _which(version: Version, artifact: Artifact) -> str:
    current = ", current" if version is artifact.version and len(artifact.versions) > 1 else ""
    return f"version {version.index} of {len(artifact.versions)}{current}"


def _quoted(thinking: str) -> list[str]:
    if not thinking.strip():
        return []
    lines = "\n".join(f"> {line}".rstrip() for line in thinking.strip("\n").split("\n"))
    return [f"> *Thinking:*\n>\n{lines}"]


def _calls(message: Message) -> list[str]:
    return [f"**Calls `{safe_line(call.name)}`:**\n\n{fenced(call.args, 'json')}" for call in message.tool_calls]


def fenced(text: str, language: str = "") -> str:
    """A block of code whose fence is longer than any in the text."""
    fence = "`" * max([3, *(len(found) + 1 for found in _FENCES.findall(text))])
    word = safe_line(language).split(" ")[0].replace("`", "")
    return f"{fence}{word}\n{text.removesuffix(chr(10))}\n{fence}"


def thread_json(thread_id: str, title: str, messages: Sequence[Message], artifact: Artifact | None = None) -> dict[str, Json]:
    """All that there is of it, the artifact with every version, spelled as LangGraph and Open Canvas spell it."""
    told: dict[str, Json] = {"thread_id": thread_id, "title": title, "messages": [message_json(message) for message in messages]}
    if artifact is not None:
        told["artifact"] = artifact_json(artifact)
    return told


def message_json(message: Message) -> dict[str, Json]:
    """A message as LangGraph's own JSON has it, without what is empty."""
    told: dict[str, Json] = {"id": message.id, "type": str(message.role), "content": message.text}
    if message.thinking:
        told["thinking"] = message.thinking
    if message.tool_calls:
        told["tool_calls"] = [{"id": call.id, "name": call.name, "args": call.args} for call in message.tool_calls]
    if message.tool_call_id:
        told["tool_call_id"] = message.tool_call_id
    if message.name:
        told["name"] = message.name
    return told


def artifact_json(artifact: Artifact) -> dict[str, Json]:
    """As Open Canvas's state has it."""
    return {"currentIndex": artifact.current, "contents": [version_json(version) for version in artifact.versions]}


def version_json(version: Version) -> dict[str, Json]:
    """A version as Open Canvas's state has it."""
    head: dict[str, Json] = {"index": version.index, "type": version.kind.value, "title": version.title}
    if version.kind is ArtifactKind.CODE:
        return head | {"language": version.language, "code": version.text}
    return head | {"fullMarkdown": version.text}
