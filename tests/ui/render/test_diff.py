"""A diff as lines: nothing of either text is lost, and what belongs together stands beside one another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from canvas_tui.core.differ import Kind, diff, split_lines
from canvas_tui.ui.render.diff import DiffLook, merged, sides

from .whole import LOOK

TEXTS = st.text(alphabet="ab c.\n漢", max_size=60)


@given(TEXTS, TEXTS)
def test_both_sides_have_their_lines_with_their_numbers(old: str, new: str) -> None:
    before, after = split_lines(old), split_lines(new)
    for change in diff(old, new):
        pairs = sides(change)
        left = [(side.number, "".join(piece.text for piece in side.pieces)) for pair in pairs for side in pair.old]
        right = [(side.number, "".join(piece.text for piece in side.pieces)) for pair in pairs for side in pair.new]
        assert left == [(at + 1, before[at]) for at in range(change.old_start, change.old_stop)]
        assert right == [(at + 1, after[at]) for at in range(change.new_start, change.new_stop)]


@given(TEXTS, TEXTS)
def test_one_flow_has_what_went_and_what_came(old: str, new: str) -> None:
    for change in diff(old, new):
        flow = merged(change)
        for kind in Kind:
            words = "".join(piece.text for line in flow for piece in line if piece.kind is kind)
            assert words == "".join(piece.text.replace("\n", "") for piece in change.pieces if piece.kind is kind)


@given(TEXTS, TEXTS, st.booleans(), st.booleans(), st.sampled_from([24, 60]))
def test_every_row_fills_the_width(old: str, new: str, code: bool, split: bool, width: int) -> None:
    draw = DiffLook(LOOK, width, code, split, 10)
    rows = [line for change in diff(old, new) for part in draw.change(change) for line in part]
    assert all(line.width == width for line in rows)


def drawn(old: str, new: str, code: bool = True, split: bool = False) -> list[str]:
    draw = DiffLook(LOOK, 40, code, split, 10)
    return ["".join(segment.text for segment in line.segments).rstrip() for c in diff(old, new) for part in draw.change(c) for line in part]


def test_code_by_line_with_signs() -> None:
    assert drawn("a = 1\nb = 2", "a = 1\nb = 3") == ["   2     - b = 2", "       2 + b = 3"]


def test_words_of_a_document_stand_in_one_flow() -> None:
    assert drawn("The quick fox runs far.", "The slow fox runs far.", code=False) == ["▌ The quickslow fox runs far."]


def test_a_sentence_that_is_another_one_stands_below() -> None:
    assert drawn("Nothing is as it was.", "Bread without kneading!", code=False) == ["▌ Nothing is as it was.", "▌ Bread without kneading!"]


def test_side_by_side_line_ends_that_agree_stand_in_one_row() -> None:
    rows = drawn("one two three four\nfive six", "one two 3 four\nnew line\nfive 6", split=True, code=False)
    assert rows[0].startswith("  1 one two three") and "│  1 one two 3" in rows[0]


def test_hostile_text_is_shown() -> None:
    assert drawn("x", "\x1b[31m\u202e") == ["   1     - x", "       1 + ␛[31m⇄"]
