"""The demonstration: its faults act through the proxy, the server restarts behind it, the tour plays to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from canvas_tui.core.model import Link, Phase, Run, Session
from canvas_tui.core.ports import Change, Demonstration, Listener, LocalAddress, LocalFailure, LocalServer
from canvas_tui.lab.demo import ACTS, CLEAR, NEVER, OVER, RESTART, TOUR, BehindProxy, Demo, Scene, follow, tour
from canvas_tui.lab.proxy import Proxy
from canvas_tui.lab.script import parse

from .laid import EVENTS, body, dial, fetch, waiting_stream
from .upstream import streaming, upstream


async def never() -> str:
    raise AssertionError


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_every_act_is_a_script_or_the_restart(act: object) -> None:
    found = next(each for each in ACTS if each is act)
    assert parse(found.script).tracks or found.name == RESTART


def test_names_are_told_once_and_the_tour_knows_them() -> None:
    names = [act.name for act in ACTS]
    assert len(set(names)) == len(names)
    assert {scene.act for scene in TOUR if scene.act} <= set(names)


async def test_a_fault_acts_on_the_open_stream_and_is_told() -> None:
    async with waiting_stream() as (lab, peer, parts, _):
        demo: Demonstration = Demo(lab, never)
        lines: list[str] = []
        stop = demo.listen(lambda: lines.append(demo.line()))
        assert demo.line() == NEVER
        demo.apply("no such thing")
        demo.apply("Clean end")
        assert [part async for part in parts] == []
        demo.apply(CLEAR)
        stop()
        demo.apply("Cut")
    assert [line.partition(":")[0] for line in lines] == ["Clean end", CLEAR]
    assert peer is not None


async def test_a_restarted_server_is_behind_the_same_address() -> None:
    async with upstream(streaming(*EVENTS[:2])) as old, upstream(streaming(*EVENTS[5:])) as new, Proxy(old.url) as lab:
        refused = asyncio.Event()

        async def restart() -> str:
            with pytest.raises(ConnectionError):
                while True:  # the listener closes in a task of its own
                    (await dial(lab)).close()
            refused.set()
            return new.url

        demo = Demo(lab, restart)
        assert (await fetch(lab))[1] == b"".join(EVENTS[:2])
        up = asyncio.Event()
        lab.listen(lambda told: up.set() if told.text == "up again" else None)
        demo.apply(RESTART)
        demo.apply(RESTART)  # once is enough
        await asyncio.wait_for(up.wait(), 5)
        await demo.close()
        assert refused.is_set()
        assert (await fetch(lab))[1] == b"".join(EVENTS[5:])


async def test_a_server_that_does_not_come_back_is_told() -> None:
    async def restart() -> str:
        raise LocalFailure("No room.")

    async with upstream(streaming(*EVENTS)) as server, Proxy(server.url) as lab:
        demo = Demo(lab, restart)
        demo.apply(RESTART)
        await demo.close()
        assert demo.line() == "The server did not come back: No room."


class FakeLocal:
    def __init__(self, url: str) -> None:
        self.url, self.left = url, False

    async def ensure(self, told: Callable[[str], None]) -> LocalAddress:
        told("starting")
        return LocalAddress(self.url, "agent", "scripted model")

    def log_path(self) -> str:
        return "log"

    async def alive(self) -> bool:
        return True

    async def release(self) -> None:
        self.left = True


async def test_the_local_agent_is_reached_through_the_proxy() -> None:
    async with upstream(streaming(*EVENTS)) as server, Proxy("http://127.0.0.1:1") as lab:
        real = FakeLocal(server.url)
        local: LocalServer = BehindProxy(real, lab)
        said: list[str] = []
        address = await local.ensure(said.append)
        assert (address.url, address.assistant, said) == (lab.url, "agent", ["starting"])
        assert (await fetch(lab))[1] == b"".join(EVENTS)
        assert (local.log_path(), await local.alive()) == ("log", True)
        await local.release()
        assert real.left
    assert body is not None


class FakeBackend:
    """A session that runs each message to its end as soon as anybody looks away."""

    def __init__(self) -> None:
        self.now = Session("t", loaded=True)
        self.sent: list[str] = []
        self.listeners: list[Listener] = []

    def session(self, thread_id: str) -> Session:
        return self.now

    def listen(self, listener: Listener) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def submit(self, thread_id: str, text: str) -> None:
        self.sent.append(text)
        asyncio.get_running_loop().call_soon(self._tokens, 1)

    def _tokens(self, count: int) -> None:
        self.now = replace(self.now, run=Run(f"s{len(self.sent)}", tokens=count))
        for listener in self.listeners:
            listener(Change.SESSION, "t")
        if count < 30:
            asyncio.get_running_loop().call_soon(self._tokens, count + 1)


async def test_the_tour_plays_every_scene_with_its_line() -> None:
    async with Proxy("http://127.0.0.1:1") as lab:
        demo, backend, lines, acts, slept = Demo(lab, never), FakeBackend(), list[str](), list[str](), list[float]()
        demo.listen(lambda: lines.append(demo.line()))
        lab.listen(lambda told: acts.append(told.text))

        async def sleep(seconds: float) -> None:
            slept.append(seconds)

        scenes = [Scene("First.", "one"), Scene("Second.", "two", "Cut", tokens=10)]
        await asyncio.wait_for(tour(demo, backend, "t", sleep, scenes), 10)  # type: ignore[arg-type]
        assert backend.sent == ["one", "two"]
        assert slept == [3.0, 3.0]
        assert [line for line in lines if line[0].isdigit()] == ["1/2  First.", "2/2  Second.", "2/2  Second."]
        assert lines[-1] == OVER
        assert acts == [f"from now on: {script}" for script in ("clear", "clear", "cut", "clear")]
        assert not backend.listeners


async def test_a_fault_is_over_with_the_run_that_it_met() -> None:
    async with Proxy("http://127.0.0.1:1") as lab:
        demo, backend = Demo(lab, never), FakeBackend()
        unfollow = follow(demo, backend)  # type: ignore[arg-type]

        def becomes(session: Session) -> None:
            backend.now = session
            for listener in backend.listeners:
                listener(Change.SESSION, "t")

        demo.apply("Stall")
        becomes(Session("t", loaded=True))
        assert demo.line().startswith("Stall: "), "no run has met it"
        becomes(Session("t", loaded=True, run=Run("s1"), link=Link(phase=Phase.LIVE)))
        assert demo.line().startswith("Stall: ")
        becomes(Session("t", loaded=True, run=Run("s1")))
        assert demo.line().startswith("That was: Stall.")
        demo.say("the tour's own line")
        becomes(Session("t", loaded=True, run=Run("s2"), link=Link(phase=Phase.LIVE)))
        becomes(Session("t", loaded=True, run=Run("s2")))
        assert demo.line() == "the tour's own line"
        unfollow()
        assert backend.listeners == []
