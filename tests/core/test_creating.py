"""A run is created once: what may have arrived is looked for, twice and apart; what cannot be sent says what there is left to do."""

from __future__ import annotations

import pytest

from canvas_tui.core import inputs as i
from canvas_tui.core import policy
from canvas_tui.core.effects import CreateRun, Effect, FindRun, JoinRun, ReadThread
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
from canvas_tui.core.notices import Act, Words, words
from tests.core.desk import HUMAN, Desk, looked_twice, started

OLD = Message("h", Role.HUMAN, "old")
MINE = Message("m9", Role.HUMAN, "my text", standing=Standing.SENDING)
QUESTION = Interrupt("q", {"question": "go?"})
ASKING = ThreadState((HUMAN,), (QUESTION,), ("ask",))
REFUSED, MISSING = Failure(FailureKind.REFUSED), Failure(FailureKind.MISSING, status=404)


def submitted(state: ThreadState) -> Desk:
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(state), i.Submitted("hello", "m1", "s1"))
    return desk


def creates(desk: Desk) -> list[CreateRun]:
    return [effect for effect in desk.effects if isinstance(effect, CreateRun)]


def told(desk: Desk, kind: NoticeKind) -> Words:
    return words(next(n for n in desk.session.notices if n.kind is kind), desk.session, desk.now)


# -- how soon, and how often -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [0.0, -5.0])
def test_a_server_that_asks_for_no_wait_at_all_is_not_stormed(asked: float) -> None:
    """Seen: Retry-After: 0 (or a date that is past) made 501 POSTs in 5 s."""
    desk = submitted(ThreadState())
    started_at = desk.now
    while desk.now < started_at + 5:
        desk.do(i.CreateFailed("s1", Failure(FailureKind.LIMITED, status=429, retry_after=asked)))
        desk.until_due()
    assert len(creates(desk)) <= 8


def test_a_server_that_asks_for_a_longer_wait_gets_it() -> None:
    assert policy.backoff(0, "s1", Failure(FailureKind.LIMITED, retry_after=7.0)) == 7.0


@pytest.mark.parametrize(
    "failure",
    [
        Failure(FailureKind.CUT, sent=True),
        Failure(FailureKind.NO_ANSWER, sent=True),
        Failure(FailureKind.SERVER, status=502, sent=True),
        Failure(FailureKind.SERVER, status=504, sent=True),
    ],
    ids=lambda failure: f"{failure.kind} {failure.status or ''}".strip(),
)
def test_what_may_still_be_on_its_way_is_looked_for_twice_and_apart(failure: Failure) -> None:
    desk = submitted(ThreadState())
    assert desk.do(i.CreateFailed("s1", failure)) == (FindRun("s1"),)
    looked_twice(desk)


def test_between_the_two_looks_it_is_told_what_is_looked_for() -> None:
    desk = submitted(ThreadState())
    desk.do(i.CreateFailed("s1", Failure(FailureKind.SERVER, status=502, sent=True)), i.RunFound("s1", None))
    (notice,) = desk.session.notices
    assert words(notice, desk.session, desk.now).text == "The server or a proxy before it answers 502, for 0 s; looking whether it arrived."
    desk.until_due()
    desk.do(i.RunFound("s1", None), i.RunCreated("s1", "r1"))
    assert desk.session.notices[0].until is not None


def test_trying_at_once_does_not_make_two_looks_of_one() -> None:
    desk = submitted(ThreadState())
    desk.do(i.CreateFailed("s1", Failure(FailureKind.CUT, sent=True)), i.RunFound("s1", None))
    assert desk.do(i.RetryNow()) == (FindRun("s1"),)
    looked_twice(desk)


def test_a_look_that_fails_is_no_look() -> None:
    desk = submitted(ThreadState())
    desk.do(i.CreateFailed("s1", Failure(FailureKind.CUT, sent=True)), i.FindFailed("s1", REFUSED))
    for _ in range(3):
        assert desk.until_due() == (FindRun("s1"),)
        desk.do(i.FindFailed("s1", REFUSED))
    assert desk.until_due() == (FindRun("s1"),)
    looked_twice(desk)


def test_each_post_that_may_have_arrived_has_its_own_two_looks() -> None:
    desk = submitted(ThreadState())
    lost = i.CreateFailed("s1", Failure(FailureKind.CUT, sent=True))
    for _ in range(3):
        assert desk.do(lost) == (FindRun("s1"),)
        looked_twice(desk)


def test_what_is_given_up_between_two_looks_is_still_looked_for_twice() -> None:
    desk = submitted(ThreadState())
    desk.do(i.CreateFailed("s1", Failure(FailureKind.CUT, sent=True)), i.RunFound("s1", None), i.GaveUp())
    assert [(o.message.standing, o.unsure) for o in desk.session.queue] == [(Standing.UNSENT, True)]
    assert desk.do(i.RetryNow()) == (FindRun("s1"),)
    looked_twice(desk)


# -- what an earlier life left -----------------------------------------------------------------------------------------


def left(desk: Desk, sent: Message | None = MINE, submit_id: str = "s9", run_id: str = "") -> tuple[Effect, ...]:
    return desk.do(i.Opened(RunInfo(run_id, RunStatus.PENDING, submit_id), sent))


def busy() -> Desk:
    """Another client's run is followed."""
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ThreadState((OLD,)), RunInfo("theirs", RunStatus.RUNNING)))
    return desk


def end(desk: Desk, *messages: Message, active: RunInfo | None = None) -> tuple[Effect, ...]:
    run = desk.session.run
    assert run is not None
    desk.do(i.Disconnected(desk.conn), i.RunRead(RunInfo(run.id, RunStatus.SUCCESS)))
    return desk.do(i.ThreadRead(ThreadState((OLD, *messages)), active))


def test_a_message_of_an_earlier_life_waits_behind_a_run_that_is_followed_already() -> None:
    """Seen: the thread was opened before the journal had answered, and the message was dropped, its flight with it."""
    desk = busy()
    assert left(desk) == ()
    assert [(o.message.text, o.message.standing, o.unsure) for o in desk.session.queue] == [("my text", Standing.QUEUED, True)]
    assert end(desk) == (FindRun("s9"),)
    desk.do(i.RunFound("s9", None))
    assert desk.until_due() == (FindRun("s9"),)
    (create,) = desk.do(i.RunFound("s9", None))
    assert isinstance(create, CreateRun) and create.submit_id == "s9"


def test_it_is_put_there_once() -> None:
    desk = busy()
    left(desk)
    left(desk)
    assert len(desk.session.queue) == 1


def test_several_of_an_earlier_life_go_one_after_the_other() -> None:
    desk = Desk()
    assert left(desk) == (ReadThread(), FindRun("s9"))
    assert left(desk, Message("m8", Role.HUMAN, "behind it"), "s8") == ()
    assert [o.message.text for o in desk.session.queue] == ["behind it"]
    desk.do(i.ThreadRead(ThreadState((OLD,))), i.RunFound("s9", RunInfo("r9", RunStatus.SUCCESS)), i.Connected(1))
    assert end(desk, MINE) == (FindRun("s8"),)


def test_one_that_has_arrived_is_not_sent_again() -> None:
    desk = busy()
    left(desk)
    assert end(desk, MINE) == ()
    assert desk.session.queue == ()
    assert [m.text for m in desk.session.history] == ["old", "my text"]


def test_one_whose_run_is_next_is_followed() -> None:
    desk = busy()
    left(desk)
    assert end(desk, active=RunInfo("r9", RunStatus.PENDING, "s9")) == (JoinRun("r9", 2, "-1"),)
    assert (desk.session.queue, desk.texts()) == ((), ["old", "my text"])


def test_one_whose_run_is_the_one_that_is_followed_is_there() -> None:
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ThreadState((OLD,)), RunInfo("r9", RunStatus.RUNNING, "s9")))
    assert left(desk) == ()
    assert desk.session.queue == ()


# -- interrupting ------------------------------------------------------------------------------------------------------


def interrupting() -> Desk:
    desk = started()
    desk.do(i.Submitted("no, this", "m2", "s2", i.WhenBusy.INTERRUPT))
    return desk


def test_an_interrupt_stays_one_when_it_is_tried_again() -> None:
    """Seen: the second try was put into the queue behind the run that it was to interrupt."""
    desk = interrupting()
    desk.do(i.CreateFailed("s2", REFUSED))
    desk.until_due()
    assert [create.interrupt for create in creates(desk)[1:]] == [True, True]


def test_an_interrupt_stays_one_when_the_user_tries_it_again() -> None:
    desk = interrupting()
    desk.do(i.CreateFailed("s2", Failure(FailureKind.AUTH, status=401)), i.RetryNow())
    assert [create.interrupt for create in creates(desk)[1:]] == [True, True]


def test_an_interrupt_stays_one_in_the_next_life() -> None:
    desk = Desk()
    desk.do(i.Opened(RunInfo("", RunStatus.PENDING, "s1"), MINE, interrupt=True))
    looked_twice(desk)
    assert creates(desk)[-1].interrupt


# -- answers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["the thread first", "the run first"])
def test_the_question_is_asked_again_where_its_answer_was_lost_with_the_program(order: str) -> None:
    """Seen: killed while answering, the next life had neither the question nor the answer, and said that it was kept."""
    desk = Desk()
    desk.do(i.Opened(RunInfo("", RunStatus.PENDING, "s9")))
    inputs: list[i.Input] = [i.ThreadRead(ASKING), i.RunFound("s9", None)]
    desk.do(*(inputs if order == "the thread first" else reversed(inputs)))
    desk.until_due()
    desk.do(i.RunFound("s9", None))
    assert desk.session.interrupts == (QUESTION,)
    assert told(desk, NoticeKind.UNSENT).text == "Not sent. The question waits for your answer."
    assert isinstance(desk.do(i.Answered((("q", "yes"),), "s10"))[0], CreateRun)


def test_the_question_is_asked_again_where_its_answer_was_given_up() -> None:
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ASKING), i.Answered((("q", "yes"),), "s1"))
    assert desk.do(i.GaveUp()) == (ReadThread(),)
    assert desk.session.interrupts == (QUESTION,)


def test_going_on_is_offered_only_where_there_is_something_to_go_on_with() -> None:
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ThreadState((HUMAN,))), i.Proceeded("s1"))
    desk.do(i.CreateFailed("s1", Failure(FailureKind.AUTH, status=401)))
    assert not desk.session.can_continue
    assert Act.RETRY not in told(desk, NoticeKind.UNSENT).acts


# -- a thread that is gone ---------------------------------------------------------------------------------------------


def test_a_thread_that_is_gone_says_so_and_offers_a_new_one() -> None:
    """Seen: the 404 led in a circle, since the thread was never read again."""
    desk = submitted(ThreadState((OLD,)))
    assert desk.do(i.CreateFailed("s1", MISSING)) == (ReadThread(),)
    assert desk.do(i.ThreadRead(ThreadState(exists=False))) == ()
    gone = told(desk, NoticeKind.GONE)
    assert gone.text.startswith("The server does not have this thread any more")
    assert Act.ELSEWHERE in gone.acts
    assert [o.message.text for o in desk.session.queue] == ["hello"]
    assert desk.texts() == ["old"], "what was read is not taken away"


def test_trying_again_in_a_thread_that_is_gone_is_no_circle() -> None:
    desk = submitted(ThreadState((OLD,)))
    desk.do(i.CreateFailed("s1", MISSING), i.ThreadRead(ThreadState(exists=False)))
    assert isinstance(desk.do(i.RetryNow())[0], CreateRun)
    assert not desk.session.state.exists, "then the thread is made first"


def test_what_waits_is_not_sent_into_a_new_thread_without_a_word() -> None:
    desk = submitted(ThreadState((OLD,)))
    desk.do(i.Submitted("second", "m2", "s2"), i.CreateFailed("s1", MISSING))
    assert desk.do(i.ThreadRead(ThreadState(exists=False))) == ()
    assert [o.message.standing for o in desk.session.queue] == [Standing.UNSENT, Standing.UNSENT]


def test_where_the_thread_is_there_it_was_something_else() -> None:
    desk = submitted(ThreadState((OLD,)))
    desk.do(i.CreateFailed("s1", MISSING))
    assert desk.do(i.ThreadRead(ThreadState((OLD,)))) == ()
    assert desk.kinds() == [NoticeKind.UNSENT]
    assert Act.RETRY in told(desk, NoticeKind.UNSENT).acts


def test_a_thread_that_is_back_is_gone_no_more() -> None:
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ThreadState((OLD,))), i.Opened(), i.ThreadRead(ThreadState(exists=False)))
    assert desk.kinds() == [NoticeKind.GONE]
    desk.do(i.Opened(), i.ThreadRead(ThreadState((OLD,))))
    assert desk.kinds() == []


def test_a_thread_that_never_was_is_a_new_one() -> None:
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ThreadState(exists=False)))
    assert desk.kinds() == []


# -- once more, on the user's word -------------------------------------------------------------------------------------


def test_what_a_lost_run_was_to_do_can_be_sent_again() -> None:
    desk = started()
    desk.do(i.RunReadFailed("r1", MISSING), i.ThreadRead(ThreadState()))
    lost = told(desk, NoticeKind.LOST)
    assert Act.RESEND in lost.acts and "Send the message again" not in lost.text
    (create,) = desk.do(i.Regenerated("s2"))
    assert isinstance(create, CreateRun) and (create.submit_id, create.payload.fork) == ("s2", None)
    assert [m.text for m in (*desk.session.history, *desk.session.live) if m.role is Role.HUMAN] == ["hello"]
    assert Act.RESEND not in told(desk, NoticeKind.LOST).acts, "it is on its way"


def test_where_the_thread_has_the_message_it_is_asked_again_as_a_branch() -> None:
    desk = started()
    desk.do(i.RunReadFailed("r1", MISSING), i.ThreadRead(ThreadState((HUMAN,), checkpoint_id="c1")))
    assert Act.RESEND in told(desk, NoticeKind.LOST).acts
    (create,) = desk.do(i.Regenerated("s2"))
    assert isinstance(create, CreateRun) and create.payload.fork is not None and create.payload.fork.again


def test_a_run_that_was_cancelled_before_it_began_can_be_sent_again() -> None:
    desk = submitted(ThreadState((OLD,)))
    desk.do(i.RunCreated("s1", "r1"), i.Connected(1), i.Disconnected(1), i.RunRead(RunInfo("r1", RunStatus.INTERRUPTED)))
    desk.do(i.ThreadRead(ThreadState((OLD,))))
    assert Act.RESEND in told(desk, NoticeKind.PUSHED_OUT).acts
    (create,) = desk.do(i.Regenerated("s2"))
    assert isinstance(create, CreateRun) and create.payload.fork is None
    assert desk.texts() == ["old", "hello"]


def test_an_answer_that_is_empty_can_be_asked_for_again() -> None:
    desk = submitted(ThreadState())
    desk.do(i.RunCreated("s1", "r1"), i.Connected(1))
    desk.event(i.RunStarted("r1"), "1-0")
    desk.do(i.Disconnected(1), i.RunRead(RunInfo("r1", RunStatus.SUCCESS)), i.ThreadRead(ThreadState((HUMAN,))))
    assert Act.RESEND in told(desk, NoticeKind.EMPTY).acts
    assert isinstance(desk.do(i.Regenerated("s2"))[0], CreateRun)


def test_what_has_been_followed_by_another_turn_is_not_offered_any_more() -> None:
    desk = started()
    desk.do(i.RunReadFailed("r1", MISSING), i.ThreadRead(ThreadState((HUMAN,))))
    later = (HUMAN, Message("m2", Role.HUMAN, "more"), Message("a2", Role.AI, "yes"))
    desk.do(i.Opened(), i.ThreadRead(ThreadState(later)))
    assert Act.RESEND not in told(desk, NoticeKind.LOST).acts
