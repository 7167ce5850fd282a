"""Writing, sending, answering, stopping: each key and what it asks of the backend."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace

import pytest
from textual import events

from canvas_tui.core.inputs import WhenBusy
from canvas_tui.core.model import Interrupt, Link, Message, Outgoing, Role, ServerPhase, Standing
from canvas_tui.ui import pasted
from canvas_tui.ui.widgets import composer as composer_module
from canvas_tui.ui.widgets.transcript import Transcript

from .driving import SMALL, Opened, opened
from .states import THREAD, settled, talking


async def test_enter_sends_the_exact_text_and_empties_the_composer() -> None:
    async with opened("done") as ui:
        await ui.press(*"hi [b]", "enter")
        assert ui.backend.called("submit") == [(THREAD, "hi [b]", WhenBusy.QUEUE)]
        assert ui.composer.text == ""
        assert ui.backend.drafts[THREAD] == ""


async def test_enter_with_nothing_typed_sends_nothing() -> None:
    async with opened("done") as ui:
        await ui.press("enter", "space", "enter")
        assert ui.backend.called("submit") == []


@pytest.mark.parametrize("key", ["shift+enter", "alt+enter", "ctrl+j"])
async def test_a_new_line_by_every_key(key: str) -> None:
    async with opened("done") as ui:
        await ui.press("a", key, "b", "enter")
        assert ui.backend.called("submit")[0][1] == "a\nb"


async def test_a_trailing_backslash_makes_a_line() -> None:
    async with opened("done") as ui:
        await ui.press("a", "backslash", "enter", "b", "enter")
        assert ui.backend.called("submit")[0][1] == "a\nb"


async def test_the_composer_grows_and_stops_growing() -> None:
    async with opened("done") as ui:
        low = ui.composer.region.height
        await ui.press("ctrl+j", "ctrl+j")
        assert ui.composer.region.height == low + 2
        await ui.write("\n" * 30)
        assert ui.composer.region.height == 10


async def test_up_and_down_walk_the_prompts_and_come_back_to_what_was_typed() -> None:
    async with opened("done") as ui:
        ui.backend.history = ["newest", "two\nlines"]
        await ui.press(*"now", "up")
        assert ui.composer.text == "newest"
        await ui.press("up")
        assert ui.composer.text == "two\nlines"
        await ui.press("up")
        assert ui.composer.text == "two\nlines"
        await ui.press("down", "down")
        assert ui.composer.text == "newest"
        await ui.press("down")
        assert ui.composer.text == "now"


async def test_up_inside_several_lines_moves_the_cursor() -> None:
    async with opened("done") as ui:
        ui.backend.history = ["old"]
        await ui.press("a", "ctrl+j", "b", "up")
        assert ui.composer.text == "a\nb"
        assert ui.composer.cursor_location[0] == 0


async def test_up_takes_a_waiting_message_back_first() -> None:
    async with opened("queued") as ui:
        ui.backend.history = ["old"]
        await ui.press("up")
        assert ui.composer.text == "And at the Bay of Fundy?"
        assert ui.backend.session(THREAD).queue == ()


async def test_a_paste_is_one_message_with_its_lines() -> None:
    async with opened("done") as ui:
        ui.composer.post_message(events.Paste("one\r\ntwo\rthree\n"))
        await ui.pilot.pause()
        assert ui.backend.called("submit") == []
        await ui.press("enter")
        assert ui.backend.called("submit")[0][1] == "one\ntwo\nthree\n"


async def test_a_big_paste_stands_for_itself_and_is_sent_whole() -> None:
    text = "line of text\n" * 10_000
    async with opened("done") as ui:
        await ui.write("see ")
        ui.composer.post_message(events.Paste(text))
        await ui.pilot.pause()
        assert ui.composer.text == "see [pasted 1: 130.0 kB, 10001 lines]"
        await ui.press("enter")
        assert ui.backend.called("submit")[0][1] == "see " + text


async def test_ten_megabytes_are_refused_with_a_sentence_and_the_text_stays() -> None:
    async with opened("done") as ui:
        await ui.write("mine")
        ui.composer.post_message(events.Paste("x" * 10_000_000))
        await ui.pilot.pause()
        assert ui.composer.text == "mine"
        assert ui.toasts() == ["The pasted text is 10.0 MB; a message holds 1.0 MB. Nothing was put in."]


def test_a_stand_in_that_looks_like_another_is_kept_apart() -> None:
    kept = pasted.Pasted()
    first, second = kept.stand_in("a" * 30_000), kept.stand_in("b" * 30_000)
    assert kept.expand(second + first) == "b" * 30_000 + "a" * 30_000


async def test_hostile_text_in_the_composer_is_shown_and_sent_as_it_came() -> None:
    hostile = "\x1b]52;c;UFdORUQ=\x1b\\ \u202eabc \x9b31m"
    async with opened("done") as ui:
        ui.composer.post_message(events.Paste(hostile))
        await ui.pilot.pause()
        shown = ui.screen_text()
        assert not any(char in shown for char in "\x1b\x9b\u202e")
        assert "␛]52" in shown
        await ui.press("enter")
        assert ui.backend.called("submit")[0][1] == hostile


async def test_the_draft_is_kept_when_typing_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composer_module, "DRAFT_AFTER", 0.001)
    async with opened("done") as ui:
        await ui.press(*"half a th")
        for _ in range(100):
            if ui.backend.drafts.get(THREAD) == "half a th":
                return
            await ui.pilot.pause()
        raise AssertionError(ui.backend.drafts)


async def test_when_busy_is_chosen_by_key_shown_and_kept() -> None:
    async with opened("streaming") as ui:
        assert "Enter queues" in str(ui.composer.border_subtitle)
        await ui.press("alt+q")
        assert "interrupts" in str(ui.composer.border_subtitle)
        assert ui.preferences.kept["when_busy"] == "interrupt"
        await ui.press("x", "enter")
        assert ui.backend.called("submit") == [(THREAD, "x", WhenBusy.INTERRUPT)]


# -- the run ------------------------------------------------------------------------------------------------------------


async def test_escape_stops_the_run_once() -> None:
    async with opened("streaming") as ui:
        await ui.press("escape")
        assert ui.backend.called("stop") == [(THREAD,)]
        session = ui.backend.session(THREAD)
        assert session.run is not None
        ui.backend.set_session(replace(session, run=replace(session.run, stopped=True)))
        await ui.press("escape", "escape")
        assert ui.backend.called("stop") == [(THREAD,)]


async def test_escape_closes_what_is_open_before_it_stops() -> None:
    async with opened("streaming", SMALL) as ui:
        await ui.press("ctrl+f", "escape")
        assert ui.composer.has_focus
        await ui.press("f4")
        assert ui.main.panes.shown("run")
        await ui.press("escape")
        assert not ui.main.panes.shown("run")
        await ui.press("ctrl+t", *"abc", "escape", "escape")
        assert not ui.main.panes.shown("threads")
        assert ui.backend.called("stop") == []
        await ui.press("escape")
        assert ui.backend.called("stop") == [(THREAD,)]


async def test_escape_stops_at_once_while_the_conversation_has_the_focus() -> None:
    async with opened("streaming") as ui:
        ui.main.query_one("#transcript").focus()
        await ui.press("escape")
        assert ui.backend.called("stop") == [(THREAD,)]


async def test_escape_at_rest_does_nothing() -> None:
    async with opened("done") as ui:
        await ui.press("escape", "escape")
        assert ui.backend.called("stop") == []


@pytest.mark.parametrize(("state", "call"), [("continue", "proceed"), ("unsent", "retry"), ("cannot-start", "retry_server")])
@pytest.mark.parametrize("key", ["enter", "ctrl+r"])
async def test_enter_with_nothing_typed_and_ctrl_r_do_what_is_offered(state: str, call: str, key: str) -> None:
    async with opened(state) as ui:
        await ui.press(key)
        assert len(ui.backend.called(call)) == 1


async def test_notices_tell_the_keys_that_help_and_the_users_own() -> None:
    def shown(ui: Opened) -> str:
        view = ui.main.query_one(Transcript)
        return " ".join(" ".join(segment.text for segment in view.render_line(y)) for y in range(view.size.height)).replace("\u00a0", " ")

    async with opened("reconnecting") as ui:
        assert all(words in shown(ui) for words in ("Ctrl+R try again", "Alt+G give up", "F8 why?"))
    async with opened("reconnecting", keys={"run.again": "f6", "run.give_up": ""}) as ui:
        assert "F6 try again" in shown(ui)
        assert "  give up" in shown(ui)
    async with opened("continue") as ui:
        assert "continue" not in shown(ui)  # it stands over the composer


async def test_ctrl_r_says_so_where_there_is_nothing_to_try() -> None:
    async with opened("empty") as ui:
        await ui.press("ctrl+r")
        assert ui.toasts() == ["There is nothing to try again."]


async def test_ctrl_r_does_not_wait_for_the_backoff() -> None:
    async with opened("reconnecting") as ui:
        await ui.press("enter")
        assert ui.backend.called("retry") == []
        await ui.press("ctrl+r", "alt+g")
        assert ui.backend.called("retry") == [(THREAD,)]
        assert ui.backend.called("give_up") == [(THREAD,)]


async def test_typing_works_while_the_agent_starts_and_is_sent_to_the_queue() -> None:
    async with opened("starting") as ui:
        assert "Starting the local agent" in ui.text("#server")
        ui.backend.set_server(sentence="starting the local agent (tiny)")
        await ui.pilot.pause()
        assert ui.text("#server").splitlines()[0] == "Starting the local agent (tiny)"
        assert ui.text("#server").lower().count("starting the local agent") == 1
        await ui.press(*"early", "enter")
        assert ui.backend.called("submit")[0][1] == "early"
        ui.backend.set_server(phase=ServerPhase.UP)
        await ui.pilot.pause()
        assert not ui.main.query_one("#server").display


async def test_a_failed_start_shows_the_logs_last_lines() -> None:
    async with opened("cannot-start", SMALL) as ui:
        shown = ui.text("#server")
        assert "port 40123" in shown
        assert "Address already in use" in shown
        assert "agent.log" in shown
        await ui.press("x", "enter")
        assert ui.backend.called("submit")[0][1] == "x"
        assert ui.backend.called("retry_server") == [()]


# -- questions ------------------------------------------------------------------------------------------------------------


async def test_a_number_chooses_an_answer() -> None:
    async with opened("question") as ui:
        await ui.press("2")
        assert ui.backend.called("answer") == [(THREAD, (("i1", "Show it to me first"),))]
        assert ui.composer.text == ""


async def test_a_click_chooses_an_answer() -> None:
    async with opened("question") as ui:
        await ui.pilot.click("#question-choices", offset=(4, 2))
        await ui.pilot.pause()
        assert ui.backend.called("answer") == [(THREAD, (("i1", "Throw it away"),))]


async def test_typed_text_answers() -> None:
    async with opened("question") as ui:
        await ui.press(*"burn 2 of it", "enter")
        assert ui.backend.called("answer") == [(THREAD, (("i1", "burn 2 of it"),))]
        assert ui.backend.called("submit") == []


async def test_several_questions_come_one_after_another() -> None:
    asked = (Interrupt("i1", "Name?"), Interrupt("i2", {"question": "Sure?", "options": [{"label": "Yes", "value": True}, "No"]}))
    async with opened("done") as ui:
        ui.backend.set_session(settled(interrupts=asked))
        await ui.pilot.pause()
        assert "1 of 2" in ui.text("#question-prompt")
        await ui.press(*"Ada", "enter")
        assert ui.backend.called("answer") == []
        assert "2 of 2" in ui.text("#question-prompt")
        await ui.press("1")
        assert ui.backend.called("answer") == [(THREAD, (("i1", "Ada"), ("i2", True)))]


async def test_an_edited_answer_starts_from_the_arguments_and_must_be_json() -> None:
    value = {
        "action_requests": [{"name": "mail", "args": {"to": "a"}}],
        "review_configs": [{"action_name": "mail", "allowed_decisions": ["edit"]}],
    }
    async with opened("done") as ui:
        ui.backend.set_session(settled(interrupts=(Interrupt("i1", value),)))
        await ui.pilot.pause()
        await ui.press("1")
        assert ui.composer.text == '{\n  "to": "a"\n}'
        await ui.press("x", "enter")
        assert "not valid JSON" in ui.toasts()[0]
        assert ui.composer.text.endswith("x")
        await ui.press("backspace", "enter")
        decision = {"type": "edit", "edited_action": {"name": "mail", "args": {"to": "a"}}}
        assert ui.backend.called("answer") == [(THREAD, (("i1", {"decisions": [decision]}),))]


async def test_escape_leaves_a_choice_that_waits_for_text() -> None:
    value = {
        "action_request": {"action": "mail", "args": {}},
        "config": {"allow_respond": True, "allow_ignore": True},
        "description": "Mail it?",
    }
    async with opened("done") as ui:
        ui.backend.set_session(settled(interrupts=(Interrupt("i1", value),)))
        await ui.pilot.pause()
        await ui.press("1")
        assert "your response" in ui.text("#question-choices")
        await ui.press("escape", "2")
        assert ui.backend.called("answer") == [(THREAD, (("i1", [{"type": "ignore", "args": None}]),))]


async def test_the_panel_goes_when_the_run_goes_on() -> None:
    async with opened("question") as ui:
        assert ui.main.query_one("#question").display
        ui.backend.set_session(talking())
        await ui.pilot.pause()
        assert not ui.main.query_one("#question").display


async def test_continue_can_be_clicked() -> None:
    async with opened("continue") as ui:
        await ui.pilot.click("#question-choices", offset=(4, 0))
        await ui.pilot.pause()
        assert ui.backend.called("proceed") == [(THREAD,)]


# -- the editor -----------------------------------------------------------------------------------------------------------


async def test_the_editor_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "/nowhere/to/be/found")
    async with opened("done") as ui:
        monkeypatch.setattr(type(ui.app), "suspend", lambda app: nullcontext())
        await ui.press(*"kept", "ctrl+g")
        await ui.app.workers.wait_for_complete()
        await ui.pilot.pause()
        assert ui.composer.text == "kept"
        assert "could not be started" in ui.toasts()[0]


async def test_the_editor_gives_its_text_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "sh -c 'printf more >> \"$0\"'")
    async with opened("done") as ui:
        monkeypatch.setattr(type(ui.app), "suspend", lambda app: nullcontext())
        await ui.press(*"some ", "ctrl+g")
        await ui.app.workers.wait_for_complete()
        await ui.pilot.pause()
        assert ui.composer.text == "some more"


async def test_a_server_that_is_away_is_told_once_where_the_answer_stopped() -> None:
    async with opened("reconnecting") as ui:
        ui.backend.set_server(phase=ServerPhase.DOWN, sentence="Cannot reach 127.0.0.1:2024 (connection refused). Trying again …")
        await ui.pilot.pause()
        assert ui.screen_text().lower().count("cannot reach") == 1
    async with opened("done") as ui:
        ui.backend.set_server(phase=ServerPhase.DOWN, sentence="Cannot reach 127.0.0.1:2024 (connection refused). Trying again …")
        await ui.pilot.pause()
        assert ui.screen_text().lower().count("cannot reach") == 1


async def test_a_message_that_is_stopped_before_it_has_left_is_a_draft_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened("streaming") as ui:
        session = ui.backend.session(THREAD)
        unsent = Outgoing(Message("m9", Role.HUMAN, "not yet", standing=Standing.UNSENT), "s9")

        def stop(thread_id: str) -> None:
            ui.backend.set_session(replace(session, link=Link(), run=None, queue=(unsent,)))

        monkeypatch.setattr(ui.backend, "stop", stop)
        await ui.press("escape")
        assert ui.composer.whole == "not yet"
        assert ui.backend.session(THREAD).queue == ()
