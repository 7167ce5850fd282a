"""Commands wait for what the backend tells."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ..core.ports import Backend


async def until(backend: Backend, holds: Callable[[], bool], seconds: float | None = None) -> bool:
    """Wait for the backend to come to this; whether it did in time."""
    news = asyncio.Event()
    unlisten = backend.listen(lambda change, id: news.set())
    try:
        async with asyncio.timeout(seconds):
            while not holds():
                news.clear()
                await news.wait()
    except TimeoutError:
        return False
    finally:
        unlisten()
    return True
