"""Without colour, and without Unicode: what is chosen, what went and what came are seen all the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rich.segment import Segment
from textual.command import CommandPalette
from textual.scrollbar import ScrollBar, ScrollBarRender

from canvas_tui.core.artifact import Artifact, ArtifactKind, CustomAction, Document, Version
from canvas_tui.core.model import Message, Role
from canvas_tui.ui.canvas_words import Mode
from canvas_tui.ui.screens.ask import PickScreen
from canvas_tui.ui.screens.demo import FaultsScreen

from . import canvas_states as states
from .canvas_driving import MIDDLE, canvas_opened, press, settled
from .driving import Opened, opened
from .fake_canvas import FakeCanvas
from .states import settled as answered
from .test_demo import FakeDemonstration

STORE = FakeCanvas(customs=[CustomAction("c1", "In rhyme", "Write it as a poem.")], papers=[Document("tides.txt", "eA==")])

PICKERS: dict[str, Callable[[Opened], object]] = {
    "actions": lambda ui: ui.main.action_actions(),
    "versions": lambda ui: ui.main.action_versions(),
    "own actions": lambda ui: ui.main.manage_customs(),
    "documents": lambda ui: ui.main.show_documents(),
    "languages": lambda ui: ui.main.start_blank(ArtifactKind.CODE),
    "an edit": lambda ui: ui.main._ask_about_edit(),
    "palette": lambda ui: ui.app.action_palette(),
    "faults": lambda ui: ui.app.push_screen(FaultsScreen(FakeDemonstration())),
}


def rows(ui: Opened) -> list[list[Segment]]:
    return [list(strip) for strip in ui.app.screen._compositor.render_strips()]


def reversed_rows(ui: Opened) -> list[str]:
    """What stands reversed on some cells in a row; a cursor is one cell."""
    runs = ("".join(part.text for part in row if part.style is not None and part.style.reverse) for row in rows(ui))
    return [run.strip() for run in runs if len(run) > 3]


@pytest.mark.parametrize("name", PICKERS)
async def test_what_is_chosen_is_seen_without_colour(name: str) -> None:
    async with canvas_opened("versions", canvas=STORE, color=False) as ui:
        PICKERS[name](ui)
        for _ in range(100):
            await ui.pilot.pause()
            if isinstance(ui.app.screen, PickScreen | CommandPalette | FaultsScreen) and reversed_rows(ui):
                break
        before = reversed_rows(ui)
        await ui.press("down")
        await ui.pilot.pause()
        after = reversed_rows(ui)
        assert 1 <= len(before) <= 2 and 1 <= len(after) <= 2 and before != after  # a command has two lines


@pytest.mark.parametrize("mode", [Mode.INLINE, Mode.BESIDE])
async def test_what_went_and_what_came_is_told_apart_without_colour(mode: Mode) -> None:
    before = Version(1, ArtifactKind.TEXT, "A page", "Nothing is as it was.\n")
    other = Version(2, ArtifactKind.TEXT, "A page", "Bread without kneading!\n")
    backend = states.backend(states.session(artifact=Artifact(2, (before, other))))
    async with canvas_opened(backend, MIDDLE, color=False) as ui:
        await press(ui, "f6", "alt+d", *(["alt+d"] if mode is Mode.BESIDE else []))
        await settled(ui)
        cells = [(part.text, part.style) for row in rows(ui) for part in row if part.style is not None]
        assert any(style.strike and "Nothing" in text for text, style in cells)
        assert any(style.underline and "Bread" in text for text, style in cells)
        assert not any((style.strike or style.underline) and len(text) > 1 and not text.strip() for text, style in cells)
        if mode is Mode.INLINE:
            lines = [line.segments for _, line in ui.main.pane.diff.in_view if line is not None]  # type: ignore[union-attr]
            told = ["".join(part.text for part in line).strip() for line in lines]
            assert "- Nothing is as it was." in told and "+ Bread without kneading!" in told


async def test_what_is_found_is_told_from_where_one_is_without_colour() -> None:
    async with opened("done", color=False) as ui:
        ui.backend.set_session(answered(history=(Message("h", Role.HUMAN, "tea"), Message("a", Role.AI, "tea and\n\ntea"))))
        await ui.press("ctrl+f", *"tea")
        cells = [part for row in rows(ui) for part in row if part.style is not None and part.text == "tea"]
        now = [part for part in cells if part.style and part.style.reverse]
        others = [part for part in cells if part.style and part.style.underline and not part.style.reverse]
        assert (len(now), len(others)) == (1, 2)


@pytest.mark.parametrize("color", [True, False])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_ascii_is_ascii(size: tuple[int, int], color: bool) -> None:
    """Bars and toasts too."""
    long = tuple(Message(f"m{n}", Role.HUMAN if n % 2 else Role.AI, f"word {n}\n\nand more") for n in range(37))
    async with opened("done", size, ascii=True, color=color) as ui:
        ui.backend.set_rows(*(row for row in ui.backend.thread_list.rows if row.title.isascii()))
        ui.backend.set_session(answered(history=long))
        ui.app.say("A sentence.")
        ui.app.say("A warning.", warning=True)
        await ui.press("ctrl+t", "up")
        await ui.pilot.pause()
        for key in ("pageup", "f1", "pagedown", "f1", "ctrl+p"):
            await ui.press(key)
            assert ui.screen_text().isascii(), sorted({sign for sign in ui.screen_text() if not sign.isascii()})


async def test_plain_bars_end_with_their_program() -> None:
    async with opened("done", ascii=True):
        assert ScrollBar.renderer is not ScrollBarRender
    assert ScrollBar.renderer is ScrollBarRender
