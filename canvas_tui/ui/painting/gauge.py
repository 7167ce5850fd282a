"""Tells when what was written stands on the terminal, and how long that took.

Written bytes are soon out of sight: over SSH they wait in sockets on both ends, megabytes of them where the link is slow, long after
the write has returned. So the terminal is asked: each frame ends with the question for its status (DSR 5), which every terminal
answers once it has come to it. One that never does is judged by how long writes take.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any

ASK, ANSWER = "\x1b[5n", "\x1b[0n"
_ASKS_FROM = 120
"""Bytes since the last question from which the next one is asked: keys typed at rest ask nothing."""
_PATIENCE = 1.0
"""Seconds after which an answer is given up."""
_FRAME = 0.05
"""Seconds of the way there and back for which one more frame may be on it: a long way that is quick is no slow one."""
_WEIGHT = 0.3  # of the newest frame in the mean
_FORGET = 0.01  # of the difference to the quickest answer, at each answer


class Frame(str):
    """A frame's bytes on their way through the driver's queue, known again at the other end."""

    __slots__ = ("number", "since")

    number: int
    since: float


class Gauge:
    """Stands between the driver's writer thread and its file. ``left`` is called in the loop when there is room for the next frame."""

    def __init__(
        self, file: IO[str], loop: asyncio.AbstractEventLoop, left: Callable[[], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._file = file
        self._loop = loop
        self._left = left
        self._clock = clock
        self._sent = 0  # number of the newest frame handed over
        self._taken = 0  # of the newest one that the thread has written
        self._gone = 0  # of the newest one that has been flushed
        self._since = 0.0
        self._unasked = 0  # bytes since the last question
        self._asked: deque[float] = deque()  # when each question that waits for its answer was asked
        self._answers = False  # the terminal does answer
        self._quickest = 0.0
        self._heard = threading.Condition()
        self.seconds = 0.0
        """How long frames wait on their way, averaged: the time to their answer beyond the quickest, or to their being written."""

    @property
    def blocked(self) -> bool:
        """The newest frame has not even been written."""
        return self._gone < self._sent

    @property
    def busy(self) -> bool:
        """As many frames are on their way as there is room for."""
        return self.blocked or (self._answers and len(self._asked) > self._quickest / _FRAME)

    def frame(self, text: str, now: float) -> Frame:
        """The text as a frame that is awaited from now on."""
        self._sent += 1
        self._unasked += len(text)
        if self._unasked >= _ASKS_FROM:
            self._unasked = 0
            text += ASK
            self._asked.append(now)
            self._loop.call_later(_PATIENCE, self._give_up, now)
        frame = Frame(text)
        frame.number, frame.since = self._sent, now
        return frame

    def _give_up(self, asked: float) -> None:
        """The answer to what was asked then has not come, and will not."""
        if self._asked and self._asked[0] <= asked:
            while self._asked and self._asked[0] <= asked:
                self._asked.popleft()
            self._go_on()

    def _go_on(self) -> None:
        if not self.busy:
            self._left()

    # -- the reader thread's side ----------------------------------------------------------------------------------------

    def answered(self) -> None:
        """The terminal has come to the oldest question."""
        with self._heard:
            if not self._asked:
                return
            took = self._clock() - self._asked.popleft()
            self._quickest = min(took, self._quickest + _FORGET * (took - self._quickest)) if self._answers else took
            self._answers = True
            self.seconds += _WEIGHT * (took - self._quickest - self.seconds)
            self._heard.notify_all()
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._go_on)

    def all_answered(self) -> None:
        """Wait for what is still to be answered, for a moment: whoever reads the terminal next shall not get it."""
        with self._heard:
            self._heard.wait_for(lambda: not (self._answers and self._asked), timeout=self._quickest + 2 * self.seconds + 0.2)

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
            if not self._answers:
                self.seconds += _WEIGHT * (self._clock() - self._since - self.seconds)
            try:
                self._loop.call_soon_threadsafe(self._done, taken)
            except RuntimeError:  # the loop has ended before the last bytes went
                self._gone = taken

    def _done(self, number: int) -> None:
        self._gone = max(self._gone, number)
        self._go_on()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)
