"""Threads of which nothing was sent yet: what is typed in them is found again, in this life and in the next, once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from canvas_tui.core.ports import ServerTarget
from canvas_tui.journal import SqliteJournal
from canvas_tui.net.hub import Hub
from tests.support.scripted import ScriptedServer, scripted_server
from tests.support.scripted_faults import reply
from tests.support.scripted_steps import say

from .backends import at_rest, hub_at, until
from .memory import MemoryJournal

AWAY = "http://127.0.0.1:1"
Life = Callable[[], Hub]


@pytest.fixture
def life(tmp_path: Path) -> Life:
    """Programs one after the other with one journal; none closes before the next begins, as after ``kill -9``."""
    return lambda: Hub(ServerTarget("test", AWAY, "agent", user_id="me"), SqliteJournal(tmp_path / "journal.db"))


def drafts(hub: Hub) -> list[tuple[str, str]]:
    return [(row.id, row.title) for row in hub.threads().rows if row.draft]


async def typed(hub: Hub, text: str) -> str:
    thread = hub.new_thread()
    hub.keep_draft(thread, text)
    await hub._journal.drafts(hub._link.key)  # it is written by then
    return thread


async def test_the_draft_of_a_thread_that_was_never_sent_is_found_in_the_next_life(life: Life) -> None:
    """Seen: it stayed in the journal, under an id that no list showed."""
    first, second = life(), life()
    await first.start()
    thread = await typed(first, "a long first message, not sent")
    await second.start()
    assert drafts(second) == [(thread, "a long first message, not sent")]
    second.open(thread)
    assert second.draft(thread) == "a long first message, not sent"
    assert second.session(thread).link.failure is None
    await first.close()
    await second.close()


async def test_several_are_there_the_newest_first_until_they_are_sent_or_deleted(life: Life) -> None:
    first, second, third = life(), life(), life()
    await first.start()
    one, two, three = [await typed(first, text) for text in ("one", "two", "three")]
    await second.start()
    assert drafts(second) == [(three, "three"), (two, "two"), (one, "one")]
    second.open(two)
    second.submit(two, "two")
    second.delete(one)
    second.delete(three)  # the time for bringing back the one before is over
    assert drafts(second) == []
    second.undo_delete()
    assert drafts(second) == [(three, "three")]
    await second._journal.drafts(AWAY)
    await third.start()
    assert drafts(third) == [(three, "three")]
    await until(third, lambda: [m.text for m in third.session(two).live] == ["two"])
    for hub in (first, second, third):
        await hub.close()


async def test_those_of_a_program_that_runs_are_its_own(life: Life) -> None:
    hub = life()
    await hub.start()
    await typed(hub, "mine")
    assert await hub._journal.begun(AWAY) == {}
    await hub.close()


async def test_two_can_be_begun_in_one_life() -> None:
    async with hub_at(AWAY) as hub:
        one = await typed(hub, "the first")
        two = await typed(hub, "the second")
        empty = hub.new_thread()
        assert {id for id, _ in drafts(hub)} == {one, two, empty}
        hub.open(one)
        assert {id for id, _ in drafts(hub)} == {one, two}, "where nothing was typed there is nothing to come back to"
        hub.keep_draft(one, "the first, in other words")
        assert dict(drafts(hub))[one] == "the first, in other words"


async def test_a_draft_becomes_the_thread_that_is_sent_once() -> None:
    journal = MemoryJournal()
    thread = "00000000-0000-4000-8000-000000000009"
    async with scripted_server([say("the answer")]) as server:
        journal.kept_drafts[thread], journal.left_begun[thread] = "a question", 5.0
        async with hub_at(server.url, journal) as hub:
            await until(hub, lambda: bool(hub.threads().rows))
            hub.open(thread)
            hub.submit(thread, hub.draft(thread))
            session = await at_rest(hub, thread)
            assert [m.text for m in session.history] == ["a question", "the answer"]
            assert [(row.id, row.draft) for row in hub.threads().rows] == [(thread, False)]
            assert hub.draft(thread) == ""
        assert (len(server.runs), journal.kept_drafts) == (1, {})


# -- what is submitted -------------------------------------------------------------------------------------------------


async def test_the_draft_goes_when_the_message_is_in_the_outbox_and_not_before() -> None:
    """Seen: the draft was deleted one turn of the loop before the message was written."""
    journal = MemoryJournal()
    async with hub_at(AWAY, journal) as hub:
        thread = await typed(hub, "my text")
        hub.submit(thread, "my text")
        assert ([flight.text for flight in journal.inflight.values()], journal.kept_drafts) == (["my text"], {})
        hub.keep_draft(thread, "and more")
        assert journal.kept_drafts == {thread: "and more"}


async def test_a_text_that_was_not_typed_here_leaves_the_draft_alone() -> None:
    """``canvas-tui send`` into a thread in which something is typed on the screen."""
    journal = MemoryJournal()
    journal.kept_drafts["t"] = "half a thought"
    async with hub_at(AWAY, journal) as hub:
        hub.submit("t", "something else")
        assert journal.kept_drafts == {"t": "half a thought"}
        assert hub.draft("t") == "half a thought"


# -- a thread that is gone ---------------------------------------------------------------------------------------------


async def _deleted(server: ScriptedServer, hub: Hub) -> str:
    thread = hub.new_thread()
    hub.submit(thread, "first")
    await at_rest(hub, thread)
    server.threads.pop(thread)
    server.plan("create", reply(404, {"detail": "Thread not found"}))
    hub.submit(thread, "second")
    await until(hub, lambda: bool(hub.session(thread).queue) and not hub.session(thread).state.exists)
    return thread


async def test_a_thread_that_was_deleted_elsewhere_is_told_once_and_begun_anew_on_the_users_word() -> None:
    async with scripted_server([say("one")], [say("two")]) as server, hub_at(server.url) as hub:
        thread = await _deleted(server, hub)
        assert server.count("create") == 2
        assert [m.text for m in hub.session(thread).history] == ["first", "one"]
        hub.retry(thread)
        session = await at_rest(hub, thread)
        assert [m.text for m in session.history][-2:] == ["second", "two"]
        assert server.texts(thread) == ["second", "two"]
        assert session.notices == ()
