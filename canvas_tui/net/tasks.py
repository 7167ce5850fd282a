"""Tasks that are held until they are done, and whose mistakes are not lost."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


class Tasks:
    """A bag of running tasks; each leaves it when it is done."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, object]) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            task.get_loop().call_exception_handler({"message": "a task failed", "exception": error, "task": task})

    def cancel(self) -> None:
        for task in [*self._running]:
            task.cancel()

    async def finished(self, timeout: float | None = None) -> None:
        """Returns when none runs, or when ``timeout`` seconds have passed; never raises what a task raised."""
        if self._running:
            await asyncio.wait([*self._running], timeout=timeout)
