import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from canvas_tui.ui.render.lines import Joined, Line, breaks, chop, prefix_lines, wrap

NULL = Style.null()
BOLD = Style(bold=True)
TEXT = st.text(alphabet="ab  é한👍\u200d\ufe0f❤\u0301-", max_size=40).map(lambda text: text.lstrip("\u200d\ufe0f"))


@settings(max_examples=300)
@given(TEXT, st.integers(2, 12))
def test_breaks_fit_the_width_and_lose_spaces_only(text: str, width: int) -> None:
    spans = list(breaks(text, width))
    bare, previous = text.rstrip(" "), 0
    for start, end, _ in spans:
        assert cell_len(bare[start:end]) <= width
        assert not bare[previous:start].strip(" ")
        previous = end
    assert previous == len(bare)
    assert [soft is None for *_, soft in spans] == [False] * (len(spans) - 1) + [True]


@settings(max_examples=300)
@given(st.lists(st.tuples(TEXT, st.sampled_from([NULL, BOLD]))), st.integers(2, 12))
def test_chopped_code_keeps_every_character_and_its_style(runs: list[tuple[str, Style]], width: int) -> None:
    lines = chop(runs, width, NULL)
    assert "".join(line.text for line in lines) == "".join(text for text, _ in runs)
    bold = "".join(s.text for line in lines for s in line.segments if s.style == BOLD)
    assert bold == "".join(text for text, style in runs if style == BOLD)
    assert all(line.width == sum(cell_len(s.text) for s in line.segments) for line in lines)


def test_words_stay_whole_and_long_ones_are_cut() -> None:
    assert [line.text for line in wrap([("one two three", NULL)], 8, NULL)] == ["one two", "three"]
    assert [line.text for line in wrap([("abcdefghij", NULL)], 4, NULL)] == ["abcd", "efgh", "ij"]
    assert [line.text for line in wrap([("a\nb", NULL)], 4, NULL)] == ["a", "b"]


def test_wide_text_breaks_between_characters() -> None:
    lines = wrap([("漢字かな交じり", NULL)], 5, NULL)
    assert [line.text for line in lines] == ["漢字", "かな", "交じ", "り"]
    assert [line.soft for line in lines] == ["", "", "", None]


def test_decoration_is_not_text() -> None:
    line = prefix_lines([Line([Segment("x", NULL)], NULL)], [Segment("▌ ", NULL)], [])[0]
    assert (line.text, line.width, line.padded(6).width) == ("x", 3, 6)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2))), st.slices(12))
def test_joined_lines_are_as_one_list_of_what_was_there_when_they_were_added(sizes: list[tuple[int, int]], some: slice) -> None:
    joined, inner, whole = Joined(), Joined(), list[Line]()
    for at, (count, more) in enumerate(sizes):
        lines = [Line([Segment("x")], NULL) for _ in range(count)]
        whole += lines
        if at % 3 == 2:
            inner.add(lines)
            joined.add(inner)
            inner = Joined()
        else:
            joined.add(lines)
        lines += [Line([Segment("later")], NULL)] * more
    assert list(joined) == whole and len(joined) == len(whole) and bool(joined) is bool(whole)
    assert [joined[at] for at in range(-len(whole), len(whole))] == [*whole, *whole]
    assert joined[some] == whole[some]
    for beyond in (len(whole), -len(whole) - 1):
        with pytest.raises(IndexError):
            joined[beyond]
