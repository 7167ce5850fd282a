"""Death, damage, strange files, full disks and two programs at once. Each program is a process of its own."""

from __future__ import annotations

import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from canvas_tui.core.ports import Flight
from canvas_tui.journal import SqliteJournal, files, schema

PROGRAM = """
import asyncio, sys
from pathlib import Path
from canvas_tui.core.ports import Flight
from canvas_tui.journal import SqliteJournal

journal = SqliteJournal(Path(sys.argv[1]))

async def main():
{body}

asyncio.run(main())
"""


@contextmanager
def program(file: Path, body: str) -> Iterator[subprocess.Popen[str]]:
    """Run the body in another process; it is killed at the end."""
    indented = "\n".join(f"    {line}" for line in body.strip().splitlines())
    code = PROGRAM.format(body=indented)
    process = subprocess.Popen([sys.executable, "-c", code, str(file)], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


async def test_kill_9_loses_nothing_that_was_submitted(file: Path) -> None:
    body = """
journal.keep_draft("local", "t1", "half a thought")
await journal.outbox(Flight("local", "t1", "s1", "m1", "hello"))
await journal.outbox(Flight("local", "t1", "s1", "m1", "hello", "r1"))
await journal.outbox(Flight("local", "t1", "s2", "m2", "again"))
print("submitted", flush=True)
sys.stdin.read()
"""
    with program(file, body) as process:
        assert line(process) == "submitted"
        process.send_signal(signal.SIGKILL)
        process.wait()
    journal = SqliteJournal(file)
    assert list(await journal.flights("local")) == [
        Flight("local", "t1", "s1", "m1", "hello", "r1"),
        Flight("local", "t1", "s2", "m2", "again"),
    ]
    assert await journal.drafts("local") == {"t1": "half a thought"}
    assert journal.problem() == ""
    await journal.close()


async def test_a_program_that_ends_without_closing_has_written_its_drafts(file: Path) -> None:
    with program(file, 'for n in range(200): journal.keep_draft("local", str(n), "x")') as process:
        assert process.wait(30) == 0
    journal = SqliteJournal(file)
    assert len(await journal.drafts("local")) == 200
    await journal.close()


async def test_two_programs_share_a_journal_and_not_their_flights(file: Path) -> None:
    body = """
await journal.outbox(Flight("local", "t1", "theirs"))
print("up", flush=True)
sys.stdin.readline()
for n in range(200):
    journal.keep_draft("local", f"b{n}", "x")
    await journal.outbox(Flight("local", "t1", f"b{n}"))
print("done", len(await journal.flights("local")), journal.problem(), flush=True)
sys.stdin.read()
"""
    journal = SqliteJournal(file)
    with program(file, body) as process:
        assert line(process) == "up"
        await journal.outbox(Flight("local", "t1", "ours"))
        assert not await journal.flights("local"), "what another running program follows is not ours"
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
        for number in range(200):
            journal.keep_draft("local", f"a{number}", "x")
            await journal.outbox(Flight("local", "t1", f"a{number}"))
        assert line(process) == "done 0"
    assert len(await journal.drafts("local")) == 400
    orphans = [flight.submit_id for flight in await journal.flights("local")]
    assert orphans == ["theirs", *(f"b{number}" for number in range(200))], "the other program is dead: its flights are ours to follow"
    assert journal.problem() == ""
    await journal.close()


def write(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


def damaged_later(file: Path) -> None:
    """A good header, and nonsense behind it."""
    with closing(files.open_private(file)) as database:
        for number in range(300):
            database.execute("INSERT INTO prompt (text) VALUES (?)", (b"x" * 500 + str(number).encode(),))
    data = bytearray(file.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    file.write_bytes(data)


STRANGE = {
    "nonsense": (lambda file: file.write_bytes(b"not a database " * 500), "was damaged"),
    "damaged behind the header": (damaged_later, "was damaged"),
    "newer": (
        lambda file: write(file, f"PRAGMA user_version = {schema.VERSION + 1}", "CREATE TABLE mood (x)"),
        "was written by a newer canvas-tui",
    ),
    "of a version that never was": (
        lambda file: write(
            file,
            f"PRAGMA application_id = {schema.APPLICATION}",
            f"PRAGMA user_version = {schema.VERSION}",
            "CREATE TABLE flight (server BLOB, submit_id BLOB)",
        ),
        "was written by another version",
    ),
    "of another program": (lambda file: write(file, "CREATE TABLE places (url)"), "was written by another program"),
}


@pytest.mark.parametrize(("make", "says"), STRANGE.values(), ids=STRANGE)
async def test_a_journal_that_cannot_be_used_is_set_aside(file: Path, make: object, says: str) -> None:
    assert callable(make)
    make(file)
    before = file.read_bytes()
    journal = SqliteJournal(file)
    await journal.outbox(Flight("local", "t1", "s1"))
    journal.add_prompt("new")
    assert list(await journal.prompts()) == ["new"]
    (aside,) = file.parent.glob("journal-*.db")
    assert re.fullmatch(r"journal-\d{4}-\d\d-\d\d-\d{6}\.db", aside.name)
    assert journal.problem() == f"The journal {says}. It is kept as {aside.name} in {file.parent}, and a new one was begun."
    await journal.close()
    assert aside.read_bytes() == before
    after = SqliteJournal(file)
    assert [flight.submit_id for flight in await after.flights("local")] == ["s1"]
    assert after.problem() == ""
    await after.close()


def test_setting_aside_never_overwrites(file: Path) -> None:
    for content in ("first", "second", "third"):
        file.write_text(content)
        files.set_aside(file, now=lambda: 1_000_000.0)
    assert sorted(path.read_text() for path in file.parent.glob("journal-*.db")) == ["first", "second", "third"]


async def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    journal = SqliteJournal(tmp_path / "file" / "journal.db")
    await journal.outbox(Flight("local", "t1", "s1"))
    journal.keep_draft("local", "t1", "draft")
    assert await journal.drafts("local") == {"t1": "draft"}
    assert journal.problem() == (
        f"Nothing can be written to {tmp_path / 'file'} (file exists): drafts, history and messages on their way are kept until you quit, "
        "not longer."
    )
    await journal.close()


async def test_a_disk_that_fills_up_is_told_once_and_the_chat_goes_on(file: Path) -> None:
    body = """
import resource
await journal.outbox(Flight("local", "t1", "before"))
print(repr(journal.problem()), flush=True)
resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
for n in range(20):
    await journal.outbox(Flight("local", "t1", f"s{n}", "m", "x" * 10_000))
    journal.keep_draft("local", f"t{n}", "draft")
print(journal.problem(), flush=True)
print(len(await journal.drafts("local")), flush=True)
await journal.close()
"""
    with program(file, body) as process:
        assert line(process) == "''"
        assert line(process).startswith(f"Nothing can be written to {file.parent} (")
        assert line(process) == "20"
        assert process.wait(30) == 0
    journal = SqliteJournal(file)
    assert "before" in [flight.submit_id for flight in await journal.flights("local")]
    assert journal.problem() == ""
    await journal.close()
