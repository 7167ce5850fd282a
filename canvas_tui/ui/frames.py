"""When to paint: at most so many times a second while something comes, once at each change of words, never at rest."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

from textual.app import App

from . import textual_parts as parts

SLOWEST = 0.5
"""Seconds between two frames on the slowest of links."""
_EARLY = 0.1
"""Of a frame's time, the part by which a frame for words may be early: they were gathered in frames' rhythm (`net/tap.py`), and two rhythms
of the same length keep what distance they fall into. Measured on a fast machine, 150 tokens a second: half of the words stood after 41 ms,
95 % after 60; with this, and without the frames that said nothing new, after 20 and 36."""
_AT_ONCE = 0.001
"""Seconds that are not worth a timer."""
_LONG = 0.008
"""Seconds of painting behind which showing it is a turn of its own."""


Later = Callable[[float, Callable[[], None]], asyncio.TimerHandle]
"""Call something so many seconds later."""


def turns_of(app: App[Any]) -> Later:
    """Turns of the loop in which the app is the active one, as in the task that asks for this.

    Textual's own timers are a task each, and what they call goes through the queue of a message pump: a tenth of the cost of an answer.
    """
    loop, context = asyncio.get_running_loop(), copy_context()

    def later(wait: float, then: Callable[[], None]) -> asyncio.TimerHandle:
        return loop.call_later(wait, turn, then, context=context)

    def turn(then: Callable[[], None]) -> None:
        try:
            if parts.running(app):
                then()
        except Exception as error:
            parts.fail(app, error)

    return later


class Frames:
    """``ask`` for a frame: ``paint`` runs soon, at most ``fps`` times a second.

    ``paint`` is told whether it is asked for more than what has come of an answer; it returns the seconds until its words change by
    themselves, or None at rest; then no timer is left. ``show`` brings it to the terminal.
    ``leaving`` gives the seconds that a frame has lately taken to leave: a slow link gets fewer frames, so that keys get their turn.
    ``ask`` may be called from any task of the loop and costs next to nothing when a frame is coming already.
    """

    def __init__(
        self,
        fps: int,
        paint: Callable[[bool], float | None],
        show: Callable[[], None],
        later: Later,
        clock: Callable[[], float] = time.monotonic,
        leaving: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._fastest = 1 / max(1, fps)
        self._leaving = leaving
        self._paint = paint
        self._show = show
        self._later = later
        self._clock = clock
        self._last = float("-inf")
        self._asked = False
        self._whole = True
        self._timer: asyncio.TimerHandle | None = None

    @property
    def _every(self) -> float:
        return max(self._fastest, min(SLOWEST, 2 * self._leaving()))

    def ask(self, *, words: bool = False) -> None:
        """``words``: something may have come, and that is all."""
        self._whole = (self._whole and self._asked) or not words
        if not self._asked:
            self._asked = True
            every = self._every
            wait = min(every, self._last + every * (1 - _EARLY * words) - self._clock())
            self._set(wait if wait > _AT_ONCE else 0.0, self.paint_now)

    def paint_now(self) -> None:
        whole = self._whole or not self._asked
        self.stop()
        self._last = self._clock()
        wait = self._paint(whole)
        if self._clock() - self._last > _LONG:
            self._later(0.0, self._show)  # keys get their turn between the two
        else:
            self._show()
        if wait is not None and not self._asked:
            self._set(max(wait, 2 * self._every), self.ask)  # the next frame with words, where more comes, is there before

    def _set(self, wait: float, then: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._later(wait, then)

    def stop(self) -> None:
        self._asked = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @property
    def at_rest(self) -> bool:
        """Nothing is asked for, no timer runs."""
        return not self._asked and self._timer is None
