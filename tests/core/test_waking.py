"""After a sleep no request of before is waited for; what was asked is asked again at once, and a message is looked up first."""

from __future__ import annotations

from canvas_tui.core import inputs as i
from canvas_tui.core.effects import CancelRun, CreateRun, FindRun, HangUp, JoinRun, ReadRun, ReadThread
from canvas_tui.core.model import Failure, FailureKind, RunInfo, RunStatus, ThreadState
from tests.core.desk import CUT, Desk, started

SLEPT = i.Woke(600.0)


def sending() -> Desk:
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ThreadState(exists=False)), i.Submitted("hello", "m1", "s1"))
    return desk


def test_a_message_on_its_way_is_looked_up_and_never_blindly_repeated() -> None:
    desk = sending()
    assert desk.do(SLEPT) == (FindRun("s1"),)
    assert desk.do(SLEPT) == (FindRun("s1"),)
    desk.do(i.RunFound("s1", RunInfo("r1", RunStatus.RUNNING)))
    assert sum(isinstance(effect, CreateRun) for effect in desk.effects) == 1


def test_a_message_that_did_not_arrive_before_the_sleep_is_sent_after_two_looks() -> None:
    desk = sending()
    desk.do(SLEPT)
    assert desk.do(i.RunFound("s1", None)) == ()
    assert desk.until_due() == (FindRun("s1"),)
    desk.do(i.RunFound("s1", None))
    assert sum(isinstance(effect, CreateRun) for effect in (*desk.effects, *desk.until_due())) == 2


def test_the_stream_is_joined_anew() -> None:
    desk = started()
    assert desk.do(SLEPT) == (HangUp(1), JoinRun("r1", 2, "11-0"))
    assert desk.do(SLEPT) == (HangUp(2), JoinRun("r1", 3, "11-0"))


def test_the_run_is_asked_about_anew() -> None:
    desk = started()
    desk.do(i.Disconnected(1, CUT))
    assert desk.do(SLEPT) == (ReadRun("r1"),)


def test_the_thread_is_read_anew() -> None:
    desk = started()
    desk.do(i.Disconnected(1), i.RunRead(RunInfo("r1", RunStatus.SUCCESS)))
    assert desk.do(SLEPT) == (ReadThread(),)
    opened = Desk()
    opened.do(i.Opened())
    assert opened.do(SLEPT) == (ReadThread(),)


def test_a_wait_is_over() -> None:
    desk = started()
    desk.do(i.Disconnected(1, CUT))
    for _ in range(6):
        desk.do(i.RunReadFailed("r1", Failure(FailureKind.REFUSED)))
        desk.until_due()
    desk.do(i.RunReadFailed("r1", Failure(FailureKind.REFUSED)))
    assert desk.do(SLEPT) == (ReadRun("r1"),)


def test_a_stop_is_told_again() -> None:
    desk = started()
    desk.do(i.Stopped())
    assert desk.do(SLEPT)[-1] == CancelRun("r1")


def test_at_rest_nothing_is_asked() -> None:
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ThreadState()))
    assert desk.do(SLEPT) == ()
