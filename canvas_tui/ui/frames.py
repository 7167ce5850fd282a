"""When to paint: at most so many times a second while something comes, once at each change of words, never at rest."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual.message_pump import MessagePump
from textual.timer import Timer

SLOWEST = 0.5
"""Seconds between two frames on the slowest of links."""


class Frames:
    """``ask`` for a frame: ``paint`` runs soon, at most ``fps`` times a second.

    ``paint`` returns the seconds until its words change by themselves, or None at rest; then no timer is left.
    ``leaving`` gives the seconds that a frame has lately taken to leave: a slow link gets fewer frames, so that keys get their turn.
    ``ask`` may be called from any task of the loop and costs next to nothing when a frame is coming already.
    """

    def __init__(
        self,
        owner: MessagePump,
        fps: int,
        paint: Callable[[], float | None],
        clock: Callable[[], float] = time.monotonic,
        leaving: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._owner = owner
        self._fastest = 1 / max(1, fps)
        self._leaving = leaving
        self._paint = paint
        self._clock = clock
        self._last = float("-inf")
        self._asked = False
        self._timer: Timer | None = None

    @property
    def _every(self) -> float:
        return max(self._fastest, min(SLOWEST, 2 * self._leaving()))

    def ask(self) -> None:
        if not self._asked:
            self._asked = True
            self._owner.call_later(self._begin)  # timers are to be made in the owner's own task

    def _begin(self) -> None:
        if not self._asked:
            return
        wait = self._last + self._every - self._clock()
        if wait <= 0.001:
            self.paint_now()
        else:
            self._set(min(wait, self._every), self.paint_now)

    def paint_now(self) -> None:
        self.stop()
        self._last = self._clock()
        wait = self._paint()
        if wait is not None:
            self._set(max(wait, self._every), self.ask)

    def _set(self, wait: float, then: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._owner.set_timer(wait, then)

    def stop(self) -> None:
        self._asked = False
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    @property
    def at_rest(self) -> bool:
        """Nothing is asked for, no timer runs."""
        return not self._asked and self._timer is None
