"""What is left when a stream is complete is what a rendering of the whole text gives, however it was cut."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from canvas_tui.core.safe_text import safe
from canvas_tui.ui.render import blocks as blocks_module
from canvas_tui.ui.render import carry as carry_module
from canvas_tui.ui.render import code as code_module
from canvas_tui.ui.render import markdown as markdown_module
from canvas_tui.ui.render import parsing as parsing_module
from canvas_tui.ui.render.inline import META
from canvas_tui.ui.render.lines import Line
from canvas_tui.ui.render.markdown import MarkdownLines
from canvas_tui.ui.render.parsing import Node, parse

from .nested import NESTED
from .whole import LOOK, shown, whole, whole_codes

_WORDS = st.sampled_from(["a", "**b**", "`c`", "[x]", "[t][x]", "[t](http://h/p)", "|", "漢字", "é👍🏽", "\\*", "&lt;", "<br>", "#"])
_SENTENCE = st.lists(_WORDS, min_size=1, max_size=3).map(" ".join)
_OPENERS = st.sampled_from(["- ", "* ", "1. ", "2) ", "> ", "# ", "  - ", "    ", "   ", "- [x] ", "> - "])
_ALONE = st.sampled_from(
    [
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
        "|-|-",
        "| c | d |",
        "-",
        "#",
        "1.",
        "\tx",
    ]
)
_LINE = st.one_of(_SENTENCE, st.tuples(_OPENERS, _SENTENCE).map("".join), _ALONE)
_END = st.sampled_from(["\n", "\n\n", "\n", "\n\n\n"])
MARKDOWN = st.lists(st.tuples(_LINE, _END).map("".join), max_size=12).map("".join)


def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is long in the program from some thousand characters on is so here from a few."""
    for module in (parsing_module, blocks_module, carry_module):
        monkeypatch.setattr(module, "LONGEST", 12)
    for module in (carry_module, code_module, markdown_module):
        monkeypatch.setattr(module, "AT_ONCE", 16)


CUTS = st.one_of(st.just(list(range(400))), st.lists(st.integers(0, 150), max_size=30))


def streamed(text: str, cuts: list[int], width: int, patience: int) -> MarkdownLines:
    markdown = MarkdownLines(LOOK, width, LOOK.text, patience)
    bounds = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    for start, end in pairwise(bounds):
        markdown.feed(text[start:end])
        markdown.work()
    markdown.finish()
    markdown.work()
    return markdown


@settings(max_examples=500)
@given(MARKDOWN, CUTS, st.sampled_from([20, 60]), st.sampled_from([0, 10, 600]))
@example("see [t][x]\n\npara\n\npara\nmore\n\n[x]: http://u/\n", list(range(90)), 60, 600)  # defined after its use
@example("[x]: /late 'ti\ntle'\n\npara\nmore\n\n[t][x]\n", list(range(90)), 60, 600)  # its title goes on in the next line
@example("[x]\n#\n\n[x]: /late 'ti\n---\n", [13], 20, 0)  # a title that never ends: no definition after all
@example("foo\n#x\n\nbar\n", list(range(90)), 60, 600)  # "#" alone would be a heading
@example("foo\n|a|b|\n|-|-x\n\nbar", list(range(90)), 60, 600)  # a table until the x
@example("- a\n\n  b\n- c\n", list(range(90)), 60, 0)
@example("1. a\n2. b\n3. c\n4. d\n", list(range(90)), 60, 0)
@example("```python", [], 20, 0)
@example("```\n```\n\nb\n", list(range(90)), 20, 0)
def test_any_splitting_gives_the_same_lines(text: str, cuts: list[int], width: int, patience: int) -> None:
    assert shown(streamed(text, cuts, width, patience).lines()) == shown(whole(text, width))


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(NESTED, CUTS, st.sampled_from([12, 20, 60]), st.sampled_from([0, 10, 40]), st.booleans())
@example("- a\n\n  - b\n\n  - c\nd\n  - e\n    f\n\n  g\n- h\n\n  i\nj\n", list(range(90)), 20, 0, False)  # loose from there on, lazy lines
@example("> a\n> b\nc\n>\n> - d\n>   > e\n>   > f\n>\n> g\n> h\n\ni", list(range(90)), 20, 0, True)
@example("1. x\n\n   ```py\n   a = 1\n\n   b = 'c\n   d'\n   ```\n2. y\n\n       d\n\n\n       e\n", list(range(90)), 20, 0, True)
@example("- |a|b|\n  |-|-|\n  |1|2|\n  |long words|4|\n  |5|6|\n- x\n", list(range(90)), 20, 0, False)
@example("[x]\n\n[x]: http://u/\n\n```\na\n", list(range(90)), 20, 0, True)  # a fence that grows behind a definition
@example("1. 1. - '\n        a|b\n        -|-\n        **\n        b", list(range(90)), 20, 10, True)
@example("- x\n\n  [y]: /v 'ti\n  tle'\n  [z]:\n  /w\n\n  [y] [z]\n  more\n\n  end\n", list(range(90)), 60, 0, True)
@example("<div>\n" + "text\n" * 9 + "===\n\n| a\n", list(range(90)), 60, 0, True)  # too long for a heading
def test_blocks_within_blocks_give_the_same_lines_and_code(
    monkeypatch: pytest.MonkeyPatch, text: str, cuts: list[int], width: int, patience: int, small: bool
) -> None:
    with monkeypatch.context() as limits:
        if small:
            short(limits)
        markdown = streamed(text, cuts, width, patience)
        assert shown(markdown.lines()) == shown(whole(text, width))
        assert [code for block in markdown.blocks for code in block.codes] == whole_codes(text, width)


@settings(max_examples=300)
@given(st.one_of(MARKDOWN, NESTED), CUTS, st.sampled_from([0, 10, 600]))
@example("1. a\n2. b\n3. c\n4. d\n\nx\n", list(range(90)), 0)
@example("x\n\n```\n1\n2\n3\n```\n\ny\n", list(range(90)), 0)
@example("x\n\n|a|b|\n|-|-|\n|1|2|\n|3|4|\n|5|6|\n\ny\n", list(range(90)), 0)
def test_blocks_know_where_they_stand_in_the_source(text: str, cuts: list[int], patience: int) -> None:
    """A long list may be in several pieces, which follow one another without a gap."""
    blocks = streamed(text, cuts, 60, patience).blocks
    for node in parse(safe(text), {}):
        pieces = [(block.start, block.stop) for block in blocks if node.start <= block.start < node.stop]
        assert pieces and (pieces[0][0], pieces[-1][1]) == (node.start, node.stop)
        assert all(one[1] == other[0] for one, other in pairwise(pieces))


def test_items_of_a_list_know_where_they_stand() -> None:
    (_, block) = streamed("# T\n- one\n  - within\n- two\n\n  more\n", [], 60, 600).blocks
    assert block.items == ((0, 1, 3), (2, 3, 6))


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MARKDOWN, st.text(alphabet="ab  漢-=|#:/[", min_size=40, max_size=200), MARKDOWN, CUTS, st.sampled_from([20, 60]))
def test_a_line_without_end_gives_the_same_lines(
    monkeypatch: pytest.MonkeyPatch, before: str, line: str, after: str, cuts: list[int], width: int
) -> None:
    """Its beginning is finished while it comes: what is long here is so in the program from some thousand characters on."""
    short(monkeypatch)
    text = f"{before}\n\nstart {line} see http://a.b/c and {line}{after}"
    assert shown(streamed(text, cuts, width, 0).lines()) == shown(whole(text, width))


@settings(max_examples=150)
@given(st.text(alphabet="ab -*_`#>|[]()\n\n\r\t1.:~=\\&;é한\u200d\x1b\U0001f3f4\U000e0067\U000e007f", max_size=80), st.sampled_from([0, 5]))
def test_any_characters_one_by_one(text: str, patience: int) -> None:
    assert shown(streamed(text, list(range(len(text))), 24, patience).lines()) == shown(whole(text, 24))


LONG = (
    "# Title\n\nSome para with `code` and **bold** [link](https://x.y/z).\n\n"
    + "".join(f"{number}. item **{number}** text\n" for number in range(1, 60))
    + "\n"
    + "- x\n\n- y\n" * 10
    + "\n| Name | What it does | N |\n|:--|---|--:|\n"
    + "".join(f"| row {number} | a cell with a longer text that must wrap {number} | {number} |\n" for number in range(40))
    + "\n```python\n"
    + "".join(f"def f{number}(x):\n    '''doc\n string'''\n    return x + {number}  # c\n\n" for number in range(80))
    + "```\n\n> quote\n> - nested\n>   1. deep\n\n---\nend [a][r]\n\n[r]: http://r/\n"
)


@pytest.mark.parametrize(("seed", "longest", "patience"), [(1, 9, 600), (2, 200, 600), (3, 40, 50), (4, 3_000, 600)])
def test_long_lists_tables_and_code(seed: int, longest: int, patience: int) -> None:
    chance = random.Random(seed)
    cuts = [0]
    while cuts[-1] < len(LONG):
        cuts.append(cuts[-1] + chance.randint(1, longest))
    assert shown(streamed(LONG, cuts, 70, patience).lines()) == shown(whole(LONG, 70))


def test_what_is_finished_is_not_made_again() -> None:
    markdown = MarkdownLines(LOOK, 70, LOOK.text)
    markdown.feed(LONG[: len(LONG) // 2])
    markdown.work()
    before = markdown.lines()
    markdown.feed(LONG[len(LONG) // 2 :])
    markdown.work()
    kept = {id(line) for line in markdown.lines()}
    assert sum(id(line) in kept for line in before if line.segments) > 0.5 * len(before)


def test_rendering_in_slices_stops_where_it_is_told() -> None:
    markdown = MarkdownLines(LOOK, 70, LOOK.text)
    markdown.feed(LONG * 10)
    slices = 1
    while not markdown.work(lambda: True):
        slices += 1
    assert slices > 20


def test_big_things_are_never_read_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor where links are defined after their use, when everything is read once more."""
    read: list[int] = []

    def noted(source: str, env: dict[str, Any]) -> list[Node]:
        read.append(len(source))
        return parse(source, env)

    monkeypatch.setattr(markdown_module, "parse", noted)
    markdown = MarkdownLines(LOOK, 70, LOOK.text)
    markdown.feed("[late][z]\n\n" + LONG * 20 + "\n[z]: http://z/\n")
    slices = 0
    while not markdown.work(lambda: True):
        slices += 1
    markdown.finish()
    while not markdown.work(lambda: True):
        slices += 1
    assert slices > 100 and max(read) < 10_000
    assert links(markdown.blocks[0].lines) == ["http://z/"]


def test_long_code_that_is_there_already_is_coloured_at_its_beginning_first_and_then_all() -> None:
    text = "```python\n" + "".join(f"def step_{n}(x):  # {n}\n    return {n}\n" for n in range(600)) + "```\n"
    markdown = MarkdownLines(LOOK, 60, LOOK.text)
    markdown.set(text)
    while not markdown._drain(lambda: True):
        pass
    rows = [{segment.style for segment in line.segments} for line in markdown.open[0].lines]
    keyword = LOOK.code + LOOK.keyword
    assert all(keyword in row for row in rows[1:80:2]) and not any(keyword in row for row in rows[400:900])
    markdown.finish()
    markdown.work()
    assert shown(markdown.lines()) == shown(whole(text, 60))


def test_a_line_without_end_is_never_read_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    def noted(source: str, env: dict[str, Any]) -> list[Node]:
        read.append(len(source))
        return parse(source, env)

    monkeypatch.setattr(markdown_module, "parse", noted)
    line = " ".join(f"word{n}" for n in range(20_000))
    markdown = MarkdownLines(LOOK, 70, LOOK.text)
    for at in range(0, len(line), 1_000):
        markdown.feed(line[at : at + 1_000])
        markdown.work()
    assert max(read) < 40_000 and len(line) > 150_000
    markdown.finish()
    markdown.work()
    assert shown(markdown.lines()) == shown(whole(line, 70))


def test_nothing_of_html_or_entities_acts() -> None:
    lines = whole("<script>x</script> &#x1b;[31m &#x202e;abc &#7;\n\n<div>\n\ntext", 60)
    text = "\n".join(line.text for line in lines)
    assert "<script>x</script>" in text and "<div>" in text
    assert not any(char in text for char in "\x1b\u202e\x07")


def links(lines: list[Line]) -> list[str]:
    return [segment.style.meta[META][1] for line in lines for segment in line.segments if segment.style and META in segment.style.meta]


def test_links_can_be_chosen_only_where_they_lead_to_the_web() -> None:
    text = "[a](https://a.b/c) [b](vscode://x) [c](javascript:alert) <smb://h/x> https://d.e/f(g)). [m](mailto:x@y.z) [r](notes.md)"
    assert links(whole(text, 200)) == ["https://a.b/c", "https://d.e/f(g)", "mailto:x@y.z"]


def test_the_address_stands_beside_a_link() -> None:
    text = "".join(line.text for line in whole("[docs](https://a.b/c), <https://a.b/d>, [vs](vscode://x)", 200))
    assert text == "docs (https://a.b/c), https://a.b/d, vs (vscode://x)"


@pytest.mark.parametrize("width", [8, 20, 44, 120])
def test_nothing_is_wider_than_the_width(width: int) -> None:
    deep = "> " * 50 + "deep\n\n" + "\n".join("  " * level + "- [ ] a\n" for level in range(40))
    assert max(line.width for line in whole(LONG + "\n\n漢字漢字" * 9 + "\n" + "x" * 300 + "\n\n" + deep, width)) <= width


def test_what_is_nested_too_deeply_is_not_lost() -> None:
    assert any("deep" in line.text for line in whole("> " * 200 + "deep", 80))
    nested = "\n".join("  " * level + f"- level{level}" for level in range(60))
    text = "".join(line.text.strip() for line in whole(nested, 300))
    assert all(f"level{level}" in text for level in range(60))
