"""What is left when a stream is complete is what a rendering of the whole text gives, however it was cut."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canvas_tui.ui.render.markdown import MarkdownLines

from .whole import LOOK, shown, whole

_WORDS = st.sampled_from(
    [
        "a",
        "word",
        "**bold**",
        "*em*",
        "`code`",
        "[x]",
        "[text][x]",
        "[t](http://h/p)",
        "|",
        "漢字",
        "é👍🏽",
        "~~no~~",
        "\\*",
        "&lt;",
        "<br>",
        "#",
    ]
)
_SENTENCE = st.lists(_WORDS, min_size=1, max_size=6).map(" ".join)
_PIECES = st.one_of(
    _SENTENCE,
    st.tuples(
        st.sampled_from(["- ", "* ", "1. ", "2) ", "> ", "# ", "### ", "  - ", "    ", "   ", "- [x] ", "- [ ] ", "> - "]), _SENTENCE
    ).map("".join),
    st.sampled_from(
        [
            "",
            "",
            "",
            "---",
            "===",
            "```",
            "```python",
            "~~~",
            "[x]: http://u/",
            "[x]: /late 'ti",
            "tle'",
            "|a|b|",
            "|-|-|",
            "| c | d |",
            "-",
            "#",
            "1.",
            "\tx",
        ]
    ),
)
MARKDOWN = st.lists(_PIECES, max_size=24).map("\n".join)


def streamed(text: str, cuts: list[int], width: int, patience: int) -> MarkdownLines:
    markdown = MarkdownLines(LOOK, width, LOOK.text, patience)
    bounds = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    for start, end in zip(bounds, bounds[1:], strict=False):
        markdown.feed(text[start:end])
        markdown.work()
    markdown.finish()
    markdown.work()
    return markdown


@settings(max_examples=400, deadline=None)
@given(MARKDOWN, st.lists(st.integers(0, 300), max_size=60), st.sampled_from([20, 60]), st.sampled_from([0, 10, 1500]))
def test_any_splitting_gives_the_same_lines(text: str, cuts: list[int], width: int, patience: int) -> None:
    assert shown(streamed(text, cuts, width, patience).lines()) == shown(whole(text, width))


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab -*_`#>|[]()\n\n\r\t1.:~=\\&;é한\u200d\x1b\U0001f3f4\U000e0067\U000e007f", max_size=80), st.sampled_from([0, 5]))
def test_any_characters_one_by_one(text: str, patience: int) -> None:
    assert shown(streamed(text, list(range(len(text))), 24, patience).lines()) == shown(whole(text, 24))
