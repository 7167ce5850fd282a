"""What a graph's node does, in a person's words: Open Canvas's own are known, others are named by their words."""

from __future__ import annotations

import re

from .safe_text import safe_line

_KNOWN = {
    "generatePath": "choosing what to do",
    "replyToGeneralInput": "answering",
    "generateArtifact": "writing",
    "rewriteArtifact": "rewriting",
    "rewriteArtifactTheme": "rewriting",
    "rewriteCodeArtifactTheme": "rewriting",
    "updateArtifact": "rewriting a part",
    "updateHighlightedText": "rewriting a part",
    "customAction": "taking your action",
    "webSearch": "searching the web",
    "callTool": "using a tool",
    "generateFollowup": "writing about it",
    "reflect": "noting what you like",
    "generateTitle": "finding a title",
    "summarizer": "summing up",
    "cleanState": "finishing",
}
_JOINT = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|_+")


def doing(node: str) -> str:
    """ "answering", "running in my own node"."""
    return _KNOWN.get(node) or f"running in {plain(node)}"


def plain(node: str) -> str:
    """ "replyToGeneralInput" -> "reply to general input"; a name of one word stays as it is."""
    words = [word for word in _JOINT.split(node) if word]
    if len(words) < 2:
        return safe_line(node)
    return safe_line(" ".join(word if word.isupper() else word.lower() for word in words))
