"""The server is away from the start: what was saved here can be read, and says that it is that."""

from __future__ import annotations

import pytest

from canvas_tui.core.model import Message, Role, ServerPhase
from canvas_tui.net.hub import Hub
from tests.support.scripted import scripted_server
from tests.support.scripted_steps import say

from .backends import at_rest, hub_at, until
from .memory import MemoryJournal

AWAY = "http://127.0.0.1:1"
SAVED = (Message("a", Role.HUMAN, "a question"), Message("b", Role.AI, "an answer"))


def titles(hub: Hub) -> list[str]:
    return [row.title for row in hub.threads().rows]


@pytest.fixture
async def journal() -> MemoryJournal:
    journal = MemoryJournal()
    await journal.keep_thread(AWAY, "older", "Older", 5.0, SAVED)
    await journal.keep_thread(AWAY, "newer", "Newer", 9.0, SAVED)
    return journal


async def test_what_was_saved_is_listed_and_read_while_the_server_is_away(journal: MemoryJournal) -> None:
    """Seen: the list was empty, so that nothing of it could be opened."""
    async with hub_at(AWAY, journal) as hub:
        await until(hub, lambda: hub.server().phase is ServerPhase.DOWN)
        assert titles(hub) == ["Newer", "Older"]
        assert hub.threads().saved_at == 9.0
        hub.open("older")
        await until(hub, lambda: bool(hub.session("older").history))
        assert [m.text for m in hub.session("older").history] == ["a question", "an answer"]
        assert not hub.session("older").loaded


async def test_it_can_be_searched(journal: MemoryJournal) -> None:
    async with hub_at(AWAY, journal) as hub:
        hub.search("old")
        assert titles(hub) == ["Older"]


async def test_the_servers_list_takes_its_place() -> None:
    journal = MemoryJournal()
    async with scripted_server([say("x")]) as server:
        server.add_thread([("human", "hello")], title="At the server")
        await journal.keep_thread(server.url, "gone", "Deleted elsewhere", 5.0, SAVED)
        async with hub_at(server.url, journal) as hub:
            await until(hub, lambda: not hub.threads().saved_at and not hub.threads().loading)
            assert titles(hub) == ["At the server"]


async def test_a_thread_that_is_gone_from_the_server_keeps_what_was_saved_of_it() -> None:
    journal = MemoryJournal()
    async with scripted_server([say("x")]) as server:
        await journal.keep_thread(server.url, "00000000-0000-4000-8000-000000000001", "Deleted elsewhere", 5.0, SAVED)
        async with hub_at(server.url, journal, start=False) as hub:
            hub.open("00000000-0000-4000-8000-000000000001")
            await until(hub, lambda: bool(hub.session("00000000-0000-4000-8000-000000000001").history))
            await hub.start()
            session = await at_rest(hub, "00000000-0000-4000-8000-000000000001")
            assert [m.text for m in session.history] == ["a question", "an answer"]
            assert not session.state.exists
