"""The graph's state: Open Canvas's schema, key by key, so that one canvas serves both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from langchain_core.messages import AnyMessage
from langgraph.channels import EphemeralValue
from langgraph.graph.message import add_messages
from typing_extensions import TypedDict


class TextVersion(TypedDict):
    index: int
    type: Literal["text"]
    title: str
    fullMarkdown: str


class CodeVersion(TypedDict):
    index: int
    type: Literal["code"]
    title: str
    language: str
    code: str


Version = TextVersion | CodeVersion


class Artifact(TypedDict):
    currentIndex: int  # 1-based
    contents: list[Version]


class HighlightedText(TypedDict):
    fullMarkdown: str
    markdownBlock: str
    selectedText: str


class HighlightedCode(TypedDict):
    startCharIndex: int  # UTF-16 offsets
    endCharIndex: int


def kept(old: Artifact | None, new: Artifact | None) -> Artifact | None:
    """A client that sends no artifact has not seen the thread's: its versions stay."""
    return new or old


OfTurn = EphemeralValue
"""The channel of a turn's keys: what was sent is seen by the first node, which hands on what it has read, and is gone a step later. So
what a failed turn left behind cannot act in the next one, and "Continue" finds it where the turn failed (Open Canvas keeps such keys
in the state: measured, a failed translation was run again by the next plain message)."""


class State(TypedDict, total=False):
    messages: Annotated[list[AnyMessage], add_messages]  # the shown conversation
    _messages: Annotated[list[AnyMessage], add_messages]  # what the model sees
    artifact: Annotated[Artifact | None, kept]
    highlightedText: Annotated[HighlightedText | None, OfTurn]
    highlightedCode: Annotated[HighlightedCode | None, OfTurn]
    next: Annotated[str | None, OfTurn]
    language: Annotated[str | None, OfTurn]
    artifactLength: Annotated[str | None, OfTurn]
    readingLevel: Annotated[str | None, OfTurn]
    regenerateWithEmojis: Annotated[bool | None, OfTurn]
    addComments: Annotated[bool | None, OfTurn]
    addLogs: Annotated[bool | None, OfTurn]
    fixBugs: Annotated[bool | None, OfTurn]
    portLanguage: Annotated[str | None, OfTurn]
    customQuickActionId: Annotated[str | None, OfTurn]
    webSearchEnabled: Annotated[bool | None, OfTurn]
    webSearchResults: Annotated[Sequence[Mapping[str, Any]] | None, OfTurn]
