"""A part that is selected while one edits: the edit is saved first, then the agent is asked about that part of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.widgets.text_area import Selection

from canvas_tui.core.artifact import Artifact, Turn, Version, fingerprint
from canvas_tui.core.inputs import WhenBusy
from canvas_tui.ui.screens.ask import PickScreen

from . import canvas_states as states
from .canvas_driving import SMALL, canvas_opened, press, settled
from .driving import Opened
from .states import THREAD
from .test_canvas_act import fake

QUEUE = WhenBusy.QUEUE
ODD = replace(states.FIRST_CODE, text='# \U0001f30a tide\nname = "\U0001f600 漢字"\n')


async def select(ui: Opened, start: tuple[int, int], end: tuple[int, int]) -> None:
    editor = ui.main.editor
    assert editor is not None
    editor.selection = Selection(start, end)
    await settled(ui)


@pytest.mark.parametrize("ends", [((1, 0), (1, 10)), ((1, 10), (1, 0))])
async def test_the_edit_is_saved_and_the_part_of_it_is_asked_for(ends: tuple[tuple[int, int], tuple[int, int]]) -> None:
    async with canvas_opened(states.backend(states.session(artifact=Artifact(1, (ODD,))))) as ui:
        await press(ui, "alt+e", "x")
        await select(ui, *ends)
        assert "Selected, 1 line: n" in ui.text("#chips") and "Alt+I ask  Alt+A actions" in ui.text("#chips")
        await press(ui, "alt+i")
        assert ui.composer.has_focus
        await ui.write("Say it louder")
        await press(ui, "enter")
        (save, act) = [call for call in fake(ui).calls if call[0] in ("save", "act")]
        assert save[0] == "save" and isinstance(save[2], Version) and save[2].text == "x" + ODD.text and save[3] == 1
        turn = act[2]
        assert act[:2] == ("act", THREAD) and act[3:] == ("Say it louder", QUEUE) and isinstance(turn, Turn)
        ((_, span),) = turn.keys
        raw = save[2].text.encode("utf-16-le")
        assert raw[2 * span["startCharIndex"] : 2 * span["endCharIndex"]].decode("utf-16-le") == 'name = "\U0001f600 '
        assert turn.of == fingerprint(save[2].text)
        assert ui.main.editor is None and ui.composer.has_focus and ui.text("#chips") == ""


async def test_an_action_on_a_part_of_an_edited_document() -> None:
    async with canvas_opened("versions", SMALL) as ui:
        await press(ui, "alt+e", "x")
        await select(ui, (2, 2), (2, 14))
        await press(ui, "alt+a")
        assert isinstance(ui.app.screen, PickScreen) and "saved as a version first" in ui.screen_text()
        await press(ui, "m", "enter")
        ((_, version, _),) = fake(ui).called("save")
        ((_, turn, text, _),) = fake(ui).called("act")
        assert isinstance(version, Version) and isinstance(turn, Turn) and text == "Translate to Mandarin"
        ((_, told),) = turn.keys
        assert told["fullMarkdown"] == version.text and told["markdownBlock"].startswith("A tide table")
        assert told["selectedText"] == "tide table s"


async def test_what_is_not_changed_is_not_saved_again() -> None:
    async with canvas_opened("versions") as ui:
        await press(ui, "alt+e")
        await select(ui, (2, 0), (2, 6))
        await press(ui, "alt+i", "o", "k", "enter")
        assert not fake(ui).called("save") and not fake(ui).called("choose") and fake(ui).called("act")


async def test_of_an_earlier_version_that_is_edited_it_goes_on() -> None:
    async with canvas_opened("versions") as ui:
        await press(ui, "alt+left", "alt+e")
        await select(ui, (2, 0), (2, 6))
        await press(ui, "alt+i", "o", "k", "enter")
        assert fake(ui).called("choose") == [(THREAD, 1)] and not fake(ui).called("save")


async def test_an_action_on_all_that_is_edited_saves_it_too() -> None:
    async with canvas_opened("code") as ui:
        await press(ui, "alt+e", "x", "alt+a", "f", "enter")
        assert [call[0] for call in fake(ui).calls if call[0] in ("save", "act")] == ["save", "act"]
        ((_, turn, _, _),) = fake(ui).called("act")
        assert turn == Turn((("fixBugs", True),), "Fix bugs")


async def test_escape_lets_go_of_the_part_first_and_typing_does_too() -> None:
    async with canvas_opened("code") as ui:
        await press(ui, "alt+e", "shift+down")
        assert ui.main.part is not None
        await press(ui, "escape")
        assert ui.main.part is None and ui.main.editor is not None and ui.main.editor.selection.is_empty
        await press(ui, "shift+down", "y")
        assert ui.main.part is None and ui.text("#chips") == ""


async def test_offsets_count_the_line_ends_that_the_text_has() -> None:
    odd = replace(states.FIRST_CODE, text="a = 1\r\nb = 2\r\n")
    async with canvas_opened(states.backend(states.session(artifact=Artifact(1, (odd,))))) as ui:
        await press(ui, "alt+e")
        await select(ui, (1, 0), (1, 5))
        assert ui.main.part is not None and ui.main.part.source == "b = 2"
