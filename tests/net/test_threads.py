"""The list of threads: whose they are, pages, search, titles, unread, renaming, deleting, coming back."""

from __future__ import annotations

import json

import pytest

from canvas_tui.core.model import ThreadStatus
from canvas_tui.net import threads as threads_module
from canvas_tui.net.hub import Hub
from tests.support.scripted import ScriptedServer, scripted_server
from tests.support.scripted_faults import reply
from tests.support.scripted_steps import Gate, say

from .backends import at_rest, hub_at, until
from .memory import MemoryJournal, ReadyLocal


def titles(hub: Hub) -> list[str]:
    return [row.title for row in hub.threads().rows]


async def listed(hub: Hub, *, least: int = 1) -> list[str]:
    await until(hub, lambda: len(hub.threads().rows) >= least and not (hub.threads().loading or hub.threads().saved_at))
    return titles(hub)


def fill(server: ScriptedServer, count: int) -> None:
    for number in range(count):
        server.add_thread([("human", f"Question {number}"), ("ai", "Answer")], title=f"Thread {number}")


async def test_threads_of_others_and_of_helpers_do_not_show() -> None:
    async with scripted_server() as server:
        fill(server, 2)
        for metadata in ({"graph_id": "reflection"}, {"graph_id": "agent", "supabase_user_id": "somebody"}, {"graph_id": "elsewhere"}, {}):
            server.new_thread("", metadata)
        server.new_thread("", {"graph_id": "agent", "supabase_user_id": "me", "thread_title": "Mine"})
        async with hub_at(server.url) as hub:
            assert sorted(await listed(hub, least=3)) == ["Mine", "Thread 0", "Thread 1"]


async def test_pages_come_as_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads_module, "PAGE", 10)
    monkeypatch.setattr(threads_module, "SHOWN", 15)
    async with scripted_server() as server:
        fill(server, 47)
        async with hub_at(server.url) as hub:
            assert len(await listed(hub)) == 20
            assert hub.threads().more
            hub.more_threads()
            await until(hub, lambda: len(hub.threads().rows) == 40)
            hub.more_threads()
            await until(hub, lambda: len(hub.threads().rows) == 47)
            assert len(set(titles(hub))) == 47
            await until(hub, lambda: not hub.threads().loading)
            assert not hub.threads().more
            hub.refresh_threads()
            await until(hub, lambda: hub.threads().loading)
            await until(hub, lambda: not hub.threads().loading)
            assert len(titles(hub)) == 47


async def test_search_looks_at_titles_and_loads_what_is_not_there_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads_module, "PAGE", 10)
    monkeypatch.setattr(threads_module, "SHOWN", 10)
    async with scripted_server() as server:
        server.add_thread([("human", "x")], title="About Old Needles")
        fill(server, 40)
        async with hub_at(server.url) as hub:
            await listed(hub)
            hub.search("needle old")
            await until(hub, lambda: titles(hub) == ["About Old Needles"])
            hub.search("")
            assert len(titles(hub)) > 10


async def test_the_open_thread_is_known_though_the_list_or_the_search_leaves_it_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads_module, "PAGE", 10)
    monkeypatch.setattr(threads_module, "SHOWN", 10)
    async with scripted_server() as server:
        old = server.add_thread([("human", "x")], title="Old")
        fill(server, 40)
        async with hub_at(server.url) as hub:
            await listed(hub)
            assert hub.threads().row(old.id) is None
            hub.open(old.id)
            hub.refresh_threads()  # as far as the first page
            await until(hub, lambda: (row := hub.threads().row(old.id)) is not None and row.title == "Old")
            hub.search("thread 3")
            assert "Old" not in titles(hub)
            assert (row := hub.threads().row(old.id)) is not None
            assert row.title == "Old"
            hub.rename(old.id, "Older")
            assert (row := hub.threads().row(old.id)) is not None
            assert row.title == "Older"


async def test_titles_are_made_from_first_messages_where_there_are_none() -> None:
    async with scripted_server() as server:
        server.add_thread([("human", "What is\nthe answer?"), ("ai", "42")])
        async with hub_at(server.url) as hub:
            await until(hub, lambda: titles(hub) == ["What is the answer?"])


async def test_a_server_that_does_not_know_select() -> None:
    async with scripted_server() as server:
        fill(server, 1)
        server.plan("thread-search", reply(422, {"detail": "unrecognized key: select"}))
        async with hub_at(server.url) as hub:
            assert await listed(hub) == ["Thread 0"]
            searches = [json.loads(s.request.body) for s in server.seen if s.name == "thread-search"]
            assert ["select" in body for body in searches] == [True, False]


async def test_a_list_that_cannot_be_read_says_so() -> None:
    async with scripted_server() as server:
        server.plan("thread-search", reply(500, {"detail": "no database"}))
        async with hub_at(server.url) as hub:
            await until(hub, lambda: bool(hub.threads().problem))
            assert "answers 500" in hub.threads().problem
            hub.refresh_threads()
            await until(hub, lambda: not hub.threads().problem)


async def test_a_new_thread_takes_its_title_from_the_first_message() -> None:
    async with scripted_server([Gate("on"), say("Hi")]) as server, hub_at(server.url) as hub:
        thread = hub.new_thread()
        assert [(row.id, row.draft) for row in hub.threads().rows] == [(thread, True)]
        hub.submit(thread, "Tell me\nabout  ships")
        assert [(row.title, row.draft) for row in hub.threads().rows] == [("Tell me about ships", False)]
        await server.reached("on")
        assert server.threads[thread].metadata["thread_title"] == "Tell me about ships"
        assert server.threads[thread].metadata["canvas_tui"] == "me"
        assert hub.threads().rows[0].running
        server.open_gate("on")
        await at_rest(hub, thread)
        await until(hub, lambda: not hub.threads().rows[0].running)


async def test_only_the_newest_empty_thread_is_listed() -> None:
    async with scripted_server() as server, hub_at(server.url) as hub:
        hub.open(hub.new_thread())
        second = hub.new_thread()
        hub.open(second)
        assert [row.id for row in hub.threads().rows] == [second]


async def test_renaming() -> None:
    async with scripted_server() as server:
        old = server.add_thread([("human", "x")], title="Old")
        async with hub_at(server.url) as hub:
            await listed(hub)
            hub.rename(old.id, "  New\nname ")
            assert titles(hub) == ["New name"]
            hub.refresh_threads()
            await until(hub, lambda: server.count("thread-patch") == 1 and not hub.threads().loading)
            assert server.threads[old.id].metadata["thread_title"] == "New name"


async def test_a_thread_can_be_named_before_it_exists() -> None:
    async with scripted_server([say("Hi")]) as server, hub_at(server.url) as hub:
        thread = hub.new_thread()
        hub.rename(thread, "Named")
        hub.submit(thread, "Hello")
        await at_rest(hub, thread)
        assert server.threads[thread].metadata["thread_title"] == "Named"
        assert titles(hub) == ["Named"]
        assert server.count("thread-patch") == 0


async def test_deleting_waits_for_undo() -> None:
    async with scripted_server() as server:
        fill(server, 2)
        ids = [*server.threads]
        async with hub_at(server.url) as hub:
            await listed(hub, least=2)
            hub.delete(ids[0])
            assert titles(hub) == ["Thread 1"]
            assert (undo := hub.threads().undo) is not None
            assert undo.title == "Thread 0"
            hub.undo_delete()
            assert sorted(titles(hub)) == ["Thread 0", "Thread 1"]
            assert hub.threads().undo is None
            assert server.count("thread-delete") == 0


async def test_deleting_happens_when_the_time_is_over_or_the_program_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    journal = MemoryJournal()
    async with scripted_server() as server:
        fill(server, 3)
        ids = [*server.threads]
        async with hub_at(server.url, journal) as hub:
            await listed(hub, least=3)
            monkeypatch.setattr(threads_module, "UNDO", 0.0)
            hub.delete(ids[0])
            await until(hub, lambda: hub.threads().undo is None and len(server.threads) == 2)
            monkeypatch.setattr(threads_module, "UNDO", 60.0)
            hub.delete(ids[1])
        assert [*server.threads] == [ids[2]]


async def test_a_deletion_that_fails_brings_the_thread_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads_module, "UNDO", 0.0)
    async with scripted_server() as server:
        fill(server, 1)
        server.plan("thread-delete", reply(500, {"detail": "no"}))
        async with hub_at(server.url) as hub:
            await listed(hub)
            hub.delete(next(iter(server.threads)))
            await until(hub, lambda: bool(hub.threads().problem))
            assert titles(hub) == ["Thread 0"]


async def test_the_thread_that_is_open_is_never_unread() -> None:
    async with scripted_server([say("One.")]) as server, hub_at(server.url, wall=lambda: 0.0) as hub:
        await until(hub, lambda: hub.server().phase == "up" and not hub.threads().loading)
        thread = hub.new_thread()
        hub.submit(thread, "Hello")
        await at_rest(hub, thread)
        await until(hub, lambda: any(row.updated > 0 for row in hub.threads().rows))
        assert [row.unread for row in hub.threads().rows] == [False]


async def test_what_changed_unseen_is_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads_module, "_SAME", 0.0)  # the scripted server's clock goes by milliseconds
    journal = MemoryJournal()
    async with scripted_server([say("a")], [Gate("on"), say("b")]) as server, hub_at(server.url, journal) as hub:
        background, front = hub.new_thread(), hub.new_thread()
        hub.submit(background, "one")
        await at_rest(hub, background)
        hub.open(background)
        await until(hub, lambda: background in journal.seen_at)
        hub.submit(background, "two")
        hub.open(front)
        await server.reached("on")
        server.names.advance(10) if hasattr(server.names, "advance") else None
        server.open_gate("on")
        await at_rest(hub, background)
        await until(hub, lambda: any(row.unread for row in hub.threads().rows))
        assert [row.id for row in hub.threads().rows if row.unread] == [background]
        hub.open(background)
        assert not any(row.unread for row in hub.threads().rows)


async def test_a_killed_local_agent_gets_its_threads_back_from_the_journal() -> None:
    journal = MemoryJournal()
    async with scripted_server() as server:
        local = ReadyLocal(server.url)
        await journal.keep_thread("local", "00000000-0000-4000-8000-000000000001", "Kept", 1_700_000_000.0, ())
        async with hub_at("", journal, local=local) as hub:
            assert await listed(hub) == ["Kept"]
            [row] = hub.threads().rows
            assert (row.updated, row.status) == (1_700_000_000.0, ThreadStatus.IDLE)
            assert hub.server().model == "scripted model"
            hub.open(row.id)
            assert (await at_rest(hub, row.id)).state.exists
        assert (local.asked, local.released) == (1, 1)


async def test_the_journals_copy_is_shown_until_the_thread_has_been_read() -> None:
    journal = MemoryJournal()
    async with scripted_server() as server:
        old = server.add_thread([("human", "Hello"), ("ai", "Hi")], title="Old")
        async with hub_at(server.url, journal) as hub:
            hub.open(old.id)
            await at_rest(hub, old.id)
        async with hub_at(server.url, journal, start=False) as hub:
            hub.open(old.id)
            await until(hub, lambda: bool(hub.session(old.id).history))
            assert [m.text for m in hub.session(old.id).history] == ["Hello", "Hi"]
            assert not hub.session(old.id).loaded
            await hub.start()
            assert [m.text for m in (await at_rest(hub, old.id)).history] == ["Hello", "Hi"]


async def test_a_run_elsewhere_is_shown_alive_until_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("canvas_tui.net.hub.WATCH", 0.01)
    async with scripted_server([Gate("on"), say("x")]) as server, hub_at(server.url) as elsewhere:
        thread = elsewhere.new_thread()
        elsewhere.submit(thread, "go")
        await server.reached("on")
        async with hub_at(server.url) as hub:
            await until(hub, lambda: any(row.running for row in hub.threads().rows))
            server.open_gate("on")
            await until(hub, lambda: not any(row.running for row in hub.threads().rows))


async def test_drafts_and_prompts_are_kept() -> None:
    journal = MemoryJournal()
    async with scripted_server([say("a")]) as server:
        async with hub_at(server.url, journal) as hub:
            thread = hub.new_thread()
            hub.keep_draft("other", "half a thought")
            for text in ("one", "one", "two"):
                hub.submit(thread, text)
            assert list(hub.prompts()) == ["two", "one"]
            await at_rest(hub, thread)
        async with hub_at(server.url, journal) as hub:
            await until(hub, lambda: bool(hub.prompts()))
            assert list(hub.prompts()) == ["two", "one"]
            assert hub.draft("other") == "half a thought"
