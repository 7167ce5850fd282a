"""What stays visible of runs that left nothing in the state keeps its place."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from canvas_tui.core.model import Message, Role, Standing
from canvas_tui.core.settling import merge


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
