"""The canvas's side of the backend: turns that are more than a message, changes by hand, branches and the store."""

from __future__ import annotations

from canvas_tui.core.artifact import Turn
from canvas_tui.core.inputs import WhenBusy

from .branching import Branching
from .store import AssistantStore


class HubCanvas(Branching, AssistantStore):
    """Fulfils `Canvas`, over the drivers of a hub; `Hub.canvas` is the one to use."""

    def act(self, thread_id: str, turn: Turn, text: str = "", how: WhenBusy = WhenBusy.QUEUE) -> None:
        self._desk.begin(thread_id, text, turn, how)
