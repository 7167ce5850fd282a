"""Files: what is saved, what is read, and what is never written over without asking."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from canvas_tui.core.artifact import Artifact, ArtifactKind, Document, Turn, Version
from canvas_tui.core.file_text import MOST, text_of
from canvas_tui.core.inputs import WhenBusy
from canvas_tui.ui import files
from canvas_tui.ui.screens import canvas_files
from canvas_tui.ui.screens.ask import AskLine, PickScreen

from . import canvas_states as states
from .canvas_driving import SMALL, canvas_opened, press, settled
from .driving import Opened
from .fake_backend import FakePreferences
from .fake_canvas import FakeCanvas
from .states import THREAD


def fake(ui: Opened) -> FakeCanvas:
    canvas = ui.app.artifacts
    assert isinstance(canvas, FakeCanvas)
    return canvas


def kept(folder: Path) -> FakePreferences:
    return FakePreferences(export__folder=str(folder))


async def answer(ui: Opened, text: str | None = None) -> None:
    """Give the line that is asked for."""
    for _ in range(100):
        if ui.app.screen.query(AskLine):
            break
        await ui.pilot.pause()
    if text is not None:
        ui.app.screen.query_one(AskLine).value = text
    await press(ui, "enter")


async def asked(ui: Opened, screen: type) -> None:
    for _ in range(100):
        if isinstance(ui.app.screen, screen):
            return
        await ui.pilot.pause()
    raise AssertionError("nothing is asked")


async def toast(ui: Opened, text: str) -> None:
    for _ in range(100):
        if any(text in said for said in ui.toasts()):
            return
        await ui.pilot.pause()
    raise AssertionError(ui.toasts())


async def test_the_document_is_saved_under_its_title(tmp_path: Path) -> None:
    async with canvas_opened("versions", SMALL, preferences=kept(tmp_path)) as ui:
        await press(ui, "ctrl+s")
        await answer(ui)
        await toast(ui, "Saved")
        assert (tmp_path / "Tides for sailors.md").read_text() == states.SHORTER


async def test_nothing_is_written_over_without_asking(tmp_path: Path) -> None:
    there = tmp_path / "Tides for sailors.md"
    there.write_text("mine")
    async with canvas_opened("versions", SMALL, preferences=kept(tmp_path)) as ui:
        await press(ui, "ctrl+s")
        await answer(ui)
        await asked(ui, PickScreen)
        await press(ui, "enter")  # another name
        assert there.read_text() == "mine"
        await answer(ui)
        await asked(ui, PickScreen)
        await press(ui, "down", "enter")
        await toast(ui, "Saved")
        assert there.read_text() == states.SHORTER


async def test_every_version_and_the_thread(tmp_path: Path) -> None:
    async with canvas_opened("code", preferences=kept(tmp_path)) as ui:
        ui.main.save_all_versions()
        await answer(ui, str(tmp_path / "all"))
        await toast(ui, "Saved 2 files")
        assert {path.name: path.read_text() for path in (tmp_path / "all").iterdir()} == {
            "Tides in Python v1.py": states.CODE,
            "Tides in Python v2.py": states.LOGGED,
        }
        ui.main.save_thread(True)
        await answer(ui, str(tmp_path / "thread.json"))
        await toast(ui, "thread.json")
        told = json.loads((tmp_path / "thread.json").read_text())
        assert told["thread_id"] == THREAD and len(told["artifact"]["contents"]) == 2
        ui.main.save_thread(False)
        await answer(ui, str(tmp_path / "thread.md"))
        await toast(ui, "thread.md")
        assert states.ASKED.text in (tmp_path / "thread.md").read_text()


@pytest.mark.parametrize("title", ["A long title that goes on and on " * 4, "漢字" * 60], ids=["80 characters", "200 bytes"])
async def test_every_version_has_a_file_of_its_own_under_a_title_that_is_cut(tmp_path: Path, title: str) -> None:
    long = tuple(Version(index, title=title, text=f"text {index}") for index in (1, 2, 3))
    backend = states.backend(states.session(artifact=Artifact(3, long)))
    async with canvas_opened(backend, preferences=kept(tmp_path)) as ui:
        ui.main.save_all_versions()
        await answer(ui, str(tmp_path))
        await toast(ui, "Saved 3 files")
        written = sorted(tmp_path.iterdir())
        assert [path.read_text() for path in written] == ["text 1", "text 2", "text 3"]
        assert [path.stem[-3:] for path in written] == [" v1", " v2", " v3"]


async def test_what_comes_into_the_folder_meanwhile_is_not_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    second = tmp_path / "Tides in Python v2.py"

    def write(path: Path, text: str, over: bool = False) -> None:
        files.write_text(path, text, over)
        if path != second:
            second.write_text("mine")

    monkeypatch.setattr(canvas_files, "write_text", write)
    async with canvas_opened("code", preferences=kept(tmp_path)) as ui:
        ui.main.save_all_versions()
        await answer(ui, str(tmp_path))
        await toast(ui, "meanwhile")
        assert second.read_text() == "mine" and not any("Saved" in said for said in ui.toasts())


async def test_a_document_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "tides.py").write_text("x = 1\n")
    backend = states.backend(states.session())
    async with canvas_opened(backend) as ui:
        ui.main.start_from_file()
        await answer(ui, str(tmp_path / "tides.py"))
        for _ in range(100):
            if fake(ui).calls:
                break
            await ui.pilot.pause()
        ((_, version, base),) = fake(ui).called("save")
        assert isinstance(version, Version) and base == 0
        assert (version.kind, version.language, version.text) == (ArtifactKind.CODE, "python", "x = 1\n")


async def test_a_blank_document_is_written_in_the_editor() -> None:
    async with canvas_opened(states.backend(states.session()), SMALL) as ui:
        ui.main.start_blank(ArtifactKind.TEXT)
        for _ in range(100):
            if ui.main.editor is not None and ui.main.editor.has_focus:
                break
            await ui.pilot.pause()
        await ui.press("#", "space", "H", "i", "ctrl+s")
        ((_, version, base),) = fake(ui).called("save")
        assert isinstance(version, Version) and (version.text, version.title, base) == ("# Hi", "Untitled", 0)


async def test_files_go_with_a_message(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("high water 14:20")
    async with canvas_opened("versions") as ui:
        for _ in range(2):
            await ui.write(f"/attach {tmp_path / 'notes.txt'}")
            await press(ui, "enter")
            for _ in range(100):
                if ui.main.attached:
                    break
                await ui.pilot.pause()
            await settled(ui)
        while len(ui.main.attached) < 2:
            await ui.pilot.pause()
        assert "Attached: notes.txt, notes.txt" in ui.text("#chips")
        await press(ui, "alt+u")
        await ui.write("Use this")
        await press(ui, "enter")
        turn = Turn(documents=(Document("notes.txt", "high water 14:20"),))
        assert fake(ui).called("act") == [(THREAD, turn, "Use this", WhenBusy.QUEUE)]
        assert not ui.main.attached


@pytest.mark.parametrize(("typed", "keys"), [("/emojis", ("regenerateWithEmojis",)), ("/search tides", ("webSearchEnabled",))])
async def test_files_go_with_an_action_and_a_search_too(typed: str, keys: tuple[str, ...]) -> None:
    notes = Document("notes.txt", "high water 14:20")
    async with canvas_opened("versions") as ui:
        ui.main.attached = (notes,)
        await ui.write(typed)
        await press(ui, "enter")
        ((_, turn, _, _),) = fake(ui).called("act")
        assert isinstance(turn, Turn) and turn.documents == (notes,) and tuple(key for key, _ in turn.keys) == keys


async def test_a_file_that_cannot_be_read_is_told_and_the_command_is_kept(tmp_path: Path) -> None:
    async with canvas_opened("versions") as ui:
        await ui.write(f"/attach {tmp_path / 'none.txt'}")
        await press(ui, "enter")
        await toast(ui, "cannot be read")
        assert ui.composer.text.startswith("/attach ")


def test_only_text_is_read(tmp_path: Path) -> None:
    (tmp_path / "picture").write_bytes(b"\x89PNG\xff")
    (tmp_path / "zero").write_bytes(b"a\0b")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "long").write_bytes(b"a" * (MOST + 1))
    (tmp_path / "mark").write_bytes(b"\xef\xbb\xbftext")
    for name in ("picture", "zero", "pipe", "long", "missing", "."):
        with pytest.raises(files.FileProblem):
            files.read(tmp_path / name, text_of)
    assert files.read(tmp_path / "mark", text_of) == "text"


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises(files.Exists):
        files.write_text(tmp_path / "link", "other")
    with pytest.raises(files.FileProblem):
        files.write_text(tmp_path / "link", "other", over=True)
    assert (tmp_path / "target").read_text() == "mine"


def test_what_is_written_over_keeps_its_rights(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    os.chmod(tmp_path / "a", 0o600)
    files.write_text(tmp_path / "a", "new", over=True)
    assert (tmp_path / "a").read_text() == "new" and (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
