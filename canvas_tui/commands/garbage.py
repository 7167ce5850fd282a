"""The garbage collector's pauses, kept short: it stops everything while it goes through all that is there.

Measured: 40 ms every few seconds of a stream, 130 ms with an answer of 1 MB on the screen (a hundred thousand lines and pieces of
them). What is shown is freed when nothing holds it any more, without the collector; that looks for cycles, of which there are few.
So what the program is made of is taken out once it stands, and what has survived a long collection is not gone through again.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Mapping

STARTED = 1.0
"""Seconds after which the program stands."""
LONG = 0.012
"""Seconds of a collection that is not to become longer."""


class ShortCollections:
    """A callback of the collector (`gc.callbacks`)."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter, freeze: Callable[[], None] = gc.freeze) -> None:
        self._clock, self._freeze = clock, freeze
        self._begun = 0.0

    def __call__(self, phase: str, info: Mapping[str, int]) -> None:
        if phase == "start":
            self._begun = self._clock()
        elif self._clock() - self._begun > LONG:
            self._freeze()


def keep_collections_short(loop: asyncio.AbstractEventLoop) -> None:
    """None at all before the program stands: they were a fifteenth of the way to its first frame."""
    gc.callbacks.append(ShortCollections())
    gc.disable()
    loop.call_later(STARTED, _stands)


def _stands() -> None:
    gc.freeze()
    gc.enable()
