"""Thread rows that survive ``kill -9``: the server keeps its own in memory and writes them every ten seconds only (measured)."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiosqlite
from langgraph_sdk import get_client

from canvas_tui.core.frozen import frozen

from .agent.checkpoints import CHECKPOINTS

FILE = "threads.sqlite"
GRAVE_KEPT = 86_400.0
"""Seconds for which a deletion is remembered, so that the server's own older file does not bring the thread back."""


@frozen
class Row:
    thread_id: str
    metadata: Mapping[str, Any]
    deleted: bool = False


class ThreadRows:
    """Our own table of threads and their metadata, written before the client hears of the change."""

    def __init__(self, db: aiosqlite.Connection) -> None:
        self._db = db

    async def keep(self, thread_id: str, metadata: Mapping[str, Any]) -> None:
        await self._db.execute(
            "INSERT INTO threads (thread_id, metadata, updated, deleted) VALUES (?, ?, ?, 0)"
            " ON CONFLICT (thread_id) DO UPDATE SET metadata = excluded.metadata, updated = excluded.updated, deleted = 0",
            (thread_id, json.dumps(metadata), time.time()),
        )
        await self._db.commit()

    async def bury(self, thread_id: str) -> None:
        await self._db.execute(
            "INSERT INTO threads (thread_id, metadata, updated, deleted) VALUES (?, '{}', ?, 1)"
            " ON CONFLICT (thread_id) DO UPDATE SET metadata = '{}', updated = excluded.updated, deleted = 1",
            (thread_id, time.time()),
        )
        await self._db.commit()

    async def all(self) -> list[Row]:
        """Every thread we know of, also those of which only checkpoints are left; the one with the oldest checkpoint first."""
        await self._db.execute("DELETE FROM threads WHERE deleted = 1 AND updated < ?", (time.time() - GRAVE_KEPT,))
        await self._db.commit()
        await self._db.execute(f"ATTACH DATABASE '{CHECKPOINTS}' AS kept")
        try:
            # Checkpoint ids are time-ordered UUIDs: the greatest is the newest.
            found = await self._db.execute_fetchall(
                "SELECT thread_id, metadata, deleted, newest FROM threads LEFT JOIN"
                " (SELECT thread_id AS id, max(checkpoint_id) AS newest FROM kept.checkpoints WHERE checkpoint_ns = '' GROUP BY thread_id)"
                " ON id = thread_id UNION ALL"
                " SELECT thread_id, '{}', 0, max(checkpoint_id) FROM kept.checkpoints WHERE checkpoint_ns = ''"
                " AND thread_id NOT IN (SELECT thread_id FROM threads) GROUP BY thread_id ORDER BY newest"
            )
        finally:
            await self._db.execute("DETACH DATABASE kept")
        return [Row(thread_id, json.loads(metadata), bool(deleted)) for thread_id, metadata, deleted, _ in found]


@asynccontextmanager
async def thread_rows() -> AsyncIterator[ThreadRows]:
    async with aiosqlite.connect(FILE) as db:
        await db.execute("PRAGMA journal_mode = WAL")
        await db.execute("CREATE TABLE IF NOT EXISTS threads (thread_id TEXT PRIMARY KEY, metadata TEXT, updated REAL, deleted INTEGER)")
        await db.commit()
        yield ThreadRows(db)


async def restore(rows: ThreadRows) -> int:
    """Bring back in the server what it has lost since it last wrote its own file; the number of threads touched."""
    client = get_client()  # no address: the app itself, without a socket
    there: dict[str, Mapping[str, Any]] = {}
    while page := await client.threads.search(limit=1000, offset=len(there), select=["thread_id", "metadata"]):
        there.update({thread["thread_id"]: thread.get("metadata") or {} for thread in page})
    touched = 0
    for row in await rows.all():
        metadata = {"graph_id": "agent", **row.metadata}
        if row.deleted and row.thread_id in there:
            await client.threads.delete(row.thread_id)
        elif not row.deleted and row.thread_id not in there:
            await client.threads.create(thread_id=row.thread_id, if_exists="do_nothing", metadata=metadata)
        elif not row.deleted and any(there[row.thread_id].get(name) != value for name, value in row.metadata.items()):
            await client.threads.update(row.thread_id, metadata=metadata)
        else:
            continue
        touched += 1
    return touched
