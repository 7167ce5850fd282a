"""The list of threads: opening, searching, renaming, deleting, loading more, at any length."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.content import Content

from canvas_tui.core.model import Session, ThreadRow, ThreadState
from canvas_tui.ui.widgets.lines import Lines
from canvas_tui.ui.widgets.status import Heading
from canvas_tui.ui.widgets.thread_list import ThreadListView
from canvas_tui.ui.widgets.thread_pane import RenameLine, SearchLine

from .driving import SMALL, Opened, opened
from .states import ROWS, STATES, THREAD, WALL


def view(ui: Opened) -> ThreadListView:
    return ui.main.query_one(ThreadListView)


def lines(ui: Opened) -> list[str]:
    shown = view(ui)
    return ["".join(segment.text for segment in shown.render_line(y)).strip() for y in range(shown.size.height)]


async def test_titles_ages_and_marks() -> None:
    async with opened("streaming", (160, 40)) as ui:
        shown = lines(ui)
        assert shown[0].startswith("●") and shown[0].endswith("now")
        assert shown[1].startswith("◆") and shown[1].endswith("3 m")
        assert shown[2].startswith("•")
        assert shown[3].startswith("✗") and shown[3].endswith("2 h")
        assert shown[5].endswith("Sat")
        assert shown[8].endswith("2025")


async def test_a_click_opens_a_thread_and_the_draft_stays_with_its_own() -> None:
    async with opened("streaming") as ui:
        ui.backend.drafts["t3"] = "half a question"
        await ui.press(*"mine")
        await ui.pilot.click("#threads-list", offset=(5, 2))
        await ui.pilot.pause()
        assert ui.main.thread_id == "t3"
        assert ("t3",) in ui.backend.called("open")
        assert ui.backend.drafts[THREAD] == "mine"
        assert ui.composer.text == "half a question"
        assert ui.composer.has_focus


async def test_typing_searches_and_enter_opens_what_is_highlighted() -> None:
    async with opened("streaming") as ui:
        await ui.press("ctrl+t", *"row")
        assert ui.backend.called("search")[-1] == ("row",)
        ui.backend.set_rows(*ROWS[3:6], query="row")
        await ui.pilot.pause()
        await ui.press("down", "enter")
        assert ui.main.thread_id == ROWS[4].id
        assert ui.backend.called("search")[-1] == ("",)


def seeking(ui: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fake finds by title, and no frame comes: keys are faster than frames."""
    every = ui.backend.thread_list.rows

    def search(words: str) -> None:
        rows = tuple(row for row in every if words in row.title)
        ui.backend.thread_list = replace(ui.backend.thread_list, rows=rows, query=words)

    monkeypatch.setattr(ui.backend, "search", search)
    monkeypatch.setattr(ui.main.frames, "ask", lambda: None)


@pytest.mark.parametrize(
    ("keys", "opens"),
    [
        pytest.param((*"number 13", "enter"), "n13", id="enter"),
        pytest.param((*"number 1", "down", "enter"), "n12", id="down"),
        pytest.param((*"number 2", *("backspace",) * 2, "pagedown", "enter"), "n10", id="page"),
    ],
)
async def test_keys_behind_what_is_typed_mean_what_it_finds_before_a_frame_shows_it(
    keys: tuple[str, ...], opens: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened("streaming") as ui:
        ui.backend.set_rows(*(ThreadRow(f"n{n}", f"Thread number {n}", updated=WALL - n) for n in (21, 13, 12, 11, 10)))
        await ui.press("ctrl+t")
        seeking(ui, monkeypatch)
        await ui.burst(*keys)
        assert ui.main.thread_id == opens


async def test_the_thread_that_is_deleted_is_the_first_found_of_what_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened("streaming") as ui:
        ui.backend.set_rows(*(ThreadRow(f"n{n}", f"Thread number {n}", updated=WALL - n) for n in (21, 13, 12)))
        await ui.press("ctrl+t")
        seeking(ui, monkeypatch)
        await ui.burst(*"number 12", "f7")
        assert ui.backend.called("delete") == [("n12",)]


async def test_at_80_columns_the_threads_open_over_the_conversation_and_close_again() -> None:
    async with opened("streaming", SMALL) as ui:
        assert not ui.main.panes.shown("threads")
        wide = ui.main.query_one("#transcript").region.width
        await ui.press("ctrl+t")
        assert ui.main.panes.shown("threads")
        assert ui.main.query_one("#transcript").region.width == wide
        await ui.press("down", "enter")
        assert ui.main.thread_id == "t2"
        assert not ui.main.panes.shown("threads")


async def test_a_new_thread_once() -> None:
    async with opened("done") as ui:
        await ui.press("ctrl+n")
        fresh = ui.main.thread_id
        assert fresh != THREAD
        await ui.press("ctrl+n")
        assert ui.main.thread_id == fresh


async def test_the_thread_above_and_below() -> None:
    async with opened("done") as ui:
        await ui.press("ctrl+pagedown", "ctrl+pagedown")
        assert ui.main.thread_id == "t3"
        await ui.press("ctrl+pageup")
        assert ui.main.thread_id == "t2"


async def test_rename_in_a_line_and_escape_leaves_it() -> None:
    async with opened("done") as ui:
        await ui.press("f2", "escape")
        assert ui.backend.called("rename") == []
        await ui.press("f2", "end", *" now", "enter")
        assert ui.backend.called("rename") == [(THREAD, "Tides in the North Sea now")]
        assert ui.composer.has_focus


async def test_rename_what_is_highlighted_at_80_columns() -> None:
    async with opened("done", SMALL) as ui:
        await ui.press("ctrl+t", "down", "f2", "home", *"My ", "enter")
        assert ui.backend.called("rename") == [("t2", "My A letter to the harbour office")]
        assert not ui.main.panes.shown("threads")


async def test_delete_tells_the_key_that_brings_it_back() -> None:
    async with opened("done") as ui:
        await ui.press("f7")
        assert ui.backend.called("delete") == [(THREAD,)]
        assert ui.toasts() == ["Deleted Tides in the North Sea. F9 brings it back."]
        assert ui.main.thread_id == "t2"
        assert "F9" in ui.text("#threads-note")
        await ui.press("f9")
        assert ui.backend.called("undo_delete") == [()]
        assert ui.main.thread_id == THREAD


async def test_the_neighbour_of_a_deleted_thread_is_opened() -> None:
    async with opened("done") as ui:
        await ui.press("ctrl+pagedown", "ctrl+pagedown", "f7")
        assert ui.backend.called("delete") == [("t3",)]
        assert ui.main.thread_id == "t4"


async def test_the_highlight_goes_to_the_neighbour_of_a_deleted_thread() -> None:
    async with opened("done") as ui:
        await ui.press("ctrl+t", "down", "down", "f7")
        ui.backend.set_rows(*(row for row in ROWS if row.id != "t3"))
        await ui.pilot.pause()
        assert (chosen := view(ui).chosen) is not None and chosen.id == "t4"


async def test_the_keys_of_the_list_are_told_while_it_is_walked() -> None:
    async with opened("done", SMALL) as ui:
        assert "F7" not in ui.text("#status")
        await ui.press("ctrl+t")
        assert "Enter opens  Esc back  F2 rename  F7 delete" in ui.text("#status")
        await ui.press("escape")
        assert "F7" not in ui.text("#status")


async def test_the_offer_to_bring_a_thread_back_goes_when_it_is_taken() -> None:
    async with opened("done") as ui:
        await ui.press("f7")
        assert ui.toasts()
        await ui.press("f9")
        assert not ui.toasts()


async def test_delete_the_only_thread_begins_a_new_one() -> None:
    backend = STATES["done"]()
    backend.set_rows(ROWS[0])
    async with opened(backend) as ui:
        await ui.press("f7")
        assert ui.main.thread_id.startswith("00000000")


async def test_older_threads_are_asked_for_once_near_the_end() -> None:
    backend = STATES["empty"]()
    backend.set_rows(*(ThreadRow(f"n{n}", f"Thread {n}", WALL - n * 60) for n in range(100)), more=True)
    async with opened(backend) as ui:
        assert backend.called("more_threads") == []
        await ui.press("ctrl+t", *["pagedown"] * 4)
        assert backend.called("more_threads") == [()]
        assert view(ui).scroll_offset.y > 0
        backend.set_rows(*backend.thread_list.rows, *(ThreadRow(f"o{n}", "Old", WALL - 9e6) for n in range(100)), more=True)
        await ui.pilot.pause()
        await ui.press(*["pagedown"] * 5)
        assert backend.called("more_threads") == [(), ()]


async def test_ten_thousand_threads_draw_only_what_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = STATES["empty"]()
    backend.set_rows(*(ThreadRow(f"n{n}", f"Thread {n}", WALL - n * 60) for n in range(10_000)))
    async with opened(backend) as ui:
        drawn: list[str] = []
        content = ThreadListView._content

        def note(self: ThreadListView, row: ThreadRow, width: int) -> Content:
            drawn.append(row.id)
            return content(self, row, width)

        monkeypatch.setattr(ThreadListView, "_content", note)
        backend.set_rows(replace(backend.thread_list.rows[3], unread=True), *backend.thread_list.rows[1:])
        await ui.pilot.pause()
        assert 0 < len(drawn) <= 2


async def test_the_running_mark_turns_only_while_something_runs() -> None:
    backend = STATES["streaming"]()
    async with opened(backend) as ui:
        shown = view(ui)
        shown._moving = True
        backend.set_rows(*ROWS, query="x")
        await ui.pilot.pause()
        assert shown._beat is not None
        before = lines(ui)[0]
        shown._turn()
        assert lines(ui)[0] != before
        backend.set_rows(*ROWS[1:])
        await ui.pilot.pause()
        assert shown._beat is None


async def test_a_problem_with_the_list_is_told() -> None:
    async with opened("empty") as ui:
        ui.backend.set_rows(problem="The list could not be read; it is tried again.")
        await ui.pilot.pause()
        assert "could not be read" in ui.text("#threads-note")


async def test_search_keeps_the_focus_while_the_list_changes() -> None:
    async with opened("streaming") as ui:
        await ui.press("ctrl+t", "down", "down")
        ui.backend.set_rows(ROWS[2], ROWS[0], ROWS[1])
        await ui.pilot.pause()
        assert isinstance(ui.app.focused, SearchLine)
        chosen = view(ui).chosen
        assert chosen is not None and chosen.id == ROWS[2].id


async def test_the_open_thread_keeps_its_title_while_the_search_hides_it() -> None:
    async with opened("streaming") as ui:
        ui.backend.set_rows(query="zebra", opened=replace(ROWS[0], id=THREAD, title="Hidden but open"))
        await ui.pilot.pause()
        assert "Hidden but open" in str(ui.main.query_one(Heading).lines[0])
        await ui.press("f2")
        assert ui.main.query_one(RenameLine).value == "Hidden but open"
        assert "Enter renames" in str(ui.main.query_one("#threads-note", Lines).lines[0])
        await ui.press("escape")
        assert not ui.main.query_one(RenameLine).display
        assert "Enter renames" not in str(ui.main.query_one("#threads-note", Lines).lines[0])


async def test_a_thread_that_the_server_does_not_know_is_told() -> None:
    strange = Session("not-there", loaded=True, state=ThreadState(exists=False))
    backend = STATES["empty"]()
    backend.sessions["not-there"] = strange
    async with opened(backend, first_thread="not-there") as ui:
        assert "does not know this thread" in ui.screen_text()
    async with opened("empty") as ui:
        assert "does not know this thread" not in ui.screen_text()


async def test_ctrl_z_undoes_in_a_text_and_elsewhere_goes_to_the_shell_where_there_is_one() -> None:
    async with opened("streaming") as ui:
        await ui.press("a", "ctrl+z")
        assert ui.composer.text == "" and ui.toasts() == []
        await ui.press("ctrl+t", "ctrl+z")
        assert ui.toasts() == ["There is no shell here to go back to."]
