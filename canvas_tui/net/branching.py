"""Branches of a thread: an answer asked for again, a message sent again in other words, and the way between them."""

from __future__ import annotations

from canvas_tui.core.artifact import PLAIN, Turn
from canvas_tui.core.inputs import Regenerated, Switched, WhenBusy

from .desk import Desk


class Branching:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def regenerate(self, thread_id: str) -> None:
        self._desk.driver(thread_id).take(Regenerated(self._desk.new_id()))

    def resend(self, thread_id: str, message_id: str, text: str, turn: Turn = PLAIN) -> None:
        branch = Turn(turn.keys, turn.words, turn.documents, before=message_id)
        self._desk.begin(thread_id, text, branch, WhenBusy.QUEUE)

    def branch(self, thread_id: str, message_id: str, step: int) -> None:
        self._desk.driver(thread_id).take(Switched(message_id, step))
