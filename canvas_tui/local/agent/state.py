"""The graph's state: Open Canvas's schema, key by key, so that one canvas serves both."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from langchain_core.messages import AnyMessage
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


class Artifact(TypedDict):
    currentIndex: int  # 1-based
    contents: list[TextVersion | CodeVersion]


class HighlightedText(TypedDict):
    fullMarkdown: str
    markdownBlock: str
    selectedText: str


class HighlightedCode(TypedDict):
    startCharIndex: int  # UTF-16 offsets
    endCharIndex: int


class State(TypedDict, total=False):
    messages: Annotated[list[AnyMessage], add_messages]  # the shown conversation
    _messages: Annotated[list[AnyMessage], add_messages]  # what the model sees
    artifact: Artifact | None
    highlightedText: HighlightedText | None
    highlightedCode: HighlightedCode | None
    next: str | None
    language: str | None
    artifactLength: str | None
    readingLevel: str | None
    regenerateWithEmojis: bool | None
    addComments: bool | None
    addLogs: bool | None
    fixBugs: bool | None
    portLanguage: str | None
    customQuickActionId: str | None
    webSearchEnabled: bool | None
    webSearchResults: list[dict[str, Any]] | None
