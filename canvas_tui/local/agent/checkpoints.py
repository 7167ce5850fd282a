"""Where threads and the store are kept: SQLite files in the server's working folder, written through at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.store.sqlite.aio import AsyncSqliteStore

CHECKPOINTS = "checkpoints.sqlite"
STORE = "store.sqlite"


class Saver(AsyncSqliteSaver):
    """The saver of the library, and the two ways of forgetting that the server asks of a checkpointer beside it."""

    async def adelete_for_runs(self, run_ids: Iterable[str]) -> None:
        """Forget what these runs wrote (the server's "rollback")."""
        await self.setup()
        async with self.lock, self.conn.cursor() as cursor:
            for run_id in run_ids:
                await cursor.execute(
                    "DELETE FROM writes WHERE (thread_id, checkpoint_ns, checkpoint_id) IN (SELECT thread_id, checkpoint_ns, checkpoint_id"
                    " FROM checkpoints WHERE json_extract(CAST(metadata AS TEXT), '$.run_id') = ?)",
                    (str(run_id),),
                )
                await cursor.execute("DELETE FROM checkpoints WHERE json_extract(CAST(metadata AS TEXT), '$.run_id') = ?", (str(run_id),))
            await self.conn.commit()

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Forget the threads, or ("keep_latest") all of them but their newest state."""
        for thread_id in map(str, thread_ids):
            if strategy == "delete_all":
                await self.adelete_thread(thread_id)
                continue
            await self.setup()
            async with self.lock, self.conn.cursor() as cursor:
                for table in ("writes", "checkpoints"):
                    await cursor.execute(
                        f"DELETE FROM {table} WHERE thread_id = ?1 AND checkpoint_id <>"
                        " (SELECT max(newest.checkpoint_id) FROM checkpoints newest"
                        f" WHERE newest.thread_id = ?1 AND newest.checkpoint_ns = {table}.checkpoint_ns)",
                        (thread_id,),
                    )
                await self.conn.commit()


@asynccontextmanager
async def checkpointer() -> AsyncIterator[Saver]:
    async with Saver.from_conn_string(CHECKPOINTS) as saver:
        await saver.setup()
        yield saver  # type: ignore[misc]


@asynccontextmanager
async def store() -> AsyncIterator[AsyncSqliteStore]:
    async with AsyncSqliteStore.from_conn_string(STORE) as kept:
        await kept.setup()
        yield kept
