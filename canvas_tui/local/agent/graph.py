"""The graph ``agent``: generatePath → replyToGeneralInput (⇄ callTool, askUser) → cleanState."""

from __future__ import annotations

from langgraph.graph import END, START, StateGraph

from . import nodes
from .state import State

builder = StateGraph(State)
builder.add_node("generatePath", nodes.generate_path)
builder.add_node("replyToGeneralInput", nodes.reply_to_general_input)
# These two are sent one call each, not the state; the types of add_node know of no such node.
builder.add_node("callTool", nodes.call_tool)  # type: ignore[arg-type]
builder.add_node("askUser", nodes.ask_user)  # type: ignore[arg-type]
builder.add_node("cleanState", nodes.clean_state)
builder.add_edge(START, "generatePath")
builder.add_conditional_edges("generatePath", nodes.take_path, ["replyToGeneralInput"])
builder.add_conditional_edges("replyToGeneralInput", nodes.after_reply, ["callTool", "askUser", "cleanState"])
builder.add_edge("callTool", "replyToGeneralInput")
builder.add_edge("askUser", "replyToGeneralInput")
builder.add_edge("cleanState", END)

graph = builder.compile(name="agent")
