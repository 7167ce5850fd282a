"""A new artifact by a tool's call whose arguments stream; of models that know no tools, by plain text that streams as the same call."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, AnyMessage, BaseMessage
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import RunnableConfig
from langgraph.constants import TAG_NOSTREAM

from canvas_tui.core.frozen import frozen
from canvas_tui.core.model_text import without_fence
from canvas_tui.core.titles import title_of

from ..settings import Model
from .artifacts import NO_LANGUAGE, UNTITLED, made
from .artifacts import Kind as Form
from .calls import invoke, object_in, text_of, was_cut
from .models import ModelFailure, chat_model, chosen
from .scripted.model import ScriptedChatModel
from .state import Version
from .tasks import Task

TOOL = "generate_artifact"
SCHEMA: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": TOOL,
        "description": "Put a new text or program onto the canvas.",
        "parameters": {
            "type": "object",
            "properties": {
                "type": {"type": "string", "enum": ["text", "code"], "description": "A text in Markdown, or a program."},
                "language": {"type": "string", "description": "The programming language in small letters; other for a text."},
                "isValidReact": {"type": "boolean", "description": "Whether it is a React component that works as it is."},
                "artifact": {"type": "string", "description": "The whole text or program."},
                "title": {"type": "string", "description": "At most five words."},
            },
            "required": ["type", "language", "isValidReact", "artifact", "title"],
        },
    },
}
"""The order is that of Open Canvas: clients show the artifact while it grows, and its title last."""

NO_TOOLS_HERE = frozenset({400, 404, 405, 422, 500, 501})
"""What endpoints answer to a request with tools that they cannot serve; measured of vLLM, Ollama and llama.cpp without a tool template."""

_toolless: set[Model] = set()


@frozen
class Generated:
    version: Version
    cut: bool  # the model stopped before the end


async def generate(task: Task, plain: list[AnyMessage], config: RunnableConfig) -> Generated:
    """The new artifact, which has streamed meanwhile; ``plain`` are the messages for a model without tools.

    Raises:
        ModelFailure: where the model failed, or wrote nothing.
    """
    model, name = await chat_model(), chosen()
    called = False
    if name not in _toolless:
        try:
            answer = await _by_tool(model, task, config)
            called = bool(answer.tool_calls or answer.invalid_tool_calls)  # only not well this time
        except NotImplementedError:
            answer = None
        except ModelFailure as failure:
            if getattr(failure.__cause__, "status_code", None) not in NO_TOOLS_HERE:
                raise
            answer = None
        if answer is not None and (found := read(answer)) is not None:
            return found
    answer = await invoke(PlainWriter(inner=model), replace(task, messages=plain), config)
    if not called:
        _toolless.add(name)
    if (found := read(answer)) is None:
        raise ModelFailure("The model was asked for a text or a program and wrote nothing.")
    return found


async def _by_tool(model: BaseChatModel, task: Task, config: RunnableConfig) -> AIMessage:
    if isinstance(model, ScriptedChatModel):
        return await invoke(model, task, config)
    return await invoke(model.bind_tools([SCHEMA], tool_choice=TOOL), task, config)


def read(answer: AIMessage) -> Generated | None:
    """The artifact in a model's answer: the arguments of its call, as far as they came, or an object in its words; None without."""
    calls = [call["args"] for call in answer.tool_calls] + [object_in(call.get("args") or "") for call in answer.invalid_tool_calls]
    given = next((args for args in (*calls, object_in(text_of(answer))) if _written(args)), None)
    if given is None:
        return None
    text, named = _written(given), str(given.get("language") or NO_LANGUAGE).lower()
    kind: Form = "code" if given.get("type") == "code" or (not given.get("type") and named != NO_LANGUAGE) else "text"
    language = named if kind == "code" else NO_LANGUAGE
    title = " ".join(str(given.get("title") or _heading(text) or UNTITLED).split())
    return Generated(made(kind, title, without_fence(text) if kind == "code" else text, language), was_cut(answer) or "title" not in given)


def _written(given: dict[str, Any]) -> str:
    text = given.get("artifact")
    return text if isinstance(text, str) and text.strip() else ""


def _heading(text: str) -> str:
    found = re.match(r"\s*#+\s+(.+)", text)
    return title_of(found[1].strip("# ")) if found else ""


class PlainWriter(BaseChatModel):
    """Streams what a model without tools writes as the pieces of the tool's call that another one would make."""

    inner: BaseChatModel

    @property
    def _llm_type(self) -> str:
        return "plain"

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: CallbackManagerForLLMRun | None = None, **kwargs: Any
    ) -> ChatResult:
        raise NotImplementedError("it only streams")

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        reading, first = Reading(), True
        told: dict[str, Any] = {}
        async for chunk in self.inner.astream(messages, {"callbacks": [], "tags": [TAG_NOSTREAM]}, **kwargs):
            told = {**told, **chunk.response_metadata}
            if piece := reading.take(chunk.text):
                yield _piece(piece, first)
                first = False
        if piece := reading.end():
            yield _piece(piece, first)
        yield ChatGenerationChunk(message=AIMessageChunk(content="", response_metadata=told))


def _piece(args: str, first: bool) -> ChatGenerationChunk:
    part = tool_call_chunk(name=TOOL if first else None, args=args, id="call_plain" if first else None, index=0)
    return ChatGenerationChunk(message=AIMessageChunk(content="", tool_call_chunks=[part]))


_HEAD = re.compile(r"\s*\**(type|language|title)\**\s*:\s*(.*)", re.IGNORECASE)


class Reading:
    """Plain text with a head of ``type:``, ``language:`` and ``title:`` lines, turned piece by piece into the JSON of the call."""

    def __init__(self) -> None:
        self.head = {"type": "text", "language": NO_LANGUAGE, "title": ""}
        self._held, self._open = "", False

    def take(self, text: str) -> str:
        if self._open:
            return _escaped(text)
        self._held += text
        return self._begin(last=False)

    def end(self) -> str:
        rest = "" if self._open else self._begin(last=True)
        if not self._open:
            return ""
        return f'{rest}", "title": {json.dumps(self.head["title"], ensure_ascii=False)}}}'

    def _begin(self, *, last: bool) -> str:
        """Read whole lines of the head off what is held; the first other line opens the artifact."""
        if self._thinking(last):
            return ""
        while self._held:
            line, ended, rest = self._held.partition("\n")
            found = _HEAD.match(line)
            if not ended and not last:
                return ""
            if found is None and line.strip():
                break
            if found is not None:
                self.head[found[1].lower()] = found[2].strip().strip("*`\"'")
            self._held = rest
        if not self._held:
            return ""
        self._open = True
        held, self._held = self._held, ""
        kind = "code" if self.head["type"].lower() == "code" else "text"
        opening = {"type": kind, "language": self.head["language"].lower(), "isValidReact": False}
        return f'{json.dumps(opening, ensure_ascii=False)[:-1]}, "artifact": "{_escaped(held)}'

    def _thinking(self, last: bool) -> bool:
        """Whether what is held is still thinking; what is thought through is dropped."""
        if not "<think>".startswith(self._held.lstrip()[:7]) or not self._held.strip():
            return False
        _, done, rest = self._held.partition("</think>")
        if done:
            self._held = rest.lstrip("\n")
        elif last:
            self._held = ""
        return not done


def _escaped(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]
