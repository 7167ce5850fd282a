"""The session against a table of faults, and against anything at all."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from canvas_tui.core import inputs as i
from canvas_tui.core.effects import CancelRun, CreateRun, Effect, FindRun, HangUp, JoinRun, ReadRun, ReadThread
from canvas_tui.core.model import (
    Failure,
    FailureKind,
    Interrupt,
    Message,
    NoticeKind,
    Phase,
    Role,
    RunInfo,
    RunStatus,
    Session,
    Standing,
    ThreadState,
    Usage,
)
from canvas_tui.core.session import next_deadline, step

CUT = Failure(FailureKind.CUT)


@dataclass
class Desk:
    """A session with its clock, played by hand."""

    session: Session = field(default_factory=lambda: Session("t"))
    now: float = 100.0
    effects: list[Effect] = field(default_factory=list)

    def do(self, *inputs: i.Input) -> tuple[Effect, ...]:
        fresh: list[Effect] = []
        for one in inputs:
            self.session, effects = step(self.session, one, self.now)
            fresh += effects
        self.effects += fresh
        return tuple(fresh)

    def until_due(self) -> tuple[Effect, ...]:
        due = next_deadline(self.session)
        assert due is not None
        self.now = max(self.now, due)
        return self.do(i.Tick())

    @property
    def conn(self) -> int:
        return self.session.link.conn

    def event(self, body: i.Body, id: str | None) -> tuple[Effect, ...]:
        return self.do(i.Event(self.conn, id, body))

    def kinds(self) -> list[NoticeKind]:
        return [n.kind for n in self.session.notices]

    def texts(self) -> list[str]:
        return [m.text for m in (*self.session.history, *self.session.live)]


HUMAN = Message("m1", Role.HUMAN, "hello")


def started() -> Desk:
    """A run that streams: two tokens came."""
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ThreadState(exists=False)))
    assert desk.do(i.Submitted("hello", "m1", "s1")) == (desk.effects[-1],)
    assert isinstance(desk.effects[-1], CreateRun)
    assert desk.do(i.RunCreated("s1", "r1")) == (JoinRun("r1", 1, "-1"),)
    desk.do(i.Connected(1))
    desk.event(i.RunStarted("r1"), "10-0")
    desk.event(i.Chunk("a1", "one "), "11-0")
    desk.event(i.Chunk("a1", "two "), "12-0")
    return desk


def answer(text: str) -> ThreadState:
    return ThreadState((HUMAN, Message("a1", Role.AI, text)))


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


def test_an_ambiguous_post_is_looked_up_and_adopted() -> None:
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ThreadState(exists=False)), i.Submitted("hello", "m1", "s1"))
    lost = Failure(FailureKind.SERVER, status=502, sent=True)
    assert desk.do(i.CreateFailed("s1", lost)) == (FindRun("s1"),)
    assert desk.do(i.RunFound("s1", RunInfo("r9", RunStatus.RUNNING))) == (JoinRun("r9", 1, "-1"),)
    assert sum(isinstance(e, CreateRun) for e in desk.effects) == 1


def test_a_post_that_did_not_arrive_is_sent_again_after_two_looks() -> None:
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ThreadState(exists=False)), i.Submitted("hello", "m1", "s1"))
    desk.do(i.CreateFailed("s1", Failure(FailureKind.CUT, sent=True)), i.RunFound("s1", None))
    assert desk.until_due() == (FindRun("s1"),)
    desk.do(i.RunFound("s1", None))
    assert isinstance(desk.until_due()[0], CreateRun)


@pytest.mark.parametrize("kind", [FailureKind.AUTH, FailureKind.REJECTED, FailureKind.STRANGE, FailureKind.REDIRECT, FailureKind.TLS])
def test_what_only_the_user_can_mend_keeps_the_text_and_waits(kind: FailureKind) -> None:
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ThreadState(exists=False)), i.Submitted("hello", "m1", "s1"))
    desk.do(i.CreateFailed("s1", Failure(kind)))
    assert desk.session.queue[0].message == Message("m1", Role.HUMAN, "hello", standing=Standing.UNSENT)
    assert desk.kinds() == [NoticeKind.UNSENT]
    assert next_deadline(desk.session) is None
    assert isinstance(desk.do(i.RetryNow())[0], CreateRun)


def test_stop_before_the_run_has_a_name_cancels_it_as_soon_as_it_has() -> None:
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ThreadState(exists=False)), i.Submitted("hello", "m1", "s1"), i.Stopped())
    assert CancelRun("r1") in desk.do(i.RunCreated("s1", "r1"))


def test_a_stopped_run_keeps_what_was_written() -> None:
    desk = started()
    assert desk.do(i.Stopped()) == (CancelRun("r1"),)
    desk.do(i.Disconnected(1), i.RunRead(RunInfo("r1", RunStatus.INTERRUPTED)))
    desk.do(i.ThreadRead(ThreadState((HUMAN,), next=("agent",))))
    assert [(m.text, m.standing) for m in desk.session.history] == [("hello", Standing.DONE), ("one two ", Standing.STOPPED)]
    assert desk.kinds() == [NoticeKind.STOPPED]
    assert desk.session.can_continue
    again = ThreadState((HUMAN, Message("m2", Role.HUMAN, "more")))
    desk.do(i.Opened(), i.ThreadRead(again))
    assert [m.id for m in desk.session.history] == ["m1", "a1", "m2"]


def test_messages_queue_and_go_one_after_another() -> None:
    desk = started()
    desk.do(i.Submitted("second", "m2", "s2"), i.Submitted("third", "m3", "s3"))
    assert [o.message.text for o in desk.session.queue] == ["second", "third"]
    desk.do(i.Withdrawn("m3"), i.Disconnected(1), i.RunRead(RunInfo("r1", RunStatus.SUCCESS)))
    effects = desk.do(i.ThreadRead(answer("one two ")))
    assert isinstance(effects[0], CreateRun) and effects[0].submit_id == "s2"
    assert desk.session.queue == ()


def test_an_interrupting_message_leaves_the_partial_answer_marked() -> None:
    desk = started()
    effects = desk.do(i.Submitted("no, this", "m2", "s2", i.WhenBusy.INTERRUPT))
    assert effects[0] == HangUp(1)
    assert isinstance(effects[1], CreateRun) and effects[1].interrupt
    assert [(m.text, m.standing) for m in desk.session.history][-1] == ("one two ", Standing.STOPPED)


def test_an_interrupt_is_answered_once() -> None:
    desk = started()
    desk.do(i.Disconnected(1), i.RunRead(RunInfo("r1", RunStatus.SUCCESS)))
    question = Interrupt("q", {"question": "go?"})
    desk.do(i.ThreadRead(ThreadState((HUMAN,), (question,), ("ask",))))
    assert desk.session.interrupts == (question,)
    assert not desk.session.can_continue
    effects = desk.do(i.Answered((("q", "yes"),), "s2"), i.Answered((("q", "yes"),), "s3"))
    assert [type(e) for e in effects] == [CreateRun]


def test_silence_is_told_then_cut_on_a_server_that_beats() -> None:
    desk = started()
    desk.do(i.Received(1, 13, beats=1))
    desk.until_due()
    assert desk.kinds() == [NoticeKind.QUIET]
    assert desk.now - desk.session.link.byte_at == pytest.approx(6.5)
    assert desk.until_due() == (HangUp(1),)
    assert desk.now - desk.session.link.byte_at == pytest.approx(15.0)
    assert desk.session.link.phase is Phase.WAITING
    assert desk.until_due() == (JoinRun("r1", 2, "11-0"),)


def test_heartbeats_alone_are_no_fault() -> None:
    desk = started()
    for _ in range(720):
        desk.now += 5.0
        desk.do(i.Tick(), i.Received(1, 13, beats=1))
    assert not any(isinstance(e, JoinRun) for e in desk.effects[3:])
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


def test_a_queued_run_is_told() -> None:
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ThreadState()), i.Submitted("x", "m1", "s1"), i.RunCreated("s1", "r1"), i.Connected(1))
    assert desk.until_due() == (ReadRun("r1"),)
    assert desk.now - 100 == pytest.approx(3.0)
    desk.do(i.RunRead(RunInfo("r1", RunStatus.PENDING, ahead=2)))
    assert desk.kinds() == [NoticeKind.QUEUED]
    assert desk.session.run is not None and desk.session.run.ahead == 2
    desk.event(i.RunStarted("r1"), "1-0")
    assert desk.kinds() == []


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


def test_a_run_in_flight_from_the_journal_without_an_id_is_looked_up_then_sent() -> None:
    desk = Desk()
    sent = Message("m1", Role.HUMAN, "hello", standing=Standing.SENDING)
    effects = desk.do(i.Opened(RunInfo("", RunStatus.CREATING, "s1"), sent))
    assert effects == (ReadThread(), FindRun("s1"))
    assert isinstance(desk.do(i.RunFound("s1", None))[0], CreateRun)


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


def test_a_thread_that_stays_busy_is_not_asked_for_ever() -> None:
    desk = Desk()
    busy = Failure(FailureKind.BUSY, status=422)
    desk.do(i.Opened(), i.ThreadRead(ThreadState()), i.Submitted("hello", "m1", "s1"))
    assert desk.do(i.CreateFailed("s1", busy)) == (ReadThread(),)
    assert isinstance(desk.do(i.ThreadRead(ThreadState()))[0], CreateRun)
    assert desk.do(i.CreateFailed("s1", busy)) == ()
    assert desk.session.queue[0].message.standing is Standing.UNSENT


def test_a_queued_message_does_not_run_over_an_open_question() -> None:
    desk = started()
    desk.do(i.Submitted("second", "m2", "s2"), i.Disconnected(1), i.RunRead(RunInfo("r1", RunStatus.SUCCESS)))
    assert desk.do(i.ThreadRead(ThreadState((HUMAN,), (Interrupt("q", "go?"),), ("ask",)))) == ()
    assert len(desk.session.queue) == 1


def test_stop_reaches_a_server_that_was_away() -> None:
    desk = started()
    desk.do(i.Disconnected(1, CUT), i.Stopped())
    assert CancelRun("r1") in desk.do(i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
    desk.do(i.CancelFailed("r1", Failure(FailureKind.REFUSED)))
    assert desk.session.link.phase is Phase.IDLE
    assert desk.session.history[-1].standing is Standing.STOPPED


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


def test_an_answer_while_the_run_is_on_is_nothing() -> None:
    desk = started()
    desk.session = replace(desk.session, interrupts=(Interrupt("q", "go?"),))
    assert desk.do(i.Answered((("q", "yes"),), "s2")) == ()


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
