"""Tells when what was written has left for the terminal, and how long that took."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any

_WEIGHT = 0.3  # of the newest frame in the mean


class Frame(str):
    """A frame's bytes on their way through the driver's queue, known again at the other end."""

    __slots__ = ("number", "since")

    number: int
    since: float


class Gauge:
    """Stands between the driver's writer thread and its file. ``left`` is called in the loop when the newest frame has gone."""

    def __init__(self, file: IO[str], loop: asyncio.AbstractEventLoop, left: Callable[[], None]) -> None:
        self._file = file
        self._loop = loop
        self._left = left
        self._sent = 0  # number of the newest frame handed over
        self._taken = 0  # of the newest one that the thread has written
        self._gone = 0  # of the newest one that has been flushed
        self._since = 0.0
        self.seconds = 0.0
        """From a frame's handing over to its being gone, averaged."""

    @property
    def busy(self) -> bool:
        """A frame is still on its way."""
        return self._gone < self._sent

    def frame(self, text: str, now: float) -> Frame:
        """The text as a frame that is awaited from now on."""
        self._sent += 1
        frame = Frame(text)
        frame.number, frame.since = self._sent, now
        return frame

    # -- the writer thread's side ----------------------------------------------------------------------------------------

    def write(self, text: str) -> int:
        """Never raises: where the terminal is gone, the thread must go on emptying the driver's queue, or leaving waits for ever."""
        with suppress(OSError):
            self._file.write(str(text))
        if isinstance(text, Frame):
            self._taken, self._since = text.number, text.since
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._file.flush()
        if self._gone < self._taken:
            taken = self._taken
            self.seconds += _WEIGHT * (time.monotonic() - self._since - self.seconds)
            try:
                self._loop.call_soon_threadsafe(self._done, taken)
            except RuntimeError:  # the loop has ended before the last bytes went
                self._gone = taken

    def _done(self, number: int) -> None:
        self._gone = max(self._gone, number)
        if not self.busy:
            self._left()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)
