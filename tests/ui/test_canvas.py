"""The canvas: when it opens, where it stands, what it shows, and what is decided on it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from canvas_tui.core.artifact import Artifact, Draft, DraftStanding, Keep
from canvas_tui.ui.render.diff_colours import Colours
from canvas_tui.ui.widgets.canvas_diff import DiffView
from canvas_tui.ui.widgets.canvas_view import CanvasView

from . import canvas_states as states
from .canvas_driving import SMALL, WIDE, canvas_opened, change, head, press, settled, shown
from .fake_canvas import FakeCanvas
from .states import THREAD


async def test_it_opens_by_itself_beside_the_conversation() -> None:
    backend = states.backend(states.session())
    async with canvas_opened(backend, WIDE) as ui:
        assert ui.main.pane is None
        session = backend.sessions[THREAD]
        await change(ui, state=replace(session.state, artifact=Artifact(1, (states.ONE,))))
        await settled(ui)
        assert "Tides for sailors" in head(ui) and "version 1 of 1" in head(ui)
        assert "The rule of twelfths" in shown(ui)
        assert ui.main.query_one("#transcript").display
        assert ui.composer.has_focus  # nobody is interrupted while typing
        assert not ui.main.query_one("#run").display  # it gives way
        assert ui.main.query_one("#threads").display


async def test_the_panes_come_back_when_it_goes() -> None:
    async with canvas_opened("versions", WIDE) as ui:
        assert not ui.main.query_one("#run").display
        await press(ui, "f6", "f6")
        assert ui.main.pane is not None and not ui.main.pane.display
        assert ui.main.query_one("#run").display
        assert "F6 shows it" in ui.text("#canvas-line")


async def test_a_narrow_terminal_tells_of_it_and_shows_it_in_place() -> None:
    async with canvas_opened("versions", SMALL) as ui:
        assert ui.main.pane is None
        assert "Tides for sailors" in ui.text("#canvas-line") and "F6 shows it" in ui.text("#canvas-line")
        await press(ui, "f6")
        await ui.pilot.pause()
        assert "Before you leave" in shown(ui)
        assert not ui.main.query_one("#transcript").display
        await press(ui, "h", "i")
        assert ui.composer.text == "hi"  # the composer stays below it
        await press(ui, "escape")
        assert ui.main.query_one("#transcript").display and ui.main.pane is not None and not ui.main.pane.display


async def test_that_it_is_the_only_version_takes_no_room_on_the_line() -> None:
    backend = states.backend(states.session())
    async with canvas_opened(backend, SMALL) as ui:
        for versions, told in (((states.ONE,), False), ((states.ONE, states.TWO), True)):
            await change(ui, state=replace(backend.sessions[THREAD].state, artifact=Artifact(1, versions)))
            await settled(ui)
            assert "Tides for sailors" in ui.text("#canvas-line") and ("version 1 of" in ui.text("#canvas-line")) is told


@pytest.mark.parametrize(("width", "beside"), [(140, True), (139, False)])
async def test_from_140_columns_it_stands_beside_the_conversation(width: int, beside: bool) -> None:
    async with canvas_opened("versions", (width, 40)) as ui:
        assert (ui.main.pane is not None and ui.main.pane.display) is beside and ("F6 shows it" in ui.text("#canvas-line")) is not beside
        await press(ui, "f6")
        pane, talk = ui.main.pane, ui.main.query_one("#transcript")
        assert pane is not None and pane.display and "Before you leave" in shown(ui)
        assert (ui.main.has_class("-beside"), ui.main.has_class("-stacked"), talk.display) == (beside, not beside, beside)
        assert pane.region.right >= width - 1 and (not beside or 0 < talk.region.right <= pane.region.x)


async def test_a_window_that_becomes_narrow_or_wide_moves_it() -> None:
    async with canvas_opened("versions", (140, 40)) as ui:
        for width, beside in ((139, False), (140, True)):
            await ui.pilot.resize_terminal(width, 40)
            await settled(ui)
            assert (ui.main.pane is not None and ui.main.pane.display) is beside, "it is not asked for"
        await press(ui, "f6")
        for width, beside in ((139, False), (140, True)):
            await ui.pilot.resize_terminal(width, 40)
            await settled(ui)
            assert (ui.main.has_class("-beside"), ui.main.has_class("-stacked")) == (beside, not beside)


async def test_it_grows_as_it_is_written_and_follows_the_end() -> None:
    backend = states.writing("# Tides\n")
    async with canvas_opened(backend, (160, 24)) as ui:
        text = "# Tides\n" + "\n".join(f"Line {number} of the page.\n" for number in range(60))
        for stop in range(100, len(text) + 100, 100):
            draft = Draft(replace(states.ONE, text=text[:stop]), DraftStanding.WRITING, 0, stop)
            await change(ui, draft=draft)
        assert "writing" in head(ui)
        assert "Line 59" in shown(ui)
        ui.main.query_one(CanvasView).scroll_to(y=0, animate=False)
        await ui.pilot.pause()
        await change(ui, draft=Draft(replace(states.ONE, text=text + "More.\n"), DraftStanding.WRITING, 0, len(text) + 6))
        assert "Line 1 " in shown(ui)  # the reader scrolled: the view stays


async def test_a_part_written_anew_is_led_to_and_the_rest_stands() -> None:
    backend = states.versions()
    before = "\n".join(f"Line {number} of the page.\n" for number in range(80))
    async with canvas_opened(backend, (160, 24)) as ui:
        start = before.index("Line 60")
        stop = before.index("Line 61")
        for words in ("The sixtieth ", "The sixtieth line, written anew."):
            text = before[:start] + words + "\n\n" + before[stop:]
            draft = Draft(replace(states.ONE, index=3, text=text), DraftStanding.WRITING, start, start + len(words))
            await change(ui, draft=draft)
            await settled(ui)
        assert "The sixtieth line, written anew." in shown(ui)
        assert "Line 59" in shown(ui)


async def test_versions_are_a_key_apart() -> None:
    async with canvas_opened("versions", WIDE, canvas=FakeCanvas()) as ui:
        assert "version 2 of 2" in head(ui)
        await press(ui, "alt+left")
        assert "version 1 of 2" in head(ui)
        assert "Add the hour of summer time" in shown(ui)
        assert "works on another version" in ui.text("#canvas-foot")
        await press(ui, "alt+left")
        assert "version 1 of 2" in head(ui)
        await press(ui, "alt+right")
        assert "version 2 of 2" in head(ui) and ui.text("#canvas-foot") == ""


async def test_going_on_from_an_earlier_version() -> None:
    canvas = FakeCanvas()
    async with canvas_opened("versions", WIDE, canvas=canvas) as ui:
        await press(ui, "alt+left", "alt+k")
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
    async with canvas_opened(state, WIDE, canvas=canvas) as ui:
        await press(ui, key)
        assert call in canvas.calls


async def test_an_unsaved_change_says_why() -> None:
    async with canvas_opened("unsaved", WIDE) as ui:
        assert "Not saved: cannot reach 127.0.0.1:2024" in ui.text("#canvas-foot")


async def test_hostile_titles_and_text_do_nothing() -> None:
    nasty = replace(states.ONE, title="\x1b]0;owned\x07[bold]x[/]", text="\x1b[31mred [/] \u202etxt\n")
    backend = states.backend(states.session(artifact=Artifact(1, (nasty,))))
    async with canvas_opened(backend, WIDE) as ui:
        assert "\x1b" not in ui.screen_text() and "\u202e" not in ui.screen_text()
        assert "[bold]x[/]" in head(ui) and "␛[31mred [/]" in shown(ui)


async def test_finding_happens_in_the_canvas_when_one_is_there() -> None:
    async with canvas_opened("versions", WIDE) as ui:
        await press(ui, "f6", "ctrl+f", *"twelfths")
        await ui.pilot.pause()
        assert "1/1" in ui.text("#find-count")
        await press(ui, "escape")
        assert ui.main.query_one(CanvasView).has_focus


@pytest.mark.parametrize("state", ["versions", "code"])
async def test_a_document_is_not_read_anew_when_the_focus_comes_or_goes(state: str) -> None:
    async with canvas_opened(state, WIDE) as ui:
        view = ui.main.query_one(CanvasView)
        sheet, text = view._sheet, shown(ui)
        for key in ("f6", "escape", "alt+e", "escape", "alt+d", "escape", "alt+i"):
            await press(ui, key)
            assert view._sheet is sheet
        assert shown(ui) == text
        ui.app.theme = "canvas-light"
        await settled(ui)
        assert view._sheet is not sheet, "its colours are others"
        sheet = view._sheet
        await ui.pilot.resize_terminal(170, 50)
        await settled(ui)
        assert view._sheet is not sheet


async def test_at_rest_nothing_ticks() -> None:
    async with canvas_opened("versions", WIDE) as ui:
        await ui.pilot.pause()
        assert ui.main.frames.at_rest
        assert ui.main.query_one(CanvasView)._later is None


async def test_a_comparison_is_one_key_apart_inline_then_side_by_side() -> None:
    async with canvas_opened("versions", WIDE) as ui:
        await press(ui, "f6", "alt+d")
        assert "version 1 and 2: 2 changes, inline" in head(ui)
        view = ui.main.query_one(DiffView)
        assert view.has_focus
        assert "tellssays" in shown(ui, DiffView) and "lines alike" in shown(ui, DiffView)
        await press(ui, "alt+d")
        assert "side by side" in head(ui)
        await press(ui, "escape")
        assert "version 2 of 2" in head(ui) and ui.main.query_one(CanvasView).has_focus


async def test_what_is_alike_opens() -> None:
    async with canvas_opened("versions", WIDE) as ui:
        await press(ui, "f6", "alt+d")
        assert "shallow bays" not in ui.screen_text()
        await press(ui, "enter")
        assert "shallow bays" in ui.screen_text()


async def test_a_long_stretch_that_is_alike_is_one_fold() -> None:
    lines = [f"line {number}" for number in range(1_000)]
    old = replace(states.FIRST_CODE, text="\n".join(lines))
    new = replace(old, index=2, text="\n".join([*lines[:700], "another", *lines[701:]]))
    async with canvas_opened(states.backend(states.session(artifact=Artifact(2, (old, new)))), WIDE) as ui:
        await press(ui, "f6", "alt+d")
        assert [row.strip() for row in shown(ui, DiffView).splitlines() if "alike" in row] == ["▸ 697 lines alike", "▸ 296 lines alike"]
        view = ui.main.query_one(DiffView)
        view.find("line 412")
        await settled(ui)
        view.find_next()
        await settled(ui)
        assert "line 412" in shown(ui, DiffView) and "line 411" in shown(ui, DiffView) and view.rows.height == 700 + 2 + 3 + 1
        view.opened.clear()
        view.settle()
        assert view.rows.height == 1 + 3 + 2 + 3 + 1


async def test_a_conflict_is_compared_with_theirs() -> None:
    async with canvas_opened("conflict", WIDE) as ui:
        await press(ui, "alt+d")
        assert "version 2 and yours" in head(ui)


async def test_one_version_has_nothing_to_be_compared_with() -> None:
    backend = states.backend(states.session(artifact=Artifact(1, (states.ONE,))))
    async with canvas_opened(backend, WIDE) as ui:
        await press(ui, "alt+d")
        assert any("only one version" in toast for toast in ui.toasts())


async def test_a_long_comparison_goes_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two of them the screen takes keys and paints."""
    words = [f"word{number % 7001}" for number in range(20_000)]
    old = replace(states.ONE, text="\n".join(" ".join(words[at : at + 9]) for at in range(0, 20_000, 9)))
    new = replace(old, index=2, text=old.text.replace("word5", "deed5"))
    waited: list[bool] = []
    settle = DiffView.settle

    def counted(self: DiffView) -> None:
        waited.append(self.changes is None)
        settle(self)

    monkeypatch.setattr(DiffView, "enough", lambda self: True)
    monkeypatch.setattr(DiffView, "settle", counted)
    async with canvas_opened(states.backend(states.session(artifact=Artifact(2, (old, new)))), WIDE) as ui:
        await press(ui, "alt+d")
        view = ui.main.query_one(DiffView)
        while view.changes is None:
            await ui.pilot.pause()
        assert sum(waited) > 20 and len(view.changes) > 10


def colours_of(view: DiffView, word: str) -> set[object]:
    """The styles of a word that is drawn by itself: alike, gone and new."""
    lines = [line for _, line in view.in_view if line is not None]
    return {segment.style for line in lines for segment in line.segments if segment.text == word}


async def test_code_that_is_compared_gets_its_colours_in_slices_and_the_view_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    old = replace(states.FIRST_CODE, text="def f(x):\n    return x\n" * 600)
    new = replace(old, index=2, text=old.text.replace("return x\n", "return y\n", 300).replace("return y\n", "return x\n", 299))
    work, held = Colours.work, [True]
    monkeypatch.setattr(Colours, "work", lambda self, enough: not held and work(self, enough))
    async with canvas_opened(states.backend(states.session(artifact=Artifact(2, (old, new)))), WIDE) as ui:
        await press(ui, "f6", "alt+d")
        view = ui.main.query_one(DiffView)
        while view.changes is None or view._filling is not None:
            await ui.pilot.pause()
        plain, top = shown(ui, DiffView), view.scroll_y
        assert "return y" in plain and not view.ready and colours_of(view, "return") == set()
        held.clear()
        view.settle()
        while not view.ready:
            await ui.pilot.pause()
        await ui.pilot.pause()
        assert len(colours_of(view, "return")) == 3 and (shown(ui, DiffView), view.scroll_y) == (plain, top)


async def test_the_threads_title_is_there_again_when_the_canvas_gives_way() -> None:
    async with canvas_opened("versions", SMALL) as ui:
        await press(ui, "f6")
        assert ui.main.has_class("-stacked")
        await press(ui, "f6")
        assert "Tides in the North Sea" in ui.text("#heading")
