"""The journal that the driver uses: fulfils `core.ports.Journal` with SQLite in a thread of its own, or in memory where the disk fails."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from ..core.artifact import Draft
from ..core.model import Message
from ..core.ports import CachedThread, Edit, Flight
from . import files
from .owner import Owner
from .store import Store
from .worker import Worker

T = TypeVar("T")

_REASONS = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "it is read-only",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
    sqlite3.SQLITE_PERM: "permission denied",
    sqlite3.SQLITE_BUSY: "another program holds it",
    sqlite3.SQLITE_LOCKED: "another program holds it",
    sqlite3.SQLITE_IOERR: "the disk reports an error",
}


class SqliteJournal:
    """``file`` is made where it is not there; the constructor touches no disk.

    Several programs may use one file. What this one cannot write it keeps in memory until it ends, and says so once.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._owner = Owner(file.with_suffix(".lock"))
        self._worker = Worker("journal")
        self._store: Store | None = None
        self._in_memory = False
        self._problem = ""

    def problem(self) -> str:
        return self._problem

    async def outbox(self, flight: Flight) -> None:
        await self._ask(lambda store: store.outbox(flight), None)

    def submitted(self, flight: Flight, *, typed: bool) -> None:
        self._post(lambda store: store.submitted(flight, typed))

    async def landed(self, server: str, submit_id: str) -> None:
        await self._ask(lambda store: store.landed(server, submit_id), None)

    async def flights(self, server: str) -> Sequence[Flight]:
        return await self._ask(lambda store: store.flights(server, self._owner.alive), ())

    async def keep_edits(self, server: str, thread_id: str, edits: Sequence[Edit], *, saving: bool) -> None:
        await self._ask(lambda store: store.keep_edits(server, thread_id, edits, saving), None)

    async def edits(self, server: str) -> Sequence[Edit]:
        return await self._ask(lambda store: store.edits(server, self._owner.alive), ())

    async def keep_partials(self, server: str, thread_id: str, drafts: Sequence[Draft]) -> None:
        await self._ask(lambda store: store.keep_partials(server, thread_id, drafts), None)

    async def partials(self, server: str) -> Mapping[str, Sequence[Draft]]:
        return await self._ask(lambda store: store.partials(server, self._owner.alive), {})

    def keep_draft(self, server: str, thread_id: str, text: str) -> None:
        self._post(lambda store: store.keep_draft(server, thread_id, text))

    async def drafts(self, server: str) -> Mapping[str, str]:
        return await self._ask(lambda store: store.drafts(server), {})

    async def begun(self, server: str) -> Mapping[str, float]:
        return await self._ask(lambda store: store.begun(server, self._owner.alive), {})

    def add_prompt(self, text: str) -> None:
        self._post(lambda store: store.add_prompt(text))

    async def prompts(self, limit: int = 500) -> Sequence[str]:
        return await self._ask(lambda store: store.prompts(limit), ())

    async def keep_thread(self, server: str, thread_id: str, title: str, updated: float, messages: Sequence[Message]) -> None:
        await self._ask(lambda store: store.keep_thread(server, thread_id, title, updated, messages), None)

    async def cached_thread(self, server: str, thread_id: str) -> Sequence[Message] | None:
        return await self._ask(lambda store: store.cached_thread(server, thread_id), None)

    async def cached_threads(self, server: str) -> Sequence[CachedThread]:
        return await self._ask(lambda store: store.cached_threads(server), ())

    async def forget_thread(self, server: str, thread_id: str) -> None:
        await self._ask(lambda store: store.forget_thread(server, thread_id), None)

    def set_seen(self, server: str, thread_id: str, updated: float) -> None:
        self._post(lambda store: store.set_seen(server, thread_id, updated))

    async def seen(self, server: str) -> Mapping[str, float]:
        return await self._ask(lambda store: store.seen(server), {})

    async def close(self) -> None:
        await self._worker.close(self._end)

    # -- in the worker's thread ------------------------------------------------------------------------------------------

    def _post(self, work: Callable[[Store], None]) -> None:
        self._worker.post(lambda: self._run(work, None))

    async def _ask(self, work: Callable[[Store], T], otherwise: T) -> T:
        return await self._worker.ask(lambda: self._run(work, otherwise), otherwise)

    def _run(self, work: Callable[[Store], T], otherwise: T) -> T:
        """Do the work; again on a new file where this one turns out to be damaged, else again in memory."""
        for recover in (self._after, self._to_memory):
            try:
                return work(self._opened())
            except (sqlite3.Error, OSError) as error:
                recover(error)
        try:
            return work(self._opened())
        except (sqlite3.Error, OSError):
            return otherwise

    def _opened(self) -> Store:
        if self._store is None:
            with self._owner.opening():
                try:
                    connection = files.open_private(self._file)
                except files.NotOurs as reason:
                    connection = self._begin_anew(str(reason))
            self._owner.claim()
            self._store = Store(connection, self._owner.id)
        return self._store

    def _begin_anew(self, reason: str) -> sqlite3.Connection:
        aside = files.set_aside(self._file)
        self._problem = f"The journal {reason}. It is kept as {aside.name} in {aside.parent}, and a new one was begun."
        return files.open_private(self._file)

    def _after(self, error: Exception) -> None:
        if isinstance(error, sqlite3.Error) and files.is_damage(error) and not self._in_memory:
            self._close()
            with self._owner.opening():
                try:
                    self._store = Store(self._begin_anew("was damaged"), self._owner.id)
                except (sqlite3.Error, OSError, files.NotOurs) as again:
                    self._to_memory(again)
        else:
            self._to_memory(error)

    def _to_memory(self, error: Exception) -> None:
        """Go on without the disk, with what can still be read of it."""
        if self._in_memory:
            return
        memory = files.in_memory()
        if self._store is not None:
            try:
                self._store.copy_to(memory)
            except sqlite3.Error:
                memory = files.in_memory()
            self._close()
        self._store, self._in_memory = Store(memory, self._owner.id), True
        self._problem = (
            f"Nothing can be written to {self._file.parent} ({_reason(error)}): drafts, history and messages on their way are kept "
            "until you quit, not longer."
        )

    def _end(self) -> None:
        self._close()
        self._owner.close()

    def _close(self) -> None:
        if self._store is not None:
            try:
                self._store.close()
            except sqlite3.Error:
                pass
            self._store = None


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return (error.strerror or "an error of the disk").lower()
    return _REASONS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, "an error of the disk")
