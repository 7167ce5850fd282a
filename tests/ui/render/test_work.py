"""A frame costs what came, however long the block that is open: counted in characters that are read and lines that are made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from rich.segment import Segment

from canvas_tui.ui.render import blocks as blocks_module
from canvas_tui.ui.render import lines as lines_module
from canvas_tui.ui.render import markdown as markdown_module
from canvas_tui.ui.render.code import code_rows
from canvas_tui.ui.render.lines import Line
from canvas_tui.ui.render.markdown import MarkdownLines
from canvas_tui.ui.render.parsing import Node, parse
from tests.support.growing import GROWING

from .whole import LOOK

_PIECE = 40


def frames(text: str) -> Iterator[MarkdownLines]:
    markdown = MarkdownLines(LOOK, 70, LOOK.text)
    for at in range(0, len(text), _PIECE):
        markdown.feed(text[at : at + _PIECE])
        markdown.work()
        yield markdown


@pytest.mark.parametrize("name", GROWING)
def test_the_last_frames_of_a_growing_block_do_not_cost_more_than_the_first(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    work = 0

    def read(source: str, env: dict[str, Any]) -> list[Node]:
        nonlocal work
        work += len(source)
        return parse(source, env)

    class Counted(Line):
        def __init__(self, segments: list[Segment], *rest: Any, **named: Any) -> None:
            nonlocal work
            work += 40
            super().__init__(segments, *rest, **named)

    monkeypatch.setattr(markdown_module, "parse", read)
    for module in (lines_module, blocks_module):
        monkeypatch.setattr(module, "Line", Counted)
    costs: list[int] = []
    for _ in frames(GROWING[name](30_000)):
        costs.append(work)
        work = 0
    quarter = len(costs) // 4
    second, last = sum(costs[quarter : 2 * quarter]), sum(costs[-quarter:])
    assert last <= 1.25 * second, (second, last)
    assert max(costs) < 50_000, "what is open is kept short"


@pytest.mark.parametrize("name", GROWING)
def test_what_a_growing_block_has_finished_stays_as_it_is(name: str) -> None:
    """But for tables and code, whose widths and colours are known at their end, so that it is not even compared again."""
    settled = -1
    before: list[object] = []
    for markdown in frames(GROWING[name](12_000)):
        assert all(one is other for one, other in zip(before, markdown.blocks, strict=False))
        before, settled = [*markdown.blocks], markdown.settled
    assert settled == len(before)


def test_the_lines_of_long_code_are_there_in_a_slice_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever shows them has work with all of them: the last rows are not made in the same one."""
    made = [0]

    def rows(*given: Any) -> list[Line]:
        made[0] += 1
        return code_rows(*given)

    markdown = MarkdownLines(LOOK, 70, LOOK.text)
    markdown.set("```\n" + "a line of code\n" * 1_000 + "```\n\nThe end.\n")
    while not markdown.work(lambda: True) and not markdown._jobs:
        pass
    markdown.finish()
    monkeypatch.setattr(markdown_module, "code_rows", rows)
    slices = []
    done = False
    while not done:
        before, made[0] = markdown.blocks[0].lines, 0
        done = markdown.work(lambda: True)
        slices.append((made[0], markdown.blocks[0].lines is before))
    assert len(slices) > 9 and slices[-1] == (0, False) and set(slices[:-1]) == {(1, True)}
