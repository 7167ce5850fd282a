"""Versions and highlighted parts: nothing is lost, and offsets mean what JavaScript means by them."""

from __future__ import annotations

from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canvas_tui.local.agent.artifacts import ArtifactFault, Span, appended, body, current, made, of_code, of_text, rewritten, wanted
from canvas_tui.local.agent.state import Artifact, HighlightedText, Version, kept

ONE, TWO = made("text", "T", "# One"), made("code", "T", "print()", "python")


def placed(version: Version, index: int) -> Version:
    return cast(Version, {**version, "index": index})


def test_every_change_is_a_version_more() -> None:
    first = appended(None, ONE)
    second = appended(first, TWO)
    assert first == {"currentIndex": 1, "contents": [{**ONE, "index": 1}]}
    assert second == {"currentIndex": 2, "contents": [{**ONE, "index": 1}, {**TWO, "index": 2}]}
    assert appended({**second, "currentIndex": 1}, ONE)["currentIndex"] == 3


def test_a_gap_in_the_indexes_gives_no_index_twice() -> None:
    given_by_a_client = Artifact(currentIndex=7, contents=[placed(ONE, 7), placed(TWO, 3)])
    assert [each["index"] for each in appended(given_by_a_client, ONE)["contents"]] == [7, 3, 8]


def test_the_version_that_is_looked_at_is_worked_on() -> None:
    both = appended(appended(None, ONE), TWO)
    assert current(both) == {**TWO, "index": 2} and current({**both, "currentIndex": 1}) == {**ONE, "index": 1}
    assert current({**both, "currentIndex": 9}) == {**TWO, "index": 2}
    assert current(None) is None and current(Artifact(currentIndex=1, contents=[])) is None


def test_what_does_not_fit_is_told() -> None:
    with pytest.raises(ArtifactFault, match="There is no artifact"):
        wanted(None)
    with pytest.raises(ArtifactFault, match="works on code, and the artifact is a text"):
        wanted(appended(None, ONE), "code")


def test_a_rewrite_keeps_title_and_language() -> None:
    assert rewritten(TWO, "x") == {"index": 0, "type": "code", "title": "T", "language": "python", "code": "x"}
    assert body(rewritten(ONE, "x")) == "x"


def test_no_artifact_sent_is_no_artifact_lost() -> None:
    there = appended(None, ONE)
    assert kept(there, None) == there and kept(None, there) == there and kept(there, appended(there, TWO)) == appended(there, TWO)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@given(st.text(), st.text(), st.text())
def test_offsets_count_utf_16_units(before: str, part: str, after: str) -> None:
    whole = before + part + after
    start = units(before)
    assert of_code(whole, {"startCharIndex": start, "endCharIndex": start + units(part)}) == Span(before, part, after)


@given(st.text(), st.integers(-5, 50), st.integers(-5, 50))
def test_whatever_the_offsets_nothing_is_lost_or_cut_in_two(code: str, start: int, end: int) -> None:
    span = of_code(code, {"startCharIndex": start, "endCharIndex": end})
    assert span.with_part(span.part) == code
    (span.before + "|" + span.part + "|" + span.after).encode("utf-8")


def test_an_offset_inside_a_letter_takes_the_whole_letter() -> None:
    assert of_code("a😀b😀c", {"startCharIndex": 2, "endCharIndex": 5}) == Span("a", "😀b😀", "c")


def test_a_block_is_found_where_it_first_stands() -> None:
    highlight = HighlightedText(fullMarkdown="a b a", markdownBlock="a", selectedText="a")
    assert of_text(highlight).with_part("$&") == "$& b a"


@pytest.mark.parametrize("block", ["", "x"])
def test_a_block_that_is_not_there_is_told(block: str) -> None:
    with pytest.raises(ArtifactFault, match="not in the document"):
        of_text(HighlightedText(fullMarkdown="abc", markdownBlock=block, selectedText=""))
