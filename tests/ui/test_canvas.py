"""The canvas: when it opens, where it stands, what it shows, and what is decided on it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from canvas_tui.core.artifact import Artifact, Draft, DraftStanding, Keep
from canvas_tui.ui.widgets.canvas_head import CanvasHead
from canvas_tui.ui.widgets.canvas_view import CanvasView

from . import canvas_states as states
from .driving import Opened, opened
from .fake_backend import FakeBackend
from .fake_canvas import FakeCanvas
from .states import THREAD

WIDE, MIDDLE, SMALL = (180, 50), (120, 40), (80, 24)


def head(ui: Opened) -> str:
    return "\n".join(line.plain for line in ui.main.query_one(CanvasHead).lines)


def canvas_text(ui: Opened) -> str:
    view = ui.main.query_one(CanvasView)
    return "\n".join(line.text if line is not None else "" for _, line in view._shown)


def set_session(backend: FakeBackend, **changes: object) -> None:
    backend.set_session(replace(backend.sessions[THREAD], **changes))  # type: ignore[arg-type]


async def test_it_opens_by_itself_beside_the_conversation() -> None:
    backend = states.backend(states.session())
    async with opened(backend, WIDE) as ui:
        assert ui.main.pane is None
        session = backend.sessions[THREAD]
        set_session(backend, state=replace(session.state, artifact=Artifact(1, (states.ONE,))))
        await ui.pilot.pause()
        await ui.pilot.pause()
        assert "Tides for sailors" in head(ui) and "version 1 of 1" in head(ui)
        assert "The rule of twelfths" in canvas_text(ui)
        assert ui.main.query_one("#transcript").display
        assert ui.composer.has_focus  # nobody is interrupted while typing
        assert not ui.main.query_one("#run").display  # it gives way
        assert ui.main.query_one("#threads").display


async def test_the_panes_come_back_when_it_goes() -> None:
    async with opened(states.versions(), WIDE) as ui:
        assert not ui.main.query_one("#run").display
        await ui.press("f6", "f6")
        assert ui.main.pane is not None and not ui.main.pane.display
        assert ui.main.query_one("#run").display
        assert "F6 shows it" in ui.text("#canvas-line")


async def test_a_narrow_terminal_tells_of_it_and_shows_it_in_place() -> None:
    async with opened(states.versions(), SMALL) as ui:
        assert ui.main.pane is None
        assert "Tides for sailors" in ui.text("#canvas-line") and "F6 shows it" in ui.text("#canvas-line")
        await ui.press("f6")
        await ui.pilot.pause()
        assert "Before you leave" in canvas_text(ui)
        assert not ui.main.query_one("#transcript").display
        await ui.press("h", "i")
        assert ui.composer.text == "hi"  # the composer stays below it
        await ui.press("escape")
        assert ui.main.query_one("#transcript").display and ui.main.pane is not None and not ui.main.pane.display


async def test_it_grows_as_it_is_written_and_follows_the_end() -> None:
    backend = states.writing("# Tides\n")
    async with opened(backend, (160, 24)) as ui:
        text = "# Tides\n" + "\n".join(f"Line {number} of the page.\n" for number in range(60))
        for stop in range(100, len(text) + 100, 100):
            draft = Draft(replace(states.ONE, text=text[:stop]), DraftStanding.WRITING, 0, stop)
            set_session(backend, draft=draft)
            await ui.pilot.pause()
        assert "writing" in head(ui)
        assert "Line 59" in canvas_text(ui)
        ui.main.query_one(CanvasView).scroll_to(y=0, animate=False)
        await ui.pilot.pause()
        set_session(backend, draft=Draft(replace(states.ONE, text=text + "More.\n"), DraftStanding.WRITING, 0, len(text) + 6))
        await ui.pilot.pause()
        assert "Line 1 " in canvas_text(ui)  # the reader scrolled: the view stays


async def test_a_part_written_anew_is_led_to_and_the_rest_stands() -> None:
    backend = states.versions()
    before = "\n".join(f"Line {number} of the page.\n" for number in range(80))
    async with opened(backend, (160, 24)) as ui:
        start = before.index("Line 60")
        stop = before.index("Line 61")
        for words in ("The sixtieth ", "The sixtieth line, written anew."):
            text = before[:start] + words + "\n\n" + before[stop:]
            draft = Draft(replace(states.ONE, index=3, text=text), DraftStanding.WRITING, start, start + len(words))
            set_session(backend, draft=draft)
            await ui.pilot.pause()
        await ui.pilot.pause()
        assert "The sixtieth line, written anew." in canvas_text(ui)
        assert "Line 59" in canvas_text(ui)


async def test_versions_are_a_key_apart() -> None:
    async with opened(states.versions(), WIDE, canvas=FakeCanvas()) as ui:
        assert "version 2 of 2" in head(ui)
        await ui.press("alt+left")
        assert "version 1 of 2" in head(ui)
        assert "Add the hour of summer time" in canvas_text(ui)
        assert "works on another version" in ui.text("#canvas-foot")
        await ui.press("alt+left")
        assert "version 1 of 2" in head(ui)
        await ui.press("alt+right")
        assert "version 2 of 2" in head(ui) and ui.text("#canvas-foot") == ""


async def test_going_on_from_an_earlier_version() -> None:
    canvas = FakeCanvas()
    async with opened(states.versions(), WIDE, canvas=canvas) as ui:
        await ui.press("alt+left", "alt+k")
        assert canvas.called("choose") == [(THREAD, 1)]


@pytest.mark.parametrize(
    ("state", "key", "call"),
    [
        ("partial", "alt+k", ("keep_partial", THREAD)),
        ("partial", "alt+x", ("drop_partial", THREAD)),
        ("conflict", "alt+k", ("resolve", THREAD, Keep.MINE)),
        ("conflict", "alt+x", ("resolve", THREAD, Keep.THEIRS)),
        ("unsaved", "alt+k", ("resolve", THREAD, Keep.MINE)),
    ],
)
async def test_what_the_canvas_asks_is_answered_by_a_key(state: str, key: str, call: tuple[object, ...]) -> None:
    canvas = FakeCanvas()
    async with opened(states.CANVAS[state](), WIDE, canvas=canvas) as ui:
        await ui.press(key)
        assert call in canvas.calls


async def test_an_unsaved_change_says_why() -> None:
    async with opened(states.unsaved(), WIDE) as ui:
        assert "Not saved: cannot reach 127.0.0.1:2024" in ui.text("#canvas-foot")


async def test_hostile_titles_and_text_do_nothing() -> None:
    nasty = replace(states.ONE, title="\x1b]0;owned\x07[bold]x[/]", text="\x1b[31mred [/] \u202etxt\n")
    backend = states.backend(states.session(artifact=Artifact(1, (nasty,))))
    async with opened(backend, WIDE) as ui:
        shown = ui.screen_text()
        assert "\x1b" not in shown and "\u202e" not in shown
        assert "[bold]x[/]" in head(ui) and "␛[31mred [/]" in canvas_text(ui)


async def test_finding_happens_in_the_canvas_when_one_is_there() -> None:
    async with opened(states.versions(), WIDE) as ui:
        await ui.press("f6", "ctrl+f", *"twelfths")
        await ui.pilot.pause()
        assert "1 found" in ui.text("#find-count")
        await ui.press("escape")
        assert ui.main.query_one(CanvasView).has_focus


async def test_at_rest_nothing_ticks() -> None:
    async with opened(states.versions(), WIDE) as ui:
        await ui.pilot.pause()
        assert ui.main.frames.at_rest
        assert ui.main.query_one(CanvasView)._later is None
