"""What the server's store keeps for the assistant: reflections, custom actions, context documents."""

from __future__ import annotations

from .desk import Desk


class AssistantStore:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
