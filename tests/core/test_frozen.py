"""Values are what frozen dataclasses are: compared, hashed, shown and copied by their fields."""

from __future__ import annotations

import copy
import pickle
from dataclasses import dataclass, field, fields
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canvas_tui.core.changing import replace
from canvas_tui.core.frozen import frozen


@frozen
class Ours:
    """A value."""

    name: str
    size: int = 0
    key: str = field(default="", repr=False, compare=False)
    parts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Theirs:
    name: str
    size: int = 0
    key: str = field(default="", repr=False, compare=False)
    parts: tuple[int, ...] = ()


@frozen
class Nothing: ...


@frozen
class Other:
    name: str


@frozen
class Odd:  # noqa: PLW1641 - it has none to hash by
    name: str

    def __eq__(self, other: object) -> bool:
        return True

    def __repr__(self) -> str:
        return "odd"


made = st.tuples(st.sampled_from("ab"), st.integers(0, 1), st.sampled_from("xy"), st.sampled_from(((), (1,))))


@given(made, made)
def test_as_a_frozen_dataclass(one: tuple[str, int, str, tuple[int, ...]], other: tuple[str, int, str, tuple[int, ...]]) -> None:
    a, b, c, d = Ours(*one), Ours(*other), Theirs(*one), Theirs(*other)
    assert (a == b) == (c == d) and (a != b) == (c != d)
    assert a != b or hash(a) == hash(b)
    assert repr(a) == repr(c).replace("Theirs", "Ours")
    assert len({a, b}) == len({c, d})
    assert copy.copy(a) == copy.deepcopy(a) == pickle.loads(pickle.dumps(a)) == a
    assert replace(a, size=7).size == 7 and a.size == one[1]


def test_the_shape() -> None:
    assert [each.name for each in fields(Ours)] == ["name", "size", "key", "parts"]
    assert Ours.__match_args__ == ("name", "size", "key", "parts") and not hasattr(Ours("a"), "__dict__")
    assert Nothing() == Nothing() and len({Nothing(), Nothing()}) == 1
    different: list[object] = [Ours("a"), Other("a"), "a"]
    assert all(one != other for one, other in combinations(different, 2))


def test_what_a_class_says_itself_holds() -> None:
    assert Odd("a") == Odd("b") and repr(Odd("a")) == "odd"
    with pytest.raises(TypeError):
        hash(Odd("a"))
