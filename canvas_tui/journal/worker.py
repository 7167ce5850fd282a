"""One thread that does all database work, in the order in which it was asked for."""

from __future__ import annotations

import asyncio
import atexit
import queue
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
Job = Callable[[], None]

PATIENCE = 5.0
"""Seconds that the end of the interpreter waits for what is still to be written."""


class Worker:
    """Starts with the first job. After ``close`` nothing is done any more."""

    def __init__(self, name: str) -> None:
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._closed = False
        self._defect: Exception | None = None

    def post(self, job: Job) -> None:
        """Do it, when what was asked before is done. What it raises, the next one who asks gets: a defect does not hide."""
        if self._closed:
            return
        if not self._thread.is_alive():
            self._thread.start()
            atexit.register(self._finish)  # a program that ends without closing loses nothing either
        self._jobs.put(job)

    async def ask(self, job: Callable[[], T], closed: T) -> T:
        """Do it and wait for what it gives; ``closed`` is given after the end."""
        if self._closed:
            return closed
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()

        def deliver(settle: Callable[[], None]) -> None:
            try:
                loop.call_soon_threadsafe(lambda: None if answer.done() else settle())
            except RuntimeError:
                pass  # the loop has ended meanwhile: nobody waits

        def work() -> None:
            try:
                if self._defect is not None:
                    raise self._defect
                value = job()
            except Exception as error:
                defect = error
                deliver(lambda: answer.set_exception(defect))
            else:
                deliver(lambda: answer.set_result(value))

        self.post(work)
        return await answer

    async def close(self, last: Job) -> None:
        """Finish all that was asked for, then ``last``, then end."""
        if not self._closed:
            await self.ask(last, None)
            await asyncio.to_thread(self._finish)

    def _finish(self) -> None:
        self._closed = True
        atexit.unregister(self._finish)
        self._jobs.put(None)
        if self._thread.is_alive():
            self._thread.join(PATIENCE)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except Exception as error:
                self._defect = error
