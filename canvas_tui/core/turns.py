"""A turn's own side: how it stands in the conversation, and what is sent of it."""

from __future__ import annotations

from dataclasses import replace

from .artifact import PLAIN, Turn, fingerprint
from .model import Message, Payload, Role, SendMessage, Standing, ThreadState


def message_of(message_id: str, text: str, turn: Turn, standing: Standing) -> Message:
    """The user's message; where the turn has none, a line of ours that tells it."""
    if text or turn.documents or not (turn.keys or turn.words):
        return Message(message_id, Role.HUMAN, text, standing=standing)
    return Message(message_id, Role.TURN, turn.words, standing=standing)


def payload_of(message: Message, turn: Turn) -> SendMessage:
    return SendMessage(message.id, message.text if message.role is Role.HUMAN else "", turn)


def turn_of(payload: Payload | None) -> Turn:
    return payload.turn if isinstance(payload, SendMessage) else PLAIN


OUTDATED = "the document is another one by now; select the part again"


def outdated(turn: Turn, state: ThreadState) -> bool:
    """Whether its keys point into a text that is not the current version's."""
    return bool(turn.of) and (state.artifact is None or fingerprint(state.artifact.version.text) != turn.of)


def with_artifact(payload: Payload, state: ThreadState) -> Payload:
    """With the artifact as it stands now; a turn that forks off goes on with its checkpoint's."""
    if not isinstance(payload, SendMessage) or payload.turn.before:
        return payload
    return replace(payload, artifact=state.artifact)
