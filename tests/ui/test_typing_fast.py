"""A line typed faster than the screen looks at it: every character before Enter is sent, every one after it stays."""

from __future__ import annotations

from textual import events

from canvas_tui.core.ports import ScreenOptions
from canvas_tui.ui.app import CanvasApp

from .fake_backend import FakeBackend, FakePreferences


async def test_enter_keeps_its_place_among_the_characters() -> None:
    backend = FakeBackend()
    app = CanvasApp(backend, ScreenOptions(), FakePreferences())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        for character in ["o", "n", "e", "enter", "t", "w", "o", "enter", "!"]:
            app.post_message(events.Key(character, character if len(character) == 1 else None))  # all at once, as a terminal does
        await pilot.pause()
        await pilot.pause()
        assert [call[1] for call in backend.called("submit")] == ["one", "two"]
        assert app.screen.query_one("#composer").text == "!"  # type: ignore[attr-defined]
