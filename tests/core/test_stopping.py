"""Stop is carried out: tried until the run is over, or given up by the user, who is told that it may go on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from canvas_tui.core import inputs as i
from canvas_tui.core.effects import CancelRun, HangUp, ReadRun, ReadThread
from canvas_tui.core.model import Failure, FailureKind, NoticeKind, Phase, RunInfo, RunStatus, Standing, ThreadState
from canvas_tui.core.notices import Act, run_words, words
from canvas_tui.core.session import next_deadline
from tests.core.desk import CUT, HUMAN, Desk, answer, started

BAD_GATEWAY = Failure(FailureKind.SERVER, status=502, sent=True)
AWAY = Failure(FailureKind.REFUSED, where="host:1")


def said(desk: Desk) -> str:
    return words(desk.session.notices[-1], desk.session, desk.now).text


def cancels(desk: Desk) -> int:
    return sum(effect == CancelRun("r1") for effect in desk.effects)


def test_a_stop_that_fails_is_tried_again_while_the_answer_goes_on() -> None:
    """Seen: the cancel was answered with 502, and 6,000 tokens later it still said "stopping", without a word and without another try."""
    desk = started()
    desk.do(i.Stopped())
    for token in range(13, 613):
        desk.now += 0.1
        desk.event(i.Chunk("a1", "x"), f"{token}-0")
        if CancelRun("r1") in desk.do(i.Tick()) or token == 13:
            assert desk.do(i.CancelFailed("r1", BAD_GATEWAY)) == (ReadRun("r1"),)
            desk.do(i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
    assert 8 <= cancels(desk) <= 16
    assert said(desk).startswith("Not stopped yet: the server or a proxy before it answers 502; trying again")
    assert said(desk).endswith("Given up, the run may go on at the server.")
    assert Act.GIVE_UP in words(desk.session.notices[-1], desk.session, desk.now).acts
    assert run_words(desk.session, desk.now) == "stopping"
    desk.do(i.Disconnected(1), i.RunRead(RunInfo("r1", RunStatus.INTERRUPTED)), i.ThreadRead(ThreadState((HUMAN,))))
    assert desk.kinds() == [NoticeKind.STOPPED]
    assert said(desk) == "Stopped by you. What was written stays here."
    assert next_deadline(desk.session) is None


def test_a_stop_reaches_a_server_that_was_away() -> None:
    """Seen: "Stopped by you", and the run alive."""
    desk = started()
    desk.do(i.Disconnected(1, CUT), i.Stopped(), i.RunReadFailed("r1", AWAY), i.CancelFailed("r1", AWAY))
    for _ in range(40):
        for effect in desk.until_due():
            desk.do(i.CancelFailed("r1", AWAY) if isinstance(effect, CancelRun) else i.RunReadFailed("r1", AWAY))
    assert desk.session.active and cancels(desk) > 10
    assert NoticeKind.STOPPED not in desk.kinds()
    before = cancels(desk)
    while cancels(desk) == before:
        desk.until_due()
    desk.do(i.RunRead(RunInfo("r1", RunStatus.INTERRUPTED)), i.ThreadRead(ThreadState((HUMAN,))))
    assert desk.session.history[-1].standing is Standing.STOPPED
    assert NoticeKind.STOPPED in desk.kinds()


def test_a_stop_that_was_taken_and_had_no_effect_is_repeated() -> None:
    desk = started()
    desk.do(i.Stopped())
    while cancels(desk) == 1:
        desk.until_due()
    assert desk.now == 110.0
    assert said(desk) == "Not stopped yet: the run is still on after 10 s; trying again in 10 s. Given up, the run may go on at the server."


def test_a_stop_that_was_lost_with_the_server_is_told_again_as_soon_as_it_is_back() -> None:
    desk = started()
    desk.do(i.Disconnected(1, CUT), i.Stopped(), i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
    began = desk.now
    while cancels(desk) == 1:
        desk.until_due()
    assert desk.now - began < 0.5


def test_a_run_that_cannot_be_stopped_as_it_is_over_is_asked_about() -> None:
    for kind in (FailureKind.MISSING, FailureKind.BUSY, FailureKind.REJECTED):
        desk = started()
        desk.do(i.Disconnected(1, CUT), i.Stopped(), i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
        assert desk.session.link.phase is Phase.WAITING
        assert desk.do(i.CancelFailed("r1", Failure(kind, status=409))) == (ReadRun("r1"),)
        assert desk.do(i.RunRead(RunInfo("r1", RunStatus.SUCCESS))) == (ReadThread(),)


def test_a_key_that_is_refused_waits_for_the_user() -> None:
    desk = started()
    desk.do(i.Stopped(), i.CancelFailed("r1", Failure(FailureKind.AUTH, status=401)))
    assert "waiting for you" in said(desk)
    assert CancelRun("r1") in desk.do(i.RetryNow())


def test_given_up_says_that_the_run_may_go_on() -> None:
    for give_up in (i.GaveUp(), i.Stopped()):
        desk = started()
        desk.do(i.Stopped(), i.CancelFailed("r1", BAD_GATEWAY))
        assert HangUp(1) in desk.do(give_up)
        assert desk.session.link.phase is Phase.IDLE
        assert said(desk) == "Given up by you; the server may go on with the run. What was written stays here."
        assert "Opening the thread again shows it" in words(desk.session.notices[-1], desk.session, desk.now).details
        assert desk.session.history[-1].standing is Standing.STOPPED


@pytest.mark.parametrize("waits", [False, True])
def test_a_finished_answer_whose_thread_cannot_be_read_is_not_called_stopped(waits: bool) -> None:
    """Seen: given up while the thread was read, and a whole answer stood there as stopped."""
    desk = started()
    desk.do(i.Disconnected(1), i.RunRead(RunInfo("r1", RunStatus.SUCCESS)))
    if waits:
        desk.do(i.ThreadFailed(Failure(FailureKind.TOO_BIG)))
    desk.do(i.GaveUp())
    assert [m.standing for m in desk.session.history] == [Standing.DONE, Standing.DONE]
    assert NoticeKind.STOPPED not in desk.kinds()
    assert desk.session.run is not None and desk.session.run.status is RunStatus.SUCCESS
    if waits:
        assert said(desk) == "The thread could not be read: what the server sent was too big to take; waiting for you."
        assert desk.do(i.RetryNow()) == (ReadThread(),)
    else:
        assert desk.session.reading
    desk.do(i.ThreadRead(answer("one two three")))
    assert desk.texts() == ["hello", "one two three"]
    assert desk.kinds() == []


def test_a_failed_run_whose_thread_cannot_be_read_says_why_it_failed() -> None:
    desk = started()
    desk.event(i.RunErrored("RuntimeError", "model exploded"), "13-0")
    desk.do(i.Disconnected(1), i.RunRead(RunInfo("r1", RunStatus.ERROR)), i.GaveUp())
    assert [(n.kind, n.detail) for n in desk.session.notices] == [(NoticeKind.FAILED, "model exploded")]
    assert desk.session.history[-1].standing is Standing.FAILED


def test_a_stop_of_a_run_that_is_over_is_nothing() -> None:
    desk = started()
    desk.do(i.Disconnected(1), i.RunRead(RunInfo("r1", RunStatus.SUCCESS)), i.ThreadFailed(AWAY))
    before = replace(desk.session)
    assert desk.do(i.Stopped()) == ()
    assert desk.session == before
