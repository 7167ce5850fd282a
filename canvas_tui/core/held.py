"""Whether what was painted of a message still stands in what the thread has of it: text, thinking, calls and a tool's result alike."""

from __future__ import annotations

import json

from . import partial_json
from .assemble import split_thinking
from .model import Message, ToolCall

LARGE = 100_000
"""Characters of a call's arguments above which they are not decoded for this."""


def holds(true: Message, painted: Message) -> bool:
    """The same, or it goes on from it. White space and the order of keys in arguments are the server's."""
    said = true.text.startswith(painted.text) and true.thinking.startswith(painted.thinking)
    if not said:  # the mark of thinking may stand in the text of one only
        said = all(one.startswith(other) for one, other in zip(split_thinking(true), split_thinking(painted), strict=True))
    return said and _called(true.tool_calls, painted.tool_calls)


def _called(true: tuple[ToolCall, ...], painted: tuple[ToolCall, ...]) -> bool:
    if len(true) < len(painted):
        return False
    return all(not old.name or old.name == new.name for new, old in zip(true, painted, strict=False)) and all(
        _argued(new.args, old.args) for new, old in zip(true, painted, strict=False)
    )


def _argued(true: str, painted: str) -> bool:
    if true.startswith(painted) or len(painted) > LARGE:
        return True
    try:
        whole = json.loads(true)
        if not isinstance(whole, dict):
            return False
        try:
            return bool(json.loads(painted) == whole)
        except ValueError:
            begun = partial_json.feed(partial_json.NOTHING, painted).members
            return all(isinstance(whole.get(key), str) and whole[key].startswith(text) for key, text in begun)
    except (ValueError, RecursionError):
        return False
