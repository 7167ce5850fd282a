"""A diff as lines: nothing of either text is lost, and what belongs together stands beside one another."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style

from canvas_tui.core.artifact import ArtifactKind, Version
from canvas_tui.core.differ import Kind, diff, split_lines
from canvas_tui.ui.render.diff import DiffLook, merged, sides
from canvas_tui.ui.render.diff_colours import Colours

from .whole import LOOK

COLOURFUL = replace(LOOK, gone=Style(bgcolor="red"), new=Style(bgcolor="green"), new_word=Style(bgcolor="bright_green"))
TEXTS = st.text(alphabet="ab c.\n漢", max_size=60)


def colours(old: str, new: str, language: str = "python") -> Colours:
    return Colours(Version(1, ArtifactKind.CODE, "", old, language), Version(2, ArtifactKind.CODE, "", new, language), COLOURFUL)


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
    draw = DiffLook(LOOK, width, colours(old, new) if code else None, split, 10)
    rows = [line for change in diff(old, new) for part in draw.change(change) for line in part()]
    assert all(line.width == width for line in rows)


def drawn(old: str, new: str, code: bool = True, split: bool = False) -> list[str]:
    draw = DiffLook(LOOK, 40, colours(old, new) if code else None, split, 10)
    return [
        "".join(segment.text for segment in line.segments).rstrip() for c in diff(old, new) for part in draw.change(c) for line in part()
    ]


def test_code_by_line_with_signs() -> None:
    assert drawn("a = 1\nb = 2", "a = 1\nb = 3") == ["   2     - b = 2", "       2 + b = 3"]


def test_words_of_a_document_stand_in_one_flow() -> None:
    assert drawn("The quick fox runs far.", "The slow fox runs far.", code=False) == ["▌ The quickslow fox runs far."]


def test_a_sentence_that_is_another_one_stands_below() -> None:
    assert drawn("Nothing is as it was.", "Bread without kneading!", code=False) == ["- Nothing is as it was.", "+ Bread without kneading!"]


def test_side_by_side_line_ends_that_agree_stand_in_one_row() -> None:
    rows = drawn("one two three four\nfive six", "one two 3 four\nnew line\nfive 6", split=True, code=False)
    assert rows[0].startswith("  1 one two three") and "│  1 one two 3" in rows[0]


def test_hostile_text_is_shown() -> None:
    assert drawn("x", "\x1b[31m\u202e") == ["   1     - x", "       1 + ␛[31m⇄"]


def styles(old: str, new: str, split: bool = False, made: Colours | None = None) -> dict[str, tuple[str, str]]:
    """Of each word that is drawn: its colour and its background."""
    draw = DiffLook(COLOURFUL, 60, made or colours(old, new), split, 10)
    lines = [line for change in diff(old, new) for part in draw.change(change) for line in part()]
    found = [(segment.text.strip(), segment.style) for line in lines for segment in line.segments]
    return {text: (style.color.name, style.bgcolor.name) for text, style in found if style and style.color and style.bgcolor}


def test_code_has_its_colours_over_the_backgrounds_of_the_change() -> None:
    seen = styles("x = 1\nreturn 'old'", "x = 1\nreturn 'new'")
    assert seen["return"][0] == "magenta"
    assert styles("y = 2\nif a: b", "")["if"] == ("magenta", "red")
    assert styles("", "if a: b")["if"] == ("magenta", "green")
    assert styles("a = 'one two'", "a = 'one 2'", split=True)["2"] == ("green", "bright_green"), "a word that came, within a string"


def test_a_line_within_a_string_is_coloured_as_one() -> None:
    seen = styles('"""\nif one\n"""\n', '"""\nif two\n"""\n')
    assert seen["two"][0] == "green"


def test_colours_come_from_the_top_and_what_has_none_yet_is_plain() -> None:
    many = "x = 1\n" * 2_000
    old, new = f"if a: b\n{many}return\n", f"if a: c\n{many}break\n"
    made, steps = colours(old, new), count()
    assert not made.ready and "if" not in styles(old, new, made=made)
    assert not made.work(lambda: next(steps) > 39)
    half = styles(old, new, made=made)
    assert made.news() and "if" in half and half["return"][0] == "white"
    assert made.work(lambda: False) and styles(old, new, made=made)["break"] == ("magenta", "green")


def test_a_text_that_is_far_longer_than_the_other_gets_its_colours_to_the_end() -> None:
    old, new = "if a: b\n", "x = 1\n" * 3_000 + "break\n"
    made = colours(old, new)
    assert made.work(lambda: False) and styles(old, new, made=made)["break"] == ("magenta", "green")


def test_hostile_code_that_a_change_cuts_apart_keeps_every_character() -> None:
    assert drawn("a\tb \U000e0041\U000e0042", "a\tb \U000e0041\U000e0043") == [
        "   1     - a   b \ufffd\ufffd",
        "       1 + a   b \ufffd\ufffd",
    ]


@given(TEXTS, TEXTS, st.booleans())
def test_colours_change_no_text(old: str, new: str, split: bool) -> None:
    def text(made: Colours) -> list[str]:
        draw = DiffLook(COLOURFUL, 60, made, split, 10)
        lines = [line for change in diff(old, new) for part in draw.change(change) for line in part()]
        return ["".join(segment.text for segment in line.segments) for line in lines]

    assert text(colours(old, new)) == text(colours(old, new, "no such language"))
