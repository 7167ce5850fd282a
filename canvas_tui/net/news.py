"""Tells those who listen what has changed: once for each turn of the loop, however much has changed in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from canvas_tui.core.ports import Change, Listener


class News:
    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._untold: dict[tuple[Change, str], None] = {}
        self._closed = False

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Until the returned function is called."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def tell(self, change: Change, thread_id: str = "") -> None:
        if not self._untold and not self._closed:
            asyncio.get_running_loop().call_soon(self._tell_all)
        self._untold[change, thread_id] = None

    def close(self) -> None:
        """What is not told by then may still be, what comes later is not."""
        self._closed = True

    def _tell_all(self) -> None:
        untold, self._untold = self._untold, {}
        for change, thread_id in untold:
            for listener in [*self._listeners]:
                listener(change, thread_id)
