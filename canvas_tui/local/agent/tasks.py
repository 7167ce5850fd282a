"""What a node asks of the model: real models are sent its messages, the scripted one reads what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from langchain_core.messages import AnyMessage

from canvas_tui.core.frozen import frozen

from .actions import Action
from .memory import NOTHING, Reflections
from .state import Version


class Kind(StrEnum):
    REPLY = "reply"
    ROUTE = "route"
    GENERATE = "generate"
    META = "meta"
    REWRITE = "rewrite"
    ACTION = "action"
    CUSTOM = "custom"
    PART = "part"
    FOLLOWUP = "followup"
    TITLE = "title"
    REFLECT = "reflect"
    QUERY = "query"
    SUMMARY = "summary"


WRITERS = frozenset({Kind.REPLY, Kind.GENERATE, Kind.REWRITE, Kind.ACTION, Kind.CUSTOM, Kind.PART})
"""What a turn is about; the others help it."""


@frozen
class Task:
    """``messages`` are the whole of what a real model is sent, the instructions first."""

    kind: Kind
    messages: Sequence[AnyMessage]
    conversation: Sequence[AnyMessage] = ()
    version: Version | None = None  # what is worked on
    action: Action | None = None
    prompt: str = ""  # of a custom action
    part: str = ""  # what is highlighted
    remembered: Reflections = NOTHING  # of the user
    found: Sequence[str] = ()  # what a web search found: links in Markdown
    papers: Sequence[str] = ()  # the documents that were given, a line each
    name: str = ""  # of the call, in its messages' metadata
    quiet: bool = False  # its tokens are nobody's to see
