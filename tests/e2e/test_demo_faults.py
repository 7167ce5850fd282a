"""Every fault of the demonstration, chosen by key and from the palette: it acts on the open stream, and the answer is whole in the end.

The program's own screen, net room and fault proxy before the scripted server; the lab's time runs faster than ours.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from textual.command import CommandInput, CommandList
from textual.pilot import Pilot

from canvas_tui.core import policy
from canvas_tui.core.model import NoticeKind, Role, Session
from canvas_tui.core.ports import ScreenOptions, ServerTarget
from canvas_tui.journal import SqliteJournal
from canvas_tui.lab.demo import ACTS, CLEAR, RESTART, Act, Demo
from canvas_tui.lab.proxy import Proxy, Told
from canvas_tui.net.hub import Hub
from canvas_tui.ui.demo import DemoApp
from canvas_tui.ui.screens.demo import FaultsScreen
from tests.support.scripted import ScriptedServer, scripted_server
from tests.support.scripted_steps import Gate, Say
from tests.ui.fake_backend import FakePreferences

BEFORE, AFTER = (tuple(f"word-{part}-{n} " for n in range(8)) for part in "ab")
FASTER = 20.0
"""The lab's seconds in one of ours."""
PATIENCE = 60.0
SILENT = ("Swallowed stream", "Buffering proxy", "Half-open")
"""Nothing of what the run writes gets through."""
RESTARTING = next(act for act in ACTS if act.name == RESTART)


@dataclass
class Stage:
    server: ScriptedServer
    lab: Proxy
    app: DemoApp
    pilot: Pilot[None]
    hub: Hub
    thread: str
    told: list[Told] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    restarts: int = 0
    stirred: asyncio.Event = field(default_factory=asyncio.Event)  # the session has changed, or the lab has done something

    @property
    def session(self) -> Session:
        return self.hub.session(self.thread)

    @property
    def tokens(self) -> int:
        return self.session.run.tokens if self.session.run is not None else 0

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not holds():
                self.stirred.clear()
                await self.stirred.wait()

    async def on_screen(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not holds():
                await self.pilot.pause()

    async def by_key(self, act: Act) -> None:
        await self.pilot.press("f12")
        await self.on_screen(lambda: isinstance(self.app.screen, FaultsScreen))
        await self.pilot.press(*["down"] * ACTS.index(act), "enter")

    async def from_palette(self, act: Act) -> None:
        def first() -> str:
            found = self.app.screen.query(CommandList)
            hit = found.first().get_option_at_index(0) if found and found.first().option_count else None
            return str(hit.prompt) if hit is not None else ""

        await self.pilot.press("ctrl+p")
        await self.on_screen(lambda: bool(self.app.screen.query(CommandInput)))
        self.app.screen.query_one(CommandInput).value = f"fault: {act.name.lower()} ("
        await self.on_screen(lambda: first().startswith(f"Fault: {act.name} ("))
        await self.pilot.press("enter", "enter")


@asynccontextmanager
async def demonstration(tmp_path: Path, turns: int) -> AsyncIterator[Stage]:
    scripts = [(Say(BEFORE, 400), Gate(f"fault {n}"), Say(AFTER, 400), Gate(f"end {n}")) for n in range(1, turns + 1)]
    async with scripted_server(*scripts, heartbeat=0.1) as server:
        slept, told = list[float](), list[Told]()

        async def sleep(seconds: float) -> None:
            slept.append(seconds)
            await asyncio.sleep(seconds / FASTER)

        async with Proxy(server.url, clock=lambda: time.monotonic() * FASTER, sleep=sleep) as lab:
            lab.listen(told.append)
            hub = Hub(ServerTarget("demonstration", lab.url), SqliteJournal(tmp_path / "journal.db"))

            async def restart() -> str:
                await stage.until(lambda: any(one.text.startswith("down") for one in told))  # as a real one, it takes longer than that
                stage.restarts += 1
                return server.url

            demo = Demo(lab, restart)
            thread = hub.new_thread()
            app = DemoApp(hub, ScreenOptions(animate=False, first_thread=thread), FakePreferences(), demo)
            try:
                async with app.run_test(size=(120, 40)) as pilot:
                    stage = Stage(server, lab, app, pilot, hub, thread, told, slept)
                    hub.listen(lambda change, id: stage.stirred.set())
                    lab.listen(lambda told: stage.stirred.set())
                    yield stage
            finally:
                await demo.close()
                await hub.close()


async def turn(stage: Stage, number: int) -> None:
    """A run that stands in the middle of its answer."""
    stage.hub.submit(stage.thread, "go")
    await stage.until(lambda: len(stage.server.runs) == number and stage.tokens == len(BEFORE))
    stage.told.clear()


async def acts(stage: Stage, act: Act) -> None:
    await stage.until(lambda: any(told.text == f"from now on: {act.script or 'down'}" for told in stage.told))
    await stage.pilot.pause()
    assert f"{act.name}: {act.line}."[:60] in str(stage.app.main.query_one("#demonstration").render())


async def ends_whole(stage: Stage, number: int) -> None:
    stage.server.open_gate(f"end {number}")
    await stage.until(lambda: not stage.session.active and not stage.session.queue)
    answers = [message.text for message in stage.session.history if message.role is Role.AI]
    assert answers == ["".join((*BEFORE, *AFTER))] * number
    kinds = {notice.kind for notice in stage.session.notices}
    assert not kinds & {NoticeKind.CORRECTED, NoticeKind.RESTARTED, NoticeKind.LOST, NoticeKind.UNSENT}


async def test_each_chosen_by_key_acts_at_once_and_its_answer_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "BACKOFF", (0.02, 0.05))
    async with demonstration(tmp_path, len(ACTS)) as stage:
        for number, act in enumerate(ACTS, 1):
            monkeypatch.setattr(policy, "SILENCE", 1.0 if act.name == "Half-open" else 60.0)
            await turn(stage, number)
            await stage.by_key(act)
            await acts(stage, act)
            stage.server.open_gate(f"fault {number}")
            await stage.server.reached(f"end {number}")
            if act.name in SILENT:
                assert stage.tokens == len(BEFORE), act.name
            await ends_whole(stage, number)
            did = [told.text for told in stage.told if told.fault and not told.text.startswith("from now on")]
            assert did or stage.slept or act.name in (*SILENT, CLEAR), act.name
            assert stage.restarts == (number > ACTS.index(RESTARTING)), act.name
            stage.lab.clear()
            stage.slept.clear()


async def test_each_is_in_the_palette_too_and_they_may_follow_one_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "BACKOFF", (0.02, 0.05))
    async with demonstration(tmp_path, 1) as stage:
        await turn(stage, 1)
        for act in ACTS:
            await stage.from_palette(act)
            await acts(stage, act)
            stage.told.clear()
        assert stage.restarts == 1
        stage.server.open_gate("fault 1")
        await ends_whole(stage, 1)
