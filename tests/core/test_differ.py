"""A diff gives both texts back exactly, whatever they are, and says what a person would say."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canvas_tui.core.differ import BOUND, Change, Diffing, Kind, diff, split_lines, words

TEXTS = st.text(alphabet="ab c.\n漢é\U0001f600", max_size=80)


def proven(old: str, new: str) -> list[Change]:
    """The changes, after both texts were put together from them."""
    changes = diff(old, new)
    before, after = split_lines(old), split_lines(new)
    i = j = 0
    for change in changes:
        assert before[i : change.old_start] == after[j : change.new_start]
        assert (change.old_stop, change.new_stop) != (change.old_start, change.new_start)
        for kind, lines in (
            (Kind.NEW, before[change.old_start : change.old_stop]),
            (Kind.GONE, after[change.new_start : change.new_stop]),
        ):
            assert "".join(piece.text for piece in change.pieces if piece.kind is not kind) == "".join(line + "\n" for line in lines)
        i, j = change.old_stop, change.new_stop
    assert before[i:] == after[j:]
    return changes


@given(TEXTS, TEXTS)
def test_both_texts_come_back(old: str, new: str) -> None:
    proven(old, new)


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert diff(text, text) == []


@given(TEXTS)
def test_words_lose_nothing(text: str) -> None:
    assert "".join(words(text)) == text


def told(change: Change) -> list[tuple[str, str]]:
    return [(piece.kind.value, piece.text) for piece in change.pieces]


def test_one_word() -> None:
    (change,) = proven("One.\nThe quick fox.\nEnd.", "One.\nThe slow fox.\nEnd.")
    assert (change.old_start, change.old_stop, change.new_start, change.new_stop) == (1, 2, 1, 2)
    assert told(change) == [("same", "The "), ("gone", "quick"), ("new", "slow"), ("same", " fox.\n")]


def test_east_asian_text_by_characters() -> None:
    (change,) = proven("私は猫が好きです。", "私は犬が好きです。")
    assert told(change) == [("same", "私は"), ("gone", "猫"), ("new", "犬"), ("same", "が好きです。\n")]


def test_a_line_more_and_a_line_less() -> None:
    (more,) = proven("a\nc", "a\nb\nc")
    assert (more.old_start, more.old_stop, more.new_start, more.new_stop) == (1, 1, 1, 2)
    (less,) = proven("a\nb\nc", "a\nc")
    assert (less.old_start, less.old_stop, less.new_start, less.new_stop) == (1, 2, 1, 1)


def test_a_moved_function_is_one_that_went_and_one_that_came() -> None:
    first, second = "def a():\n    return 1\n\n", "def b():\n    return 2\n\n"
    changes = proven(first + second + "end", second + first + "end")
    assert sum(change.old_stop - change.old_start for change in changes) == 3
    assert sum(change.new_stop - change.new_start for change in changes) == 3


def test_lines_that_all_recur_are_told_apart() -> None:
    """None of them is an anchor, and there are more edits than are searched for at a time."""
    old = [f"    return x + {number % 13}" for number in range(40 * BOUND)]
    new = [line if number % 20 else "    # changed" for number, line in enumerate(old)]
    changes = proven("\n".join(old), "\n".join(new))
    assert len(changes) == 2 * BOUND
    assert all(change.old_stop - change.old_start == 1 for change in changes)


def test_words_that_happen_to_agree_between_two_changes_are_left_out() -> None:
    (change,) = proven("Yesterday evening a storm destroyed everything", "Tomorrow morning a breeze refreshes somebody")
    assert told(change) == [
        ("gone", "Yesterday evening a storm destroyed everything"),
        ("new", "Tomorrow morning a breeze refreshes somebody"),
        ("same", "\n"),
    ]


@pytest.mark.parametrize("seed", range(3))
def test_it_stops_wherever_it_is_told_to_and_goes_on(seed: int) -> None:
    chance = random.Random(seed)
    old = " ".join(chance.choice(("ebb", "flood", "tide", "moon\n")) for _ in range(4_000))
    new = " ".join(chance.choice(("ebb", "flood", "tide", "sun\n")) for _ in range(4_000))
    sliced, turns = Diffing(old, new), 0
    while not sliced.work(lambda: True):
        turns += 1
    assert turns > 10
    assert sliced.changes == diff(old, new)
