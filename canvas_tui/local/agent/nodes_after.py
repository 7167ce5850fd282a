"""The graph's nodes after the canvas was written on: a word on it, notes on the user, the thread's title, and a memory that fits."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, RemoveMessage
from langchain_core.runnables import RunnableConfig
from langgraph.config import get_store
from langgraph.graph.message import REMOVE_ALL_MESSAGES
from langgraph.store.base import BaseStore
from langgraph_sdk import get_client

from canvas_tui.core.titles import title_of as shortened

from . import prompts
from .artifacts import current, wanted
from .background import later
from .calls import ask, object_in, text_of
from .memory import Reflections, assistant_of, keep_reflections, lines, reflections
from .nodes import both, conversation_of
from .nodes_artifact import WAS_CUT
from .state import State, Version
from .tasks import Kind, Task

CUT = "The model stopped at its limit, so what stands on the canvas ends in the middle. Ask it to go on from there."
STAYS = 6
"""The newest messages that a summary leaves as they are."""


async def generate_followup(state: State, config: RunnableConfig) -> dict[str, Any]:
    if state.get("next") == WAS_CUT:
        return both(AIMessage(CUT))
    conversation, version = conversation_of(state), wanted(state.get("artifact"))
    remembered = await reflections(get_store(), assistant_of(config))
    task = Task(Kind.FOLLOWUP, prompts.followup(conversation, version, remembered.told()), conversation, version)
    return both(await ask(task, config))


async def reflect(state: State, config: RunnableConfig) -> dict[str, Any]:
    """The notes are written beside the run: nobody waits for them. Only what was said in this turn gives any, so that a note which the
    user has erased does not come back out of older messages."""
    conversation = conversation_of(state)
    if len(conversation) > 1 and isinstance(conversation[-2], HumanMessage):  # before the follow-up
        later(note(get_store(), assistant_of(config), list(conversation), current(state.get("artifact"))), "reflect")
    return {}


_noting: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
"""One after another for each assistant: notes of two threads that end together are both kept."""


async def note(store: BaseStore, assistant: str, conversation: list[AnyMessage], version: Version | None) -> None:
    async with _noting[assistant]:
        old = await reflections(store, assistant)
        messages = prompts.reflect(conversation, version, old.told())
        answer = await ask(Task(Kind.REFLECT, messages, conversation, version, remembered=old, quiet=True))
        found = object_in(text_of(answer))
        if "styleRules" not in found and "content" not in found:
            return
        new = Reflections(lines(found.get("styleRules", old.style)), lines(found.get("content", old.facts)))
        if new != old and await reflections(store, assistant) == old:  # what the user has edited meanwhile stays
            await keep_reflections(store, assistant, new)


async def generate_title(state: State, config: RunnableConfig) -> dict[str, Any]:
    thread_id = str((config.get("configurable") or {}).get("thread_id") or "")
    conversation = conversation_of(state)
    if thread_id:
        later(name_thread(thread_id, list(conversation), current(state.get("artifact"))), "generateTitle")
    return {}


async def name_thread(thread_id: str, conversation: list[AnyMessage], version: Version | None) -> None:
    """Give the thread a title, unless it has one that is more than the beginning of its first message: the user's own stays."""
    client = get_client()  # no address: this very server, without a socket
    first = next((message.text for message in conversation if isinstance(message, HumanMessage)), "")
    if not may_name(await title_of(thread_id), first):
        return
    answer = await ask(Task(Kind.TITLE, prompts.title(conversation, version), conversation, version, quiet=True))
    title = shortened(" ".join(text_of(answer).split()).strip("\"'“”.#* "))
    if title and may_name(await title_of(thread_id), first):
        await client.threads.update(thread_id, metadata={"thread_title": title})


async def title_of(thread_id: str) -> str:
    thread = await get_client().threads.get(thread_id)
    return str((thread.get("metadata") or {}).get("thread_title") or "")


def may_name(title: str, first: str) -> bool:
    """Whether the title is none, or one that a client has cut off the first message."""
    return " ".join(first.split()).startswith(" ".join(title.rstrip("…. ").split()))


def kept_from(conversation: list[AnyMessage]) -> int:
    """Where what a summary leaves begins: at the user's words (a tool's result must not come before its call), the first of the newest
    messages', else the last that there are. Something always stays: by the newest message that is seen, what is new is known."""
    asked = [at for at, message in enumerate(conversation) if isinstance(message, HumanMessage)]
    return next((at for at in asked if at >= len(conversation) - STAYS), asked[-1] if asked else 0)


async def summarizer(state: State, config: RunnableConfig) -> dict[str, Any]:
    """What the model sees shrinks to a summary and the newest messages; what is shown stays."""
    conversation = conversation_of(state)
    at = kept_from(conversation)
    old, rest = conversation[:at], conversation[at:]
    if not old:
        return {}
    answer = await ask(Task(Kind.SUMMARY, prompts.summary(old), old, quiet=True), config)
    text = text_of(answer).strip()
    if not text:
        return {}
    told = HumanMessage(
        f"What was said before, in short:\n\n{text}", additional_kwargs={"__oc_summary_message": True, "__oc_hide_from_ui": True}
    )
    return {"_messages": [RemoveMessage(id=REMOVE_ALL_MESSAGES), told, *rest]}
