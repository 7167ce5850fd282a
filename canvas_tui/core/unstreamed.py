"""Why a run brings no tokens, by the way in which it was started."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

TOKEN_MODES = frozenset({"messages-tuple", "messages", "events"})
"""Stream modes that carry tokens."""


class Unstreamed(StrEnum):
    NOT = ""
    MODES = "modes"  # none of its stream modes carries them
    SUBGRAPHS = "subgraphs"  # those of subgraphs are not streamed


def unstreamed(modes: Collection[str], subgraphs: bool | None) -> Unstreamed:
    """What is not known (no modes, None) accuses nobody."""
    if modes and TOKEN_MODES.isdisjoint(modes):
        return Unstreamed.MODES
    return Unstreamed.SUBGRAPHS if subgraphs is False else Unstreamed.NOT
