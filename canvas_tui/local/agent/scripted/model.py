"""The scripted model as a chat model of LangChain."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, ToolMessage
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.utils.json import parse_partial_json
from pydantic import Field

from ..tasks import Kind, Task
from .canvas import perform
from .script import Call, Result, Script, Turn, tokens_of, write

SHORTEST_SLEEP = 0.01
"""Seconds. Tokens that are due sooner go out together: the event loop cannot sleep for a millisecond exactly."""


class ScriptedFailure(RuntimeError):
    """The failure that ``/error`` asks for. (The server passes on the words of a ``RuntimeError``: measured.)"""


class ScriptedChatModel(BaseChatModel):
    """Streams the script of its task, without one that of a reply; ``clock`` and ``sleep`` are seconds, injected by tests."""

    task: Task | None = Field(default=None, exclude=True)

    clock: Callable[[], float] = Field(default=time.monotonic, exclude=True)
    sleep: Callable[[float], Awaitable[None]] = Field(default=asyncio.sleep, exclude=True)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def on(self, task: Task) -> ScriptedChatModel:
        """The model for one task of the graph."""
        return self.model_copy(update={"task": task})

    def _script(self, messages: Sequence[BaseMessage]) -> Script:
        if self.task is None or self.task.kind is Kind.REPLY:
            turn = turn_of(self.task.conversation if self.task else messages)
            found = tuple(Result("webSearch", link) for link in (self.task.found if self.task else ()))
            papers = tuple(self.task.papers) if self.task else ()
            return write(replace(turn, results=turn.results + found, papers=papers))
        return perform(self.task)

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: CallbackManagerForLLMRun | None = None, **kwargs: Any
    ) -> ChatResult:
        """The whole answer at once, without its waits."""
        script = self._script(messages)
        if script.error_at is not None:
            raise ScriptedFailure(_told(script.error_at))
        calls = [
            {"name": call.name, "args": dict(call.args), "id": _call_id(messages, at), "type": "tool_call"}
            for at, call in _numbered(script)
        ]
        text = "".join(script.tokens)
        if script.call:
            calls, text = [{"name": script.call, "args": parse_partial_json(text), "id": _call_id(messages, 0), "type": "tool_call"}], ""
        return ChatResult(generations=[ChatGeneration(message=AIMessage(text, tool_calls=calls, response_metadata=_ending(script)))])

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        script = self._script(messages)
        if script.call:
            yield _call_piece(tool_call_chunk(name=script.call, args="", id=_call_id(messages, 0), index=0))
        async for token in self._paced(script):
            if script.call:
                yield _call_piece(tool_call_chunk(name=None, args=token, id=None, index=0))
                continue
            chunk = ChatGenerationChunk(message=AIMessageChunk(content=token))
            if run_manager:
                await run_manager.on_llm_new_token(token, chunk=chunk)
            yield chunk
        for at, call in _numbered(script):
            for part in _call_chunks(call, at, _call_id(messages, at)):
                yield _call_piece(part)
        last = AIMessageChunk(content="", usage_metadata=_usage(messages, script), response_metadata=_ending(script))  # type: ignore[arg-type]
        yield ChatGenerationChunk(message=last)

    async def _paced(self, script: Script) -> AsyncIterator[str]:
        """The tokens, each when it is due since the start; what came late is caught up, waits shift all that follows."""
        start = self.clock()
        for number, token in enumerate(script.tokens):
            if wait := script.waits.get(number):
                await self.sleep(wait)
                start += wait
            if script.error_at == number:
                raise ScriptedFailure(_told(number))
            ahead = start + number / script.speed - self.clock()
            if ahead >= SHORTEST_SLEEP:
                await self.sleep(ahead)
            elif number % 32 == 0:
                await self.sleep(0)
            yield token
        if script.error_at is not None:
            raise ScriptedFailure(_told(script.error_at))


def turn_of(messages: Sequence[BaseMessage]) -> Turn:
    """The conversation as the script needs it."""
    prompts = tuple(message.text for message in messages if isinstance(message, HumanMessage))
    newest = max((at for at, message in enumerate(messages) if isinstance(message, HumanMessage)), default=0)
    results = tuple(Result(message.name or "tool", message.text) for message in messages[newest:] if isinstance(message, ToolMessage))
    answered = any(isinstance(message, AIMessage) for message in messages[:newest])
    return Turn(prompts, results, answered)


def _numbered(script: Script) -> Iterator[tuple[int, Call]]:
    return iter(enumerate(script.calls))


def _call_id(messages: Sequence[BaseMessage], at: int) -> str:
    """Unique in its thread, and the same each time."""
    return f"call_{len(messages)}_{at}"


def _call_chunks(call: Call, at: int, call_id: str) -> Iterator[Any]:
    """The arguments come in pieces of JSON, as a real model streams them."""
    args = json.dumps(dict(call.args), ensure_ascii=False)
    yield tool_call_chunk(name=call.name, args="", id=call_id, index=at)
    for piece in tokens_of(args):
        yield tool_call_chunk(name=None, args=piece, id=None, index=at)


def _call_piece(part: Any) -> ChatGenerationChunk:
    return ChatGenerationChunk(message=AIMessageChunk(content="", tool_call_chunks=[part]))


def _ending(script: Script) -> dict[str, str]:
    """Why the model stopped, where that is worth a word."""
    return {"finish_reason": "length"} if script.cut else {}


def _usage(messages: Sequence[BaseMessage], script: Script) -> dict[str, int]:
    read = sum(len(tokens_of(message.text)) for message in messages)
    return {"input_tokens": read, "output_tokens": len(script.tokens), "total_tokens": read + len(script.tokens)}


def _told(number: int) -> str:
    return f"The scripted model failed before token {number}, as /error asked."
