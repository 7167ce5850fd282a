"""What the user reads, and when it changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from canvas_tui.core import inputs as i
from canvas_tui.core.model import Failure, FailureKind, Notice, NoticeKind, RunInfo, RunStatus, ThreadState, ToolCall
from canvas_tui.core.notices import Act, Level, next_change, run_words, seconds, words
from canvas_tui.core.troubles import describe, explain
from tests.core.desk import CUT, Desk, answer, started


def said(desk: Desk) -> str:
    return words(desk.session.notices[-1], desk.session, desk.now).text


def test_a_cut_counts_up_while_it_lasts_and_leaves_a_quiet_line() -> None:
    desk = started()
    desk.do(i.Disconnected(1, CUT))
    assert said(desk) == "The connection was cut after 2 tokens, 0 s ago; asking the server about the run."
    desk.do(i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
    desk.until_due()
    desk.now += 3.2
    desk.do(i.Connected(2))
    desk.event(i.Chunk("a1", "two "), "12-0")
    last = words(desk.session.notices[-1], desk.session, desk.now)
    assert last.text == "Cut off for 3 s after 2 tokens; resumed, nothing lost."
    assert last.level is Level.QUIET


def test_nothing_is_said_to_be_kept_where_the_run_begins_anew() -> None:
    """Seen: "it is back, nothing lost", and below it that the partial answer is void."""
    desk = started()
    away = Notice(1, NoticeKind.UNREACHABLE, 1.0, 3.0, tokens=636)
    anew = Notice(2, NoticeKind.RESTARTED, 3.1, 3.1, tokens=636)
    later = Notice(3, NoticeKind.UNREACHABLE, 9.0, 11.0)
    told = [words(n, replace(desk.session, notices=(away, replace(anew, id=0), later)), 12.0).text for n in (away, later)]  # one of many
    assert told[0] == "The server was away for 2 s after 636 tokens; it is back."
    told = [words(n, replace(desk.session, notices=(away, anew, later)), 12.0).text for n in (away, later)]
    assert told == ["The server was away for 2 s after 636 tokens; it is back.", "The server was away for 2 s; it is back, nothing lost."]


def test_a_long_wait_says_when_it_tries_again() -> None:
    desk = started()
    refused = Failure(FailureKind.REFUSED, where="127.0.0.1:2024")
    desk.do(i.Disconnected(1, CUT))
    for _ in range(6):
        desk.do(i.RunReadFailed("r1", refused))
        desk.until_due()
    desk.do(i.RunReadFailed("r1", refused))
    text = said(desk)
    assert text.startswith("Cannot reach 127.0.0.1:2024 (connection refused), for ")
    assert "try 7; trying again in" in text
    assert Act.RETRY in words(desk.session.notices[-1], desk.session, desk.now).acts


def test_heartbeats_without_events_say_that_the_connection_lives() -> None:
    desk = started()
    desk.do(i.Received(1, 13, beats=1))
    desk.now += 11
    desk.do(i.Received(1, 13, beats=1), i.Tick())
    assert said(desk) == "Working, no word for 11 s. The connection is alive."
    assert run_words(desk.session, desk.now) == "quiet for 11 s"


def test_what_is_not_shown_of_a_version_is_no_word() -> None:
    """A call's name, a title, a model's thoughts: events and tokens come, and the screen stays as it is."""
    desk = started()

    def writes(args: str) -> None:
        desk.event(i.Chunk("g1", tool_calls=((0, ToolCall("c1", "generate_artifact", args)),), node="generateArtifact"), f"{desk.now:g}-0")

    desk.event(i.Chunk("g0", node="generateArtifact"), "13-0")  # the node is a word
    since = desk.now
    for piece in ("", '{"title": "Te', 'a",'):
        desk.now += 3
        writes(piece)
    desk.do(i.Received(1, 13, beats=1))
    desk.until_due()
    assert desk.now == since + 10
    assert said(desk) == "Working in generate artifact, no word for 10 s. Events come, none that shows anything yet."
    assert run_words(desk.session, desk.now) == "no word for 10 s"
    desk.now += 6
    desk.do(i.Received(1, 13, beats=1))
    assert said(desk) == "Working in generate artifact, no word for 16 s. The connection is alive."
    assert run_words(desk.session, desk.now) == "quiet for 16 s"
    link = replace(desk.session.link, opened_at=desk.now, event_at=desk.now)  # joined once more, from the beginning
    assert run_words(replace(desk.session, link=link), desk.now) == "quiet for 16 s"  # a connection is no event
    writes(' "artifact": "Leaves')
    assert desk.session.draft is not None and desk.kinds() == []


def test_an_answer_that_is_long_in_coming_is_told_before_it_is_given_up() -> None:
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ThreadState(exists=False)), i.Submitted("hello", "m1", "s1"))
    assert desk.until_due() == ()
    assert said(desk) == "Sending: the server has not answered for 10 s."
    desk.do(i.RunCreated("s1", "r1"))
    assert desk.session.notices == ()
    assert desk.until_due() == ()
    assert said(desk) == "Joining: the server has not answered for 10 s."
    desk.do(i.Connected(1))
    assert desk.session.notices == ()


def test_a_message_that_got_no_answer_is_told_while_it_is_looked_for() -> None:
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ThreadState(exists=False)), i.Submitted("hello", "m1", "s1"))
    desk.now += 10
    desk.do(i.Tick(), i.CreateFailed("s1", Failure(FailureKind.NO_ANSWER, sent=True)))
    assert said(desk).startswith("The server took the request and does not answer, for 0 s")
    desk.do(i.RunFound("s1", RunInfo("r1", RunStatus.RUNNING)))
    assert said(desk).endswith("it is back, nothing lost.")


def test_silence_on_a_server_without_heartbeats_tells_what_the_server_says() -> None:
    desk = started()
    desk.until_due()
    assert said(desk) == "Quiet for 6 s."
    desk.until_due()
    desk.do(i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
    desk.now += 2
    assert said(desk) == "Quiet for 17 s. The server says that the run goes on (asked 2 s ago)."


def test_the_queue_is_told_with_its_length() -> None:
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(answer("")), i.Submitted("x", "m2", "s1"), i.RunCreated("s1", "r1"), i.Connected(1))
    assert run_words(desk.session, desk.now) == "starting"
    desk.until_due()
    desk.do(i.RunRead(RunInfo("r1", RunStatus.PENDING, ahead=2)))
    assert said(desk) == "Queued behind 2 runs at the server for 0 s."
    assert run_words(desk.session, desk.now) == "queued behind 2"


def test_a_refusal_keeps_the_message_and_says_so() -> None:
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(answer("")), i.Submitted("x", "m2", "s1"), i.CreateFailed("s1", Failure(FailureKind.AUTH, status=401)))
    assert said(desk) == "Not sent: the server wants a key, or refuses this one (401). Your message is kept."


def test_a_key_that_was_not_to_be_had_says_why() -> None:
    failure = Failure(FailureKind.AUTH, "The command for the key (pass) failed with 3: locked.", where="host:1")
    assert describe(failure) == "the command for the key (pass) failed with 3: locked"


@pytest.mark.parametrize("kind", FailureKind)
def test_every_failure_has_words_and_hides_control_characters(kind: FailureKind) -> None:
    failure = Failure(kind, "bad \x1b[31m words", 400, where="host:1")
    assert "\x1b" not in describe(failure)
    assert describe(failure) and explain(failure).count("\n") >= 1
    assert "{" not in describe(failure)


def test_at_rest_nothing_changes_by_itself() -> None:
    desk = started()
    assert next_change(desk.session, desk.now) == desk.now + 1
    desk.do(i.Disconnected(1), i.RunRead(RunInfo("r1", RunStatus.SUCCESS)), i.ThreadRead(answer("one two ")))
    assert next_change(desk.session, desk.now) is None
    assert run_words(desk.session, desk.now + 50) == "done in 0 s"


def test_lengths_of_time() -> None:
    assert [seconds(x) for x in (0.4, 59.9, 61, 3725)] == ["0 s", "59 s", "1 min 1 s", "1 h 2 min"]


def test_a_notice_of_every_kind_has_words() -> None:
    desk = started()
    desk.do(i.Disconnected(1, CUT))
    notice = desk.session.notices[-1]
    for kind in NoticeKind:
        for until in (None, desk.now):
            text = words(replace(notice, kind=kind, until=until), desk.session, desk.now)
            assert text.text, "a line with its sign alone was seen"


def test_what_lasts_offers_to_ask_why() -> None:
    desk = started()
    desk.do(i.Disconnected(1, CUT))
    assert Act.WHY in words(desk.session.notices[-1], desk.session, desk.now).acts
    desk.do(i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
    desk.until_due()
    desk.do(i.Connected(2))
    desk.event(i.Chunk("a1", "two "), "12-0")
    assert Act.WHY not in words(desk.session.notices[-1], desk.session, desk.now).acts


def test_heartbeats_alone_are_told_where_the_beginning_of_the_run_did_not_come() -> None:
    """Seen: a run at work whose first events were lost, and for twenty seconds nothing but a spinner."""
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(answer("")), i.Submitted("x", "m2", "s1"), i.RunCreated("s1", "r1"), i.Connected(1))
    for _ in range(2):
        desk.until_due()
        desk.do(i.RunRead(RunInfo("r1", RunStatus.RUNNING)), i.Received(1, 15, beats=1))
    desk.until_due()
    assert said(desk) == "The server is at work on the run; nothing of it has come for 10 s."
