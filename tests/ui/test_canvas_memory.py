"""The user's own actions, what the agent remembers, context documents, and branches."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from canvas_tui.core.artifact import CustomAction, Document, Reflections, Turn
from canvas_tui.core.inputs import WhenBusy
from canvas_tui.ui.screens.ask import PickScreen
from canvas_tui.ui.screens.custom_action import CustomActionScreen, PromptArea
from canvas_tui.ui.screens.reflections import ReflectionsScreen

from .canvas_driving import SMALL, canvas_opened, press
from .driving import Opened
from .fake_canvas import FakeCanvas
from .states import THREAD
from .test_canvas_files import answer, asked, fake, toast

RHYME = CustomAction("c1", "In rhyme", "Write it as a poem.", include_history=False)


async def until(ui: Opened, done: object) -> None:
    for _ in range(100):
        if done():  # type: ignore[operator]
            return
        await ui.pilot.pause()
    raise AssertionError("it does not come")


async def test_an_own_action_is_run_from_the_menu() -> None:
    async with canvas_opened("versions", canvas=FakeCanvas(customs=[RHYME])) as ui:
        await press(ui, "alt+a", "i", "enter")
        turn = Turn((("customQuickActionId", "c1"),), "In rhyme")
        assert fake(ui).called("act") == [(THREAD, turn, "", WhenBusy.QUEUE)]


async def test_an_own_action_is_made_changed_and_deleted() -> None:
    async with canvas_opened("versions", SMALL) as ui:
        ui.main.manage_customs()
        await asked(ui, PickScreen)
        await press(ui, "n")
        await asked(ui, CustomActionScreen)
        await press(ui, *"Short", "tab", *"One line.", "ctrl+s")
        await until(ui, lambda: fake(ui).customs)
        (made,) = fake(ui).customs
        assert (made.title, made.prompt, made.include_history) == ("Short", "One line.", True)
        await asked(ui, PickScreen)
        await press(ui, "e")
        await asked(ui, CustomActionScreen)
        await press(ui, "tab", "tab", "tab", "tab", "space", "ctrl+s")
        await until(ui, lambda: fake(ui).customs != [made])
        assert fake(ui).customs == [replace(made, include_history=False)]
        await asked(ui, PickScreen)
        await press(ui, "d")
        await until(ui, lambda: not fake(ui).customs)


async def test_what_is_remembered_is_shown_changed_and_erased() -> None:
    canvas = FakeCanvas(memory=Reflections(("Short sentences.",), ("Sails a ketch.", "Lives\x1b[31m in Vlissingen.")))
    async with canvas_opened("versions", SMALL, canvas=canvas) as ui:
        ui.main.show_reflections()
        await asked(ui, ReflectionsScreen)
        await ui.pilot.pause()
        assert "Sails a ketch." in ui.screen_text() and "\x1b[31m" not in ui.screen_text()
        area = ui.app.screen.query_one("#form-style", PromptArea)
        area.insert("No adverbs.\n", (0, 0))
        await press(ui, "ctrl+s")
        await until(ui, lambda: len(canvas.memory.style) == 2)
        assert canvas.memory.style == ("No adverbs.", "Short sentences.") and len(canvas.memory.facts) == 2
        ui.main.show_reflections()
        await asked(ui, ReflectionsScreen)
        await press(ui, "ctrl+x", "ctrl+s")
        await until(ui, lambda: canvas.memory == Reflections())


async def test_documents_of_the_assistant(tmp_path: Path) -> None:
    (tmp_path / "house style.txt").write_text("Metres, not feet.")
    canvas = FakeCanvas(papers=[Document("old.txt", "x")])
    async with canvas_opened("versions", SMALL, canvas=canvas) as ui:
        ui.main.show_documents()
        await asked(ui, PickScreen)
        await press(ui, "a")
        await answer(ui, str(tmp_path / "house style.txt"))
        await until(ui, lambda: len(canvas.papers) == 2)
        await asked(ui, PickScreen)
        await press(ui, "d")
        await until(ui, lambda: [paper.name for paper in canvas.papers] == ["house style.txt"])


async def test_a_store_that_is_away_is_told() -> None:
    async with canvas_opened("versions", canvas=FakeCanvas(broken="The server has no store.")) as ui:
        ui.main.show_reflections()
        await toast(ui, "The server has no store.")
        await press(ui, "alt+a")
        assert isinstance(ui.app.screen, PickScreen)
        await press(ui, "f", "enter")  # what needs no store works
        assert fake(ui).called("act")


# -- branches ----------------------------------------------------------------------------------------------------------


async def test_the_answer_is_asked_for_again() -> None:
    async with canvas_opened("versions") as ui:
        await press(ui, "alt+r")
        assert fake(ui).called("regenerate") == [(THREAD,)]
    async with canvas_opened("writing") as ui:
        await press(ui, "alt+r")
        assert not fake(ui).called("regenerate")


async def test_an_earlier_message_is_sent_in_other_words() -> None:
    async with canvas_opened("versions") as ui:
        await press(ui, "alt+up", "alt+up", "alt+m")
        assert ui.composer.text.startswith("Write a page") and "as a branch" in ui.text("#chips")
        ui.composer.put("Write a poem")
        await press(ui, "enter")
        assert fake(ui).called("resend") == [(THREAD, "h1", "Write a poem", Turn())]
        assert not ui.backend.called("submit") and ui.text("#chips") == ""


async def test_escape_leaves_the_branch_that_is_written() -> None:
    async with canvas_opened("versions") as ui:
        await press(ui, "alt+m", "escape", "end", "!", "enter")
        assert ui.backend.called("submit") and not fake(ui).called("resend")


@pytest.mark.parametrize(
    ("keys", "call"),
    [
        (("alt+pageup",), ("a1", -1)),
        (("alt+pagedown",), ("a1", 1)),
        (("alt+up", "alt+up", "alt+up", "alt+up", "alt+pageup"), ("h1", -1)),
        (("alt+up", "alt+up", "alt+up", "alt+up", "alt+pagedown"), None),
    ],
)
async def test_branches_are_a_key_apart(keys: tuple[str, ...], call: tuple[str, int] | None) -> None:
    async with canvas_opened("branched") as ui:
        assert "2/3" in ui.screen_text() and "2/2" in ui.screen_text()
        await press(ui, *keys)
        assert fake(ui).called("branch") == ([(THREAD, *call)] if call is not None else [])


async def test_the_branch_stays_while_something_of_it_is_edited() -> None:
    async with canvas_opened("branched") as ui:
        await press(ui, "f6", "alt+e", "x", "alt+pageup")
        assert not fake(ui).called("branch")
        assert any("belongs to this branch" in said for said in ui.toasts())
