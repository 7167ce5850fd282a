"""What is not shown any more is freed a little at a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

_MANY = 50
"""Things that are freed at once: less than that is no pause."""
_SLICE, _BREATH = 0.003, 0.002
"""Seconds of freeing in a row, and between two such slices."""


def let_go(things: list[Any], clock: Callable[[], float] = time.perf_counter) -> None:
    """Free what this list holds, a slice in each turn of the loop; nobody else may use the list from here on. (The lines of a megabyte of
    markdown are several hundred thousand objects: freed at once they were a pause of 40 ms.)"""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return

    def some() -> None:
        until = clock() + _SLICE
        while things and clock() < until:
            things.pop()
        if things:
            loop.call_later(_BREATH, some)

    if len(things) > _MANY:
        loop.call_soon(some)
