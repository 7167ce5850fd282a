"""What stays visible of runs that left nothing in the state keeps its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canvas_tui.core import inputs as i
from canvas_tui.core.held import holds
from canvas_tui.core.model import (
    Failure,
    FailureKind,
    Message,
    NoticeKind,
    Phase,
    Role,
    RunInfo,
    RunStatus,
    Session,
    Standing,
    ThreadState,
    ToolCall,
)
from canvas_tui.core.notices import words
from canvas_tui.core.settling import merge, put_history, recalled
from tests.core.desk import HUMAN, started


def human(id: str) -> Message:
    return Message(id, Role.HUMAN, id)


def partial(id: str) -> Message:
    return Message(id, Role.AI, id, standing=Standing.STOPPED)


places = st.sampled_from(["", "m0", "m1", "m2", "m3", "p0", "p1", "gone"])


@given(st.integers(0, 4), st.lists(st.tuples(places, st.sampled_from(["p0", "p1", "p2", "m1"])), max_size=5, unique_by=lambda x: x[1]))
def test_the_state_keeps_its_order_and_nothing_stands_twice(n: int, left: list[tuple[str, str]]) -> None:
    state = tuple(human(f"m{k}") for k in range(n))
    merged, kept = merge(state, tuple((place, partial(id)) for place, id in left))
    ids = [m.id for m in merged]
    assert [m for m in merged if m in state] == list(state)
    assert len(set(ids)) == len(ids)
    assert {m.id for _, m in kept} == set(ids) - {m.id for m in state}
    for place, message in kept:
        assert place == "" or ids.index(place) < ids.index(message.id)
    assert merge(state, kept) == (merged, kept)


def test_a_chain_of_leftovers_stays_together() -> None:
    merged, kept = merge((human("m0"), human("m1")), (("m0", partial("p0")), ("p0", partial("p1")), ("gone", partial("p2"))))
    assert [m.id for m in merged] == ["m0", "p0", "p1", "m1"]
    assert len(kept) == 2


@given(st.integers(1, 5000), st.booleans())
def test_a_chain_of_leftovers_may_be_as_long_as_it_likes(n: int, begins: bool) -> None:
    """Seen: a run with 1,500 messages of a subgraph that the state does not hold, and the end of the turn raised RecursionError."""
    places = ["m0" if begins else "", *(f"p{k}" for k in range(n - 1))]
    merged, kept = merge((human("m0"), human("m1")), tuple((place, partial(f"p{k}")) for k, place in enumerate(places)))
    chain = [f"p{k}" for k in range(n)]
    assert [m.id for m in merged] == (["m0", *chain, "m1"] if begins else [*chain, "m0", "m1"])
    assert len(kept) == n


def test_a_run_that_leaves_thousands_of_messages_beside_the_state_ends() -> None:
    desk = started()
    for number in range(1500):
        desk.event(i.Chunk(f"b{number}", "x", node="sub"), f"{13 + number}-0")
    desk.do(i.Disconnected(1), i.RunRead(RunInfo("r1", RunStatus.SUCCESS)))
    desk.do(i.ThreadRead(ThreadState((HUMAN, Message("a1", Role.AI, "one two ")))))
    assert desk.session.link.phase is Phase.IDLE
    assert len(desk.session.history) == 1502


# -- what was painted is told where it goes ----------------------------------------------------------------------------------------

CALL = ToolCall("c1", "search", '{"query":"one two","most":3}')
PAINTED = Message("a1", Role.AI, "one", "because", (CALL,))


@pytest.mark.parametrize(
    ("true", "held"),
    [
        (PAINTED, True),
        (Message("a1", Role.AI, "one two", "because it is", (CALL, CALL)), True),
        (Message("a1", Role.AI, "ONE", "because", (CALL,)), False),
        (Message("a1", Role.AI, "one", "as it is", (CALL,)), False),
        (Message("a1", Role.AI, "one", "", (CALL,)), False),
        (Message("a1", Role.AI, "one", "because", ()), False),
        (Message("a1", Role.AI, "one", "because", (ToolCall("c1", "fetch", CALL.args),)), False),
        (Message("a1", Role.AI, "one", "because", (ToolCall("c1", "search", '{"most": 3, "query": "one two"}'),)), True),
        (Message("a1", Role.AI, "one", "because", (ToolCall("c1", "search", '{"query": "two", "most": 3}'),)), False),
        (Message("a1", Role.AI, "<think>because</think>one", "", (CALL,)), True),
    ],
)
def test_text_thinking_and_calls_are_compared(true: Message, held: bool) -> None:
    assert holds(true, PAINTED) is held


@pytest.mark.parametrize(
    ("begun", "held"),
    [
        ("", True),
        ('{"query":"one', True),
        ('{"query":"on\\u0065', True),
        ('{"query":"x', False),
        ('{"other":"one', False),
        ("nonsense", True),
    ],
)
def test_arguments_that_had_begun_are_compared_by_what_they_said(begun: str, held: bool) -> None:
    whole = Message("a1", Role.AI, tool_calls=(ToolCall("c1", "search", '{"most": 3, "query": "one two"}'),))
    assert holds(whole, Message("a1", Role.AI, tool_calls=(ToolCall("c1", "search", begun),))) is held


@given(st.text(), st.text())
def test_any_arguments_can_be_compared(true: str, painted: str) -> None:
    def call(args: str) -> Message:
        return Message("a1", Role.AI, tool_calls=(ToolCall("c1", "t", args),))

    holds(call(true), call(painted))
    assert holds(call(painted), call(painted))
    assert holds(call("[" * 5000), call("{" * 5000)) is False


RESULT = Message("t1", Role.TOOL, "seven results", name="search", tool_call_id="c1")


@pytest.mark.parametrize(
    ("painted", "true", "told"),
    [
        (RESULT, Message("t1", Role.TOOL, "no results"), True),
        (RESULT, Message("t9", Role.TOOL, "seven results"), False),  # under another id
        (RESULT, RESULT, False),
        (Message("b1", Role.AI, "x", "thought"), Message("b1", Role.AI, "x"), True),
        (Message("b1", Role.AI, "x", "thought"), Message("b9", Role.AI, "x"), True),
        (Message("b1", Role.AI, "", tool_calls=(CALL,)), Message("b1", Role.AI, "", tool_calls=(ToolCall("c1", "search", "{}"),)), True),
    ],
)
def test_what_was_painted_and_is_not_in_the_state_is_told_whatever_it_was(painted: Message, true: Message, told: bool) -> None:
    """Seen: a tool's result, thinking and a call's arguments were replaced without a word; only the answer's text was compared."""
    desk = started()
    desk.event(i.Whole(painted), "13-0")
    desk.do(i.Disconnected(1), i.RunRead(RunInfo("r1", RunStatus.SUCCESS)))
    desk.do(i.ThreadRead(ThreadState((HUMAN, Message("a1", Role.AI, "one two "), true))))
    assert desk.texts() == ["hello", "one two ", true.text]
    assert (NoticeKind.CORRECTED in desk.kinds()) is told


def test_a_tools_result_that_the_state_does_not_have_stays_beside_it() -> None:
    desk = started()
    desk.event(i.Whole(RESULT), "13-0")
    desk.do(i.Disconnected(1), i.RunRead(RunInfo("r1", RunStatus.SUCCESS)))
    desk.do(i.ThreadRead(ThreadState((HUMAN, Message("a1", Role.AI, "one two ")))))
    assert desk.texts() == ["hello", "one two ", "seven results"]
    assert desk.session.history[-1].standing is Standing.ASIDE
    assert desk.kinds() == []


def test_a_server_that_was_never_away_is_not_said_to_be_back() -> None:
    desk = started()
    desk.do(i.Disconnected(1), i.RunRead(RunInfo("r1", RunStatus.SUCCESS)), i.ThreadFailed(Failure(FailureKind.AUTH, status=401)))
    desk.now += 8
    desk.do(i.RetryNow(), i.ThreadRead(ThreadState((HUMAN, Message("a1", Role.AI, "one two ")))))
    told = words(desk.session.notices[-1], desk.session, desk.now).text
    assert told == "Held up, for 8 s: the server wants a key, or refuses this one (401); resumed, nothing lost."


@pytest.mark.parametrize("first", ["journal", "server"])
def test_what_an_action_was_called_stands_there_after_a_restart(first: str) -> None:
    called = Message("t1", Role.TURN, "Translate to French")
    there = (human("h"), Message("a", Role.AI, "done"), Message("b", Role.AI, "fait"))
    kept = (*there[:2], called, there[2])
    read = Session("t", loaded=True, history=there, state=ThreadState(exists=True, messages=there))
    if first == "server":
        s = recalled(read, kept)
    else:
        s = recalled(Session("t"), kept)
        assert s.history == kept
        s = put_history(s, merge(there, s.leftovers)[0])
    assert s.history == kept
    assert recalled(read, there) is read, "the journal has nothing of its own"
