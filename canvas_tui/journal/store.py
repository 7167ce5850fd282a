"""The journal's statements over one connection: every value goes in and comes out as bytes, so that any text survives."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby

from ..core.artifact import Draft
from ..core.model import Message
from ..core.ports import CachedThread, Edit, Flight
from . import codec

PROMPTS = 1_000
"""Prompts kept."""

PROMPT = 1_000_000
"""Characters; a longer one is not kept in the history."""

HISTORY = 8_000_000
"""Bytes of prompts that are read back, newest first."""

TEXTS = 200
"""Threads of one server whose messages are kept; the rows of older ones stay."""

Value = str | int | float


class Store:
    def __init__(self, connection: sqlite3.Connection, owner: int) -> None:
        self._db = connection
        self._owner = owner

    def close(self) -> None:
        self._db.close()

    def copy_to(self, other: sqlite3.Connection) -> None:
        self._db.backup(other)

    def outbox(self, flight: Flight) -> None:
        self._durably(lambda: self._put_out(flight))

    def submitted(self, flight: Flight, typed: bool) -> None:
        def both() -> None:
            self._put_out(flight)
            if typed:
                self.keep_draft(flight.server, flight.thread_id, "")

        self._durably(both)

    def _put_out(self, flight: Flight) -> None:
        self._do(
            "INSERT INTO flight (server, submit_id, thread_id, message_id, text, run_id, held, owner, turn, interrupt)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (server, submit_id) DO UPDATE SET run_id = excluded.run_id, held = excluded.held, owner = excluded.owner",
            *(flight.server, flight.submit_id, flight.thread_id, flight.message_id, flight.text, flight.run_id),
            *(flight.held, self._owner, codec.dump_turn(flight.turn), flight.interrupt),
        )

    def landed(self, server: str, submit_id: str) -> None:
        self._do("DELETE FROM flight WHERE server = ? AND submit_id = ?", server, submit_id)

    def flights(self, server: str, alive: Callable[[int], bool]) -> Sequence[Flight]:
        columns = "owner, thread_id, submit_id, message_id, text, run_id, held, turn, interrupt"
        return [
            Flight(
                server, str(thread), str(submit), str(message), str(text), str(run), bool(held), codec.load_turn(str(turn)), bool(interrupt)
            )
            for _, thread, submit, message, text, run, held, turn, interrupt in self._handed_over("flight", columns, server, alive)
        ]

    def keep_edits(self, server: str, thread_id: str, edits: Sequence[Edit], saving: bool) -> None:
        def all_of_them() -> None:
            self._do("DELETE FROM edit WHERE server = ? AND thread_id = ? AND saving = ? AND owner = ?", *place, self._owner)
            for edit in edits:
                version, of = codec.dump_version(edit.version), codec.dump_version(edit.of) if edit.of is not None else ""
                self._do(statement, *place, version, edit.base, edit.choose, of, self._owner)

        statement = "INSERT INTO edit (server, thread_id, saving, version, base, choose, of, owner) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        place = (server, thread_id, saving)
        self._durably(all_of_them)

    def edits(self, server: str, alive: Callable[[int], bool]) -> Sequence[Edit]:
        rows = self._handed_over("edit", "owner, thread_id, version, base, saving, choose, of", server, alive)
        return [
            Edit(str(thread), version, int(base), bool(saving), bool(choose), codec.load_version(str(of)))
            for _, thread, text, base, saving, choose, of in rows
            if (version := codec.load_version(str(text))) is not None
        ]

    def keep_partials(self, server: str, thread_id: str, drafts: Sequence[Draft]) -> None:
        def all_of_them() -> None:
            self._do("DELETE FROM partial WHERE server = ? AND thread_id = ? AND owner = ?", server, thread_id, self._owner)
            for draft in drafts:
                self._do(statement, server, thread_id, codec.dump_draft(draft), self._owner)

        statement = "INSERT INTO partial (server, thread_id, draft, owner) VALUES (?, ?, ?, ?)"
        self._durably(all_of_them)

    def partials(self, server: str, alive: Callable[[int], bool]) -> Mapping[str, Sequence[Draft]]:
        found: dict[str, list[Draft]] = {}
        for _, thread, text in self._handed_over("partial", "owner, thread_id, draft", server, alive):
            if (draft := codec.load_draft(str(text))) is not None:
                found.setdefault(str(thread), []).append(draft)
        return found

    def _handed_over(
        self, table: str, columns: str, server: str, alive: Callable[[int], bool], order: str = "rowid"
    ) -> list[tuple[Value, ...]]:
        """Rows of programs that are no more, oldest first (``columns`` begin with the owner); from now on they are ours."""
        rows = self._read(f"SELECT {columns} FROM {table} WHERE server = ? ORDER BY {order}", server)
        left = {owner for (owner, *_) in rows if owner != self._owner and not alive(int(owner))}
        for owner in left:
            self._do(f"UPDATE {table} SET owner = ? WHERE server = ? AND owner = ?", self._owner, server, owner)
        return [row for row in rows if row[0] in left]

    def keep_draft(self, server: str, thread_id: str, text: str) -> None:
        if text:
            statement = "INSERT OR REPLACE INTO draft (server, thread_id, text, owner, updated) VALUES (?, ?, ?, ?, ?)"
            self._do(statement, server, thread_id, text, self._owner, time.time())
        else:
            self._do("DELETE FROM draft WHERE server = ? AND thread_id = ?", server, thread_id)

    def drafts(self, server: str) -> Mapping[str, str]:
        return {str(thread): str(text) for thread, text in self._read("SELECT thread_id, text FROM draft WHERE server = ?", server)}

    def begun(self, server: str, alive: Callable[[int], bool]) -> Mapping[str, float]:
        rows = self._handed_over("draft", "owner, thread_id, updated", server, alive, "updated DESC, thread_id")
        sent: set[Value] = set()
        for table, column in (("thread", "id"), ("seen", "thread_id"), ("flight", "thread_id")):
            sent.update(thread for (thread,) in self._read(f"SELECT {column} FROM {table} WHERE server = ?", server))
        return {str(thread): float(updated) for _, thread, updated in rows if thread not in sent}

    def add_prompt(self, text: str) -> None:
        if text and len(text) <= PROMPT:
            self._do("INSERT INTO prompt (text) VALUES (?)", text)
            self._do("DELETE FROM prompt WHERE id <= (SELECT max(id) FROM prompt) - ?", PROMPTS)

    def prompts(self, limit: int) -> Sequence[str]:
        sized = "SELECT id, text, sum(length(text)) OVER (ORDER BY id DESC) AS size FROM prompt"
        rows = self._read(f"SELECT text FROM ({sized}) WHERE size <= ? ORDER BY id DESC", HISTORY)
        return [str(text) for (text,), _ in groupby(rows)][:limit]

    def keep_thread(self, server: str, thread_id: str, title: str, updated: float, messages: Iterable[Message]) -> None:
        self._do(
            "INSERT OR REPLACE INTO thread (server, id, title, updated, messages) VALUES (?, ?, ?, ?, ?)",
            *(server, thread_id, title, updated, codec.dump(messages)),
        )
        self._do(
            "UPDATE thread SET messages = NULL WHERE server = ?1 AND messages IS NOT NULL AND id NOT IN"
            " (SELECT id FROM thread WHERE server = ?1 ORDER BY updated DESC LIMIT ?2)",
            *(server, TEXTS),
        )

    def cached_thread(self, server: str, thread_id: str) -> Sequence[Message] | None:
        rows = self._read("SELECT messages FROM thread WHERE server = ? AND id = ? AND messages IS NOT NULL", server, thread_id)
        try:
            return codec.load(str(rows[0][0])) if rows else None
        except ValueError:
            return None

    def cached_threads(self, server: str) -> Sequence[CachedThread]:
        rows = self._read("SELECT id, title, updated FROM thread WHERE server = ? ORDER BY updated DESC, rowid DESC", server)
        return [CachedThread(str(thread), str(title), float(updated)) for thread, title, updated in rows]

    def forget_thread(self, server: str, thread_id: str) -> None:
        for table, column in (
            ("thread", "id"),
            ("draft", "thread_id"),
            ("seen", "thread_id"),
            ("flight", "thread_id"),
            ("edit", "thread_id"),
            ("partial", "thread_id"),
        ):
            self._do(f"DELETE FROM {table} WHERE server = ? AND {column} = ?", server, thread_id)

    def set_seen(self, server: str, thread_id: str, updated: float) -> None:
        self._do(
            "INSERT INTO seen (server, thread_id, updated) VALUES (?, ?, ?)"
            " ON CONFLICT (server, thread_id) DO UPDATE SET updated = max(updated, excluded.updated)",
            *(server, thread_id, updated),
        )

    def seen(self, server: str) -> Mapping[str, float]:
        return {str(thread): float(at) for thread, at in self._read("SELECT thread_id, updated FROM seen WHERE server = ?", server)}

    def _durably(self, work: Callable[[], None]) -> None:
        """All of it, or nothing, on the disk when it returns."""
        self._db.execute("PRAGMA synchronous = FULL")
        try:
            self._db.execute("BEGIN IMMEDIATE")
            work()
            self._db.execute("COMMIT")
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            self._db.execute("PRAGMA synchronous = NORMAL")

    def _do(self, statement: str, *values: Value) -> None:
        self._db.execute(statement, [_in(value) for value in values])

    def _read(self, statement: str, *values: Value) -> list[tuple[Value, ...]]:
        return [tuple(_out(value) for value in row) for row in self._db.execute(statement, [_in(value) for value in values])]


def _in(value: Value) -> bytes | int | float:
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value


def _out(value: bytes | int | float) -> Value:
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value
