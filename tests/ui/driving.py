"""Opening the program on a fake backend, the size of a terminal given."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from textual import events
from textual.pilot import Pilot
from textual.widgets import Static

from canvas_tui.core.ports import ScreenOptions
from canvas_tui.ui.app import CanvasApp
from canvas_tui.ui.screens.main import MainScreen
from canvas_tui.ui.widgets.composer import Composer
from canvas_tui.ui.widgets.lines import Lines

from .fake_backend import FakeBackend, FakePreferences
from .fake_canvas import FakeCanvas
from .states import STATES, THREAD, WALL

SMALL, LARGE = (80, 24), (120, 40)


def make(backend: FakeBackend, preferences: FakePreferences | None = None, canvas: FakeCanvas | None = None, **options: Any) -> CanvasApp:
    options.setdefault("first_thread", THREAD if THREAD in backend.sessions else "")
    options.setdefault("fps", 100_000)  # changes are painted at once
    return CanvasApp(backend, ScreenOptions(animate=False, **options), preferences or FakePreferences(), wall=lambda: WALL, canvas=canvas)


@dataclass
class Opened:
    app: CanvasApp
    pilot: Pilot[None]
    backend: FakeBackend
    preferences: FakePreferences

    @property
    def main(self) -> MainScreen:
        return self.app.main

    @property
    def composer(self) -> Composer:
        return self.main.composer

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def burst(self, *keys: str) -> None:
        """All at once, as a terminal gives them in one read; until the last one is done."""
        for key in keys:
            self.app.post_message(events.Key(key, key if len(key) == 1 else {"enter": "\r", "tab": "\t"}.get(key)))
        for _ in range(400):
            await self.pilot.pause()
            if not self.app._typed and self.app._since is None:
                await self.pilot.pause()
                return
        raise AssertionError("the keys do not come to an end")

    async def write(self, text: str) -> None:
        """Put text into the composer as if it had been typed, at once."""
        self.composer.insert(text)
        await self.pilot.pause()

    def text(self, selector: str) -> str:
        """What the lines of a widget say."""
        widget = self.main.query_one(selector)
        if isinstance(widget, Static):
            return str(widget.render())
        assert isinstance(widget, Lines)
        return "\n".join(line.plain for line in widget.lines)

    def screen_text(self) -> str:
        """Everything that stands on the screen."""
        return "\n".join("".join(segment.text for segment in strip) for strip in self.app.screen._compositor.render_strips())

    def toasts(self) -> list[str]:
        return [notification.message for notification in self.app._notifications]


@asynccontextmanager
async def opened(
    state: str | FakeBackend = "empty",
    size: tuple[int, int] = LARGE,
    preferences: FakePreferences | None = None,
    canvas: FakeCanvas | None = None,
    **options: Any,
) -> AsyncIterator[Opened]:
    backend = STATES[state]() if isinstance(state, str) else state
    kept = preferences or FakePreferences()
    app = make(backend, kept, canvas, **options)
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        yield Opened(app, pilot, backend, kept)
