"""Where threads and the store are kept: SQLite files in the server's working folder, written through at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointMetadata
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.store.sqlite.aio import AsyncSqliteStore

CHECKPOINTS = "checkpoints.sqlite"
STORE = "store.sqlite"


RUN = "json_extract(CAST(metadata AS TEXT), '$.run_id')"
STEP = "json_extract(CAST(metadata AS TEXT), '$.step')"


class Saver(AsyncSqliteSaver):
    """The saver of the library, kept from growing; and the two ways of forgetting that the server asks of a checkpointer beside it.

    Each step of a run writes the whole state, so that a long thread would grow by its own length five times a turn. When a turn
    begins, the steps within the turn before it are forgotten; its end stays, so that one can go back to any message and fork there.
    """

    async def aput(
        self, config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata, new_versions: ChannelVersions
    ) -> RunnableConfig:
        stored = await super().aput(config, checkpoint, metadata, new_versions)
        at = config["configurable"]
        if metadata.get("source") == "input" and at.get("checkpoint_id") and not at.get("checkpoint_ns"):
            await self._thin(str(at["thread_id"]), str(at["checkpoint_id"]))
        return stored

    async def _thin(self, thread_id: str, parent: str) -> None:
        """Forget the steps of the parent's run, but its last, the parent itself, and the empty beginning of the thread."""
        same_run = (
            "thread_id = :thread AND checkpoint_ns = '' AND "
            f"{RUN} = (SELECT {RUN} FROM checkpoints WHERE thread_id = :thread AND checkpoint_ns = '' AND checkpoint_id = :parent)"
        )
        steps = (
            f"SELECT checkpoint_id FROM checkpoints WHERE {same_run} AND {STEP} >= 0 AND checkpoint_id <> :parent"
            f" AND checkpoint_id <> (SELECT max(checkpoint_id) FROM checkpoints WHERE {same_run})"
        )
        async with self.lock, self.conn.cursor() as cursor:
            for table in ("writes", "checkpoints"):
                await cursor.execute(
                    f"DELETE FROM {table} WHERE thread_id = :thread AND checkpoint_ns = '' AND checkpoint_id IN ({steps})",
                    {"thread": thread_id, "parent": parent},
                )
            await self.conn.commit()

    async def adelete_for_runs(self, run_ids: Iterable[str]) -> None:
        """Forget what these runs wrote (the server's "rollback")."""
        await self.setup()
        async with self.lock, self.conn.cursor() as cursor:
            for run_id in run_ids:
                await cursor.execute(
                    "DELETE FROM writes WHERE (thread_id, checkpoint_ns, checkpoint_id) IN (SELECT thread_id, checkpoint_ns, checkpoint_id"
                    f" FROM checkpoints WHERE {RUN} = ?)",
                    (str(run_id),),
                )
                await cursor.execute(f"DELETE FROM checkpoints WHERE {RUN} = ?", (str(run_id),))
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
