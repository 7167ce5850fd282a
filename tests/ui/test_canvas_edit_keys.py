"""In the editor the usual keys of an editor win; in the composer they stay the conversation's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from canvas_tui.core.artifact import Artifact
from canvas_tui.core.model import Message, Role
from canvas_tui.ui.widgets.canvas_editor import CanvasEditor

from . import canvas_states as states
from .canvas_driving import canvas_opened, press
from .driving import Opened
from .fake_backend import FakeBackend

LONG = replace(states.FIRST_CODE, text="\n".join(f"line_{number} = {number}" for number in range(200)))
END = (199, len("line_199 = 199"))


def long() -> FakeBackend:
    return states.backend(states.session(artifact=Artifact(1, (LONG,))))


def editor(ui: Opened) -> CanvasEditor:
    assert ui.main.editor is not None and ui.main.editor.has_focus
    return ui.main.editor


@pytest.mark.parametrize(
    ("keys", "start", "end"),
    [
        (("ctrl+end",), END, END),
        (("ctrl+end", "ctrl+home"), (0, 0), (0, 0)),
        (("ctrl+end", "ctrl+shift+home"), END, (0, 0)),
        (("ctrl+shift+end",), (0, 0), END),
        (("ctrl+a",), (0, 0), END),
        (("ctrl+right",), (0, 6), (0, 6)),
        (("ctrl+right", "ctrl+left"), (0, 0), (0, 0)),
        (("ctrl+shift+right",), (0, 0), (0, 6)),
        (("end", "shift+home"), (0, 10), (0, 0)),
        (("shift+down",), (0, 0), (1, 0)),
    ],
)
async def test_the_keys_of_an_editor_move_and_select(keys: tuple[str, ...], start: tuple[int, int], end: tuple[int, int]) -> None:
    async with canvas_opened(long()) as ui:
        await press(ui, "alt+e", *keys)
        assert (editor(ui).selection.start, editor(ui).selection.end) == (start, end)


async def test_pages_move_and_select() -> None:
    async with canvas_opened(long()) as ui:
        await press(ui, "alt+e", "pagedown")
        page = editor(ui).cursor_location[0]
        assert page > 20 and editor(ui).selection.is_empty
        await press(ui, "shift+pagedown")
        assert (editor(ui).selection.start, editor(ui).selection.end) == ((page, 0), (2 * page, 0))
        await press(ui, "shift+pageup", "pageup")
        assert editor(ui).cursor_location == (0, 0) and editor(ui).selection.is_empty


async def test_a_line_is_scrolled_and_the_cursor_stays() -> None:
    async with canvas_opened(long()) as ui:
        await press(ui, "alt+e", "ctrl+down", "ctrl+down", "ctrl+up")
        assert editor(ui).scroll_y == 1 and editor(ui).cursor_location == (0, 0)


async def test_what_is_typed_is_undone_and_done_again() -> None:
    async with canvas_opened(long()) as ui:
        await press(ui, "alt+e", "x", "ctrl+z")
        assert editor(ui).text == LONG.text
        await press(ui, "ctrl+y")
        assert editor(ui).text == "x" + LONG.text, "Ctrl+Y copies the answer elsewhere"
        await press(ui, "ctrl+z", "ctrl+shift+z")
        assert editor(ui).text == "x" + LONG.text and not ui.toasts()


async def test_in_the_composer_they_are_the_conversations() -> None:
    talk = tuple(Message(f"a{number}", Role.AI, f"Answer {number}.") for number in range(60))
    async with canvas_opened(states.backend(states.session(artifact=Artifact(1, (LONG,)), history=talk))) as ui:
        transcript = ui.main.transcript
        await ui.write("two words")
        await press(ui, "ctrl+home")
        assert transcript.scroll_y == 0 and not transcript.following
        await press(ui, "ctrl+end")
        assert transcript.following and ui.composer.cursor_location == (0, 9)
        await press(ui, "ctrl+y")
        assert ui.composer.text == "two words" and any("Copied" in toast for toast in ui.toasts())


async def test_the_palette_reaches_what_the_editor_has_the_key_of() -> None:
    async with canvas_opened(long()) as ui:
        await press(ui, "alt+e", "ctrl+end")
        await ui.main.do("conversation.copy")
        await press(ui)
        assert any("Copied" in toast for toast in ui.toasts()) and editor(ui).cursor_location == END
