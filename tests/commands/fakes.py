"""A backend without a network, as far as commands look at one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from canvas_tui.core.model import ServerPhase, ServerState, ThreadList, ThreadRow
from canvas_tui.core.ports import Change, Listener


class FakeBackend:
    """Holds a state; each ``change_…`` tells the listeners in the next turn of the loop. ``more`` are pages not yet loaded."""

    def __init__(self, server: ServerState | None = None, pages: tuple[tuple[ThreadRow, ...], ...] = ()) -> None:
        self._server = server or ServerState(ServerPhase.UP)
        self._threads = ThreadList(loading=False)
        self._pages = list(pages)
        self._listeners: list[Listener] = []

    def server(self) -> ServerState:
        return self._server

    def threads(self) -> ThreadList:
        return self._threads

    def listen(self, listener: Listener) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @property
    def heard(self) -> int:
        return len(self._listeners)

    def change_server(self, phase: ServerPhase, sentence: str = "", local: bool = False) -> None:
        self._server = replace(self._server, phase=phase, sentence=sentence, local=local)
        self._tell(Change.SERVER)

    def change_threads(self, **changes: object) -> None:
        self._threads = replace(self._threads, **changes)  # type: ignore[arg-type]
        self._tell(Change.THREADS)

    def more_threads(self) -> None:
        """The next page comes a few turns of the loop later."""
        self.change_threads(loading=True)
        asyncio.get_running_loop().call_soon(self._arrive)

    def _arrive(self) -> None:
        page = self._pages.pop(0)
        self.change_threads(loading=False, rows=(*self._threads.rows, *page), more=bool(self._pages))

    def _tell(self, change: Change) -> None:
        for listener in [*self._listeners]:
            listener(change, "")
