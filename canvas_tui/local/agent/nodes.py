"""The graph's nodes round the conversation, named as in Open Canvas: who answers, the answer, its tools, and the turn's end."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph.config import get_store
from langgraph.graph import END
from langgraph.types import Send, interrupt

from canvas_tui.core.frozen import frozen
from canvas_tui.core.open_canvas import TURN_KEYS

from . import attachments, prompts, routing
from .artifacts import current
from .calls import ask, text_of
from .memory import Reflections, assistant_of, context_documents, reflections
from .models import ModelFailure
from .state import State
from .tasks import Kind, Task
from .tools import ASK, TOOLS

NOT_SAID = ("web-search-results-", "thinking-")
"""How the ids of shown messages begin that are no part of what was said."""


def both(*messages: AnyMessage) -> dict[str, Any]:
    """An update that adds the messages to what is shown and to what the model sees."""
    return {"messages": list(messages), "_messages": list(messages)}


def conversation_of(state: State) -> list[AnyMessage]:
    return state.get("_messages") or []


def found_of(state: State) -> Sequence[Mapping[str, Any]]:
    """What a web search of this turn found."""
    return state.get("webSearchResults") or []


def own_prompt(config: RunnableConfig) -> str:
    """The instructions of the assistant that the user has chosen."""
    return str((config.get("configurable") or {}).get("systemPrompt") or "")


@frozen
class Known:
    """What is remembered of the user, and the assistant's documents; ``told`` is both as a part of a prompt."""

    remembered: Reflections
    papers: str  # the documents as a part of a prompt
    documents: Sequence[Mapping[str, Any]] = ()

    @property
    def told(self) -> str:
        return prompts.context_of(self.remembered.told(), self.papers)


async def known(config: RunnableConfig) -> Known:
    store, assistant = get_store(), assistant_of(config)
    remembered = await reflections(store, assistant)
    documents = await context_documents(store, assistant)
    await attachments.read((), documents)
    return Known(remembered, attachments.told(documents), documents)


async def generate_path(state: State, config: RunnableConfig) -> dict[str, Any]:
    """Decide who takes the turn, and hand on the turn's keys, which are gone after the next step. A client that knows only ``messages``
    is taken up here: the model sees what it sent."""
    new = unheard(state)
    await attachments.read([*conversation_of(state), *new])
    given = {key: state[key] for key in TURN_KEYS if state.get(key)}  # type: ignore[literal-required]
    taken: State = {**state, "_messages": [*conversation_of(state), *new]}
    return {**given, "next": routing.planned(taken) or await decide(taken, config), "_messages": new}


def unheard(state: State) -> list[AnyMessage]:
    """What was said since the newest message that the model has seen. (Older ones that it does not see stand in a summary.)"""
    seen = {message.id for message in conversation_of(state)}
    since = takewhile(lambda message: message.id not in seen, reversed(state.get("messages", [])))
    return [each for each in reversed(list(since)) if not str(each.id).startswith(NOT_SAID)]


async def decide(state: State, config: RunnableConfig) -> str:
    conversation, version = conversation_of(state), current(state.get("artifact"))
    if not any(isinstance(message, HumanMessage) for message in conversation):
        raise ModelFailure("There is no message to answer in this thread.")
    task = Task(Kind.ROUTE, prompts.route(conversation, version), conversation, version, quiet=True)
    return routing.decided(text_of(await ask(task, config)), state)


def take_path(state: State) -> str:
    """Where no node was named, a client has edited the state after a run that failed here: nothing is left to do."""
    return state.get("next") or END


async def reply_to_general_input(state: State, config: RunnableConfig) -> dict[str, Any]:
    conversation, version = conversation_of(state), current(state.get("artifact"))
    found = found_of(state)
    context = await known(config)
    messages = prompts.reply(conversation, context.told, version, own_prompt(config), prompts.results(found))
    papers = [attachments.summary(each) for each in (*attachments.newest(conversation), *context.documents)]
    return both(await ask(Task(Kind.REPLY, messages, conversation, version, found=prompts.links(found), papers=papers), config))


def after_reply(state: State) -> str | list[Send]:
    """To the tools or to the user with the newest message's calls; with none, to the end of the turn."""
    newest = state["_messages"][-1]
    calls = newest.tool_calls if isinstance(newest, AIMessage) else []
    return [Send("askUser" if call["name"] == ASK else "callTool", call) for call in calls] or "cleanState"


async def call_tool(call: dict[str, Any]) -> dict[str, Any]:
    found = next((each for each in TOOLS if each.name == call["name"]), None)
    if found is None:
        return both(ToolMessage(f"There is no tool named {call['name']}.", tool_call_id=call["id"], name=call["name"], status="error"))
    return both(await found.ainvoke({**call, "type": "tool_call"}))


def ask_user(call: dict[str, Any]) -> dict[str, Any]:
    """Stop here until the user has answered: the run's ``command.resume`` is what ``interrupt`` gives back."""
    answer = interrupt(call["args"])
    text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    return both(ToolMessage(text, tool_call_id=call["id"], name=ASK))


def clean_state(state: State) -> dict[str, Any]:
    return dict.fromkeys(TURN_KEYS)


def after_clean(state: State) -> str:
    return routing.after_clean(state) or END
