"""What of Open Canvas's state schema both sides of the wire must know: the client and the local agent's graph."""

from __future__ import annotations

LAST_NODE = "generateTitle"
"""A node behind which the graph ends."""

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
