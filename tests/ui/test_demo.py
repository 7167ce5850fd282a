"""A demonstration on the screen: it says so all the while, and one key opens the faults."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from canvas_tui.core.ports import Demonstration, ScreenOptions
from canvas_tui.ui.demo import DemoApp
from canvas_tui.ui.keymap import KEYS
from canvas_tui.ui.screens.demo import KEY, FaultsScreen

from .driving import LARGE, SMALL, Opened
from .fake_backend import FakeBackend, FakePreferences


class FakeDemonstration:
    def __init__(self) -> None:
        self.made: list[str] = []
        self.said = "Choose a fault."
        self.listeners: list[Callable[[], None]] = []

    def faults(self) -> Sequence[tuple[str, str]]:
        return [("Cut", "the line breaks"), ("Stall [b]", "nothing [red]comes[/]"), ("Half-open", "the path dies")]

    def apply(self, name: str) -> None:
        self.made.append(name)
        self.say(f"{name} it is.")

    def line(self) -> str:
        return self.said

    def say(self, line: str) -> None:
        self.said = line
        for listener in self.listeners:
            listener()

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)


@asynccontextmanager
async def opened(size: tuple[int, int] = LARGE) -> AsyncIterator[tuple[Opened, FakeDemonstration]]:
    demonstration: Demonstration = FakeDemonstration()
    assert isinstance(demonstration, FakeDemonstration)
    backend, preferences = FakeBackend(), FakePreferences()
    app = DemoApp(backend, ScreenOptions(animate=False, fps=100_000), preferences, demonstration)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Opened(app, pilot, backend, preferences), demonstration


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_it_says_all_the_while_that_it_is_one(size: tuple[int, int]) -> None:
    async with opened(size) as (screen, demonstration):
        assert "DEMONSTRATION  Choose a fault.  F12 faults" in screen.screen_text()
        demonstration.say("Watch the [text].")
        await screen.pilot.pause()
        assert "DEMONSTRATION  Watch the [text].  F12 faults" in screen.screen_text()


async def test_one_key_opens_the_faults_and_enter_makes_one() -> None:
    async with opened() as (screen, demonstration):
        await screen.press("f12")
        assert isinstance(screen.app.screen, FaultsScreen)
        assert "Stall [b]  nothing [red]comes[/]" in screen.screen_text()
        await screen.press("down", "enter")
        assert demonstration.made == ["Stall [b]"]
        assert not isinstance(screen.app.screen, FaultsScreen)
        assert "Stall [b] it is." in screen.screen_text()


@pytest.mark.parametrize("key", ["escape", "f12"])
async def test_nothing_is_made_when_the_list_is_closed(key: str) -> None:
    async with opened() as (screen, demonstration):
        await screen.press("f12", key)
        assert demonstration.made == []
        assert not isinstance(screen.app.screen, FaultsScreen)


async def test_what_is_typed_stays() -> None:
    async with opened() as (screen, demonstration):
        await screen.write("half a question")
        await screen.press("f12", "enter")
        assert demonstration.made == ["Cut"]
        assert screen.composer.text == "half a question"


async def test_the_palette_has_them_too() -> None:
    async with opened() as (screen, demonstration):
        await screen.press("ctrl+p", *"half-open")
        await screen.pilot.pause(0.5)
        await screen.press("enter")
        assert demonstration.made == ["Half-open"]


def test_the_key_of_the_list_is_no_other_actions() -> None:
    assert KEY not in {name for key in KEYS for name in key.keys.split(",")}
