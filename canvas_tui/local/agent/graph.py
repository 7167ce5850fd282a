"""The graph ``agent``, with Open Canvas's nodes and order:

generatePath → replyToGeneralInput (⇄ callTool, askUser) → cleanState, or → webSearch → generatePath's choice, or → a node that writes
on the canvas → generateFollowup → reflect → cleanState; then generateTitle, or summarizer, or the end.
"""

from __future__ import annotations

from langgraph.graph import END, START, StateGraph

from . import nodes, nodes_after, nodes_artifact, nodes_search
from .state import State

WRITING = {
    "generateArtifact": nodes_artifact.generate_artifact,
    "rewriteArtifact": nodes_artifact.rewrite_artifact,
    "updateArtifact": nodes_artifact.update_artifact,
    "updateHighlightedText": nodes_artifact.update_highlighted_text,
    "rewriteArtifactTheme": nodes_artifact.rewrite_artifact_theme,
    "rewriteCodeArtifactTheme": nodes_artifact.rewrite_code_artifact_theme,
    "customAction": nodes_artifact.run_custom_action,
}

builder = StateGraph(State)
builder.add_node("generatePath", nodes.generate_path)
builder.add_node("replyToGeneralInput", nodes.reply_to_general_input)
# These two are sent one call each, not the state; the types of add_node know of no such node.
builder.add_node("callTool", nodes.call_tool)  # type: ignore[arg-type]
builder.add_node("askUser", nodes.ask_user)  # type: ignore[arg-type]
builder.add_node("webSearch", nodes_search.web_search)
builder.add_node("cleanState", nodes.clean_state)
builder.add_node("generateFollowup", nodes_after.generate_followup)
builder.add_node("reflect", nodes_after.reflect)
builder.add_node("generateTitle", nodes_after.generate_title)
builder.add_node("summarizer", nodes_after.summarizer)
for name, node in WRITING.items():
    builder.add_node(name, node)
    builder.add_conditional_edges(name, nodes_artifact.after_writing, ["generateFollowup", END])

builder.add_edge(START, "generatePath")
builder.add_conditional_edges("generatePath", nodes.take_path, ["webSearch", "replyToGeneralInput", *WRITING, END])
builder.add_conditional_edges("webSearch", nodes.take_path, ["replyToGeneralInput", "generateArtifact", "rewriteArtifact", END])
builder.add_conditional_edges("replyToGeneralInput", nodes.after_reply, ["callTool", "askUser", "cleanState"])
builder.add_edge("callTool", "replyToGeneralInput")
builder.add_edge("askUser", "replyToGeneralInput")
builder.add_edge("generateFollowup", "reflect")
builder.add_edge("reflect", "cleanState")
builder.add_conditional_edges("cleanState", nodes.after_clean, ["generateTitle", "summarizer", END])
builder.add_edge("generateTitle", END)
builder.add_edge("summarizer", END)

graph = builder.compile(name="agent")
