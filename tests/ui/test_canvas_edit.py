"""Editing a version by hand: what is saved is exact, what is not saved is never lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual._wrap import compute_wrap_offsets
from textual.document._wrapped_document import WrappedDocument

from canvas_tui.core.artifact import Artifact, Version
from canvas_tui.core.model import Session
from canvas_tui.ui.screens import canvas_edit
from canvas_tui.ui.screens.ask import PickScreen
from canvas_tui.ui.widgets.canvas_document import ExactDocument, QuickWrapped, breaks

from . import canvas_states as states
from .canvas_driving import SMALL, canvas_opened, head, press, settled
from .driving import Opened
from .fake_canvas import FakeCanvas
from .states import THREAD


def fake(ui: Opened) -> FakeCanvas:
    canvas = ui.app.artifacts
    assert isinstance(canvas, FakeCanvas)
    return canvas


async def test_what_is_edited_becomes_a_version() -> None:
    async with canvas_opened("versions") as ui:
        await press(ui, "alt+e", "H", "i", "enter", "ctrl+s")
        ((thread, version, base),) = fake(ui).called("save")
        assert (thread, base) == (THREAD, 2)
        assert isinstance(version, Version) and version.text == "Hi\n" + states.SHORTER
        assert fake(ui).begun_from == [states.TWO], "what still waits gives way to what goes on from it"
        assert "editing" not in head(ui)
        assert fake(ui).called("keep_edit")[-1] == (THREAD, None)


async def test_an_edit_begins_from_the_version_that_is_looked_at() -> None:
    async with canvas_opened("versions") as ui:
        await press(ui, "alt+left", "alt+e", "x", "ctrl+s")
        ((_, version, base),) = fake(ui).called("save")
        assert isinstance(version, Version) and version.text == "x" + states.GUIDE and base == 2


async def test_undo_and_nothing_changed() -> None:
    async with canvas_opened("code") as ui:
        await press(ui, "alt+e", "x", "ctrl+z", "ctrl+s")
        assert not fake(ui).called("save")
        assert any("Nothing has changed" in toast for toast in ui.toasts())


@pytest.mark.parametrize(
    ("keys", "saved", "editing"), [(("enter",), True, False), (("down", "enter"), False, True), (("end", "enter"), False, False)]
)
async def test_escape_asks_where_something_has_changed(keys: tuple[str, ...], saved: bool, editing: bool) -> None:
    async with canvas_opened("versions", SMALL) as ui:
        await press(ui, "alt+e", "x", "escape")
        assert isinstance(ui.app.screen, PickScreen)
        await press(ui, *keys)
        assert bool(fake(ui).called("save")) is saved
        assert (ui.main.editor is not None) is editing


async def test_escape_leaves_where_nothing_has_changed() -> None:
    async with canvas_opened("versions") as ui:
        await press(ui, "alt+e", "escape")
        assert ui.main.editor is None and not isinstance(ui.app.screen, PickScreen)


async def test_what_stands_still_is_kept_and_offered_after_a_restart() -> None:
    async with canvas_opened("versions") as ui:
        await press(ui, "alt+e", "x")
        editor = ui.main.editor
        assert editor is not None
        editor.keep_now()
        await ui.pilot.pause()
        kept = fake(ui).kept[THREAD]
        assert kept.text == "x" + states.SHORTER and kept.index == 2
    canvas = FakeCanvas(kept={THREAD: kept})
    async with canvas_opened("versions", canvas=canvas) as ui:
        assert "An edit was not saved the last time" in ui.text("#canvas-foot")
        await press(ui, "alt+k")
        assert ui.main.editor is not None and ui.main.editor.text == "x" + states.SHORTER
        await press(ui, "ctrl+s")
        ((_, version, base),) = canvas.called("save")
        assert isinstance(version, Version) and version.text == kept.text and base == 2


async def test_where_the_canvas_has_no_room_its_line_tells_what_is_to_be_decided() -> None:
    async with canvas_opened("versions", SMALL, canvas=FakeCanvas(kept={THREAD: replace(states.TWO, text="half")})) as ui:
        assert "An edit was not saved the last time" in ui.text("#canvas-line")
    async with canvas_opened("partial", SMALL) as ui:
        assert "The run failed: this version is partial" in ui.text("#canvas-line")


async def test_an_edit_stays_with_its_thread() -> None:
    async with canvas_opened("versions") as ui:
        ui.backend.sessions["t2"] = Session("t2", loaded=True)
        await press(ui, "alt+e", "x")
        ui.main.open_thread("t2")
        await settled(ui)
        assert fake(ui).kept[THREAD].text == "x" + states.SHORTER
        ui.main.open_thread(THREAD)
        await settled(ui)
        assert "An edit was not saved" in ui.text("#canvas-foot")


async def test_a_run_that_is_on_is_told() -> None:
    backend = states.writing(states.GUIDE[:200], replace(states.ONE, index=2), artifact=Artifact(1, (states.ONE,)))
    async with canvas_opened(backend) as ui:
        await press(ui, "alt+e", "x")
        assert "what you save waits for it" in ui.text("#canvas-foot")
        assert ui.main.editor is not None and ui.main.editor.begun == states.ONE
        await press(ui, "ctrl+s")
        assert any("saved when it is over" in toast for toast in ui.toasts())


async def test_the_users_own_editor(monkeypatch: pytest.MonkeyPatch) -> None:
    async def edit(text: str, name: str) -> str:
        assert name == "Tides in Python.py"
        return text.replace("SHARES", "PARTS").removesuffix("\n")

    monkeypatch.setattr(canvas_edit, "edit", edit)
    async with canvas_opened("code") as ui:
        monkeypatch.setattr(type(ui.app), "suspend", lambda self: self.batch_update())
        await press(ui, "alt+o")
        ((_, version, base),) = fake(ui).called("save")
        assert isinstance(version, Version) and version.text == states.LOGGED.replace("SHARES", "PARTS") and base == 2


@pytest.mark.parametrize("text", ["a\x0cb\u2028c\x85d\n\n", "one\r\ntwo\r\n", "mixed\r\nends\n", "", "\n", "\x1b[31m\ttab"])
async def test_a_text_comes_out_as_it_went_in(text: str) -> None:
    odd = replace(states.ONE, text=text)
    backend = states.backend(states.session(artifact=Artifact(1, (odd,))))
    async with canvas_opened(backend) as ui:
        await press(ui, "alt+e")
        assert ui.main.editor is not None and ui.main.editor.text == text and not ui.main.editor.changed
        assert "\x1b" not in ui.screen_text()


@given(st.text(alphabet="ab  .", max_size=60), st.integers(1, 20))
def test_lines_break_where_textual_would_break_them(line: str, width: int) -> None:
    found = breaks(line, width)
    assert found is None or found == compute_wrap_offsets(line, width, 4)


async def test_a_long_text_is_wrapped_once_and_at_the_width_that_it_gets(monkeypatch: pytest.MonkeyPatch) -> None:
    wrapped: list[int] = []
    wrap = QuickWrapped.wrap

    def counted(self: QuickWrapped, width: int, tab_width: int | None = None) -> None:
        before = self._wrap_offsets
        wrap(self, width, tab_width)
        if self._wrap_offsets is not before and self.document.line_count > 200:
            wrapped.append(width)

    monkeypatch.setattr(QuickWrapped, "wrap", counted)
    long = replace(states.FIRST_CODE, text="line = 1\n" * 300)
    async with canvas_opened(states.backend(states.session(artifact=Artifact(1, (long,))))) as ui:
        await press(ui, "alt+e")
        assert ui.main.editor is not None and wrapped == [ui.main.editor.wrap_width]
        await ui.pilot.resize_terminal(170, 50)
        await settled(ui)
        assert wrapped[1:] == [ui.main.editor.wrap_width], "again where the width has changed"


def test_what_is_edited_is_wrapped_at_the_same_width_too() -> None:
    document = ExactDocument("one two\nthree")
    wrapped = QuickWrapped(document, 5, 4)
    document.replace_range((0, 0), (0, 0), "four five\n")
    wrapped.wrap(5, 4)
    assert wrapped.height == 5


@given(st.text(alphabet="ab \t漢\n", max_size=80), st.integers(0, 20))
def test_a_document_is_wrapped_as_textual_would(text: str, width: int) -> None:
    ours, theirs = QuickWrapped(ExactDocument(text), 0, 4), WrappedDocument(ExactDocument(text), 0, 4)
    ours.wrap(width, 4)
    theirs.wrap(width, 4)
    assert ours.height == theirs.height
    for name in ("_wrap_offsets", "_tab_width_cache", "_offset_to_line_info", "_line_index_to_offsets"):
        assert getattr(ours, name) == getattr(theirs, name)
