"""``canvas-tui threads list|export|delete``."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from argparse import Namespace

from ..core.model import FailureKind, ServerPhase, ThreadRow
from ..core.ports import Backend
from ..core.safe_text import safe_line
from ..core.troubles import describe
from ..net.failed import RequestFailed
from ..net.hub import Hub
from . import export
from .compose import Parts, compose
from .mistakes import DONE, UNREACHABLE, USAGE, Mistake
from .settings import load
from .waiting import until

PATIENCE = 5.0
"""Seconds for a server that is away to come back."""


def run(args: Namespace) -> int:
    if args.what == "list" and args.limit < 1:
        raise Mistake("--limit takes a whole number from 1 on.")
    if args.what == "export":
        export.check(args)
    parts = compose(args, load())
    try:
        return asyncio.run(_run(parts, args))
    finally:
        parts.preferences.flush()


async def _run(parts: Parts, args: Namespace) -> int:
    hub = parts.backend()
    for note in parts.notes:
        print(f"canvas-tui: {note}", file=sys.stderr)
    try:
        await hub.start()
        if sentence := await away(hub):
            print(f"canvas-tui: {safe_line(sentence)}", file=sys.stderr)
            return UNREACHABLE
        return await {"list": listed, "export": export.exported, "delete": deleted}[args.what](hub, args)
    finally:
        await hub.close()


async def away(backend: Backend) -> str:
    """Wait for the server; why it cannot be used, or an empty string. Starting the local agent takes the time it takes."""
    await until(backend, lambda: backend.server().phase is not ServerPhase.STARTING)
    await until(backend, lambda: backend.server().phase in (ServerPhase.UP, ServerPhase.FAILED), PATIENCE)
    server = backend.server()
    return "" if server.phase is ServerPhase.UP else server.sentence


async def listed(backend: Backend, args: Namespace) -> int:
    """Rows in columns, or as JSON; a list that could not be read is told."""
    rows, problem = await newest(backend, args.limit)
    for row in rows:
        print(json.dumps(as_json(row)) if args.json else as_line(row))
    if problem:
        print(f"canvas-tui: {safe_line(problem)}", file=sys.stderr)
    return UNREACHABLE if problem else DONE


async def newest(backend: Backend, limit: int) -> tuple[list[ThreadRow], str]:
    """So many threads, as far as there are, and why there are not more where that is no good reason."""

    def rows() -> list[ThreadRow]:
        return [row for row in backend.threads().rows if not row.draft]

    # Nothing may have been asked for yet: then the list is neither loading nor filled.
    await until(backend, lambda: backend.threads().loading or bool(backend.threads().problem or rows()), PATIENCE)
    while True:
        await until(backend, lambda: not backend.threads().loading)
        state = backend.threads()
        if state.problem or len(rows()) >= limit or not state.more:
            return rows()[:limit], state.problem
        backend.more_threads()


def as_json(row: ThreadRow) -> dict[str, object]:
    return {"thread_id": row.id, "title": row.title, "updated": row.updated, "state": state_of(row)}


def state_of(row: ThreadRow) -> str:
    named = (("running", row.running), ("waiting", row.waiting), ("failed", row.failed))
    return next((name for name, holds in named if holds), "idle")


def as_line(row: ThreadRow) -> str:
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(row.updated)) if row.updated else " " * 16
    return f"{row.id}  {when}  {state_of(row):<8}{safe_line(row.title)}"


async def deleted(hub: Hub, args: Namespace) -> int:
    """Each thread at once and for good; one that is not there is a mistake, and the others are deleted all the same."""
    code = DONE
    for thread_id in args.thread:
        try:
            await hub.delete_for_good(thread_id)
        except RequestFailed as failed:
            missing = failed.failure.kind is FailureKind.MISSING or failed.failure.status == 422
            told = "there is no such thread" if missing else describe(failed.failure)
            print(f"canvas-tui: {safe_line(thread_id)}: {told}.", file=sys.stderr)
            code = USAGE if missing else UNREACHABLE
        else:
            print(json.dumps({"deleted": thread_id}) if args.json else f"Deleted {thread_id}.")
    return code
