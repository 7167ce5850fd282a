"""The key that saves the last minutes, and a replay on the screen."""

from __future__ import annotations

import asyncio

import pytest

from canvas_tui.core.inputs import Disconnected, Opened, ThreadRead
from canvas_tui.core.model import Message, Role, Session, ThreadState
from canvas_tui.core.ports import ScreenOptions
from canvas_tui.core.recording import Begun, Header, Item, Line, Recording
from canvas_tui.net.replay import Replay
from canvas_tui.ui.replay import REFUSED, ReplayApp
from canvas_tui.ui.widgets.wire_pane import WirePane

from .driving import LARGE, SMALL, opened
from .fake_backend import FakePreferences
from .transcript.driving import until

THREAD = "t"


class FakeRecordings:
    def __init__(self) -> None:
        self.saved: list[str] = []

    async def save(self, thread_id: str) -> str:
        self.saved.append(thread_id)
        return "Saved the last 3 s to [b]here[/b]."


async def test_the_key_saves_the_open_threads_minutes_and_says_where() -> None:
    async with opened("done") as screen:
        recordings = screen.app.recordings = FakeRecordings()
        await screen.press("alt+s")
        assert recordings.saved == [screen.main.thread_id]
        assert screen.toasts() == ["Saved the last 3 s to [b]here[/b]."]


async def test_the_palette_has_it() -> None:
    async with opened("done") as screen:
        recordings = screen.app.recordings = FakeRecordings()
        await screen.press("ctrl+p", *"save the last min")
        await screen.pilot.pause(0.5)
        await screen.press("enter")
        assert recordings.saved == [screen.main.thread_id]


async def test_where_nothing_is_recorded_that_is_told() -> None:
    async with opened("done") as screen:
        await screen.press("alt+s")
        assert screen.toasts() == ["Nothing is recorded here."]


def a_recording() -> Recording:
    state = ThreadState((Message("m", Role.HUMAN, "What was [b]said[/b]?"), Message("a", Role.AI, "An old answer.")))
    items: tuple[Item, ...] = (Begun(Session(THREAD)), ThreadRead(state), Disconnected(1))
    return Recording(Header(0.0, 100.0), tuple(Line(float(n), THREAD, "", item) for n, item in enumerate(items)))


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_a_replay_says_that_it_is_one_and_refuses_what_is_typed(size: tuple[int, int]) -> None:
    async def at_once(seconds: float) -> None:
        await asyncio.sleep(0)

    backend = Replay(a_recording(), 4.0, sleep=at_once)
    options = ScreenOptions(animate=False, fps=100_000, first_thread=backend.first_thread)
    app = ReplayApp(backend, options, FakePreferences(), backend.line)
    backend.refused = app.refuse
    async with app.run_test(size=size, notifications=True) as pilot:
        await backend.over.wait()

        def shows(*texts: str) -> bool:
            shown = "\n".join("".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips())
            return all(text in shown for text in texts)

        await until(pilot, lambda: shows("An old answer."))  # the program has only just started
        assert shows(" REPLAY  Recorded 1970-01-01 00:00: over after 0:02. Nothing is sent.", "What was [b]said[/b]?")
        for keys in ((*"Hello", "enter"), ("f7",), ("ctrl+n",), ("f8",)):
            app.clear_notifications()
            await pilot.press(*keys)
            await pilot.pause()
            assert [notification.message for notification in app._notifications] == [REFUSED]
        assert [m.text for m in backend.session(THREAD).history] == ["What was [b]said[/b]?", "An old answer."]
        await pilot.press("alt+w", "l")
        await pilot.pause()
        assert "A recording holds no log of the server." in app.screen.query_one(WirePane).lines[-1].plain
    await backend.close()


async def test_a_replay_follows_the_user_to_another_thread() -> None:
    go = asyncio.Event()

    async def held(seconds: float) -> None:
        await go.wait()

    answer = ThreadState((Message("a", Role.AI, "Elsewhere."),))
    items: tuple[tuple[str, Item], ...] = (("t", Begun(Session("t"))), ("u", Opened()), ("u", ThreadRead(answer)))
    backend = Replay(Recording(Header(), tuple(Line(float(n), thread, "", item) for n, (thread, item) in enumerate(items))), sleep=held)
    options = ScreenOptions(animate=False, fps=100_000, first_thread=backend.first_thread)
    app = ReplayApp(backend, options, FakePreferences(), backend.line)
    backend.opened = app.follow
    async with app.run_test(size=LARGE) as pilot:
        await pilot.pause()
        assert app.main.thread_id == "t"
        go.set()
        await backend.over.wait()
        await pilot.pause()
        assert app.main.thread_id == "u"
        assert app.main.session.history == answer.messages
    await backend.close()
