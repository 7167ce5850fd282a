"""The session against a table of faults of the stream."""

from __future__ import annotations

from dataclasses import replace

import pytest

from canvas_tui.core import inputs as i
from canvas_tui.core.effects import HangUp, JoinRun, ReadRun, ReadThread
from canvas_tui.core.model import (
    Failure,
    FailureKind,
    Message,
    NoticeKind,
    Phase,
    Role,
    RunInfo,
    RunStatus,
    Standing,
    ThreadState,
    Usage,
)
from canvas_tui.core.notices import run_words, words
from canvas_tui.core.session import next_deadline
from tests.core.desk import CUT, HUMAN, Desk, answer, started


def test_a_turn_from_end_to_end() -> None:
    desk = started()
    assert desk.texts() == ["hello", "one two "]
    assert desk.do(i.Disconnected(1)) == (ReadRun("r1"),)
    assert desk.do(i.RunRead(RunInfo("r1", RunStatus.SUCCESS))) == (ReadThread(),)
    desk.do(i.ThreadRead(answer("one two ")))
    assert desk.session.history == (HUMAN, Message("a1", Role.AI, "one two "))
    assert desk.session.link.phase is Phase.IDLE
    assert desk.kinds() == []
    assert next_deadline(desk.session) is None


def test_a_cut_resumes_from_the_id_before_the_newest() -> None:
    desk = started()
    desk.do(i.Disconnected(1, CUT))
    assert desk.kinds() == [NoticeKind.CUT]
    desk.do(i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
    assert desk.session.link.phase is Phase.WAITING
    assert desk.until_due() == (JoinRun("r1", 2, "11-0"),)
    desk.do(i.Connected(2))
    desk.event(i.Chunk("a1", "two "), "12-0")
    assert desk.session.notices[0].until == desk.now
    desk.event(i.Chunk("a1", "three"), "13-0")
    assert desk.texts()[-1] == "one two three"


def test_a_clean_early_end_is_not_taken_for_success() -> None:
    desk = started()
    desk.do(i.Disconnected(1))
    assert desk.kinds() == []
    desk.do(i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
    assert desk.kinds() == [NoticeKind.CUT]
    assert desk.until_due() == (JoinRun("r1", 2, "11-0"),)


def test_late_inputs_of_an_old_connection_do_not_count() -> None:
    desk = started()
    desk.do(i.Disconnected(1, CUT), i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
    desk.until_due()
    before = desk.session
    assert desk.do(i.Event(1, "13-0", i.Chunk("a1", "three")), i.Disconnected(1), i.Received(1, 9)) == ()
    assert desk.session == before


def test_a_run_that_ended_in_the_gap_is_replayed_and_confirmed() -> None:
    desk = started()
    desk.do(i.Disconnected(1, CUT))
    assert desk.do(i.RunRead(RunInfo("r1", RunStatus.SUCCESS))) == (JoinRun("r1", 2, "11-0"),)
    desk.do(i.Connected(2))
    desk.event(i.Chunk("a1", "two "), "12-0")
    desk.event(i.Chunk("a1", "three"), "13-0")
    assert desk.do(i.Disconnected(2)) == (ReadThread(),)
    desk.do(i.ThreadRead(answer("one two three")))
    assert NoticeKind.CORRECTED not in desk.kinds()


def test_the_state_wins_and_a_correction_is_told() -> None:
    desk = started()
    desk.do(i.Disconnected(1), i.RunRead(RunInfo("r1", RunStatus.SUCCESS)), i.ThreadRead(answer("ONE TWO")))
    assert desk.texts()[-1] == "ONE TWO"
    assert desk.kinds() == [NoticeKind.CORRECTED]


def test_a_second_metadata_event_voids_the_partial_answer_visibly() -> None:
    desk = started()
    desk.do(i.Disconnected(1, CUT), i.RunRead(RunInfo("r1", RunStatus.PENDING)))
    desk.until_due()
    desk.do(i.Connected(desk.conn))
    desk.event(i.RunStarted("r1"), "90-0")
    desk.event(i.Chunk("a2", "anew"), "91-0")
    assert desk.texts() == ["hello", "anew"]
    assert desk.session.run is not None and (desk.session.run.attempt, desk.session.run.tokens) == (2, 1)
    assert NoticeKind.RESTARTED in desk.kinds()


def test_many_new_starts_are_one_line_that_opens_to_each() -> None:
    desk = started()
    for number in (2, 3, 4):
        desk.event(i.RunStarted("r1"), f"{number}0-0")
        desk.event(i.Chunk(f"a{number}", "anew"), f"{number}1-0")
    assert desk.kinds() == [NoticeKind.RESTARTED]
    told = words(desk.session.notices[-1], desk.session, desk.now)
    assert told.text == "The server started the run again 3 times: the partial answer (1 token) is void, it comes anew."
    assert told.details.splitlines()[:3] == [
        "1. After 2 tokens: the server started the run again.",
        "2. After 1 token: the server started the run again.",
        "3. After 1 token: the server started the run again.",
    ]


def test_the_tail_of_a_replay_that_comes_twice_after_a_new_start_is_painted_once() -> None:
    desk = started()
    desk.do(i.Disconnected(1, CUT), i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
    desk.until_due()
    desk.do(i.Connected(desk.conn))
    anew: list[tuple[str, i.Body]] = [("90-0", i.RunStarted("r1")), ("91-0", i.Chunk("a2", "once ")), ("92-0", i.Chunk("a2", "more "))]
    for id, body in (*anew, *anew[1:], ("93-0", i.Chunk("a2", "again"))):
        desk.event(body, id)
    assert desk.texts() == ["hello", "once more again"]


def test_a_replay_of_everything_paints_nothing_twice() -> None:
    desk = started()
    desk.do(i.Disconnected(1, CUT), i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
    desk.until_due()
    desk.do(i.Connected(desk.conn))
    for id, body in (
        ("10-0", i.RunStarted("r1")),
        ("11-0", i.Chunk("a1", "one ")),
        ("12-0", i.Chunk("a1", "two ")),
        ("13-0", i.Chunk("a1", "three")),
    ):
        desk.event(body, id)
    assert desk.texts()[-1] == "one two three"
    assert NoticeKind.RESTARTED not in desk.kinds()


def test_a_gap_is_asked_for_from_the_start_and_then_from_the_state() -> None:
    desk = started()
    desk.do(i.Disconnected(1, CUT), i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
    desk.until_due()
    desk.do(i.Connected(2))
    assert desk.event(i.Chunk("a1", "four"), "14-0") == (HangUp(2), JoinRun("r1", 3, "-1"))
    desk.do(i.Connected(3))
    assert desk.event(i.Chunk("a1", "five"), "15-0") == (HangUp(3), ReadThread())
    assert desk.session.link.phase is Phase.POLLING
    assert desk.texts()[-1] == "one two "
    assert desk.do(i.ThreadRead(ThreadState(), None)) == (ReadRun("r1"),)


def test_metadata_that_comes_again_is_no_restart() -> None:
    """A run joined in its first millisecond: the live queue brings all of that millisecond again."""
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ThreadState(exists=False)), i.Submitted("hello", "m1", "s1"), i.RunCreated("s1", "r1"))
    desk.do(i.Connected(1))
    first = (i.RunStarted("r1"), i.Chunk("a1", "one "), i.Chunk("a1", "two "))
    for body in (*first, *first, i.Chunk("a1", "three")):
        desk.event(body, "10-0")
    assert desk.texts() == ["hello", "one two three"]
    assert desk.kinds() == []


def test_silence_is_told_then_cut_on_a_server_that_beats() -> None:
    desk = started()
    desk.do(i.Received(1, 13, beats=1))
    desk.until_due()
    assert desk.kinds() == [NoticeKind.QUIET]
    assert desk.now - desk.session.link.byte_at == pytest.approx(6.5)
    assert desk.until_due() == (HangUp(1), ReadRun("r1"))
    assert desk.now - desk.session.link.byte_at == pytest.approx(15.0)
    desk.do(i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
    assert desk.session.link.phase is Phase.WAITING
    assert desk.until_due() == (JoinRun("r1", 2, "11-0"),)


def test_heartbeats_alone_are_no_fault() -> None:
    desk = started()
    for _ in range(720):
        desk.now += 5.0
        desk.do(i.Tick(), i.Received(1, 13, beats=1))
    assert not any(isinstance(e, JoinRun) for e in desk.effects[3:])
    assert 50 <= sum(isinstance(e, ReadRun) for e in desk.effects) <= 60
    assert desk.kinds() == [NoticeKind.QUIET]


def test_an_hour_without_heartbeats_makes_no_storm() -> None:
    desk = started()
    joins = len(desk.effects)
    while desk.now < 3700:
        for effect in desk.until_due():
            if isinstance(effect, ReadRun):
                desk.do(i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
            if isinstance(effect, JoinRun):
                desk.do(i.Connected(effect.conn))
    renewed = [e for e in desk.effects[joins:] if isinstance(e, JoinRun)]
    assert len(renewed) <= 3600 / 45
    assert NoticeKind.CUT not in desk.kinds()


def test_many_cuts_fold_into_one_line() -> None:
    desk = started()
    for token in range(13, 18):
        desk.do(i.Disconnected(desk.conn, CUT), i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
        desk.until_due()
        desk.do(i.Connected(desk.conn))
        desk.event(i.Chunk("a1", "two ") if token == 13 else i.Chunk("a1", "x"), f"{token - 1}-0")
        desk.event(i.Chunk("a1", "x"), f"{token}-0")
    assert desk.kinds() == [NoticeKind.CUT]
    assert desk.session.notices[0].count == 5
    assert desk.texts()[-1] == "one two xxxxx"


def test_a_thread_with_a_run_on_it_is_followed() -> None:
    desk = Desk()
    desk.do(i.Opened())
    effects = desk.do(i.ThreadRead(ThreadState((HUMAN,)), RunInfo("r7", RunStatus.RUNNING)))
    assert effects == (JoinRun("r7", 1, "-1"),)


def test_a_lost_run_says_so() -> None:
    desk = started()
    desk.do(i.Disconnected(1, CUT), i.RunReadFailed("r1", Failure(FailureKind.MISSING, status=404)))
    desk.do(i.ThreadRead(ThreadState((HUMAN,))))
    assert NoticeKind.LOST in desk.kinds()
    assert desk.session.history[-1].standing is Standing.STOPPED


def test_a_failed_run_shows_the_error_once_and_keeps_the_partial() -> None:
    desk = started()
    desk.event(i.RunErrored("RuntimeError", "model exploded"), "13-0")
    desk.do(i.Disconnected(1), i.RunRead(RunInfo("r1", RunStatus.ERROR)))
    desk.do(i.ThreadRead(ThreadState((HUMAN,), error="model exploded")))
    assert [(n.kind, n.detail) for n in desk.session.notices] == [(NoticeKind.FAILED, "model exploded")]
    assert desk.session.history[-1].standing is Standing.FAILED


def test_sleep_reconnects_at_once() -> None:
    desk = started()
    assert desk.do(i.Woke(600.0)) == (HangUp(1), JoinRun("r1", 2, "11-0"))


def test_what_only_the_state_has_is_shown_and_told() -> None:
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ThreadState()), i.Submitted("hello", "m1", "s1"), i.RunCreated("s1", "r1"), i.Connected(1))
    desk.do(i.Disconnected(1), i.RunRead(RunInfo("r1", RunStatus.SUCCESS)), i.ThreadRead(answer("all of it")))
    assert desk.texts() == ["hello", "all of it"]
    assert desk.kinds() == [NoticeKind.RECOVERED]


def test_what_the_thread_holds_already_is_not_painted_again_by_a_replay() -> None:
    desk = Desk()
    done = Message("a0", Role.AI, "from an earlier node")
    desk.do(i.Opened(), i.ThreadRead(ThreadState((HUMAN, done)), RunInfo("r7", RunStatus.RUNNING)), i.Connected(1))
    desk.event(i.RunStarted("r7"), "1-0")
    desk.event(i.Chunk("a0", "from an earlier node"), "2-0")
    desk.event(i.Chunk("a1", "and now"), "3-0")
    assert desk.texts() == ["hello", "from an earlier node", "and now"]


def test_a_partial_answer_that_the_state_brings_later_stands_once() -> None:
    desk = started()
    desk.do(i.GaveUp())
    assert [m.standing for m in desk.session.history] == [Standing.DONE, Standing.STOPPED]
    desk.do(i.Opened(), i.ThreadRead(answer("one two three")))
    assert desk.texts() == ["hello", "one two three"]
    assert desk.session.leftovers == ()


def test_a_run_without_ids_is_read_from_the_state_after_a_cut() -> None:
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ThreadState()), i.Submitted("hello", "m1", "s1"), i.RunCreated("s1", "r1"), i.Connected(1))
    desk.event(i.RunStarted("r1"), None)
    desk.event(i.Chunk("a1", "one "), None)
    desk.do(i.Disconnected(1, CUT))
    assert desk.do(i.RunRead(RunInfo("r1", RunStatus.RUNNING))) == (ReadThread(),)
    assert desk.kinds()[-1] is NoticeKind.NOT_RESUMABLE
    assert desk.until_due() == (ReadThread(),)
    desk.do(i.ThreadRead(answer("one two"), None))
    assert desk.do(i.RunRead(RunInfo("r1", RunStatus.SUCCESS))) == (ReadThread(),)
    desk.do(i.ThreadRead(answer("one two")))
    assert desk.texts() == ["hello", "one two"]
    assert desk.session.link.phase is Phase.IDLE


def test_usage_adds_up_over_the_messages_of_a_run() -> None:
    desk = started()
    desk.event(i.Chunk("a1", "", usage=Usage(5, 3, 8)), "13-0")
    desk.event(i.Chunk("a2", "x", usage=Usage(10, 1, 11)), "14-0")
    assert desk.session.run is not None and desk.session.run.usage == Usage(15, 4, 19)


def test_a_stream_that_begins_in_the_middle_is_asked_for_from_its_beginning() -> None:
    """Seen: a proxy that strips Last-Event-ID from the first join; the words before it came only with the thread's state."""
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ThreadState(exists=False)), i.Submitted("hello", "m1", "s1"), i.RunCreated("s1", "r1"), i.Connected(1))
    assert desk.event(i.Chunk("a1", "two "), "12-0") == (HangUp(1), JoinRun("r1", 2, "-1"))
    assert desk.texts() == ["hello"]
    desk.do(i.Connected(2))
    for body, id in ((i.RunStarted("r1"), "10-0"), (i.Chunk("a1", "one "), "11-0"), (i.Chunk("a1", "two "), "12-0")):
        desk.event(body, id)
    assert desk.texts() == ["hello", "one two "]


def test_a_silent_connection_that_is_renewed_is_no_lost_one() -> None:
    """A server without heartbeats, a model that says nothing: the silence goes on over the fresh connection, and nothing is called lost."""
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ThreadState(exists=False)), i.Submitted("hello", "m1", "s1"), i.RunCreated("s1", "r1"), i.Connected(1))
    desk.event(i.RunStarted("r1"), "0")
    while desk.session.link.phase is Phase.LIVE:
        desk.until_due()
    assert desk.now == 145.0 and desk.session.link.phase is Phase.JOINING
    told = [words(notice, desk.session, desk.now).text for notice in desk.session.notices]
    assert told == ["Quiet for 45 s."] and run_words(desk.session, desk.now) == "quiet for 45 s"
    desk.do(i.Connected(2), i.Received(2, 100))
    desk.event(i.RunStarted("r1"), "0")
    desk.now += 1
    told = [words(notice, desk.session, desk.now).text for notice in desk.session.notices]
    assert told == ["Working, no word for 46 s. The connection is alive."]
    assert desk.session.run is not None and desk.session.run.reconnects == 0
    desk.event(i.Chunk("a1", "late"), "1")
    assert desk.session.link.event_at == desk.now and desk.texts()[-1] == "late"


def test_a_run_that_ran_again_and_is_over_stays_over_while_its_end_is_confirmed() -> None:
    """Seen: the server restarted, and the run that had ended meanwhile was left as running."""
    desk = started()
    desk.do(i.Disconnected(1, CUT), i.RunRead(RunInfo("r1", RunStatus.SUCCESS)), i.Connected(2))
    desk.event(i.RunStarted("r1"), "20-0")
    desk.do(i.Disconnected(2), i.ThreadRead(answer("again")))
    assert desk.session.run is not None and desk.session.run.status is RunStatus.SUCCESS


def test_a_run_that_is_taken_up_counts_from_when_it_was_made() -> None:
    """Seen: after a new start "elapsed" began with the rejoin, and the replay's tokens came at thousands a second."""
    desk = Desk()
    desk.do(i.Opened(RunInfo("r1", RunStatus.PENDING, "s1"), replace(HUMAN, standing=Standing.SENDING)))
    desk.do(i.ThreadRead(answer(""), RunInfo("r1", RunStatus.RUNNING, "s1", age=40.0)))
    assert desk.session.run is not None and desk.session.run.late
    assert desk.now - desk.session.run.started_at == 40.0


def test_somebody_elses_fresh_run_is_followed_from_its_beginning() -> None:
    for age, late in ((1.0, False), (30.0, True)):
        desk = Desk()
        desk.do(i.Opened(), i.ThreadRead(answer(""), RunInfo("r9", RunStatus.RUNNING, age=age)))
        assert desk.session.run is not None
        assert (desk.now - desk.session.run.started_at, desk.session.run.late) == (age, late)


@pytest.mark.parametrize("delay", [0.0, 0.6])
def test_a_run_taken_up_after_a_kill_is_painted_once_whatever_the_replay_repeats(delay: float) -> None:
    """Seen: painted text went after ``kill -9`` and a new start. A busy server's replay came late after the headers and its tail was
    painted twice; a word that stands twice in one millisecond of a burst was taken for that tail."""
    desk = Desk()
    desk.do(i.Opened(RunInfo("r1", RunStatus.PENDING, "s1"), replace(HUMAN, standing=Standing.SENDING)))
    desk.do(i.Connected(1))
    desk.now += delay
    desk.event(i.RunStarted("r1"), "1000-0")
    for id, text in ((1001, "|"), (1001, "---"), (1001, "---"), (1002, "|"), (1002, " "), (1100, "end"), (1100, "end"), (1130, ".")):
        desk.event(i.Chunk("a1", text), f"{id}-0")
    assert desk.texts() == ["hello", "|------| end."]
    desk.do(i.Disconnected(1), i.RunRead(RunInfo("r1", RunStatus.SUCCESS)), i.ThreadRead(answer("|------| end.")))
    assert desk.kinds() == []


def test_what_was_told_below_a_void_answer_does_not_wander_to_the_end() -> None:
    """Seen: after a server's restart its line stood below every later turn, since the message above it was no more."""
    desk = started()
    desk.do(i.Disconnected(1, CUT), i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
    desk.until_due()
    desk.do(i.Connected(2))
    desk.event(i.RunStarted("r1", 2), "50-0")
    desk.event(i.Chunk("a2", "anew"), "51-0")
    assert [(n.kind, n.after) for n in desk.session.notices] == [(NoticeKind.CUT, "m1"), (NoticeKind.RESTARTED, "m1")]
    state = ThreadState((HUMAN, Message("a3", Role.AI, "anew")))
    desk.do(i.Disconnected(2), i.RunRead(RunInfo("r1", RunStatus.SUCCESS)), i.ThreadRead(state))
    shown = {m.id for m in desk.session.history}
    assert all(n.after in shown for n in desk.session.notices)


def test_a_state_that_comes_slowly_is_waited_for() -> None:
    """Seen: at a thousand bytes a second the state took longer than the guard, and was asked for again and again, for ever."""
    desk = started()
    desk.do(i.Disconnected(1), i.RunRead(RunInfo("r1", RunStatus.SUCCESS)))
    desk.now += 10
    assert desk.do(i.Tick()) == ()
    assert NoticeKind.QUIET in desk.kinds()
    desk.now += 110
    assert desk.do(i.Tick()) == ()
    desk.do(i.ThreadRead(answer("one two ")))
    assert desk.texts() == ["hello", "one two "]
