"""The program with a recording instead of a server: a line says so all the while."""

from __future__ import annotations

from collections.abc import Callable

from canvas_tui.core.ports import Backend, Change, Preferences, ScreenOptions

from .app import CanvasApp
from .screens.demo import Banner


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
