"""Two things at once, of which the first to end counts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

T = TypeVar("T")


async def race(work: Awaitable[T], limit: Awaitable[object]) -> tuple[bool, T | None]:
    """Whether the work came to its end before the limit did, and its result; the slower one is cancelled and has ended."""
    first, second = asyncio.ensure_future(work), asyncio.ensure_future(limit)
    try:
        await asyncio.wait({first, second}, return_when=asyncio.FIRST_COMPLETED)
        return (True, first.result()) if first.done() else (False, None)
    finally:
        await stop(first, second)


async def stop(*tasks: asyncio.Future[Any]) -> None:
    """Cancel those that still go on; returns when all have ended. Whoever is cancelled in this wait stays cancelled."""
    for task in tasks:
        task.add_done_callback(_look_at)
        task.cancel()
    if going := [task for task in tasks if not task.done()]:
        await asyncio.wait(going)


def _look_at(task: asyncio.Future[Any]) -> None:
    """So that nobody complains of a result that is not wanted."""
    task.cancelled() or task.exception()
