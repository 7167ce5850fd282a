"""What a program that died left behind is taken up by the next one: once, and as the user left it."""

from __future__ import annotations

import pytest

from canvas_tui.core.inputs import Opened, Submitted
from canvas_tui.core.model import Phase, Standing
from canvas_tui.core.ports import Flight
from tests.support.scripted import ScriptedServer, scripted_server
from tests.support.scripted_faults import reply
from tests.support.scripted_steps import Gate, say

from .backends import at_rest, hub_at, until
from .memory import MemoryJournal

ANSWER = "One two three four five six seven eight nine ten."
KINDS = ["python", "js", "aegra"]


def runs_of(server: ScriptedServer) -> int:
    return len(server.runs)


async def test_flights_are_written_before_the_post_and_landed_at_the_end() -> None:
    journal = MemoryJournal()
    async with scripted_server([Gate("on"), say(ANSWER)]) as server, hub_at(server.url, journal) as hub:
        thread = hub.new_thread()
        hub.submit(thread, "Hello")
        await server.reached("on")
        await until(hub, lambda: hub.session(thread).link.phase is Phase.LIVE)
        [flight] = journal.inflight.values()
        assert (flight.thread_id, flight.text, flight.server) == (thread, "Hello", server.url)
        assert [flight.run_id] == list(server.runs)
        assert journal.log[0] == ("outbox", "")
        server.open_gate("on")
        await at_rest(hub, thread)
    assert journal.inflight == {}
    assert [m.text for m in journal.cache[thread][1]] == ["Hello", ANSWER]


async def test_a_crash_after_the_post_rejoins_the_run() -> None:
    journal = MemoryJournal()
    async with scripted_server([say("early "), Gate("on"), say("late")]) as server:
        async with hub_at(server.url, journal) as hub:
            thread = hub.new_thread()
            hub.submit(thread, "Hello")
            await server.reached("on")
            await until(hub, lambda: hub.session(thread).link.phase is Phase.LIVE)
        assert len(journal.inflight) == 1
        async with hub_at(server.url, journal) as hub:
            await until(hub, lambda: hub.session(thread).link.phase is Phase.LIVE)
            server.open_gate("on")
            session = await at_rest(hub, thread)
            assert [m.text for m in session.history] == ["Hello", "early late"]
        assert (server.count("create"), journal.inflight) == (1, {})


@pytest.mark.parametrize("made", [True, False], ids=["posted", "not posted"])
async def test_a_crash_while_posting_posts_once(made: bool) -> None:
    journal = MemoryJournal()
    async with scripted_server([say(ANSWER)]) as server:
        thread = "00000000-0000-4000-8000-000000000001"
        flight = Flight(server.url, thread, "submit-1", "00000000-0000-4000-8000-000000000002", "Hello")
        if made:
            async with hub_at(server.url, MemoryJournal()) as earlier:
                await until(earlier, lambda: earlier.server().phase == "up")
                driver = earlier._driver(thread, fresh=True)
                driver.take(Opened())
                driver.take(Submitted("Hello", flight.message_id, flight.submit_id))
                await at_rest(earlier, thread)
        await journal.outbox(flight)
        async with hub_at(server.url, journal) as hub:
            await until(hub, lambda: len(hub.session(thread).history) == 2)
            session = await at_rest(hub, thread)
            assert [m.text for m in session.history] == ["Hello", ANSWER]
        assert (runs_of(server), journal.inflight) == (1, {})


async def test_messages_that_waited_behind_another_survive_a_crash() -> None:
    journal = MemoryJournal()
    async with scripted_server([Gate("on"), say("first")], [say("second")]) as server:
        async with hub_at(server.url, journal) as hub:
            thread = hub.new_thread()
            hub.submit(thread, "one")
            hub.submit(thread, "two")
            await server.reached("on")
            await until(hub, lambda: hub.session(thread).link.phase is Phase.LIVE)
        async with hub_at(server.url, journal) as hub:
            await until(hub, lambda: [o.message.text for o in hub.session(thread).queue] == ["two"])
            server.open_gate("on")
            session = await at_rest(hub, thread)
            assert [m.text for m in session.history] == ["one", "first", "two", "second"]
        assert runs_of(server) == 2


async def test_what_could_not_be_sent_waits_for_the_user_in_the_next_program_too() -> None:
    journal = MemoryJournal()
    async with scripted_server([say(ANSWER)]) as server:
        server.plan("create", reply(422, {"detail": "no such model"}))
        async with hub_at(server.url, journal) as hub:
            thread = hub.new_thread()
            hub.submit(thread, "Hello")
            await until(hub, lambda: any(o.message.standing is Standing.UNSENT for o in hub.session(thread).queue))
            await until(hub, lambda: [flight.held for flight in journal.inflight.values()] == [True])
        async with hub_at(server.url, journal) as hub:
            await until(hub, lambda: hub.session(thread).loaded)
            assert [o.message.standing for o in hub.session(thread).queue] == [Standing.UNSENT]
            assert server.count("create") == 1
            hub.retry(thread)
            assert [m.text for m in (await at_rest(hub, thread)).history] == ["Hello", ANSWER]
        assert journal.inflight == {}
