"""Long lines of code: broken between words, below their own indent, and copied as they were."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.geometry import Offset
from textual.selection import Selection

from canvas_tui.core.differ import diff
from canvas_tui.ui.render.code import GrowingCode, code_block
from canvas_tui.ui.render.diff import DiffLook
from canvas_tui.ui.render.look import ASCII, Look
from canvas_tui.ui.widgets.lines_entries import Context, Entry
from canvas_tui.ui.widgets.lines_rows import Place
from canvas_tui.ui.widgets.lines_select import number, selected_text

from .test_diff import colours
from .whole import LOOK

CODE = "def height(low):\n    return interpolate(low, high, share_of_range) + correction_for(the_wind, pressure=1013)\n"


def shown(code: str, width: int, look: Look = LOOK) -> list[str]:
    return ["".join(part.text for part in line.segments).rstrip() for line in code_block(code, "", look, width)]


def test_a_long_line_breaks_between_words_and_goes_on_below_its_indent() -> None:
    assert shown(CODE, 52) == [
        " def height(low):",
        "     return interpolate(low, high, share_of_range)",
        "     ↪ + correction_for(the_wind, pressure=1013)",
    ]
    assert shown(CODE, 53, Look(glyphs=ASCII))[-1].startswith("|     \\ + correction_for(")


def test_a_word_without_a_place_to_break_is_cut() -> None:
    assert shown("x" * 40, 22) == [" " + "x" * 20, " ↪ " + "x" * 18, " ↪ xx"]


def test_a_deep_indent_leaves_room() -> None:
    rows = shown(" " * 30 + "call(first, second)", 40)
    assert all(len(row) <= 40 for row in rows) and "".join(row.strip(" ↪") for row in rows).replace(" ", "") == "call(first,second)"


class Block(Entry):
    def __init__(self, code: str) -> None:
        super().__init__("b")
        self.code = code

    def build(self, context: Context) -> list:  # type: ignore[type-arg]
        return code_block(self.code, "", context.look, context.width)

    def estimate(self, width: int) -> int:
        return 1


@settings(max_examples=200)
@given(st.text(alphabet='ab(),;. =->漢👍"1', min_size=1, max_size=120), st.integers(10, 60))
def test_what_is_copied_is_what_was_written(code: str, width: int) -> None:
    block = Block(code)
    block.render(Context(LOOK, width))
    assert block.lines is not None
    every = Selection(Offset(0, number(Place(0, 0))), Offset(10_000, number(Place(0, len(block.lines)))))
    assert selected_text([block], every).rstrip() == code.rstrip()


@settings(max_examples=100)
@given(st.text(alphabet="ab(), =\n", min_size=1, max_size=200), st.lists(st.integers(0, 200), max_size=6), st.integers(10, 40))
def test_streamed_is_whole(code: str, cuts: list[int], width: int) -> None:
    growing = GrowingCode("", LOOK, width)
    lines = []
    for cut in [*sorted(cut for cut in cuts if cut < len(code)), len(code)]:
        lines = growing.lines(code[:cut])
    whole = code_block(code + "\n", "", LOOK, width)
    assert [line.text for line in lines] == [line.text for line in whole]


@pytest.mark.parametrize("split", [False, True])
def test_comparisons_break_lines_in_the_same_way(split: bool) -> None:
    old, new = CODE, CODE.replace("1013", "1014")
    draw = DiffLook(LOOK, 110 if split else 60, colours(old, new), split, 10)
    rows = ["".join(part.text for part in line.segments) for c in diff(old, new) for part in draw.change(c) for line in part()]
    assert any("↪ " in row for row in rows) and not any(row.rstrip().endswith("correc") for row in rows)
