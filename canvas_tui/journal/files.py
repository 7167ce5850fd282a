"""The journal's file: opened private and up to date, or set aside where it cannot be used. Never overwritten."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from . import schema

BUSY = 5.0
"""Seconds to wait for another window of this program, which holds the file for milliseconds."""

_BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class NotOurs(Exception):
    """The file cannot be used as it is; ``str()`` says why, to follow "The journal"."""


def is_damage(error: sqlite3.Error) -> bool:
    """The file's content is wrong (not the disk, its space or its rights)."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _BROKEN


def with_company(file: Path) -> list[Path]:
    """The file and those that SQLite keeps beside it."""
    return [file, file.with_name(file.name + "-wal"), file.with_name(file.name + "-shm")]


def open_private(file: Path) -> sqlite3.Connection:
    """The database, its tables up to date, 0600 in a 0700 folder whatever it was before.

    Raises:
        NotOurs: it is damaged, of a newer version, or of another program.
        OSError, sqlite3.Error: the disk does not let us.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if file.parent.stat().st_mode & 0o077:
        file.parent.chmod(0o700)
    file.touch(mode=0o600)  # before SQLite, which gives the files beside it the same mode
    for each in with_company(file):
        if each.exists() and each.stat().st_mode & 0o077:
            each.chmod(0o600)
    connection = connect(str(file))
    try:
        _prepare(connection)
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.Error) and is_damage(error):
            raise NotOurs("was damaged") from error
        raise
    return connection


def in_memory() -> sqlite3.Connection:
    connection = connect(":memory:")
    upgrade(connection)
    return connection


def connect(name: str) -> sqlite3.Connection:
    connection = sqlite3.connect(name, timeout=BUSY, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA synchronous = NORMAL")  # the store asks for FULL where a message is at stake
    return connection


def upgrade(connection: sqlite3.Connection) -> None:
    """Bring the tables to this version, in one transaction (another window may be doing the same)."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        for step in schema.STEPS[version:]:
            for statement in filter(str.strip, step.split(";")):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {schema.APPLICATION}")
        connection.execute(f"PRAGMA user_version = {max(version, schema.VERSION)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _prepare(connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (owner,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if version > schema.VERSION:
        raise NotOurs("was written by a newer canvas-tui")
    if tables and owner != schema.APPLICATION:
        raise NotOurs("was written by another program")
    if version == schema.VERSION and tables and _columns(connection) != _expected():
        raise NotOurs("was written by another version")
    connection.execute("PRAGMA journal_mode = WAL").fetchone()
    if version < schema.VERSION or not tables:
        upgrade(connection)


def _columns(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    """(table, column) of all tables."""
    listed = "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'"
    return set(connection.execute(listed))


def _expected() -> set[tuple[str, str]]:
    model = in_memory()
    try:
        return _columns(model)
    finally:
        model.close()


def set_aside(file: Path, now: Callable[[], float] = time.time) -> Path:
    """Rename the file and its company to a dated name that nothing has yet; the new place of the file.

    Raises:
        OSError: it cannot be renamed.
    """
    stamp = time.strftime("%Y-%m-%d-%H%M%S", time.localtime(now()))
    names = (f"{file.stem}-{stamp}{f'-{number}' if number else ''}{file.suffix}" for number in range(1000))
    place = next(path for path in map(file.with_name, names) if not any(each.exists() for each in with_company(path)))
    for old, new in zip(with_company(file), with_company(place), strict=True):
        if old.exists():
            old.rename(new)
    return place
