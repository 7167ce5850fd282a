"""An edit that is not saved is never lost to another one: it is gone on with, or one is asked about it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from canvas_tui.core.artifact import Artifact, ArtifactKind, Version
from canvas_tui.ui.screens import canvas_edit
from canvas_tui.ui.screens.ask import PickScreen

from . import canvas_states as states
from .canvas_driving import canvas_opened, press, settled
from .driving import Opened
from .fake_canvas import FakeCanvas
from .states import THREAD
from .test_canvas_act import fake
from .test_canvas_files import answer, asked
from .test_canvas_files import kept as folder

KEPT = replace(states.TWO, text="what was not saved\n")


def waiting(kept: Version = KEPT) -> FakeCanvas:
    return FakeCanvas(kept={THREAD: kept})


def edited(ui: Opened) -> str:
    assert ui.main.editor is not None
    return ui.main.editor.text


async def test_editing_goes_on_with_what_waits() -> None:
    async with canvas_opened("versions", canvas=waiting()) as ui:
        await press(ui, "alt+e")
        assert edited(ui) == KEPT.text and any("not saved the last time" in toast for toast in ui.toasts())
        await press(ui, "x")
        assert ui.main.editor is not None
        ui.main.editor.keep_now()
        await ui.pilot.pause()
        assert fake(ui).kept[THREAD].text == "x" + KEPT.text
        await press(ui, "ctrl+s")
        ((_, version, base),) = fake(ui).called("save")
        assert isinstance(version, Version) and version.text == "x" + KEPT.text and base == KEPT.index


async def test_what_is_left_unchanged_of_it_still_waits() -> None:
    async with canvas_opened("versions", canvas=waiting()) as ui:
        await press(ui, "alt+e", "escape")
        await asked(ui, PickScreen)
        await press(ui, "escape")
        assert edited(ui) == KEPT.text and THREAD in fake(ui).kept


async def test_the_users_own_editor_goes_on_with_what_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str] = []

    async def edit(text: str, name: str) -> str:
        given.append(text)
        return (text.replace("was", "is") if len(given) > 1 else text).removesuffix("\n")

    monkeypatch.setattr(canvas_edit, "edit", edit)
    async with canvas_opened("versions", canvas=waiting()) as ui:
        monkeypatch.setattr(type(ui.app), "suspend", lambda self: self.batch_update())
        await press(ui, "alt+o")
        assert not fake(ui).called("save") and fake(ui).kept == {THREAD: KEPT}, "nothing has changed"
        await press(ui, "alt+o")
        assert given == [KEPT.text] * 2
        assert fake(ui).called("save") == [(THREAD, replace(KEPT, text="what is not saved\n"), KEPT.index)]
        assert not fake(ui).kept


@pytest.mark.parametrize("waits", [False, True], ids=["edited", "kept"])
@pytest.mark.parametrize("choice", ["save", "stay", "drop"])
async def test_a_blank_document_takes_the_place_of_an_edit_when_one_has_been_asked(waits: bool, choice: str) -> None:
    async with canvas_opened("versions", canvas=waiting() if waits else None) as ui:
        if not waits:
            await press(ui, "alt+e", "x")
        text = KEPT.text if waits else "x" + states.SHORTER
        ui.main.start_blank(ArtifactKind.TEXT)
        await asked(ui, PickScreen)
        assert edited(ui) == text, "one sees what one is asked about"
        await press(ui, *{"save": ("enter",), "stay": ("down", "enter"), "drop": ("end", "enter")}[choice])
        saved = [version.text for _, version, _ in fake(ui).called("save") if isinstance(version, Version)]
        assert saved == ([text] if choice == "save" else [])
        assert edited(ui) == (text if choice == "stay" else "")


async def test_blank_code_asks_too_and_a_language_that_is_not_chosen_changes_nothing() -> None:
    async with canvas_opened("code") as ui:
        await press(ui, "alt+e", "x")
        ui.main.start_blank(ArtifactKind.CODE)
        await asked(ui, PickScreen)
        await press(ui, "escape")
        assert edited(ui) == "x" + states.LOGGED
        ui.main.start_blank(ArtifactKind.CODE)
        await asked(ui, PickScreen)
        await press(ui, "enter")
        await asked(ui, PickScreen)
        await press(ui, "end", "enter")
        assert edited(ui) == "" and not fake(ui).called("save")


@pytest.mark.parametrize("choice", ["save", "stay"])
async def test_a_document_from_a_file_asks_about_the_edit_first(tmp_path: Path, choice: str) -> None:
    (tmp_path / "new.md").write_text("new")
    async with canvas_opened("versions", preferences=folder(tmp_path)) as ui:
        await press(ui, "alt+e", "x")
        ui.main.start_from_file()
        await answer(ui, str(tmp_path / "new.md"))
        await asked(ui, PickScreen)
        await press(ui, *(("enter",) if choice == "save" else ("down", "enter")))
        saved = [version.text for _, version, _ in fake(ui).called("save") if isinstance(version, Version)]
        assert saved == (["x" + states.SHORTER, "new"] if choice == "save" else [])
        assert (ui.main.editor is None) is (choice == "save")


async def test_a_document_from_a_file_ends_an_edit_in_which_nothing_has_changed(tmp_path: Path) -> None:
    (tmp_path / "new.md").write_text("new")
    async with canvas_opened("versions", preferences=folder(tmp_path)) as ui:
        await press(ui, "alt+e")
        ui.main.start_from_file()
        await answer(ui, str(tmp_path / "new.md"))
        for _ in range(100):
            if fake(ui).called("save"):
                break
            await ui.pilot.pause()
        await settled(ui)
        assert len(fake(ui).called("save")) == 1 and ui.main.editor is None


async def test_what_is_gone_on_with_keeps_its_own_kind_title_and_language() -> None:
    """It was begun from the first version while there was a second one."""
    ported = replace(states.FIRST_CODE, index=2, title="Tides in Rust", language="rust", text="fn main() {}\n")
    backend = states.backend(states.session(artifact=Artifact(2, (states.FIRST_CODE, ported))))
    edit = replace(states.FIRST_CODE, index=2, text="print(1)\n")
    async with canvas_opened(backend, canvas=waiting(edit)) as ui:
        await press(ui, "alt+k", "ctrl+s")
        assert fake(ui).called("save") == [(THREAD, edit, 2)]


@pytest.mark.parametrize("keys", [("alt+d",), ("alt+v", "down", "enter"), ("alt+v", "down", "d")], ids=["compare", "look", "list, compare"])
async def test_what_is_edited_waits_while_one_looks_elsewhere(keys: tuple[str, ...]) -> None:
    async with canvas_opened("versions") as ui:
        await press(ui, "alt+e", "x", *keys)
        assert ui.main.editor is None and fake(ui).kept[THREAD].text == "x" + states.SHORTER
        await press(ui, "alt+e")
        assert edited(ui) == "x" + states.SHORTER
