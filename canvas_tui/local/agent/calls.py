"""Asking the model: streamed text, or a call of a tool whose arguments stream; a provider's failure becomes a sentence."""

from __future__ import annotations

import re
from typing import Any, cast

from langchain_core.messages import AIMessage, AIMessageChunk, message_chunk_to_message
from langchain_core.messages.ai import add_ai_message_chunks
from langchain_core.runnables import Runnable, RunnableConfig
from langgraph.constants import TAG_NOSTREAM
from pydantic_core import from_json

from canvas_tui.core.model_text import without_fence, without_thoughts

from ..settings import Model
from .models import ModelFailure, chat_model, chosen, explain
from .scripted.model import ScriptedChatModel, ScriptedFailure
from .tasks import Task

COUNTING = "stream_options"
"""What servers name that refuse to count the tokens of a stream: they are asked without, from then on."""

_uncounted: set[Model] = set()

_OBJECT = re.compile(r"\{.*", re.DOTALL)


async def ask(task: Task, config: RunnableConfig | None = None) -> AIMessage:
    """The model's whole answer; its tokens have streamed meanwhile, unless the task is quiet.

    Raises:
        ModelFailure: with a sentence, whatever the provider raised.
    """
    return await invoke(await chat_model(), task, config)


async def invoke(model: Runnable[Any, Any], task: Task, config: RunnableConfig | None) -> AIMessage:
    """Streams also where nobody looks: what lies between would cut off a request that is silent for minutes."""
    asked = model.on(task) if isinstance(model, ScriptedChatModel) else model
    try:
        try:
            pieces = await _pieces(asked, task, config)
        except Exception as error:
            if COUNTING not in str(error) or chosen() in _uncounted:
                raise
            _uncounted.add(chosen())
            pieces = await _pieces(asked, task, config)
        if not pieces:
            raise ModelFailure(f"The model's server answered with nothing at all ({chosen().label}).")
        # All at once: each sum parses the call's arguments again, so that a long artifact would take minutes (measured).
        return cast(AIMessage, message_chunk_to_message(add_ai_message_chunks(*pieces)))
    except (ScriptedFailure, ModelFailure):
        raise
    except Exception as error:
        raise ModelFailure(explain(error, chosen())) from error


async def _pieces(model: Runnable[Any, Any], task: Task, config: RunnableConfig | None) -> list[AIMessageChunk]:
    options = {"stream_usage": False} if chosen() in _uncounted else {}
    return [piece async for piece in model.astream(list(task.messages), marked(config, task), **options)]


def marked(config: RunnableConfig | None, task: Task) -> RunnableConfig:
    """The config of one call: its name stands in the metadata of each of its pieces, where clients look for it (``metadata.name``)."""
    given: RunnableConfig = {**config} if config else {}
    if task.name:
        given["metadata"] = {**(given.get("metadata") or {}), "name": task.name}
    if task.quiet:
        given["tags"] = [*(given.get("tags") or []), TAG_NOSTREAM]
    return given


def text_of(answer: AIMessage) -> str:
    """What the model wrote, as it streamed, without its thinking."""
    return without_thoughts(str(answer.text))


def code_of(answer: AIMessage) -> str:
    """Code as the model wrote it: models put a fence around it, whatever they are told."""
    return without_fence(text_of(answer))


def was_cut(answer: AIMessage) -> bool:
    """Whether the model stopped at its limit, not at its end."""
    told = answer.response_metadata
    return any(told.get(name) in ("length", "max_tokens", "MAX_TOKENS") for name in ("finish_reason", "stop_reason", "done_reason"))


def object_in(text: str) -> dict[str, Any]:
    """The first JSON object in a model's words, as far as it goes; empty where there is none."""
    found = _OBJECT.search(text)
    if found is None:
        return {}
    whole = found[0]
    for end in (len(whole), whole.rfind("}") + 1):
        try:
            value = from_json(whole[:end], allow_partial="trailing-strings")
        except ValueError:
            continue
        if isinstance(value, dict):
            return value
    return {}
