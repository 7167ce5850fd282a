"""While an answer goes on its words are painted with each frame; what stands beside them five times a second, or where it is another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from canvas_tui.core.model import RunStatus, Session
from canvas_tui.core.ports import Change
from canvas_tui.ui.screens.main import BESIDE_WORDS

from .driving import LARGE, Opened, opened
from .states import PART, QUESTION, RUNNING, THREAD, talking
from .transcript.driving import until


def longer(word: str, tokens: int, **run: Any) -> Session:
    """The same answer, a word further."""
    return talking(live=(QUESTION, replace(PART, text=f"{PART.text}\n\n{word}")), run=replace(RUNNING, tokens=tokens, **run))


def painted(ui: Opened, session: Session) -> tuple[str, str]:
    """A frame for what came: the screen, and the sidebar."""
    ui.backend.set_session(session)
    ui.main.frames.paint_now()
    return ui.screen_text(), ui.text("#run")


async def test_words_come_with_each_frame_and_numbers_five_times_a_second() -> None:
    async with opened("streaming", size=LARGE) as ui:
        assert "412 " in ui.text("#run")
        screen, run = painted(ui, longer("Further", 413))
        assert "Further" in screen and "412 " in run
        ui.backend.clock += BESIDE_WORDS
        screen, run = painted(ui, longer("Further on", 414))
        assert "Further on" in screen and "414 " in run


@pytest.mark.parametrize("other", [{"node": "planner"}, {"status": RunStatus.PENDING}, {"stopped": True}, {"reconnects": 2}])
async def test_another_state_of_the_run_is_painted_with_its_words(other: dict[str, Any]) -> None:
    async with opened("streaming", size=LARGE) as ui:
        _, run = painted(ui, longer("Further", 413, **other))
        assert "413 " in run


async def test_what_is_asked_for_beside_an_answer_is_painted_with_it() -> None:
    async with opened("streaming", size=LARGE) as ui:
        ui.main.frames.ask()
        assert "413 " in painted(ui, longer("Further", 413))[1]


async def test_a_frame_is_brought_to_the_terminal_in_its_own_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened("streaming", size=LARGE) as ui:
        shown: list[object] = []
        monkeypatch.setattr(ui.app, "_display", lambda screen, update: shown.append(update))
        monkeypatch.setattr(ui.main.frames, "_clock", lambda: 0.0)  # however slow this machine is, it does not take long
        painted(ui, longer("Further", 413))
        assert len(shown) == 1 and shown[0] is not None


async def test_where_a_layout_is_asked_for_too_that_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened("streaming", size=LARGE) as ui:
        shown: list[object] = []
        monkeypatch.setattr(ui.app, "_display", lambda screen, update: shown.append(update))
        monkeypatch.setattr(ui.main.frames, "_clock", lambda: 0.0)
        ui.main.query_one("#status").refresh(layout=True)
        painted(ui, longer("Further", 413))
        assert not shown
        await until(ui.pilot, lambda: bool(shown))


async def test_news_of_what_a_frame_has_shown_asks_for_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a frame follows at once, the news of what it was made from may come behind it."""
    async with opened("streaming", size=LARGE) as ui:
        asked: list[dict[str, bool]] = []
        for session in (longer("Further", 413), longer("Further on", 414)):  # a whole frame, one of words alone
            ui.backend.sessions[THREAD] = session
            ui.main.frames.paint_now()
            ui.main.frames.ask(words=True)
            monkeypatch.setattr(ui.main.frames, "ask", lambda **how: asked.append(how))
            ui.backend.tell(Change.SESSION, THREAD)
            assert not asked
            monkeypatch.undo()
        monkeypatch.setattr(ui.main.frames, "ask", lambda **how: asked.append(how))
        ui.backend.set_session(longer("And more", 415))
        assert asked == [{"words": True}]
