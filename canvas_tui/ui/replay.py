"""The program with a recording instead of a server: a line says so all the while."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from textual.actions import ActionParseResult
from textual.dom import DOMNode

from canvas_tui.core.ports import Backend, Change, Preferences, ScreenOptions

from .app import CanvasApp
from .screens.demo import Banner

REFUSED = "This is a replay: nothing can be sent, asked or changed."
NEEDS_SERVER = frozenset({"new_thread", "rename", "delete", "undo", "doctor", "give_up", "again"})
"""Actions that are refused before they begin."""


class ReplayApp(CanvasApp):
    """``CanvasApp`` on a replay.

    Args:
        line: what is played and where it stands, in a sentence.
    """

    def __init__(self, backend: Backend, options: ScreenOptions, preferences: Preferences, line: Callable[[], str]) -> None:
        super().__init__(backend, options, preferences)
        self._line = line
        self._said = ""

    def on_mount(self) -> None:
        banner = Banner("REPLAY", id="demonstration")
        self.main.mount(banner, before=0)

        def tell(change: Change, thread_id: str) -> None:
            if (line := self._line()) != self._said:
                self._said = line
                banner.show(line)

        tell(Change.SESSION, "")
        self.backend.listen(tell)

    def refuse(self) -> None:
        self.say(REFUSED)

    def follow(self, thread_id: str) -> None:
        """Show the thread that the user opened then."""
        if self.main.thread_id != thread_id:
            self.main.open_thread(thread_id)

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        if action in NEEDS_SERVER:
            self.refuse()
            return True
        return await super().run_action(action, default_namespace, namespaces)
