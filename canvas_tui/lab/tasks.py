"""Two things at once, of which the first to end counts."""

from __future__ import annotations

import asyncio
import contextlib
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
        await stop(first)
        await stop(second)


async def stop(task: asyncio.Future[Any]) -> None:
    """Cancel it where it still goes on; returns when it has ended."""
    if task.done():
        task.cancelled() or task.exception()  # looked at, so that nobody complains
        return
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError, Exception):
        await task
