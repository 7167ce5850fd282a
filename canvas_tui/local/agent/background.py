"""Work that goes on after a run: titles, reflections. It outlives the run, not the server, and never fails a turn."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextvars import Context
from typing import Any

logger = logging.getLogger("canvas_tui.agent")

_under_way: set[asyncio.Task[None]] = set()


def later(work: Coroutine[Any, Any, None], what: str) -> None:
    """Begin it beside the run. In a context of its own: inside of the run's, model calls would stream into the run."""
    task = asyncio.get_running_loop().create_task(_told(work, what), name=what, context=Context())
    _under_way.add(task)  # the loop itself holds tasks weakly
    task.add_done_callback(_under_way.discard)


async def _told(work: Coroutine[Any, Any, None], what: str) -> None:
    try:
        await work
    except Exception as error:
        logger.warning("%s failed: %s", what, error)


def under_way() -> int:
    """How many are not done: the server does not stop by itself meanwhile."""
    return len(_under_way)
