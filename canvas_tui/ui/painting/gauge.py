"""Tells when what was written stands on the terminal, and how long that took.

Written bytes are soon out of sight: over SSH they wait in sockets on both ends, megabytes of them where the link is slow, long after
the write has returned. So the terminal is asked: each frame ends with the question for its status (DSR 5), which every terminal
answers once it has come to it. One that never does is judged by how long writes take.

Answers come in the order of the questions and do not tell which one they are for. So a question that is given up is still owed its
answer; and as that may be lost (an editor had the terminal, another terminal has attached), the next question is one that is known by
its answer, for the place of the cursor (DSR 6) where it has been put for that: nothing asked before it is still to be answered then.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any

ASK, ANSWER = "\x1b[5n", "\x1b[0n"
ASK_WHERE = "\x1b7\x1b[{row};{number}H\x1b[6n\x1b8"
ROW = 2
"""In which the cursor is put: no key sends the same as the answer, as one would for the first row (Shift+F3 and its like)."""
_NUMBERS = 8
_ASKS_FROM = 120
"""Bytes since the last question from which the next one is asked: keys typed at rest ask nothing."""
_PATIENCE = 1.0
"""Seconds in which nothing has been heard, beyond those that what is on its way needs, after which an answer is given up."""
_FRAME = 0.05
"""Seconds of the way there and back for which one more frame may be on it: a long way that is quick is no slow one."""
_RATE = 8_000.0
"""Bytes that a link takes in a second, as long as it is not known."""
_IN_A_ROW = 2
"""Questions given up, with nothing heard in between, after which the terminal is taken for one that does not answer."""
_MOST = 64  # questions that are remembered
_LONGEST = 5.0  # seconds of a way that count: beyond those an answer has been lost, or everything stood still
_WEIGHT = 0.3  # of the newest frame in the mean
_FORGET = 0.01  # of the difference to the quickest answer, at each answer


class Frame(str):
    """A frame's bytes on their way through the driver's queue, known again at the other end."""

    __slots__ = ("number", "since")

    number: int
    since: float


@dataclass(slots=True, eq=False)
class _Question:
    """``size``: bytes since the last one; ``load``: all that were on their way. ``number``: the cursor's column, 0 where none is asked."""

    at: float
    size: int
    load: int
    number: int
    given_up: bool = False


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
        self._asked: list[_Question] = []  # what has no answer yet
        self._unsure = False  # an answer may have been lost
        self._number = 0  # of the newest question for the cursor's place
        self._answers = False  # the terminal does answer
        self._silent = 0  # questions given up since the last answer
        self._last = 0.0  # when something was heard
        self._quickest: float | None = None
        self._rate = _RATE
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
        if self.blocked:
            return True
        with self._heard:
            return self._answers and self._waiting() > (self._quickest or 0.0) / _FRAME

    def _waiting(self) -> int:
        return sum(not question.given_up for question in self._asked)

    def frame(self, text: str, now: float) -> Frame:
        """The text as a frame that is awaited from now on."""
        self._sent += 1
        self._unasked += len(text)
        if self._unasked >= _ASKS_FROM:
            text += self._ask(now)
        frame = Frame(text)
        frame.number, frame.since = self._sent, now
        return frame

    def _ask(self, now: float) -> str:
        with self._heard:
            size, number = self._unasked, 0
            if self._unsure:
                number = self._number = self._number % _NUMBERS + 1
            question = _Question(now, size, size + sum(each.size for each in self._asked), number)
            self._asked = [*self._asked[1 - _MOST :], question]
            self._unasked, self._unsure = 0, False
            self._loop.call_later(self._patience(question), self._give_up, question)
        return ASK_WHERE.format(row=ROW, number=number) if number else ASK

    def _patience(self, question: _Question) -> float:
        return _PATIENCE + 2 * question.load / self._rate

    def _give_up(self, question: _Question) -> None:
        """Its answer has not come, and may never: while nothing is heard, what is asked keeps nothing back any more."""
        with self._heard:
            if question not in self._asked or question.given_up:
                return
            wait = max(question.at, self._last) + self._patience(question) - self._clock()
            if wait > 0:
                self._loop.call_later(wait, self._give_up, question)
                return
            self._let_go()
            self._silent += 1
            if self._silent >= _IN_A_ROW:
                self._answers = False
        self._go_on()

    def _let_go(self) -> None:
        for question in self._asked:
            question.given_up = True
        self._unsure = True

    def forget(self) -> None:
        """What has been asked keeps nothing back: the screen is wanted now."""
        with self._heard:
            self._let_go()

    def begin(self) -> None:
        """The terminal was somebody else's: what was on its way to it is gone, and so are answers."""
        with self._heard:
            self._asked.clear()
            self._unsure = True
            self._unasked = self._silent = 0
            self._gone = self._sent

    def _go_on(self) -> None:
        if not self.busy:
            self._left()

    # -- the reader thread's side ----------------------------------------------------------------------------------------

    def answered(self, number: int = 0) -> bool:
        """The terminal has come to a question; False: to none of ours. ``number``: the column in which the cursor is."""
        with self._heard:
            at = next((index for index, question in enumerate(self._asked) if question.number == number), None)
            if at is None or not (number or all(question.given_up for question in self._asked[:at])):
                return False
            question = self._asked[at]
            del self._asked[: at + 1]
            self._measure(self._clock(), question)
            self._heard.notify_all()
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._go_on)
        return True

    def _measure(self, now: float, question: _Question) -> None:
        took = min(now - question.at, _LONGEST)
        quickest = self._quickest if self._quickest is not None else took
        self._quickest = min(took, quickest + _FORGET * (took - quickest))
        waited = took - self._quickest
        self.seconds += _WEIGHT * (waited - self.seconds)
        if waited > _FRAME:
            self._rate += _WEIGHT * (question.load / waited - self._rate)
        if self._silent >= _IN_A_ROW:  # it answers again: what before that is still to be answered, nobody knows
            self._let_go()
        self._answers, self._silent, self._last = True, 0, now

    def all_answered(self) -> None:
        """Wait for what is still to be answered, for a moment: whoever reads the terminal next shall not get it."""
        with self._heard:
            patience = (self._quickest or 0.0) + 2 * self.seconds + 0.2
            self._heard.wait_for(lambda: not (self._answers and self._waiting()), timeout=patience)

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
