"""What a program that died left behind is taken up by the next one: once, and as the user left it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

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
        assert journal.log[:2] == [("submitted", "Hello"), ("outbox", "")]
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


class LateJournal(MemoryJournal):
    """Tells of flights only when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.let = asyncio.Event()

    async def flights(self, server: str) -> Sequence[Flight]:
        await self.let.wait()
        return await super().flights(server)


async def test_a_message_of_an_earlier_life_is_not_dropped_where_the_thread_is_followed_already() -> None:
    """Seen: the screen had opened the thread, on which another client's run was, before the journal answered."""
    journal = LateJournal()
    async with scripted_server([Gate("on"), say("theirs")], [say("ours")]) as server, hub_at(server.url) as elsewhere:
        thread = elsewhere.new_thread()
        elsewhere.submit(thread, "their question")
        await server.reached("on")
        await journal.outbox(Flight(server.url, thread, "submit-1", "00000000-0000-4000-8000-000000000002", "our question"))
        async with hub_at(server.url, journal) as hub:
            hub.open(thread)
            await until(hub, lambda: hub.session(thread).link.phase is Phase.LIVE)
            journal.let.set()
            await until(hub, lambda: [o.message.text for o in hub.session(thread).queue] == ["our question"])
            assert list(journal.inflight) == ["submit-1"]
            server.open_gate("on")
            session = await at_rest(hub, thread)
            assert [m.text for m in session.history] == ["their question", "theirs", "our question", "ours"]
        assert (runs_of(server), journal.inflight) == (2, {})


async def test_one_that_waited_behind_another_and_has_arrived_is_not_sent_again_where_it_cannot_be_looked_for() -> None:
    """Seen: a look that failed was taken for "not there", and the message ran twice."""
    journal = MemoryJournal()
    thread = "00000000-0000-4000-8000-000000000001"
    ids = [f"00000000-0000-4000-8000-00000000001{number}" for number in range(2)]
    async with scripted_server([say("first")], [say("second")]) as server:
        async with hub_at(server.url) as earlier:
            driver = earlier._driver(thread, fresh=True)
            driver.take(Opened())
            for number, text in enumerate(("one", "two")):
                driver.take(Submitted(text, ids[number], f"submit-{number}"))
                await journal.outbox(Flight(server.url, thread, f"submit-{number}", ids[number], text))
            await at_rest(earlier, thread)
        server.plan("runs", *[reply(503, {})] * 3)
        async with hub_at(server.url, journal) as hub:
            await until(hub, lambda: len(hub.session(thread).history) == 4)
            await at_rest(hub, thread)
        assert (runs_of(server), journal.inflight) == (2, {})


class SlowDisk(MemoryJournal):
    """Says that a message is on the disk only when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.let = asyncio.Event()

    async def outbox(self, flight: Flight) -> None:
        await self.let.wait()
        await super().outbox(flight)


async def test_not_a_byte_of_a_message_leaves_before_it_is_on_the_disk() -> None:
    journal = SlowDisk()
    async with scripted_server([say(ANSWER)]) as server, hub_at(server.url, journal) as hub:
        await until(hub, lambda: hub.server().phase == "up")
        thread = hub.new_thread()
        hub.submit(thread, "Hello")
        await until(hub, lambda: hub.session(thread).link.phase is Phase.CREATING)
        hub.refresh_threads()
        await until(hub, lambda: not hub.threads().loading)  # another request has gone there and back meanwhile
        assert (server.count("create"), len(server.threads)) == (0, 0)
        journal.let.set()
        await at_rest(hub, thread)
        assert server.count("create") == 1
