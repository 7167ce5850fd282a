"""A turn's own side: how it stands in the conversation, and what is sent of it."""

from __future__ import annotations

from dataclasses import replace

from .artifact import PLAIN, SaveStanding, Turn, fingerprint
from .model import Message, Outgoing, Payload, Role, SendMessage, Session, Standing, ThreadState
from .open_canvas import PART_KEYS


def message_of(message_id: str, text: str, turn: Turn, standing: Standing) -> Message:
    """The user's message; where the turn has none, a line of ours that tells it."""
    if text or turn.documents or not (turn.keys or turn.words):
        return Message(message_id, Role.HUMAN, text, standing=standing)
    return Message(message_id, Role.TURN, turn.words, standing=standing)


def payload_of(message: Message, turn: Turn) -> SendMessage:
    return SendMessage(message.id, message.text if message.role is Role.HUMAN else "", turn)


def turn_of(payload: Payload | None) -> Turn:
    return payload.turn if isinstance(payload, SendMessage) else PLAIN


def meant_for(s: Session, turn: Turn) -> Turn:
    """An action is meant for the text there is now: for what is being saved, else for the current version. Where a run is on, or
    other turns go before it, it is meant for whatever they make of it."""
    if turn.of or turn.before or not acts(turn):
        return turn
    saving = s.saving.last if s.saving is not None else None
    if saving is not None and saving.standing is not SaveStanding.CONFLICT:
        return replace(turn, of=fingerprint(saving.mine.text)) if not _before(s) else turn
    if s.active or _before(s) or s.state.artifact is None:
        return turn
    return replace(turn, of=fingerprint(s.state.artifact.version.text))


def acts(turn: Turn) -> bool:
    """On the artifact: a key of its own that says what is to become of it."""
    return any(key not in _ASIDE for key, _ in turn.keys)


_ASIDE = frozenset({"webSearchEnabled", "webSearchResults", "next"})


def _before(s: Session) -> bool:
    """Something that waits to be sent may change the artifact first."""
    return any(each.message.standing is Standing.QUEUED for each in s.queue)


def outdated(turn: Turn, state: ThreadState) -> bool:
    """Whether it is meant for a text that is not the current version's."""
    return bool(turn.of) and (state.artifact is None or fingerprint(state.artifact.version.text) != turn.of)


def held_back(queue: tuple[Outgoing, ...], outdated: Outgoing) -> tuple[Outgoing, ...]:
    """It waits for the user's word, and with it what was to act on what it makes of the artifact."""
    place = queue.index(outdated)
    behind = tuple(each for each in queue[place + 1 :] if acts(each.turn) and not each.turn.of)
    return tuple(
        replace(each, message=replace(each.message, standing=Standing.UNSENT)) if each is outdated or each in behind else each
        for each in queue
    )


def why_outdated(turn: Turn) -> str:
    again = "select the part again" if any(key in PART_KEYS for key, _ in turn.keys) else "ask again if it is meant for this one"
    return f"the document is another one by now; {again}"


def with_artifact(payload: Payload, state: ThreadState) -> Payload:
    """With the artifact as it stands now; a turn that forks off goes on with its checkpoint's."""
    if not isinstance(payload, SendMessage) or payload.turn.before:
        return payload
    return replace(payload, artifact=state.artifact)
