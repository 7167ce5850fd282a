"""Time: silence on an open connection, a machine that slept, and the driver's one timer, with clocks in the test's hand."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from canvas_tui.core.effects import CreateRun
from canvas_tui.core.model import NoticeKind, Phase, Role, Session
from canvas_tui.core.ports import ServerTarget
from canvas_tui.net.api import Api
from canvas_tui.net.driver import Driver
from canvas_tui.net.hub import Hub
from canvas_tui.net.wake import SleepWatch
from tests.support.scripted import scripted_server
from tests.support.scripted_faults import How, cut, lose_answer, never_taken, stall
from tests.support.scripted_steps import Gate, say

from .backends import at_rest, texts, until
from .memory import MemoryJournal

ANSWER = "One two three four five six seven eight nine ten."


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Timed:
    """A hub whose clock stands still until the test moves it."""

    def __init__(self, url: str) -> None:
        self.clock = Clock()
        self.hub = Hub(ServerTarget("test", url, user_id="me"), MemoryJournal(), clock=self.clock)

    async def __aenter__(self) -> Timed:
        await self.hub.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.hub.close()

    def driver(self, thread_id: str) -> Driver:
        return self.hub._drivers[thread_id]

    def connections(self) -> object:
        api = self.hub._link._api
        assert api is not None
        return api.client._http

    def pass_time(self, thread_id: str, seconds: float) -> None:
        """The clock goes on, and the driver's timer is due (as often as it asks for in that time)."""
        self.clock.now += seconds
        for _ in range(20):
            self.driver(thread_id)._due()


def heard(session: Session) -> int:
    return sum(len(m.text) for m in session.live if m.role is Role.AI)


async def test_a_dead_path_is_left_after_three_heartbeats_and_taken_up_exactly() -> None:
    async with scripted_server([say(ANSWER, 40)], heartbeat=0.01) as server, Timed(server.url) as timed:
        hub = timed.hub
        server.plan("join", cut(events=6, how=How.HANG))
        thread = hub.new_thread()
        hub.submit(thread, "go")
        await until(hub, lambda: heard(hub.session(thread)) > 10 and hub.session(thread).link.beating)
        while True:
            beats = hub.session(thread).link.beats
            try:
                await until(hub, lambda beats=beats: hub.session(thread).link.beats > beats, patience=0.3)  # type: ignore[misc]
            except TimeoutError:
                break  # nothing comes any more
        timed.pass_time(thread, 7)
        assert NoticeKind.QUIET in {n.kind for n in hub.session(thread).notices if n.until is None}
        assert hub.session(thread).link.phase is Phase.LIVE
        timed.pass_time(thread, 9)
        assert hub.session(thread).link.phase is Phase.ASKING
        await until(hub, lambda: hub.session(thread).link.phase is not Phase.ASKING)
        timed.pass_time(thread, 1)
        session = await at_rest(hub, thread)
        assert texts(session) == [ANSWER]
        assert NoticeKind.CUT in {n.kind for n in session.notices}
        assert server.count("create") == 1


async def test_silence_with_heartbeats_is_no_dead_path() -> None:
    async with scripted_server([say("a"), Gate("on"), say("b")], heartbeat=0.01) as server, Timed(server.url) as timed:
        hub = timed.hub
        thread = hub.new_thread()
        hub.submit(thread, "go")
        await server.reached("on")
        for _ in range(10):
            beats = hub.session(thread).link.beats
            await until(hub, lambda beats=beats: hub.session(thread).link.beats > beats)  # type: ignore[misc]
            timed.pass_time(thread, 6)
        assert hub.session(thread).link.phase is Phase.LIVE
        assert server.count("join") == 1
        server.open_gate("on")
        assert texts(await at_rest(hub, thread)) == ["ab"]


async def test_a_server_without_heartbeats_is_asked_about_the_run() -> None:
    async with scripted_server([say("a b c")], kind="js") as server, Timed(server.url) as timed:
        hub = timed.hub
        server.plan("join", stall(2))
        thread = hub.new_thread()
        hub.submit(thread, "go")
        await until(hub, lambda: heard(hub.session(thread)) > 0 and server.count("run") == 0)
        await until(hub, lambda: all(run.done for run in server.runs.values()))
        timed.pass_time(thread, 16)
        session = await at_rest(hub, thread)
        assert texts(session) == ["a b c"]


async def test_after_a_sleep_the_stream_is_joined_anew_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("canvas_tui.net.hub.WATCH", 0.01)
    async with scripted_server([say("a"), Gate("on"), say("b")]) as server, Timed(server.url) as timed:
        hub = timed.hub
        thread = hub.new_thread()
        hub.submit(thread, "go")
        await server.reached("on")
        await until(hub, lambda: hub.session(thread).link.phase is Phase.LIVE)
        timed.clock.now += 600
        await until(hub, lambda: server.count("join") == 2)
        server.open_gate("on")
        assert texts(await at_rest(hub, thread)) == ["ab"]


@pytest.mark.parametrize(("kind", "name"), [("run", "ReadRun"), ("state", "ReadThread")])
async def test_after_a_sleep_what_was_asked_is_asked_again_at_once(monkeypatch: pytest.MonkeyPatch, kind: str, name: str) -> None:
    """Seen: the request on the dead connection was waited out, ten seconds of nothing."""
    monkeypatch.setattr("canvas_tui.net.hub.WATCH", 0.01)
    async with scripted_server([say("a b c", 40)]) as server, Timed(server.url) as timed:
        hub = timed.hub
        if kind == "run":
            server.plan("join", cut(events=3))
        thread = hub.new_thread()
        hub.submit(thread, "go")
        await until(hub, lambda: hub.session(thread).link.phase is Phase.LIVE)
        server.plan(kind, never_taken(How.HANG))
        waiting = Phase.ASKING if kind == "run" else Phase.SETTLING
        seen = server.count(kind)
        await asyncio.wait_for(server.until(lambda: server.count(kind) > seen), 10)
        assert hub.session(thread).link.phase is waiting
        dead = next(task for effect, task in timed.driver(thread)._asking.items() if effect.__name__ == name)
        old = timed.connections()
        timed.clock.now += 600
        await asyncio.wait_for(server.until(lambda: server.count(kind) > seen + 1), 5)
        await until(hub, lambda: hub.session(thread).link.phase is not waiting)
        timed.pass_time(thread, 1)
        assert texts(await at_rest(hub, thread)) == ["a b c"]
        assert dead.cancelled()
        assert timed.connections() is not old


async def test_after_a_sleep_a_message_on_its_way_is_looked_up_and_not_sent_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("canvas_tui.net.hub.WATCH", 0.01)
    async with scripted_server([say("a b c")]) as server, Timed(server.url) as timed:
        hub = timed.hub
        server.plan("create", lose_answer(How.HANG))
        thread = hub.new_thread()
        hub.submit(thread, "go")
        await asyncio.wait_for(server.until(lambda: server.count("create") == 1), 10)
        timed.clock.now += 600
        assert texts(await at_rest(hub, thread)) == ["a b c"]
        assert server.count("create") == 1


async def test_a_post_that_was_given_up_does_not_come_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """The request hangs on this machine; it is looked for and sent anew, and the first must not follow it."""
    real, gates = Api.create_run, [asyncio.Event()]
    [gate] = gates

    async def slow(api: Api, thread_id: str, effect: CreateRun, checkpoint_id: str = "") -> str:
        if gates:
            await gates.pop().wait()
        return await real(api, thread_id, effect, checkpoint_id)

    monkeypatch.setattr(Api, "create_run", slow)
    async with scripted_server([say(ANSWER)]) as server, Timed(server.url) as timed:
        hub = timed.hub
        thread = hub.new_thread()
        hub.submit(thread, "go")
        await until(hub, lambda: not gates)
        timed.pass_time(thread, 31)
        while server.count("create") == 0:
            timed.pass_time(thread, 1)
            with suppress(TimeoutError):
                await until(hub, lambda: server.count("create") > 0, patience=0.05)
        gate.set()
        assert texts(await at_rest(hub, thread)) == [ANSWER]
        await timed.driver(thread).closed()
        assert server.count("create") == 1


def test_sleep_is_a_jump_of_either_clock() -> None:
    clock, wall = Clock(), Clock()
    watch = SleepWatch(clock, wall, 1.0)
    for monotonic, real, slept in [(1.0, 1.0, 0.0), (1.2, 3.0, 0.0), (1.0, 601.0, 600.0), (61.0, 61.0, 60.0), (1.0, -3600.0, 0.0)]:
        clock.now += monotonic
        wall.now += real
        assert watch.slept() == pytest.approx(slept)


async def test_one_timer_serves_deadlines_that_move() -> None:
    async with scripted_server([say("a"), Gate("on")]) as server, Timed(server.url) as timed:
        hub = timed.hub
        thread = hub.new_thread()
        hub.submit(thread, "go")
        await server.reached("on")
        await until(hub, lambda: hub.session(thread).link.phase is Phase.LIVE and heard(hub.session(thread)) > 0)
        driver = timed.driver(thread)
        timer = driver._timer
        assert timer is not None
        timed.pass_time(thread, 0.001)
        assert not timer.cancelled()
        hub.give_up(thread)
        assert driver._timer is None
