"""Hubs for tests, and waiting for what they tell."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress

from canvas_tui.core.model import Json, Role, Session
from canvas_tui.core.ports import LocalServer, Secret, ServerTarget
from canvas_tui.net.hub import Hub

from .memory import MemoryJournal

PATIENCE = 30.0


@asynccontextmanager
async def hub_at(
    url: str,
    journal: MemoryJournal | None = None,
    *,
    key: str = "",
    assistant: str = "",
    local: LocalServer | None = None,
    model_config: Mapping[str, Json] | None = None,
    start: bool = True,
    wall: Callable[[], float] = time.time,
) -> AsyncIterator[Hub]:
    target = ServerTarget(
        "" if local else "test",
        "" if local else url,
        assistant,
        key=lambda: Secret(key),
        user_id="me",
        local=local is not None,
        model_config=model_config,
    )
    hub = Hub(target, journal or MemoryJournal(), local, wall=wall)
    if start:
        await hub.start()
    try:
        yield hub
    finally:
        await hub.close()


async def until(hub: Hub, holds: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Returns when ``holds``; looks whenever the hub tells of a change, and now and then (the server changes too)."""
    changed = asyncio.Event()
    unlisten = hub.listen(lambda change, id: changed.set())
    try:
        async with asyncio.timeout(patience):
            while not holds():
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), 0.05)
                changed.clear()
    finally:
        unlisten()


async def at_rest(hub: Hub, thread_id: str) -> Session:
    """The session when nothing is going on in it any more."""

    def rests() -> bool:
        session = hub.session(thread_id)
        return session.loaded and not session.active and not session.reading and not session.queue

    await until(hub, rests)
    return hub.session(thread_id)


async def settled(hub: Hub, thread: str) -> Session:
    """The session when nothing goes on by itself any more, changes by hand included."""

    def rests() -> bool:
        session = hub.session(thread)
        saving = session.saving is not None and session.saving.pending
        return session.loaded and not (session.active or session.reading or session.queue or saving)

    await until(hub, rests)
    return hub.session(thread)


def texts(session: Session, role: Role = Role.AI) -> list[str]:
    return [m.text for m in session.history if m.role is role and m.text]
