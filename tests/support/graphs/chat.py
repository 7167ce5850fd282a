"""A small graph for tests against the real server. Its model is scripted by the words of the newest human message:

``n=3`` tokens, ``delay=0.01`` seconds between them, ``pre=2`` seconds of silence first, ``err=3`` fails before that token, ``tool=1``
calls a tool first, ``ask=1`` stops at ``interrupt()`` before answering, ``sub=1`` answers from a subgraph.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Annotated, Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, AnyMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.types import interrupt
from typing_extensions import TypedDict


def wish(messages: list[AnyMessage], name: str, default: float = 0) -> float:
    text = next((str(m.content) for m in reversed(messages) if isinstance(m, HumanMessage)), "")
    found = re.search(rf"\b{name}=([\d.]+)", text)
    return float(found[1]) if found else default


class ScriptedModel(BaseChatModel):
    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: CallbackManagerForLLMRun | None = None, **kwargs: Any
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage("only streams"))])

    async def _astream(
        self, messages: list[Any], stop: list[str] | None = None, run_manager: AsyncCallbackManagerForLLMRun | None = None, **kwargs: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        await asyncio.sleep(wish(messages, "pre"))
        if wish(messages, "tool") and not isinstance(messages[-1], ToolMessage):
            for name, piece in (("lookup", '{"q'), (None, 'uery": '), (None, '"weather"}')):
                part = tool_call_chunk(name=name, args=piece, id="call_1" if name else None, index=0)
                yield ChatGenerationChunk(message=AIMessageChunk(content="", tool_call_chunks=[part]))
            return
        for number in range(int(wish(messages, "n", 5))):
            if wish(messages, "err", -1) == number:
                raise RuntimeError(f"model exploded before token {number}")
            await asyncio.sleep(wish(messages, "delay"))
            yield ChatGenerationChunk(message=AIMessageChunk(content=f" t{number:05d}"))


class State(TypedDict):
    messages: Annotated[list[AnyMessage], add_messages]


async def ask(state: State) -> dict[str, Any]:
    if wish(state["messages"], "ask"):
        interrupt({"question": "Proceed?", "options": ["yes", "no"]})
    return {}


async def answer(state: State) -> dict[str, Any]:
    return {"messages": [await ScriptedModel().ainvoke(state["messages"])]}


async def tools(state: State) -> dict[str, Any]:
    return {"messages": [ToolMessage("result for weather", tool_call_id="call_1", name="lookup")]}


def after_answer(state: State) -> str:
    newest = state["messages"][-1]
    return "tools" if isinstance(newest, AIMessage) and newest.tool_calls else END


def after_ask(state: State) -> str:
    return "subagent" if wish(state["messages"], "sub") else "agent"


inner = StateGraph(State)
inner.add_node("writer", answer)
inner.add_edge(START, "writer")

builder = StateGraph(State)
builder.add_node("ask", ask)
builder.add_node("agent", answer)
builder.add_node("tools", tools)
builder.add_node("subagent", inner.compile())
builder.add_edge(START, "ask")
builder.add_conditional_edges("ask", after_ask, ["agent", "subagent"])
builder.add_conditional_edges("agent", after_answer, ["tools", END])
builder.add_edge("tools", "agent")
graph = builder.compile()
