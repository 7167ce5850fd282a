"""What of Open Canvas's state schema both sides of the wire must know: the client and the local agent's graph."""

from __future__ import annotations

LAST_NODE = "generateTitle"
"""A node behind which the graph ends."""

PART_CALL = "rewrite_part_model_call"
"""The name of the local agent's call that rewrites a highlighted part of a program: what it writes is kept without the fence round it.
(Open Canvas's server names no such call, and puts the fence into the program.)
"""

PART_KEYS = ("highlightedCode", "highlightedText")
"""Of a turn on a part of the artifact: they point into its text."""

TURN_KEYS = (
    "highlightedCode",
    "highlightedText",
    "next",
    "language",
    "artifactLength",
    "regenerateWithEmojis",
    "readingLevel",
    "addComments",
    "addLogs",
    "fixBugs",
    "portLanguage",
    "customQuickActionId",
    "webSearchEnabled",
    "webSearchResults",
)
"""What belongs to one turn only. Each must be sent, as null where it is not meant: a key that a failed run left behind would act again
(measured); the local agent clears them at a turn's end.
"""
