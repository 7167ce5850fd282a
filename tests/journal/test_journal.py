"""The journal as the driver uses it: what is kept, for whom, and in which order."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from canvas_tui.core.artifact import PLAIN, ArtifactKind, Document, Draft, DraftStanding, Turn, Version
from canvas_tui.core.model import Message, Role, ToolCall
from canvas_tui.core.ports import CachedThread, Edit, Flight, Journal
from canvas_tui.journal import SqliteJournal, store

HOSTILE = "a\x00b\ud800c\U0001f469\u200d\U0001f680 \u2028 \x1b[31m"
TURN = Turn((("language", "french"), ("highlightedCode", {"startCharIndex": 1})), HOSTILE, (Document("a.md", HOSTILE),), "m0")
FLIGHT = Flight("http://a", "t1", "s1", "m1", HOSTILE, turn=TURN)
EDIT = Edit("t1", Version(2, ArtifactKind.CODE, "Hi", HOSTILE, "python"), 2)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.db"


@pytest.fixture
async def journal(file: Path) -> AsyncIterator[Journal]:
    journal = SqliteJournal(file)
    yield journal
    assert journal.problem() == ""
    await journal.close()


async def left(file: Path, server: str = "http://a") -> list[Flight]:
    """What a later program finds of flights."""
    later = SqliteJournal(file)
    found = list(await later.flights(server))
    assert not await later.flights(server), "they are handed over once"
    await later.close()
    return found


async def test_a_flight_from_the_first_byte_to_the_landing(journal: Journal, file: Path) -> None:
    await journal.outbox(FLIGHT)
    assert await left(file) == [FLIGHT]
    named = replace(FLIGHT, run_id="r1")
    await journal.outbox(named)
    held = replace(FLIGHT, submit_id="s2", held=True)
    await journal.outbox(held)
    assert await left(file) == [named, held]
    assert await left(file, "http://b") == []
    await journal.landed("http://a", "s1")
    assert [flight.submit_id for flight in await left(file)] == ["s2"]


async def test_what_is_sent_now_is_no_flight_of_an_earlier_program(journal: Journal) -> None:
    await journal.outbox(FLIGHT)
    assert not await journal.flights("http://a")


async def test_a_change_by_hand_survives_until_it_is_saved(journal: Journal, file: Path) -> None:
    first = replace(EDIT, saving=True, of=Version(1, text=HOSTILE))
    save = replace(EDIT, saving=True, choose=True)
    await journal.keep_edits("http://a", "t1", [replace(EDIT, base=1)], saving=False)
    await journal.keep_edits("http://a", "t1", [EDIT], saving=False)
    await journal.keep_edits("http://a", "t1", [save], saving=True)
    await journal.keep_edits("http://a", "t1", [first, save, first], saving=True)
    assert list(await journal.edits("http://a")) == [], "they are of this program"
    later = SqliteJournal(file)
    assert list(await later.edits("http://b")) == []
    assert list(await later.edits("http://a")) == [EDIT, first, save, first]
    await later.keep_edits("http://a", "t1", [], saving=True)
    await later.close()
    latest = SqliteJournal(file)
    assert list(await latest.edits("http://a")) == [EDIT]
    await latest.forget_thread("http://a", "t1")
    await latest.close()


async def test_what_a_run_left_of_a_version_survives_until_the_users_word(journal: Journal, file: Path) -> None:
    draft = Draft(Version(3, ArtifactKind.CODE, "Tea \ud83c", "x = '🍵\x00", "python"), DraftStanding.FAILED, 2, 7, "rewriteArtifact", 5)
    older, stopped = replace(draft, run="r1", goes_on=True), replace(draft, standing=DraftStanding.STOPPED)
    await journal.keep_partials("http://a", "t1", [replace(draft, grown=1)])
    await journal.keep_partials("http://a", "t1", [older, draft])
    await journal.keep_partials("http://a", "t2", [stopped])
    assert dict(await journal.partials("http://a")) == {}, "they are of this program"
    later = SqliteJournal(file)
    assert dict(await later.partials("http://b")) == {}
    assert dict(await later.partials("http://a")) == {"t1": [older, draft], "t2": [stopped]}
    await later.keep_partials("http://a", "t1", [])
    await later.forget_thread("http://a", "t2")
    await later.close()
    assert dict(await SqliteJournal(file).partials("http://a")) == {}


async def test_servers_do_not_see_each_others_things(journal: Journal) -> None:
    journal.keep_draft("http://a", "t1", "draft")
    journal.set_seen("http://a", "t1", 1.0)
    await journal.keep_thread("http://a", "t1", "title", 1.0, [])
    for of in (journal.drafts, journal.seen, journal.cached_threads):
        assert len(await of("http://a")) == 1
        assert len(await of("http://b")) == 0


async def test_drafts_are_kept_in_order_and_emptied(journal: Journal) -> None:
    for length in range(50):
        journal.keep_draft("local", "t1", HOSTILE * length)
    journal.keep_draft("local", "t2", "gone")
    journal.keep_draft("local", "t2", "")
    assert await journal.drafts("local") == {"t1": HOSTILE * 49}


async def test_prompts_newest_first_without_immediate_repeats(journal: Journal) -> None:
    for prompt in ("a", "b", "b", "", "a", HOSTILE, "x" * (store.PROMPT + 1)):
        journal.add_prompt(prompt)
    assert list(await journal.prompts()) == [HOSTILE, "a", "b", "a"]
    assert list(await journal.prompts(2)) == [HOSTILE, "a"]


async def test_prompts_are_there_in_the_next_program(journal: Journal, file: Path) -> None:
    for prompt in ("one", HOSTILE):
        journal.add_prompt(prompt)
    await journal.close()
    later = SqliteJournal(file)
    assert list(await later.prompts()) == [HOSTILE, "one"]
    await later.close()


async def test_old_prompts_go(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "PROMPTS", 3)
    for number in range(10):
        journal.add_prompt(str(number))
    assert list(await journal.prompts()) == ["9", "8", "7"]


async def test_a_history_of_huge_prompts_is_read_as_far_as_is_sensible(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "HISTORY", 25)
    for prompt in ("a" * 10, "é" * 5, "c" * 10):
        journal.add_prompt(prompt)
    assert list(await journal.prompts()) == ["c" * 10, "é" * 5]


async def test_a_thread_for_reading_offline(journal: Journal) -> None:
    messages = (Message("1", Role.HUMAN, HOSTILE), Message("2", Role.AI, "x", tool_calls=(ToolCall("c", "search", "{"),)))
    await journal.keep_thread("local", "t1", "old", 1.0, [])
    await journal.keep_thread("local", "t1", "new", 3.0, messages)
    await journal.keep_thread("local", "t2", "other", 2.0, [])
    assert await journal.cached_thread("local", "t1") == messages
    assert await journal.cached_thread("local", "t3") is None
    assert list(await journal.cached_threads("local")) == [CachedThread("t1", "new", 3.0), CachedThread("t2", "other", 2.0)]


async def test_of_threads_read_long_ago_the_row_is_kept(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "TEXTS", 2)
    for number in range(4):
        await journal.keep_thread("local", f"t{number}", "", float(number), [Message("1", Role.AI)])
    assert [thread.id for thread in await journal.cached_threads("local")] == ["t3", "t2", "t1", "t0"]
    kept = [number for number in range(4) if await journal.cached_thread("local", f"t{number}") is not None]
    assert kept == [2, 3]


async def test_a_deleted_thread_leaves_nothing(journal: Journal, file: Path) -> None:
    for thread in ("t1", "t2"):
        journal.keep_draft("local", thread, "draft")
        journal.set_seen("local", thread, 1.0)
        await journal.outbox(Flight("local", thread, f"s-{thread}"))
        await journal.keep_thread("local", thread, "", 1.0, [])
    await journal.forget_thread("local", "t1")
    assert list(await journal.drafts("local")) == list(await journal.seen("local")) == ["t2"]
    assert [thread.id for thread in await journal.cached_threads("local")] == ["t2"]
    assert [flight.thread_id for flight in await left(file, "local")] == ["t2"]


async def test_seen_never_goes_back(journal: Journal) -> None:
    for at in (1.0, 3.0, 2.0):
        journal.set_seen("local", "t1", at)
    assert await journal.seen("local") == {"t1": 3.0}


async def test_what_was_posted_before_the_end_is_there_afterwards(file: Path) -> None:
    first = SqliteJournal(file)
    for number in range(100):
        first.keep_draft("local", f"t{number}", "draft")
    await first.close()
    second = SqliteJournal(file)
    assert len(await second.drafts("local")) == 100
    await second.close()


async def test_after_the_end_it_is_silent(file: Path) -> None:
    journal = SqliteJournal(file)
    await journal.close()
    journal.keep_draft("local", "t", "late")
    await journal.outbox(FLIGHT)
    assert await journal.drafts("local") == {}
    await journal.close()
    assert not file.exists()


async def test_the_loop_never_touches_the_disk(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    from canvas_tui.journal import files

    threads: list[str] = []
    real = files.connect

    def connect(name: str) -> object:
        threads.append(threading.current_thread().name)
        return real(name)

    monkeypatch.setattr(files, "connect", connect)
    journal = SqliteJournal(file)
    assert not file.exists()
    await journal.prompts()
    await journal.close()
    assert set(threads) == {"journal"}


async def test_files_and_folder_are_private_even_where_they_were_not(file: Path) -> None:
    file.parent.mkdir(mode=0o755)
    for path in (file, file.with_name("journal.db-wal")):
        path.touch(mode=0o644)
        path.chmod(0o644)
    journal = SqliteJournal(file)
    await journal.outbox(FLIGHT)
    assert journal.problem() == ""
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()}
    assert {"journal.db", "journal.db-wal", "journal.db-shm", "journal.lock"} == set(modes)
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    await journal.close()


@pytest.mark.parametrize("typed", [False, True], ids=["alone", "and its draft goes"])
async def test_what_is_submitted_is_written_through_to_the_disk_at_once(file: Path, typed: bool) -> None:
    from canvas_tui.journal import files

    statements: list[str] = []
    database = files.open_private(file)
    database.set_trace_callback(statements.append)
    store.Store(database, 1).submitted(FLIGHT, typed)
    database.close()
    assert [" ".join(statement.split()[:3]) for statement in statements] == [
        "PRAGMA synchronous =",
        "BEGIN IMMEDIATE",
        "INSERT INTO flight",
        *(["DELETE FROM draft"] if typed else []),
        "COMMIT",
        "PRAGMA synchronous =",
    ]
    assert (statements[0].split()[-1], statements[-1].split()[-1]) == ("FULL", "NORMAL")


async def test_a_message_and_its_draft_are_never_both_there_and_never_neither(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from canvas_tui.journal import files

    database = files.open_private(file)
    one = store.Store(database, 1)
    one.keep_draft("http://a", "t1", "half")

    def dies(*_: object) -> None:
        raise sqlite3.OperationalError

    with monkeypatch.context() as then, pytest.raises(sqlite3.OperationalError):
        then.setattr(one, "keep_draft", dies)
        one.submitted(FLIGHT, True)
    later = store.Store(database, 2)
    assert (later.drafts("http://a"), later.flights("http://a", lambda _: False)) == ({"t1": "half"}, [])
    one.submitted(FLIGHT, True)
    assert one.drafts("http://a") == {}
    database.close()
    assert await left(file) == [FLIGHT]


async def test_what_was_typed_after_it_was_submitted_is_the_draft(journal: Journal) -> None:
    journal.keep_draft("http://a", "t1", "half")
    journal.submitted(FLIGHT, typed=True)
    journal.keep_draft("http://a", "t1", "and more")
    assert await journal.drafts("http://a") == {"t1": "and more"}


async def test_whether_it_interrupts_is_kept(journal: Journal, file: Path) -> None:
    journal.submitted(replace(FLIGHT, interrupt=True), typed=False)
    await journal.outbox(replace(FLIGHT, run_id="r1"))
    assert await left(file) == [replace(FLIGHT, run_id="r1", interrupt=True)]


async def test_threads_of_which_nothing_was_sent_are_found_by_their_drafts(journal: Journal, file: Path) -> None:
    for thread in ("read", "flying", "seen", "first", "second"):
        journal.keep_draft("http://a", thread, "draft")
    journal.keep_draft("http://b", "other", "draft")
    await journal.keep_thread("http://a", "read", "", 1.0, [])
    journal.set_seen("http://a", "seen", 1.0)
    await journal.outbox(replace(FLIGHT, thread_id="flying"))
    assert await journal.begun("http://a") == {}, "they are of this program"
    later = SqliteJournal(file)
    assert list(await later.begun("http://a")) == ["second", "first"]
    assert await later.begun("http://a") == {}, "they are handed over once"
    await later.close()


async def test_flights_of_the_first_schema_are_plain_messages(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from canvas_tui.journal import files, schema

    with monkeypatch.context() as then:
        then.setattr(schema, "STEPS", schema.STEPS[:1])
        then.setattr(schema, "VERSION", 1)
        database = files.open_private(file)
        values = (b"http://a", b"s1", b"t1", b"m1", HOSTILE.encode("utf-8", "surrogatepass"), b"r1", 1, 7)
        columns = "server, submit_id, thread_id, message_id, text, run_id, held, owner"
        database.execute(f"INSERT INTO flight ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
        database.close()
    assert await left(file) == [replace(FLIGHT, run_id="r1", held=True, turn=PLAIN)]


async def test_what_was_being_written_under_an_older_schema_is_still_there(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One change and one partial version a thread, as the first four schemas had them."""
    from canvas_tui.journal import codec, files, schema

    draft = Draft(Version(3, ArtifactKind.CODE, "Tea", HOSTILE, "python"), DraftStanding.FAILED, 2, 7, "rewriteArtifact", 5)
    with monkeypatch.context() as then:
        then.setattr(schema, "STEPS", schema.STEPS[:4])
        then.setattr(schema, "VERSION", 4)
        database = files.open_private(file)
        edit = (b"http://a", b"t1", codec.dump_version(EDIT.version).encode(), EDIT.base)
        for saving in (0, 1):
            database.execute("INSERT INTO edit VALUES (?, ?, ?, ?, ?, 1, 7)", (*edit[:2], saving, *edit[2:]))
        database.execute("INSERT INTO partial VALUES (?, ?, ?, 7)", (*edit[:2], codec.dump_draft(draft).encode()))
        database.close()
    later = SqliteJournal(file)
    kept = replace(EDIT, choose=True)
    assert list(await later.edits("http://a")) == [kept, replace(kept, saving=True)]
    assert dict(await later.partials("http://a")) == {"t1": [draft]}
    assert later.problem() == ""
    await later.close()


async def test_a_journal_of_an_older_version_is_brought_up_to_date(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from canvas_tui.journal import files, schema

    older = SqliteJournal(file)
    await older.outbox(FLIGHT)
    await older.close()
    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, "CREATE TABLE mood (x); INSERT INTO mood VALUES (1);"))
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    for _ in range(2):
        database = files.open_private(file)
        assert database.execute("SELECT count(*) FROM mood").fetchone() == (1,), "a step is taken once"
        assert database.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)
        database.close()
    assert await left(file) == [FLIGHT]
