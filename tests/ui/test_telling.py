"""What the screen says, when, and where: toasts, the wait for an answer, the footer, the find bar, the welcome, the list."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.widgets._toast import Toast

from canvas_tui.core.artifact import Draft, Version
from canvas_tui.core.model import Message, Role, RunStatus, Standing
from canvas_tui.core.writing import Writing
from canvas_tui.ui.widgets.find_bar import FindBar

from .canvas_driving import WIDE, canvas_opened, press
from .driving import LARGE, SMALL, Opened, opened
from .states import NOW, QUESTION, RUNNING, THREAD, settled, talking

# -- toasts ---------------------------------------------------------------------------------------------------------------


async def test_a_sentence_that_stands_is_not_said_again_and_two_stand_at_most() -> None:
    async with opened("done") as ui:
        for text in ("one", "two", "two", "three", "three"):
            ui.app.say(text)
        await ui.pilot.pause()
        assert ui.toasts() == ["two", "three"]


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_sentences_stand_where_nothing_is_written_or_offered(size: tuple[int, int]) -> None:
    async with opened("continue", size) as ui:
        ui.app.say("A sentence that is as long as the longest ones that are said on this screen, so that it takes two lines.")
        ui.app.say("Another one.", warning=True)
        await ui.pilot.pause()
        await ui.pilot.pause()
        toasts = [toast.region for toast in ui.app.screen.query(Toast)]
        assert len(toasts) == 2 and all(region.area and region.right <= size[0] for region in toasts)
        lowest = max(region.bottom for region in toasts)
        assert lowest <= min(ui.main.query_one(name).region.y for name in ("#question", "#composer"))


async def test_esc_takes_the_sentences_away_first() -> None:
    async with opened("done") as ui:
        await ui.press("ctrl+f")
        ui.app.say("one")
        await ui.pilot.pause()
        await ui.press("escape")
        assert ui.toasts() == [] and ui.main.query_one(FindBar).display
        await ui.press("escape")
        assert not ui.main.query_one(FindBar).display


async def test_no_sentence_keeps_a_run_from_being_stopped() -> None:
    async with opened("streaming") as ui:
        ui.app.say("one")
        await ui.pilot.pause()
        await ui.press("escape")
        assert ui.toasts() == [] and ui.backend.called("stop") == [(THREAD,)]


# -- waiting for the first word -------------------------------------------------------------------------------------------

SENT = talking(live=(QUESTION,), run=replace(RUNNING, first_token_at=None, tokens=0, node="", started_at=NOW))


def transcript(ui: Opened) -> str:
    return "\n".join(line.text for _, line in ui.main.transcript.in_view if line is not None)


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_a_message_is_not_left_without_a_word(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened("done", size) as ui:
        ui.backend.clock = NOW + 1
        ui.backend.set_session(SENT)
        await ui.pilot.pause()
        assert "Working" not in transcript(ui)
        ui.backend.clock = NOW + 4.2
        assert ui.main.paint() == pytest.approx(1.0)  # no sooner again
        assert "Working, 4 s  Esc stop" in transcript(ui)
        drawn: list[object] = []
        monkeypatch.setattr(ui.main.transcript, "refresh", lambda *regions, **_: drawn.extend(regions))
        ui.backend.clock = NOW + 4.8
        ui.main.paint()
        assert drawn == []
        ui.backend.clock = NOW + 5.3
        ui.main.paint()
        assert len(drawn) == 1
        answer = Message("a1", Role.AI, "The", standing=Standing.WRITING)
        ui.backend.set_session(replace(SENT, live=(QUESTION, answer), run=replace(RUNNING, first_token_at=NOW + 5.4)))
        await ui.pilot.pause()
        assert "Working" not in transcript(ui)


async def test_it_counts_until_the_version_that_is_written_shows() -> None:
    """The call's name and the title are tokens too, and stand nowhere."""
    begun = replace(SENT, run=replace(RUNNING, first_token_at=NOW + 1, tokens=3, started_at=NOW), writing=Writing("generateArtifact"))
    async with opened("done") as ui:
        ui.backend.clock = NOW + 4.2
        ui.backend.set_session(begun)
        await ui.pilot.pause()
        assert "Working, 4 s  Esc stop" in transcript(ui)
        ui.backend.set_session(replace(begun, draft=Draft(Version(1, title="Tea", text="Leaves"), grown=6)))
        await ui.pilot.pause()
        assert "Working" not in transcript(ui)


async def test_at_rest_and_after_a_stop_nothing_is_counted() -> None:
    async with opened("done") as ui:
        ui.backend.clock = NOW + 60
        ui.backend.set_session(replace(SENT, run=replace(SENT.run, stopped=True)))  # type: ignore[type-var]
        await ui.pilot.pause()
        assert "Working" not in transcript(ui)
        ui.backend.set_session(settled(history=(QUESTION,), run=replace(RUNNING, status=RunStatus.SUCCESS, first_token_at=None)))
        await ui.pilot.pause()
        assert "Working" not in transcript(ui) and ui.main.paint() is None


# -- the footer, the find bar, the welcome, the list -------------------------------------------------------------------------


async def test_the_way_out_is_told_on_a_small_screen() -> None:
    async with opened("done", SMALL) as ui:
        assert "Ctrl+Q quit" in ui.text("#status")


async def test_the_footer_tells_what_an_editor_and_a_comparison_need() -> None:
    async with canvas_opened("versions", WIDE) as ui:
        await press(ui, "alt+e")
        assert "Ctrl+S save  Esc leaves" in ui.text("#status") and "Alt+E edit" not in ui.text("#status")
        await press(ui, "escape", "alt+d")
        assert "Alt+D side by side" in ui.text("#status")
        await press(ui, "alt+d")
        assert "Alt+D read" in ui.text("#status")
        await press(ui, "alt+d")
        assert "Alt+D compare" in ui.text("#status")


async def test_the_find_bar_tells_where_one_is_and_leaves_room_for_what_is_looked_for() -> None:
    async with opened("done") as ui:
        ui.backend.set_session(settled(history=(Message("h", Role.HUMAN, "tea"), Message("a", Role.AI, "tea and\n\ntea"))))
        await ui.press("ctrl+f", *"tea")
        seen = []
        for _ in range(3):
            seen.append(ui.text("#find-count").split()[0])
            await ui.press("enter")
        assert seen == ["3/3", "2/3", "1/3"]
        assert ui.main.query_one("#find-line").region.width >= 36
        await ui.press("x")
        assert ui.text("#find-count").startswith("nothing found")


@pytest.mark.parametrize("key", ["ctrl+n", "ctrl+pagedown"])
async def test_the_find_bar_stays_with_its_thread(key: str) -> None:
    async with opened("done") as ui:
        await ui.press("ctrl+f", *"tea")
        await ui.press(key)
        assert ui.main.thread_id != THREAD
        assert not ui.main.query_one(FindBar).display and ui.composer.has_focus


@pytest.mark.parametrize(("keys", "told"), [({}, "Ctrl+J"), ({"composer.newline": "shift+enter"}, "Shift+Enter")])
async def test_the_welcome_promises_a_key_that_every_terminal_tells_apart(keys: dict[str, str], told: str) -> None:
    async with opened("empty", keys=keys) as ui:
        assert f"{told}  a new line" in ui.text("#welcome")


async def test_a_thread_with_nothing_in_it_is_no_draft() -> None:
    async with opened("done") as ui:
        row = replace(ui.backend.thread_list.rows[0], title="New thread", draft=True)
        ui.backend.set_rows(row, replace(row, id="d2", title="What is typed", draft=True))
        await ui.pilot.pause()
        told = [line for line in ui.screen_text().splitlines() if line.lstrip().startswith(("New thread", "What is typed"))]
        list_width = ui.main.query_one("#threads").region.width
        assert ["draft" in line[:list_width] for line in told[:2]] == [False, True]
