"""What the store keeps beside the threads, under Open Canvas's names: reflections, custom actions, context documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.store.base import BaseStore

from canvas_tui.core.frozen import frozen

SOMEBODY = "default"
"""The user of a client that names none."""
MOST_MEMORIES = 40
"""Rules, and facts, that are kept: the newest."""


@frozen
class Reflections:
    """What is known of the user: how to write for them, and facts."""

    style: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()

    def told(self) -> str:
        """As a part of a prompt; empty where nothing is known."""
        parts = [
            f"{heading}\n" + "\n".join(f"- {line}" for line in lines)
            for heading, lines in (("How this user wants things written:", self.style), ("What is known of this user:", self.facts))
            if lines
        ]
        return "\n\n".join(parts)


NOTHING = Reflections()


@frozen
class CustomAction:
    title: str
    prompt: str
    reflections: bool
    prefix: bool
    history: bool


def _configured(config: RunnableConfig, *names: str) -> str:
    configurable = config.get("configurable") or {}
    return next((str(configurable[name]) for name in names if configurable.get(name)), "")


def assistant_of(config: RunnableConfig) -> str:
    return _configured(config, "open_canvas_assistant_id", "assistant_id") or "agent"


def user_of(config: RunnableConfig) -> str:
    return _configured(config, "supabase_user_id", "user_id") or SOMEBODY


async def _value(store: BaseStore | None, namespace: tuple[str, ...], key: str) -> Mapping[str, Any]:
    item = await store.aget(namespace, key) if store is not None else None
    return item.value if item is not None else {}


def lines(value: object) -> tuple[str, ...]:
    """Whatever was kept or a model gave, as lines of text."""
    if isinstance(value, str):
        value = value.splitlines()
    if not isinstance(value, Sequence):
        return ()
    found = [" ".join(each.split()) for each in value if isinstance(each, str)]
    return tuple(dict.fromkeys(filter(None, found)))


async def reflections(store: BaseStore | None, assistant: str) -> Reflections:
    kept = await _value(store, ("memories", assistant), "reflection")
    return Reflections(lines(kept.get("styleRules")), lines(kept.get("content")))


async def keep_reflections(store: BaseStore, assistant: str, new: Reflections) -> None:
    value = {"styleRules": list(new.style[-MOST_MEMORIES:]), "content": list(new.facts[-MOST_MEMORIES:])}
    await store.aput(("memories", assistant), "reflection", value)


async def custom_action(store: BaseStore | None, user: str, id: str) -> CustomAction | None:
    kept = (await _value(store, ("custom_actions", user), "actions")).get(id)
    if not isinstance(kept, Mapping) or not isinstance(kept.get("prompt"), str):
        return None
    return CustomAction(
        str(kept.get("title") or ""),
        kept["prompt"],
        bool(kept.get("includeReflections")),
        bool(kept.get("includePrefix")),
        bool(kept.get("includeRecentHistory")),
    )


async def context_documents(store: BaseStore | None, assistant: str) -> Sequence[Mapping[str, Any]]:
    kept = (await _value(store, ("context_documents",), assistant)).get("documents")
    return [each for each in kept if isinstance(each, Mapping)] if isinstance(kept, Sequence) else []
