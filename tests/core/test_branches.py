"""Branches: which messages have siblings, where a turn forks off, what is shown meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from canvas_tui.core import inputs as i
from canvas_tui.core.artifact import Artifact, Branch, Turn, Version
from canvas_tui.core.branches import MOST_HEADS, fork_point, keep, sibling, siblings
from canvas_tui.core.effects import CreateRun, ReadBranch, ReadHeads
from canvas_tui.core.fork import Fork, Head, Point
from canvas_tui.core.model import (
    Failure,
    FailureKind,
    Interrupt,
    Message,
    NoticeKind,
    Role,
    RunInfo,
    RunStatus,
    SendAnswers,
    SendMessage,
    SendNothing,
    ThreadState,
)
from tests.core.desk import Desk

A, B, C = Head("c1", ("h1", "a1", "h2", "a2")), Head("c2", ("h1", "a1", "h2", "a3")), Head("c3", ("h1", "a1", "h3", "a4"))


def test_messages_that_follow_upon_the_same_ones_are_siblings() -> None:
    assert siblings(A, [B, C]) == (Branch("h2", 1, 2), Branch("a2", 1, 2))
    assert siblings(B, [A, C]) == (Branch("h2", 1, 2), Branch("a3", 2, 2))
    assert siblings(C, [A, B]) == (Branch("h3", 2, 2),)


def test_a_thread_of_one_branch_has_none() -> None:
    assert siblings(A, []) == () == siblings(A, [A, Head("c0", ("h1", "a1"))])


def test_the_way_leads_to_the_newest_branch_with_the_sibling() -> None:
    longer = Head("c9", (*B.ids, "h5", "a5"))
    assert sibling(A, [B, C, longer], "a2", 1) == longer
    assert sibling(A, [B, C], "h2", 1) == C
    assert sibling(A, [B, C], "a2", -1) is None is sibling(A, [B, C], "a2", 2)
    assert sibling(A, [B, C], "nowhere", 1) is None


def test_a_branch_that_failed_before_it_said_anything_leads_back() -> None:
    failed = Head("c4", ("h1", "a1", "h2"))
    assert siblings(failed, [A, B])[-1] == Branch("h2", 3, 3)
    assert sibling(failed, [A, B], "h2", -1) == B


def test_the_oldest_ends_are_forgotten_first() -> None:
    heads = keep((), *(Head(f"c{n:03}", ("h1", f"a{n}")) for n in range(MOST_HEADS + 3)), Head("", ("x",)))
    assert len(heads) == MOST_HEADS and heads[0].checkpoint_id == "c003"


# -- where from


def test_a_message_forks_off_at_the_newest_state_before_it() -> None:
    fork = Fork(Head("c9", ("h1", "a1", "h2", "a2")), before="h2")
    points = [
        Point("c8", ("h1", "a1", "h2")),
        Point("c7", ("h1", "a1"), start=True, sent=("other",)),  # of another branch
        Point("c6", ("h1", "a1"), start=True, sent=("h2",)),
        Point("c5", ("h1", "a1")),
        Point("c1", (), start=True, sent=("h1",)),
    ]
    assert fork_point(fork, points) == "c6"
    assert fork_point(fork, points[3:]) == "c5"
    assert fork_point(replace(fork, before="h1"), points) == "c1"
    assert fork_point(fork, points[:2]) == "" == fork_point(replace(fork, before="gone"), points)


def test_the_last_turn_is_the_newest_that_is_shown() -> None:
    fork = Fork(Head("c5", ("h1", "a1", "h2", "a2")), again=True)
    of_another_branch = Point("c4", ("h1", "a1"), start=True, sent=("h9",))
    later = Point("c6", ("h1", "a1"), start=True, sent=("h2",))
    action = Point("c3", ("h1", "a1", "h2"), start=True)
    first = Point("c2", ("h1", "a1"), start=True, sent=("h2",))
    assert fork_point(fork, [later, of_another_branch, Point("c4", ("h1", "a1")), first]) == "c2"
    assert fork_point(fork, [action, first]) == "c3"


# -- in the session


def messages(*ids: str) -> tuple[Message, ...]:
    return tuple(Message(id, Role.HUMAN if id[0] == "h" else Role.AI, f"text of {id}") for id in ids)


def thread(*ids: str, checkpoint: str = "c1") -> ThreadState:
    return ThreadState(messages(*ids), checkpoint_id=checkpoint)


def resting(*ids: str) -> Desk:
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(thread(*ids)))
    return desk


def run_to_the_end(desk: Desk, state: ThreadState, submit: str = "s1") -> None:
    desk.do(i.RunCreated(submit, "r1"), i.Connected(desk.conn))
    desk.event(i.RunStarted("r1"), "10-0")
    desk.do(i.Disconnected(desk.conn))
    desk.do(i.RunRead(RunInfo("r1", RunStatus.SUCCESS)), i.ThreadRead(state))


def shown(desk: Desk) -> list[str]:
    return [m.id for m in (*desk.session.history, *desk.session.live)]


def create(desk: Desk) -> CreateRun:
    (effect,) = [e for e in desk.effects if isinstance(e, CreateRun)][-1:]
    return effect


def test_an_answer_asked_for_again_makes_place_and_stays_a_branch() -> None:
    desk = resting("h1", "a1", "h2", "a2")
    desk.do(i.Regenerated("s1"))
    assert shown(desk) == ["h1", "a1", "h2"]
    assert create(desk) == CreateRun("s1", SendNothing(Fork(Head("c1", ("h1", "a1", "h2", "a2")), again=True)), heads=("c1",))
    run_to_the_end(desk, thread("h1", "a1", "h2", "a3", checkpoint="c2"))
    assert shown(desk) == ["h1", "a1", "h2", "a3"]
    assert desk.session.branches == (Branch("a3", 2, 2),)


def test_a_message_in_other_words_takes_the_place_of_all_that_followed() -> None:
    desk = resting("h1", "a1", "h2", "a2")
    desk.session = replace(desk.session, state=replace(desk.session.state, artifact=Artifact(1, (Version(1),))))
    desk.do(i.Submitted("other", "h9", "s1", turn=Turn(before="h1")))
    assert shown(desk) == ["h9"]
    payload = create(desk).payload
    assert isinstance(payload, SendMessage) and payload.fork == Fork(Head("c1", ("h1", "a1", "h2", "a2")), before="h1")
    assert payload.artifact is None, "the artifact of the state that the branch begins with counts"
    run_to_the_end(desk, thread("h9", "a9", checkpoint="c2"))
    assert desk.session.branches == (Branch("h9", 2, 2),)


def test_what_could_not_be_sent_as_a_branch_leaves_the_conversation_whole() -> None:
    desk = resting("h1", "a1")
    desk.do(i.Submitted("other", "h9", "s1", turn=Turn(before="h1")), i.CreateFailed("s1", Failure(FailureKind.REJECTED)))
    assert shown(desk) == ["h1", "a1"]
    assert [o.message.id for o in desk.session.queue] == ["h9"]
    desk.do(i.RetryNow())
    payload = create(desk).payload
    assert payload.fork is not None and payload.fork.before == "h1", "tried again, it is still a branch"
    desk.do(i.CreateFailed("s1", Failure(FailureKind.REJECTED)), i.Withdrawn("h9"), i.Regenerated("s2"))
    desk.do(i.CreateFailed("s2", Failure(FailureKind.REJECTED)))
    assert shown(desk) == ["h1", "a1"]


def test_a_message_that_is_not_in_the_state_is_sent_as_it_is() -> None:
    desk = resting("h1", "a1")
    desk.do(i.Submitted("other", "h9", "s1", turn=Turn(before="gone")))
    assert create(desk).payload.fork is None and shown(desk) == ["h1", "a1", "h9"]


def branched() -> Desk:
    """The newest of two answers is shown."""
    desk = resting("h1", "a1")
    desk.do(i.Regenerated("s1"))
    run_to_the_end(desk, thread("h1", "a2", checkpoint="c2"))
    return desk


def test_another_branch_is_read_and_the_next_turn_goes_on_from_it() -> None:
    desk = branched()
    assert desk.do(i.Switched("a2", -1)) == (ReadBranch("c1"),)
    assert desk.do(i.Switched("a2", -1)) == (), "one at a time"
    desk.do(i.BranchRead(thread("h1", "a1", checkpoint="c1")))
    assert shown(desk) == ["h1", "a1"] and desk.session.tip == "c2"
    assert desk.session.branches == (Branch("a1", 1, 2),)
    desk.do(i.Submitted("on", "h3", "s3"))
    assert create(desk).payload.fork == Fork(Head("c1", ("h1", "a1")))
    assert create(desk).heads == ("c1", "c2")
    run_to_the_end(desk, thread("h1", "a1", "h3", "a3", checkpoint="c3"), "s3")
    assert desk.session.tip == "" and desk.session.branches == (Branch("a1", 1, 2),)


def test_answers_and_going_on_keep_to_the_branch_too() -> None:
    desk = branched()
    state = replace(thread("h1", "a1", checkpoint="c1"), next=("agent",))
    desk.do(i.Switched("a2", -1), i.BranchRead(state))
    assert desk.session.can_continue
    desk.do(i.Proceeded("s5"))
    assert create(desk).payload == SendNothing(Fork(Head("c1", ("h1", "a1"))))
    desk = branched()
    desk.do(i.Switched("a2", -1), i.BranchRead(replace(state, interrupts=(Interrupt("q", "go?"),))))
    desk.do(i.Answered((("q", 1),), "s6"))
    assert create(desk).payload == SendAnswers((("q", 1),), Fork(Head("c1", ("h1", "a1"))))


def test_back_at_the_newest_nothing_is_forked() -> None:
    desk = branched()
    desk.do(i.Switched("a2", -1), i.BranchRead(thread("h1", "a1", checkpoint="c1")))
    desk.do(i.Switched("a1", 1), i.BranchRead(thread("h1", "a2", checkpoint="c2")))
    assert desk.session.tip == ""
    desk.do(i.Submitted("on", "h3", "s3"))
    assert create(desk).payload.fork is None


def test_opened_again_the_newest_branch_is_shown() -> None:
    desk = branched()
    desk.do(i.Switched("a2", -1), i.BranchRead(thread("h1", "a1", checkpoint="c1")))
    desk.do(i.Opened(), i.ThreadRead(thread("h1", "a2", checkpoint="c2")))
    assert shown(desk) == ["h1", "a2"] and desk.session.tip == ""


def test_a_branch_that_cannot_be_read_changes_nothing_and_is_told() -> None:
    desk = branched()
    desk.do(i.Switched("a2", -1), i.BranchFailed(Failure(FailureKind.CUT)))
    assert shown(desk) == ["h1", "a2"] and desk.kinds()[-1] is NoticeKind.THREAD
    assert desk.do(i.Switched("a2", -1)) == (ReadBranch("c1"),)


def test_a_branch_that_comes_after_a_turn_has_begun_is_not_shown() -> None:
    desk = branched()
    desk.do(i.Switched("a2", -1), i.Submitted("on", "h3", "s3"), i.BranchRead(thread("h1", "a1", checkpoint="c1")))
    assert shown(desk) == ["h1", "a2", "h3"]


def test_ends_that_the_runs_tell_are_read_once() -> None:
    desk = Desk()
    read = i.ThreadRead(thread("h1", "a2", checkpoint="c2"), heads=("c1", "c2"), left=("r7",))
    assert desk.do(i.Opened(), read)[-1] == ReadHeads(("c1",), ("r7",))
    desk.do(i.HeadsRead((Head("c1", ("h1", "a1")), Head("c0", ("h1", "a0"), "r7"))))
    assert desk.session.branches == (Branch("a2", 3, 3),)
    assert not any(isinstance(e, ReadHeads) for e in desk.do(i.Opened(), read))


def test_the_thread_read_before_the_branch_is_made_does_not_bring_the_old_one_back() -> None:
    desk = resting("h1", "a1")
    desk.do(i.Regenerated("s1"), i.ThreadRead(thread("h1", "a1")))
    assert shown(desk) == ["h1"]


@pytest.mark.parametrize("active", [True, False])
def test_nothing_is_asked_again_where_there_is_nothing_or_a_run_is_on(active: bool) -> None:
    desk = resting(*(("h1", "a1") if active else ()))
    if active:
        desk.do(i.Submitted("x", "h2", "s1"))
    before = desk.session
    assert desk.do(i.Regenerated("s9")) == () and desk.session == before
