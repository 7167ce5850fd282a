"""What the user wrote or read is before him again: drafts of threads never sent, saved threads, messages of a thread that is gone."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from canvas_tui.core.model import (
    Message,
    Notice,
    NoticeKind,
    Outgoing,
    Role,
    RunStatus,
    ServerPhase,
    Session,
    Standing,
    ThreadRow,
    ThreadState,
)
from canvas_tui.core.notices import Act
from canvas_tui.ui.ages import ago
from canvas_tui.ui.widgets.transcript import Transcript

from .driving import Opened, opened
from .fake_backend import FakeBackend
from .fake_canvas import FakeCanvas
from .states import DONE, NOW, QUESTION, STATES, THREAD, WALL, settled

HOUR = 3600.0


def shown(ui: Opened) -> str:
    return ui.screen_text().replace("\u00a0", " ")


def draft(id: str, text: str, age: float) -> ThreadRow:
    return ThreadRow(id, text, WALL - age, draft=True)


def begun() -> FakeBackend:
    """An earlier life has left two threads of which nothing was sent."""
    backend = STATES["empty"]()
    backend.set_rows(*backend.thread_list.rows, draft("d1", "older", 50.0), draft("d2", "newer", 20.0))
    backend.drafts |= {"d1": "older", "d2": "newer words"}
    return backend


async def test_the_newest_thread_that_was_never_sent_is_taken_up_at_the_start() -> None:
    async with opened(begun()) as ui:
        assert (ui.main.thread_id, ui.composer.text) == ("d2", "newer words")
        assert ui.backend.called("open") == [("d2",)]
        await ui.press(*"!", "enter")
        assert ui.backend.called("submit")[0][:2] == ("d2", "newer words!")


async def test_a_thread_that_was_asked_for_goes_before() -> None:
    async with opened(begun(), first_thread="t3") as ui:
        assert (ui.main.thread_id, ui.composer.text) == ("t3", "")


class SlowBackend(FakeBackend):
    """The journal answers only after the user has typed."""

    typed = "first "

    async def start(self) -> None:
        await super().start()
        for listener in self.listeners:
            composer = listener.__self__.composer  # type: ignore[attr-defined]
            composer.insert(self.typed)


async def test_what_is_typed_before_the_journal_has_answered_stays() -> None:
    backend = begun()
    async with opened(SlowBackend(backend.server_state, backend.thread_list, drafts=backend.drafts)) as ui:
        assert ui.composer.text == "first "
        assert ui.main.thread_id not in ("d1", "d2")
        assert ui.backend.drafts["d2"] == "newer words"


# -- reading offline ---------------------------------------------------------------------------------------------------


def away(phase: ServerPhase = ServerPhase.DOWN) -> FakeBackend:
    backend = STATES["done"]()
    backend.server_state = replace(backend.server_state, phase=phase, sentence="Cannot reach it. Trying again …")
    first, *others = backend.thread_list.rows
    first = replace(first, updated=WALL - 2 * HOUR - 5)
    backend.set_rows(first, *others, saved_at=first.updated)
    backend.sessions[THREAD] = replace(settled(), loaded=False, state=ThreadState(exists=False), run=None)
    return backend


@pytest.mark.parametrize("phase", [ServerPhase.DOWN, ServerPhase.FAILED])
async def test_what_was_saved_says_that_it_is_and_since_when(phase: ServerPhase) -> None:
    async with opened(away(phase)) as ui:
        assert "What is shown was saved here 2 h ago." in ui.text("#server")
        assert ui.text("#threads-note").strip() == "Saved here, last 2 h ago"
        assert "two bulges" in ui.screen_text()


async def test_the_servers_own_says_nothing() -> None:
    async with opened("done") as ui:
        assert "saved here" not in ui.screen_text().lower()


async def test_a_notice_about_the_server_does_not_hide_it() -> None:
    backend = away()
    told = Notice(1, NoticeKind.THREAD, NOW - 3)
    backend.sessions[THREAD] = replace(backend.sessions[THREAD], notices=(told,))
    async with opened(backend) as ui:
        assert ui.text("#server") == "What is shown was saved here 2 h ago."


def test_how_long_ago_in_words() -> None:
    now = time.mktime((2026, 9, 15, 12, 0, 0, 0, 0, -1))
    told = [ago(now - gone, now) for gone in (-5.0, 59.0, 130.0, 2 * HOUR + 5, 3 * 24 * HOUR, 400 * 24 * HOUR)]
    assert told == ["a moment ago", "a moment ago", "2 min ago", "2 h ago", "on 12 Sep", "on 11 Aug 2025"]


# -- a thread that is gone ---------------------------------------------------------------------------------------------

UNSENT = Message("h2", Role.HUMAN, "And at the Bay of Fundy?", standing=Standing.UNSENT)


def gone() -> Session:
    told = Notice(1, NoticeKind.GONE, NOW - 3, NOW - 3, "a1")
    return settled(queue=(Outgoing(UNSENT, "s2"),), notices=(told,), state=ThreadState(exists=False))


async def test_a_thread_that_is_gone_offers_a_new_one_with_what_waits() -> None:
    backend = STATES["done"]()
    backend.sessions[THREAD] = gone()
    async with opened(backend) as ui:
        assert "Ctrl+N new thread with it" in shown(ui)
        await ui.press(*"more", "ctrl+n")
        fresh = ui.main.thread_id
        assert fresh != THREAD
        assert ui.composer.text == "And at the Bay of Fundy?\nmore"
        assert ui.backend.drafts[fresh] == "And at the Bay of Fundy?\nmore"
        assert ui.backend.drafts[THREAD] == ""
        assert ui.backend.called("withdraw") == [(THREAD, "h2")]
        assert ui.backend.called("submit") == [], "the user sends it"


async def test_a_click_on_that_does_the_same() -> None:
    backend = STATES["done"]()
    backend.sessions[THREAD] = gone()
    async with opened(backend) as ui:
        ui.main.post_message(Transcript.Acted(Act.ELSEWHERE, backend.sessions[THREAD].notices[0]))
        await ui.pilot.pause()
        assert ui.composer.text == "And at the Bay of Fundy?"


async def test_a_new_thread_takes_nothing_from_one_that_is_there() -> None:
    async with opened("unsent") as ui:
        await ui.press("ctrl+n")
        assert ui.composer.text == ""
        assert ui.backend.called("withdraw") == []


async def test_what_is_taken_back_is_a_draft_at_once() -> None:
    """Killed half a second later it would have been nowhere."""
    async with opened("unsent") as ui:
        await ui.press("alt+z")
        assert ui.composer.text == "And at the Bay of Fundy?"
        assert ui.backend.drafts[THREAD] == "And at the Bay of Fundy?"


# -- once more ---------------------------------------------------------------------------------------------------------


async def test_a_lost_run_offers_the_key_that_sends_it_again() -> None:
    lost = Notice(1, NoticeKind.LOST, NOW - 3, NOW - 3, QUESTION.id)
    backend = STATES["done"]()
    backend.sessions[THREAD] = settled(history=(QUESTION,), notices=(lost,), run=replace(DONE, status=RunStatus.LOST))
    canvas = FakeCanvas()
    async with opened(backend, canvas=canvas) as ui:
        assert "Alt+R send again" in shown(ui)
        await ui.press("alt+r")
        assert canvas.called("regenerate") == [(THREAD,)]
        ui.main.post_message(Transcript.Acted(Act.RESEND, lost))
        await ui.pilot.pause()
        assert len(canvas.called("regenerate")) == 2
