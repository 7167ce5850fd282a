"""Notices that the machine slept: the wall clock ran ahead of the monotonic one, or both far ahead of what was waited for."""

from __future__ import annotations

from collections.abc import Callable

from canvas_tui.core.policy import SLEEP_JUMP


class SleepWatch:
    """`slept` is called about every ``interval`` seconds; its answer is how long the machine was away."""

    def __init__(self, clock: Callable[[], float], wall: Callable[[], float], interval: float) -> None:
        self._clock = clock
        self._wall = wall
        self._interval = interval
        self.begin()

    def begin(self) -> None:
        """From now on."""
        self._last = (self._clock(), self._wall())

    def slept(self) -> float:
        """Seconds lost since the last call, 0.0 where none were."""
        then, wall_then = self._last
        self.begin()
        passed, wall_passed = self._last[0] - then, self._last[1] - wall_then
        lost = max(wall_passed - passed, passed - self._interval)
        return lost if lost > SLEEP_JUMP else 0.0
