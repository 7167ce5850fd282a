"""Panes by width, help, palette, find, copies, themes, quitting, and rest."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.command import CommandPalette
from textual.filter import NoColor

from canvas_tui.core.model import Cursor, Failure, FailureKind, Notice, NoticeKind, ServerPhase
from canvas_tui.core.notices import Act
from canvas_tui.core.ports import Change
from canvas_tui.ui.clipboard import osc52
from canvas_tui.ui.commands import CanvasCommands
from canvas_tui.ui.screens.help import HelpScreen
from canvas_tui.ui.screens.link import LinkScreen
from canvas_tui.ui.widgets.lines import Lines
from canvas_tui.ui.widgets.transcript import Transcript

from .driving import LARGE, SMALL, Opened, make, opened
from .fake_backend import FakePreferences
from .states import RUN, STATES, THREAD, talking


@pytest.mark.parametrize(
    ("size", "threads", "run"), [((80, 24), False, False), ((84, 24), True, False), ((110, 30), True, True), ((240, 60), True, True)]
)
async def test_panes_by_width(size: tuple[int, int], threads: bool, run: bool) -> None:
    async with opened("streaming", size) as ui:
        assert (ui.main.panes.shown("threads"), ui.main.panes.shown("run")) == (threads, run)
        for widget in ("#composer", "#transcript", "#status"):
            region = ui.main.query_one(widget).region
            assert region.width > 30 and region.x >= 0 and region.right <= size[0] and region.bottom <= size[1]


async def test_panes_are_toggled_and_remembered() -> None:
    kept = FakePreferences()
    async with opened("streaming", preferences=kept) as ui:
        await ui.press("f3", "f4")
        assert not ui.main.panes.shown("threads") and not ui.main.panes.shown("run")
        assert ui.composer.has_focus
    async with opened("streaming", preferences=kept) as ui:
        assert not ui.main.panes.shown("threads") and not ui.main.panes.shown("run")
        await ui.press("f3")
        assert ui.main.panes.shown("threads")


async def test_a_wide_terminal_is_used_and_the_text_stays_readable() -> None:
    async with opened("done", (240, 60)) as ui:
        assert ui.main.query_one("#threads").region.width == 40
        assert ui.main.query_one("#run").region.width == 44
        region = ui.main.query_one("#transcript").region
        assert region.width == 114
        assert region.x - 40 == 240 - 44 - region.right


async def test_too_small_is_a_sentence_and_growing_brings_everything_back() -> None:
    async with opened("streaming", (30, 8)) as ui:
        assert "needs 40x10" in ui.screen_text()
        await ui.pilot.resize_terminal(80, 24)
        await ui.pilot.pause()
        assert "needs" not in ui.screen_text()
        assert ui.composer.region.height >= 3


async def test_the_composer_has_the_focus_again_when_the_terminal_has_grown() -> None:
    async with opened("streaming") as ui:
        for size in ((30, 8), (120, 40)):
            await ui.pilot.resize_terminal(*size)
            await ui.pilot.pause()
        assert ui.composer.has_focus


async def test_resizing_while_a_pane_lies_over() -> None:
    async with opened("streaming", SMALL) as ui:
        await ui.press("f4")
        await ui.pilot.resize_terminal(120, 40)
        await ui.pilot.pause()
        assert ui.main.panes.docked("run")
        await ui.pilot.resize_terminal(80, 24)
        await ui.pilot.pause()
        assert not ui.main.panes.shown("run")


# -- help, palette, find, links -------------------------------------------------------------------------------------------


async def test_help_shows_every_key_and_closes() -> None:
    async with opened("done", keys={"thread.new": "ctrl+x"}) as ui:
        await ui.press("f1")
        assert isinstance(ui.app.screen, HelpScreen)
        text = "\n".join(line.plain for line in ui.app.screen.query_one(Lines).lines)
        assert "Ctrl+X  New thread" in text
        assert "Ctrl+Q" in text
        for again in ("escape", "f1"):
            await ui.press(again)
            assert not isinstance(ui.app.screen, HelpScreen)
            await ui.press("f1")


async def test_keys_can_be_rebound() -> None:
    async with opened("done", keys={"thread.new": "ctrl+x", "no.such": "ctrl+y"}) as ui:
        await ui.press("ctrl+n")
        assert ui.main.thread_id == THREAD
        await ui.press("ctrl+x")
        assert ui.main.thread_id != THREAD
        assert "Ctrl+X" in ui.text("#threads-new")


async def commands(ui: Opened, query: str) -> list[str]:
    provider = CanvasCommands(ui.main)
    hits = provider.search(query) if query else provider.discover()
    return [str(hit.text) async for hit in hits]


async def test_the_palette_reaches_everything() -> None:
    async with opened("streaming") as ui:
        everything = await commands(ui, "")
        for wanted in ("New thread", "Stop the run", "Copy the run's id", "Theme: canvas-light", "Open thread: Bread without kneading"):
            assert wanted in everything
        found = [text for text in await commands(ui, "lofoten") if text.startswith("Open thread")]
        assert found == ["Open thread: Packing list for Lofoten"]


async def test_a_theme_is_chosen_in_the_palette_and_kept() -> None:
    kept = FakePreferences()
    async with opened("done", preferences=kept) as ui:
        await ui.press("ctrl+p")
        assert CommandPalette.is_open(ui.app)
        await ui.press(*"canvas-light")
        await ui.app.workers.wait_for_complete()
        await ui.pilot.pause()
        await ui.press("enter")
        await ui.pilot.pause()
        assert ui.app.theme == "canvas-light"
    assert kept.kept["theme"] == "canvas-light"
    async with opened("done", preferences=kept) as ui:
        assert ui.app.theme == "canvas-light"


async def test_find_counts_walks_and_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened("done") as ui:
        moved: list[int] = []
        monkeypatch.setattr(Transcript, "find_next", lambda self, step: moved.append(step))
        await ui.press("ctrl+f", *"bulge")
        assert ui.text("#find-count").startswith("2/2")
        await ui.press("enter", "up", "down")
        assert moved == [-1, -1, 1]
        await ui.press("escape")
        assert not ui.main.query_one("#find").display
        assert ui.composer.has_focus


async def test_a_link_is_shown_whole_before_it_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    opened_urls: list[str] = []
    async with opened("done") as ui:
        monkeypatch.setattr(ui.app, "open_url", lambda url, **_: opened_urls.append(url))
        for key, result in (("escape", []), ("enter", ["https://example.org/a?b=[c]"])):
            ui.main.post_message(Transcript.LinkChosen("https://example.org/a?b=[c]"))
            await ui.pilot.pause()
            assert isinstance(ui.app.screen, LinkScreen)
            assert "https://example.org/a?b=[c]" in ui.screen_text()
            assert opened_urls == []
            await ui.press(key)
            assert opened_urls == result


async def test_over_ssh_a_link_is_only_copied() -> None:
    async with opened("done", remote=True) as ui:
        ui.main.post_message(Transcript.LinkChosen("https://example.org"))
        await ui.pilot.pause()
        await ui.press("enter")
        assert isinstance(ui.app.screen, LinkScreen)
        await ui.press("c")
        assert ui.app.clipboard == "https://example.org"


@pytest.mark.parametrize(("act", "call"), [(Act.RETRY, "retry"), (Act.GIVE_UP, "give_up"), (Act.STOP, "stop")])
async def test_what_a_notice_offers_is_done(act: Act, call: str) -> None:
    async with opened("reconnecting") as ui:
        ui.main.post_message(Transcript.Acted(act, Notice(1, NoticeKind.CUT, 990.0)))
        await ui.pilot.pause()
        assert ui.backend.called(call) == [(THREAD,)]


async def test_details_change_nothing_but_what_is_seen() -> None:
    async with opened("reconnecting") as ui:
        before = list(ui.backend.calls)
        ui.main.post_message(Transcript.Acted(Act.DETAILS, Notice(1, NoticeKind.CUT, 990.0)))
        await ui.pilot.pause()
        assert ui.backend.calls == before


# -- copies ---------------------------------------------------------------------------------------------------------------


async def test_a_click_on_an_id_copies_it_whole() -> None:
    async with opened("done") as ui:
        rows = ui.text("#run").splitlines()
        await ui.pilot.click("#run", offset=(16, next(n for n, row in enumerate(rows) if "1ef9b6c4" in row)))
        await ui.pilot.pause()
        assert ui.app.clipboard == RUN
        assert ui.toasts() == ["Copied the run id (36 B)."]


async def test_copy_the_message_and_the_code() -> None:
    async with opened("done") as ui:
        await ui.press("ctrl+y")
        assert ui.app.clipboard.startswith("The Moon pulls")
        await ui.press("alt+y")
        assert ui.app.clipboard.startswith("def range_of")


async def test_ctrl_c_copies_the_selection_or_tells_the_key_that_quits() -> None:
    async with opened("done") as ui:
        await ui.press(*"abc", "ctrl+c")
        assert "Ctrl+Q quits" in ui.toasts()[0]
        await ui.press("shift+home", "ctrl+c")
        assert ui.app.clipboard == "abc"


def test_osc52_and_its_envelope_for_tmux() -> None:
    coded = base64.b64encode("ä\x1b".encode()).decode()
    assert osc52("ä\x1b", tmux=False) == f"\x1b]52;c;{coded}\x07"
    assert osc52("ä\x1b", tmux=True) == f"\x1b]52;c;{coded}\x07\x1bPtmux;\x1b\x1b]52;c;{coded}\x07\x1b\\"


# -- looks ----------------------------------------------------------------------------------------------------------------


async def test_no_color_leaves_no_colour_in_any_cell() -> None:
    async with opened("streaming", color=False) as ui:
        await ui.press("ctrl+t")
        assert any(isinstance(filter_, NoColor) for filter_ in ui.app._filters)
        for strip in ui.app.screen._compositor.render_strips():
            for segment in strip.apply_filter(NoColor(), ui.app.screen.background_colors[1]):
                style = segment.style
                assert style is None or all(c is None or c.is_default for c in (style.color, style.bgcolor))


@pytest.mark.parametrize("state", sorted(STATES))
async def test_ascii_draws_nothing_else_of_its_own(state: str) -> None:
    backend = STATES[state]()
    backend.set_rows(*(row for row in backend.thread_list.rows if row.title.isascii()))
    async with opened(backend, ascii=True, color=False) as ui:
        shown = ui.screen_text().replace("°", "").replace("\xa0", " ")
        assert shown.isascii(), sorted({char for char in shown if not char.isascii()})


# -- the end, and rest ----------------------------------------------------------------------------------------------------


async def test_quitting_keeps_the_draft_and_tells_that_runs_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    backend = STATES["streaming"]()
    app = make(backend)
    async with app.run_test(size=LARGE) as pilot:
        await pilot.pause()
        await pilot.press(*"later", "ctrl+q")
    assert backend.drafts[THREAD] == "later"
    assert capsys.readouterr().err == "A run goes on at the server; the next start shows it.\n"


@pytest.mark.parametrize("screen", ["f1", "ctrl+p"])
async def test_quitting_works_from_every_screen(screen: str) -> None:
    app = make(STATES["done"]())
    async with app.run_test(size=LARGE) as pilot:
        await pilot.pause()
        await pilot.press(screen)
        await pilot.pause()
        await pilot.press("ctrl+q")
    assert app._exit


async def test_an_error_of_our_own_is_a_sentence_without_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "crash.log"
    backend = STATES["done"]()
    app = make(backend, crash_log=str(log))

    def fail(self: Any) -> None:
        key = "sk-very-secret"
        raise ValueError(f"with {key}")

    with pytest.raises(ValueError):
        async with app.run_test(size=LARGE) as pilot:
            await pilot.pause()
            await pilot.press(*"unsent words")
            monkeypatch.setattr(type(app.main), "action_fold", fail)
            await pilot.press("ctrl+o")
            await pilot.pause()
    told = capsys.readouterr().err.replace("\n", "")
    written = log.read_text()
    assert "an error of its own" in told and str(log) in told
    assert "ValueError" in written and "test_screen.py" in written
    assert "sk-very-secret" not in told + written
    assert log.stat().st_mode & 0o777 == 0o600
    assert backend.drafts[THREAD] == "unsent words"


async def test_the_first_frame_comes_before_the_backend_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = STATES["starting"]()
    app = make(backend)
    seen: list[str] = []

    async def start() -> None:
        seen.append("\n".join("".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()))

    monkeypatch.setattr(backend, "start", start)
    async with app.run_test(size=LARGE) as pilot:
        await pilot.pause()
    assert len(seen) == 1 and "Starting the local agent" in seen[0]


async def test_at_rest_no_timer_runs_and_nothing_is_painted() -> None:
    async with opened("done") as ui:
        assert ui.main.frames.at_rest
        assert ui.main.query_one("#threads-list")._beat is None  # type: ignore[attr-defined]
        assert not ui.composer.cursor_blink


async def test_while_a_run_is_on_the_clock_ticks_and_then_rests() -> None:
    async with opened("streaming") as ui:
        assert not ui.main.frames.at_rest
        ui.backend.clock += 3
        ui.main.frames.paint_now()
        assert "15 s" in ui.text("#run")
        ui.backend.set_session(STATES["done"]().sessions[THREAD])
        await ui.pilot.pause()
        assert ui.main.frames.at_rest


async def test_frames_are_shared_by_many_changes() -> None:
    async with opened("streaming", fps=1) as ui:
        painted: list[int] = []
        ui.main.frames._paint = lambda whole: painted.append(1)
        for _ in range(200):
            ui.backend.set_session(talking())
        ui.backend.tell(Change.SESSION, "another thread")
        await ui.pilot.pause()
        assert len(painted) <= 1


async def test_only_lines_that_changed_are_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened("streaming") as ui:
        sidebar = ui.main.query_one("#run", Lines)
        asked: list[int] = []
        monkeypatch.setattr(sidebar, "refresh", lambda *regions, **_: asked.extend(region.y for region in regions))
        ui.backend.clock += 1
        ui.main.frames.paint_now()
        changed = ui.text("#run").splitlines()
        assert {changed[y].split()[0] for y in asked} <= {"elapsed", "tokens", "last"}
        assert 0 < len(asked) < len(changed)


async def test_new_below_is_offered_and_goes_there() -> None:
    async with opened("streaming", SMALL) as ui:

        def grow(text: str) -> None:
            session = ui.backend.session(THREAD)
            asked, answer = session.live
            ui.backend.set_session(replace(session, live=(asked, replace(answer, text=answer.text + text))))

        strip = ui.main.query_one("#below")
        grow("\n\nword" * 40)
        await ui.pilot.pause()
        for go in (lambda: ui.pilot.click("#below", offset=(30, 0)), lambda: ui.press("ctrl+end"), lambda: ui.press("end")):
            await ui.press("pageup")
            assert not ui.main.query_one(Transcript).following
            grow("\n\nmore words")
            await ui.pilot.pause()
            assert strip.display and "New below" in ui.screen_text()
            await go()
            await ui.pilot.pause()
            assert not strip.display
            assert ui.main.query_one(Transcript).following


async def test_a_server_that_cannot_be_used_is_told_once() -> None:
    """Not again as a thread that could not be read."""
    notice = Notice(1, NoticeKind.THREAD, 99.0, None, "", failure=Failure(FailureKind.AUTH, status=401))
    async with opened("done") as ui:
        session = replace(talking(), notices=(notice,))
        ui.backend.set_session(session)
        await ui.pilot.pause()
        assert "could not be read" in ui.screen_text()
        ui.backend.set_server(phase=ServerPhase.FAILED, sentence="The server wants a key.")
        await ui.pilot.pause()
        assert "wants a key" in ui.screen_text()
        assert "could not be read" not in ui.screen_text()
        ui.backend.set_session(replace(session, cursor=Cursor(newest="1-0")))  # a frame of words alone
        await ui.pilot.pause()
        assert "could not be read" not in ui.screen_text()
