"""Branches of a thread: an answer asked for again, a message sent again in other words, and the way between them."""

from __future__ import annotations

from .desk import Desk


class Branching:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
