"""The user's side of the session: messages go once, answers go once, stop stops."""

from __future__ import annotations

from dataclasses import replace

import pytest

from canvas_tui.core import inputs as i
from canvas_tui.core.effects import CancelRun, CreateRun, FindRun, HangUp, JoinRun, ReadRun, ReadThread
from canvas_tui.core.model import (
    Failure,
    FailureKind,
    Interrupt,
    Message,
    NoticeKind,
    Role,
    RunInfo,
    RunStatus,
    Standing,
    ThreadState,
)
from canvas_tui.core.session import next_deadline
from tests.core.desk import HUMAN, Desk, answer, looked_twice, started


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
    desk.do(i.CreateFailed("s1", Failure(FailureKind.CUT, sent=True)))
    looked_twice(desk)


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


def test_a_run_in_flight_from_the_journal_without_an_id_is_looked_up_then_sent() -> None:
    desk = Desk()
    sent = Message("m1", Role.HUMAN, "hello", standing=Standing.SENDING)
    effects = desk.do(i.Opened(RunInfo("", RunStatus.CREATING, "s1"), sent))
    assert effects == (ReadThread(), FindRun("s1"))
    looked_twice(desk)


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


def test_an_answer_while_the_run_is_on_is_nothing() -> None:
    desk = started()
    desk.session = replace(desk.session, interrupts=(Interrupt("q", "go?"),))
    assert desk.do(i.Answered((("q", "yes"),), "s2")) == ()


def test_what_could_not_be_sent_waits_for_the_user_in_the_next_life_too() -> None:
    desk = Desk()
    unsent = Message("m1", Role.HUMAN, "hello", standing=Standing.UNSENT)
    assert desk.do(i.Opened(RunInfo("", RunStatus.CREATING, "s1"), unsent)) == (ReadThread(),)
    assert desk.do(i.ThreadRead(ThreadState(exists=False))) == ()
    assert desk.session.queue[0].message == unsent
    assert desk.kinds() == [NoticeKind.UNSENT]
    assert desk.do(i.RetryNow()) == (FindRun("s1"),)
    looked_twice(desk)


def test_what_may_have_arrived_is_looked_for_before_it_is_sent_again() -> None:
    """Seen: the answer was lost, the question after it refused (401), and the key that tries again sent it a second time."""
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ThreadState(exists=False)), i.Submitted("hello", "m1", "s1"))
    desk.do(i.CreateFailed("s1", Failure(FailureKind.CUT, sent=True)), i.FindFailed("s1", Failure(FailureKind.AUTH, status=401)))
    assert [o.unsure for o in desk.session.queue] == [True]
    assert desk.do(i.RetryNow()) == (FindRun("s1"),)
    desk.do(i.RunFound("s1", RunInfo("r1", RunStatus.RUNNING)))
    assert desk.session.run is not None and desk.session.run.id == "r1"
    assert [m.text for m in desk.session.live] == ["hello"]


def test_what_was_given_up_while_it_was_on_its_way_is_looked_for_too() -> None:
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ThreadState(exists=False)), i.Submitted("hello", "m1", "s1"))
    desk.do(i.GaveUp())
    assert desk.do(i.RetryNow()) == (FindRun("s1"),)
    looked_twice(desk)
