"""The graph's nodes, named as in Open Canvas."""

from __future__ import annotations

import json
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph.types import Send, interrupt

from canvas_tui.core.open_canvas import TURN_KEYS

from .models import ModelFailure, chat_model, chosen, explain
from .prompts import system_prompt
from .scripted.model import ScriptedFailure
from .state import State
from .tools import ASK, TOOLS


def both(*messages: AnyMessage) -> dict[str, Any]:
    """An update that adds the messages to what is shown and to what the model sees."""
    return {"messages": list(messages), "_messages": list(messages)}


def generate_path(state: State) -> dict[str, Any]:
    """Decide who answers. A client that knows only ``messages`` is taken up here: the model sees what it sent."""
    seen = {message.id for message in state.get("_messages", [])}
    return {"next": "replyToGeneralInput", "_messages": [each for each in state.get("messages", []) if each.id not in seen]}


def take_path(state: State) -> str:
    return state.get("next") or "replyToGeneralInput"


async def reply_to_general_input(state: State, config: RunnableConfig) -> dict[str, Any]:
    conversation = state.get("_messages", [])
    if not any(isinstance(message, HumanMessage) for message in conversation):
        raise ModelFailure("There is no message to answer in this thread.")
    own = str((config.get("configurable") or {}).get("systemPrompt") or "")
    model = await chat_model()
    try:
        answer = await model.ainvoke([SystemMessage(system_prompt(own)), *conversation], config)
    except ScriptedFailure:
        raise
    except Exception as error:
        raise ModelFailure(explain(error, chosen())) from error
    return both(answer)


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
