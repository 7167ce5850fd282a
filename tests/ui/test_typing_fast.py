"""A line typed faster than the screen looks at it: every character before Enter is sent, every one after it stays."""

from __future__ import annotations

from typing import Any

import pytest
from textual import events
from textual.widgets import Input

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


async def test_what_is_typed_before_the_first_frame_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    def on_load(app: CanvasApp) -> None:
        for character in "early ":
            app.post_message(events.Key(character, character))
        app.post_message(events.Paste("and pasted"))
        app.post_message(events.Key("!", "!"))

    monkeypatch.setattr(CanvasApp, "on_load", on_load, raising=False)
    app = CanvasApp(FakeBackend(), ScreenOptions(), FakePreferences())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await pilot.pause()
        assert app.screen.query_one("#composer").text == "early and pasted!"  # type: ignore[attr-defined]


async def test_enter_of_a_terminal_that_is_not_ours_yet_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes as a line feed then, as Ctrl+J does."""

    def on_load(app: CanvasApp) -> None:
        for key in ("h", "i", "ctrl+j"):
            app.post_message(events.Key(key, key if len(key) == 1 else None))

    monkeypatch.setattr(CanvasApp, "on_load", on_load, raising=False)
    backend = FakeBackend()
    app = CanvasApp(backend, ScreenOptions(), FakePreferences())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await pilot.pause()
        assert [call[1] for call in backend.called("submit")] == ["hi"]


async def type_at_once(app: CanvasApp, pilot: Any, keys: list[str]) -> None:
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))
    await pilot.pause()
    await pilot.pause()


@pytest.mark.parametrize(("field", "way"), [("#composer", ""), ("#threads-search", "ctrl+t"), ("#find-line", "ctrl+f")])
async def test_backspace_keeps_its_place_among_the_characters(field: str, way: str) -> None:
    app = CanvasApp(FakeBackend(), ScreenOptions(), FakePreferences())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        if way:
            await pilot.press(way)
        await type_at_once(app, pilot, [*"number", *["backspace"] * 6, *"help", "left", "left", "!"])
        found: Any = app.screen.query_one(field)
        assert (found.text if field == "#composer" else found.value) == "he!lp"


@pytest.mark.parametrize("open_find", [False, True])
async def test_joiners_that_are_typed_stay(open_find: bool) -> None:
    """Seen: a family emoji and Persian words were sent in pieces."""
    app = CanvasApp(FakeBackend(), ScreenOptions(), FakePreferences())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        if open_find:
            await pilot.press("ctrl+f")
        for character in "می\u200cشود 👩\u200d👧":
            app.post_message(events.Key(character, character))
        await pilot.pause()
        await pilot.pause()
        field = app.focused
        assert field is not None
        assert (field.value if isinstance(field, Input) else field.text) == "می\u200cشود 👩\u200d👧"  # type: ignore[attr-defined]
