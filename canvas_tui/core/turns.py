"""A turn's own side: how it stands in the conversation, and what it asks for."""

from __future__ import annotations

from .artifact import Turn
from .model import Message, Role, Standing


def message_of(message_id: str, text: str, turn: Turn, standing: Standing) -> Message:
    """The user's message; where the turn has none, a line of ours that tells it."""
    if text or turn.documents:
        return Message(message_id, Role.HUMAN, text, standing=standing)
    return Message(message_id, Role.TURN, turn.words, standing=standing)
