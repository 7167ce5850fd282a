"""The body of an answer as the transcript keeps it: whatever the pieces were, the same lines as of the whole text at once."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canvas_tui.core.model import Message, Role, Standing
from canvas_tui.ui.render.lines import Line, blank
from canvas_tui.ui.widgets.lines_entries import Context, margin
from canvas_tui.ui.widgets.transcript_body import Body
from canvas_tui.ui.widgets.transcript_entries import AgentEntry

from ..render.nested import NESTED
from ..render.test_markdown import CUTS, LONG, MARKDOWN
from ..render.whole import LOOK, shown, whole

Shown = list[tuple[str, str, str | None, int]]


def context(width: int) -> Context:
    return Context(LOOK, width + 4)


def settled(body: Body, text: str, writing: bool, at: Context) -> Shown:
    lines = body.build(text, writing, LOOK.text, at)
    while body.partial:
        lines = body.build(text, writing, LOOK.text, at)
    return seen(lines)


def at_once(text: str, width: int) -> Shown:
    return seen(margin(whole(text, width), context(width)))


def seen(lines: Sequence[Line]) -> Shown:
    """A blank line is one, with margin or without."""
    return shown([line if line.text.strip() else blank(line.fill) for line in lines])


@settings(max_examples=200)
@given(st.one_of(MARKDOWN, NESTED), CUTS, st.sampled_from([20, 60]))
def test_any_pieces_end_as_the_whole_text(text: str, cuts: list[int], width: int) -> None:
    body, at = Body("m:a", streamed=True), context(width)
    for cut in sorted(min(cut, len(text)) for cut in cuts):
        settled(body, text[:cut], True, at)
    assert settled(body, text, False, at) == at_once(text, width)


@pytest.mark.parametrize(("seed", "longest"), [(1, 30), (2, 400), (3, 4_000)])
def test_long_ones_too_in_slices_and_at_another_width(seed: int, longest: int) -> None:
    chance, body = random.Random(seed), Body("m:a", streamed=True)
    at = context(70)
    at.enough = lambda: chance.random() < 0.5
    end = 0
    while end < len(LONG):
        end += chance.randint(1, longest)
        body.build(LONG[:end], True, LOOK.text, at)
    assert settled(body, LONG, False, at) == at_once(LONG, 70)
    assert settled(body, LONG, False, context(44)) == at_once(LONG, 44)


def test_what_was_not_seen_while_it_came_is_folded_and_opened() -> None:
    body, at = Body("m:a", streamed=False), context(70)
    assert len(settled(body, LONG, False, at)) < len(at_once(LONG, 70)) and body.folds
    at.opened.update(body.folds)
    assert settled(body, LONG, False, at) == at_once(LONG, 70)


def test_what_is_finished_is_not_put_together_anew_with_each_piece() -> None:
    """Bytes that are taken for one more word, beside those of a list of all lines."""
    text, at, entry = "one word\n\n" * 4_000, context(70), AgentEntry("m:a", Message("a", Role.AI, standing=Standing.WRITING), {})
    for more in ("", "some"):
        entry.change(replace(entry.message, text=text + more), {})
        entry.render(at)
    entry.change(replace(entry.message, text=text + "some more"), {})
    tracemalloc.start()
    entry.render(at)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert entry.height > 7_900 and most < 8 * entry.height
