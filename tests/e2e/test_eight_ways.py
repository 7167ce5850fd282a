"""Eight ways to get "200, a run id, and no answer", each as it stands on the screen: its own sentence in time, and what to do about it.

The screen, the backend and the HTTP are the program's own, the server plays the run; the clock stands still until the test moves it.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from textual.pilot import Pilot

from canvas_tui.core.model import Json, NoticeKind
from canvas_tui.core.ports import Flight, ScreenOptions, ServerTarget
from canvas_tui.net.doctor import ProgramDoctor
from canvas_tui.net.hub import Hub
from canvas_tui.ui.app import CanvasApp
from canvas_tui.ui.screens.doctor import DoctorScreen
from tests.net.backends import until
from tests.net.memory import MemoryJournal
from tests.support.diagnosing import target
from tests.support.scripted import ScriptedServer, scripted_server
from tests.support.scripted_faults import Fault, LastId
from tests.support.scripted_steps import Ask, Breakpoint, Gate, Script, Whole, say
from tests.ui.fake_backend import FakePreferences

SIZE = (80, 40)
NOBODY = "3f0e8b9e-0000-4000-8000-000000000000"
OTHERS = {"assistant_id": "agent", "input": {"messages": [{"role": "user", "content": "theirs"}]}, "stream_resumable": True}


@pytest.fixture(autouse=True)
def never_asleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that the test moves looks like a machine that has slept."""
    monkeypatch.setattr("canvas_tui.net.hub.WATCH", 3600)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Screen:
    """The program in front of a server, and the hand on its clock."""

    def __init__(self, server: ScriptedServer, journal: MemoryJournal, thread_id: str) -> None:
        self.server, self.clock = server, Clock()
        self.hub = Hub(ServerTarget("test", server.url, user_id="me"), journal, clock=self.clock)
        options = ScreenOptions(animate=False, first_thread=thread_id, fps=100_000)
        doctor = ProgramDoctor(target(server.url), self.hub)
        self.app = CanvasApp(self.hub, options, FakePreferences(), doctor=doctor)
        self.pilot: Pilot[None]

    @property
    def thread_id(self) -> str:
        return self.app.main.thread_id

    def shown(self) -> str:
        """What stands on the screen, as one line."""
        strips = self.app.screen._compositor.render_strips()
        return " ".join("\n".join("".join(segment.text for segment in strip) for strip in strips).split())

    async def sees(self, words: str) -> None:
        """Returns when they stand on the screen, with no time gone by."""

        def there() -> bool:
            self.app.main.frames.ask()
            return words in self.shown()

        try:
            await until(self.hub, there)
        except TimeoutError:
            raise AssertionError(f"{words!r} is not on the screen:\n{self.shown()}") from None

    async def sends(self, text: str) -> None:
        self.app.main.composer.insert(text)
        await self.pilot.press("enter")
        await until(self.hub, lambda: self.server.count("join") > 0)
        await self.lives()

    async def lives(self) -> None:
        await until(self.hub, lambda: self.hub.session(self.thread_id).link.phase == "live")

    async def after(self, seconds: float) -> None:
        """The clock goes on."""
        self.clock.now += seconds
        for driver in self.hub._drivers.values():
            for _ in range(20):
                driver._due()
        self.app.main.frames.ask()
        await self.pilot.pause()

    async def offers_doctor(self) -> None:
        """One key from the notice to doctor, for the run on the screen."""
        assert "F8 why?" in self.shown()
        await self.pilot.press("f8")
        assert isinstance(self.app.screen, DoctorScreen)
        await self.pilot.press("escape")

    def runs(self) -> int:
        return len(self.server.runs)


@asynccontextmanager
async def screen(server: ScriptedServer, thread_id: str = "", journal: MemoryJournal | None = None) -> AsyncIterator[Screen]:
    opened = Screen(server, journal or MemoryJournal(), thread_id)
    async with opened.app.run_test(size=SIZE, notifications=True) as pilot:
        opened.pilot = pilot
        await until(opened.hub, lambda: opened.hub.server().phase == "up" and opened.app.main.is_mounted)
        yield opened


async def theirs(server: ScriptedServer, thread_id: str = "", **body: Json) -> tuple[str, str]:
    """A run that another client starts: (thread, run)."""
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as http:
        thread_id = thread_id or (await http.post("/threads", json={})).json()["thread_id"]
        run = (await http.post(f"/threads/{thread_id}/runs", json={**OTHERS, **body})).raise_for_status().json()
        return thread_id, run["run_id"]


async def cancels(server: ScriptedServer, thread_id: str, run_id: str) -> None:
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as http:
        (await http.post(f"/threads/{thread_id}/runs/{run_id}/cancel", json={})).raise_for_status()


def begun(hub: Hub, thread_id: str) -> bool:
    run = hub.session(thread_id).run
    return run is not None and run.attempt > 0


async def a_beat(hub: Hub, thread_id: str) -> None:
    """Returns when another heartbeat has come."""
    before = hub.session(thread_id).link.beats
    await until(hub, lambda: hub.session(thread_id).link.beats > before)


def behind(*script: Script) -> list[Script]:
    """The first run holds what the second waits for."""
    return [[Gate("theirs")], *script]


# -- 1: the queue -----------------------------------------------------------------------------------------------------------


async def test_1_the_worker_is_busy() -> None:
    async with scripted_server(*behind([say("at last")]), workers=1) as server, screen(server) as ui:
        await theirs(server)
        await ui.sends("hello")
        await ui.after(4)
        await ui.sees("Queued at the server for")
        await ui.after(1)
        await ui.sees("Queued at the server for 1 s.")
        assert "Esc stop" in ui.shown()
        await ui.offers_doctor()
        server.open_gate("theirs")
        await ui.sees("at last")
        assert "Queued" not in ui.shown()


async def test_1_another_run_has_the_thread() -> None:
    async with scripted_server(*behind([say("at last")])) as server:
        thread_id = server.add_thread([("human", "before"), ("ai", "yes?")]).id
        async with screen(server, thread_id) as ui:
            await ui.sees("yes?")
            await theirs(server, thread_id)
            await ui.sends("hello")
            await ui.after(4)
            await ui.sees("Queued behind 1 run at the server for")
            await ui.offers_doctor()
            server.open_gate("theirs")
            await ui.sees("at last")


# -- 2 and 5: no tokens ------------------------------------------------------------------------------------------------------


async def test_2_the_model_runs_in_a_subgraph_that_is_not_streamed() -> None:
    async with scripted_server([Gate("model"), Whole("All of it at once.")]) as server:
        thread_id, _ = await theirs(server, stream_mode=["messages-tuple"], stream_subgraphs=False)
        async with screen(server, thread_id) as ui:
            await ui.lives()
            await until(ui.hub, lambda: begun(ui.hub, thread_id))
            await ui.after(11)
            await ui.sees("It was started without stream_subgraphs: what its subgraphs write comes whole.")
            await ui.offers_doctor()
            server.open_gate("model")
            await ui.sees("All of it at once.")


async def test_5_the_stream_modes_carry_no_tokens() -> None:
    async with scripted_server([Gate("model"), say("all of it")]) as server:
        thread_id, _ = await theirs(server, stream_mode=["custom"])
        async with screen(server, thread_id) as ui:
            await ui.lives()
            await until(ui.hub, lambda: begun(ui.hub, thread_id))
            await ui.after(11)
            await ui.sees("It was started without a stream mode that brings tokens: the answer comes at its end.")
            await ui.offers_doctor()
            server.open_gate("model")
            await ui.sees("The stream did not bring this answer; it was read from the thread's saved state.")
            assert "all of it" in ui.shown()


# -- 3: it waits for somebody ---------------------------------------------------------------------------------------------------


async def test_3_a_question_that_the_stream_did_not_carry() -> None:
    async with scripted_server([Ask({"question": "Shall I go on?"}), say("Gone on.")]) as server:
        thread_id, _ = await theirs(server, stream_mode=["messages-tuple"])
        async with screen(server, thread_id) as ui:
            await ui.sees("Shall I go on?")
            assert "waiting for your answer" in ui.shown()
            ui.app.main.composer.insert("yes")
            await ui.pilot.press("enter")
            await ui.sees("Gone on.")
            assert ui.runs() == 2


async def test_3_our_own_run_asks() -> None:
    async with scripted_server([Ask({"question": "Shall I go on?"}), say("Gone on.")]) as server, screen(server) as ui:
        ui.app.main.composer.insert("hello")
        await ui.pilot.press("enter")
        await ui.sees("Shall I go on?")
        assert "waiting for your answer" in ui.shown()


async def test_3_a_breakpoint_offers_to_continue() -> None:
    async with scripted_server([say("Half of it,"), Breakpoint(), say("and the rest.")]) as server, screen(server) as ui:
        ui.app.main.composer.insert("hello")
        await ui.pilot.press("enter")
        await ui.sees("without a question.")
        assert "Ctrl+R" in ui.shown()
        await ui.pilot.press("ctrl+r")
        await ui.sees("and the rest.")
        assert ui.runs() == 2


# -- 4: it was over before we came ----------------------------------------------------------------------------------------------


async def test_4_joined_after_the_end_by_a_server_that_replays_nothing() -> None:
    """The program was killed while the run went on; the run has ended since, and its stream brings zero bytes."""
    async with scripted_server([say("Here it is.")]) as server:
        thread_id, run_id = await theirs(server, metadata={"canvas_tui_submit": "ours"})
        await server.until(lambda: server.runs[run_id].done)
        server.plan("join", Fault(last_id=LastId.STRIP))
        journal = MemoryJournal()
        human = next(m["id"] for m in server.threads[thread_id].values["messages"] if m["type"] == "human")
        await journal.outbox(Flight(server.url, thread_id, "ours", human, "theirs", run_id))
        async with screen(server, thread_id, journal) as ui:
            await ui.sees("Here it is.")
            await ui.sees("The stream did not bring this answer; it was read from the thread's saved state.")
            assert server.count("create") == 1, "nothing was sent again"


# -- 6: it was cancelled in the queue ---------------------------------------------------------------------------------------------


async def test_6_cancelled_before_it_began() -> None:
    async with scripted_server(*behind([say("never")]), workers=1) as server, screen(server) as ui:
        await theirs(server)
        await ui.sends("hello")
        run = ui.hub.session(ui.thread_id).run
        assert run is not None
        await cancels(server, ui.thread_id, run.id)
        await ui.sees("The run was cancelled before it began, by somebody else or for a newer run.")
        assert "hello" in ui.shown() and "Alt+R send again" in ui.shown().replace("\u00a0", " ")
        await ui.offers_doctor()


# -- 7: it is not due ---------------------------------------------------------------------------------------------------------------


async def test_7_started_for_later() -> None:
    async with scripted_server([say("never")], began=time.time()) as server:
        thread_id, _ = await theirs(server, after_seconds=600)
        async with screen(server, thread_id) as ui:
            await ui.lives()
            await ui.after(4)
            await ui.sees("The run is not due yet: it was started for later, and begins in 9 min")
            assert "not due yet" in ui.shown() and "Queued" not in ui.shown()
            await ui.offers_doctor()


# -- 8: nobody knows the thread --------------------------------------------------------------------------------------------------------


async def test_8_a_thread_that_the_server_does_not_know() -> None:
    async with scripted_server([say("welcome")]) as server, screen(server, NOBODY) as ui:
        await ui.sees("The server does not know this thread.")
        assert server.count("join") == 0, "its stream would bring heartbeats for ever"
        ui.app.main.composer.insert("hello")
        await ui.pilot.press("enter")
        await ui.sees("welcome")


# -- beside them: the model's endpoint does not answer ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "renewed"), [("python", 0), ("js", 2)])
async def test_a_model_that_is_down_for_90_s_is_no_lost_connection(kind: str, renewed: int) -> None:
    beat = 0.1 if kind == "python" else None
    async with scripted_server([Gate("model"), say("late")], kind=kind, heartbeat=beat) as server, screen(server) as ui:
        await ui.sends("hello")
        thread_id = ui.thread_id
        await until(ui.hub, lambda: begun(ui.hub, thread_id))
        for second in range(5, 95, 5):
            await ui.after(5)
            if kind == "python":
                await a_beat(ui.hub, thread_id)
            if second > 10:
                assert {n.kind for n in ui.hub.session(thread_id).notices} == {NoticeKind.QUIET}
        assert server.count("join") - 1 <= renewed, "a fresh connection each 45 s, and none where heartbeats come"
        await ui.sees("for 1 min 30 s. The ")  # connection is alive, or: server says that the run goes on
        assert "reconnecting" not in ui.shown() and "rejoined" not in ui.shown()
        run = ui.hub.session(thread_id).run
        assert run is not None and run.reconnects == 0
        await ui.offers_doctor()
        server.open_gate("model")
        await ui.sees("late")
        assert server.count("create") == 1
