"""Which node takes a turn. Pure; the order is Open Canvas's."""

from __future__ import annotations

from langchain_core.messages import HumanMessage

from .actions import action_of
from .artifacts import current
from .state import State

REPLY = "replyToGeneralInput"
GENERATE = "generateArtifact"
REWRITE = "rewriteArtifact"

LONGEST_MEMORY = 300_000
"""Characters of ``_messages`` from which a summary takes the place of the older ones."""


def planned(state: State) -> str | None:
    """The node that the turn's keys ask for; None: the model decides."""
    if state.get("highlightedCode"):
        return "updateArtifact"
    if state.get("highlightedText"):
        return "updateHighlightedText"
    if action := action_of(state):
        return action.node
    if state.get("customQuickActionId"):
        return "customAction"
    return "webSearch" if state.get("webSearchEnabled") else None


def choices(state: State) -> tuple[str, str]:
    """What the model may decide on: a thread with an artifact never gets a second one."""
    return (REPLY, GENERATE if current(state.get("artifact")) is None else REWRITE)


def decided(answer: str, state: State) -> str:
    """The node of the model's one word, by whichever of its two words it says first; an answer that says neither is a reply."""
    words = answer.lower()
    found = {words.find(word): node for node, word in zip(choices(state), WORDS, strict=True) if word in words}
    return found[min(found)] if found else REPLY


WORDS = ("reply", "artifact")
"""What the model answers for each of the two ``choices``."""


def after_clean(state: State) -> str | None:
    """What is left to do at a turn's end; None: nothing."""
    if sum(isinstance(message, HumanMessage) for message in state.get("messages", [])) == 1:
        return "generateTitle"
    length = sum(len(message.text) for message in state.get("_messages", []))
    return "summarizer" if length > LONGEST_MEMORY else None
