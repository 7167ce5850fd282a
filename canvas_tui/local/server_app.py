"""What the LangGraph server gets from us beside the graph: who it is, who may ask, rows that last, and its own end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path

from langgraph_sdk import get_client
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import log
from .agent.background import under_way
from .files import Address, Folder, clear_dropped, count_leases
from .launch import SERVER_ENV
from .server_http import Guard, KeepThreads
from .server_threads import restore, thread_rows
from .server_watch import Watch

LOOK_EVERY = 0.5
"""Seconds between two looks at the leases."""


class Settings:
    """What this server was started with."""

    def __init__(self) -> None:
        given = json.loads(os.environ[SERVER_ENV])
        self.address = Address(**given["address"])
        self.folder = Folder(Path(given["data"]), Path(given["state"]))
        self.any_host = bool(given["any_host"])
        self.parent = int(given["parent"])


settings = Settings()


async def identity(request: Request) -> Response:
    address = asdict(settings.address)
    return JSONResponse({name: address[name] for name in ("instance", "version", "model", "pid", "started")})


async def active_runs() -> int:
    """Runs that are queued or going on, and what goes on after them."""
    metrics = await get_client().http.get("/metrics", params={"format": "json"})
    queue = metrics.get("queue") or {}
    return int(queue.get("n_pending") or 0) + int(queue.get("n_running") or 0) + under_way()


async def watch() -> None:
    """Stop this server once nobody needs it any more. The first look is before any client can have left again."""
    watching = Watch(time.monotonic())
    while True:
        leases = await asyncio.to_thread(count_leases, settings.folder)
        active = 0 if leases.held else await active_runs()
        if watching.should_stop(time.monotonic(), leases, active) and await asyncio.to_thread(may_go):
            signal.raise_signal(signal.SIGTERM)
            return
        await asyncio.to_thread(log.rotate, settings.folder.log)
        await asyncio.sleep(LOOK_EVERY)


async def watch_parent() -> None:
    """In the foreground: ``canvas-tui serve`` holds this server; when that is killed, nobody else would ever end it."""
    while os.getppid() == settings.parent:  # noqa: ASYNC110 - no event tells of it
        await asyncio.sleep(LOOK_EVERY)
    signal.raise_signal(signal.SIGTERM)


def may_go() -> bool:
    """Whether no client is just arriving; from then on none finds this server's address."""
    with suppress(FileNotFoundError), settings.folder.start_lock() as lock:  # without the folder nobody can arrive any more
        if not lock.take() or count_leases(settings.folder).held:
            return False
        clear_dropped(settings.folder)
        settings.folder.forget_address(settings.address.instance)
    return True


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    async with thread_rows() as rows:
        await restore(rows)
        app.state.rows = rows
        # The launcher moves to another port by itself where ours was taken meanwhile, and says so here only.
        address = replace(settings.address, url=os.environ["LANGGRAPH_API_URL"], pid=os.getpid())
        settings.address = address
        settings.folder.write_address(address)
        watcher = asyncio.create_task(watch_parent() if address.foreground else watch())
        try:
            yield
        finally:
            watcher.cancel()
            settings.folder.forget_address(address.instance)


app = Starlette(
    routes=[Route("/canvas-tui", identity, methods=["GET"])],
    middleware=[Middleware(Guard, any_host=settings.any_host), Middleware(KeepThreads)],
    lifespan=lifespan,
)
