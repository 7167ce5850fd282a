"""A fence that a model puts round code, and its thoughts: painted as the server keeps them, and never taken back."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canvas_tui.core.artifact import ArtifactKind, Version
from canvas_tui.core.model_text import without_fence, without_thoughts
from canvas_tui.core.open_canvas import PART_CALL
from canvas_tui.core.writing import KINDS, Writing, draft, take
from canvas_tui.wire.events import read_event
from tests.core.test_drafting import PROGRAM, TEA, end, rewriting, second, stream

MARKED = ("highlightedCode", {"startCharIndex": 12, "endCharIndex": 22})  # 🚀 is two units
BEFORE, AFTER = "print('🚀')\n", "\n"
ANSWER = "\n```python\nprint('b')\nprint('c')\n```\n"


def cuts(text: str, at: list[int]) -> list[str]:
    return [text[a:b] for a, b in pairwise([0, *sorted(at), len(text)])]


@pytest.mark.parametrize("every", [1, 3, 100])
def test_the_local_agent_keeps_a_part_without_its_fence_and_so_it_is_painted(every: int) -> None:
    desk = rewriting(PROGRAM, MARKED)
    seen = ""
    for piece in cuts(ANSWER, list(range(every, len(ANSWER), every))):
        shown = stream(desk, "updateArtifact", piece, call=PART_CALL)
        if shown is not None:
            assert "`" not in shown.version.text and shown.version.text[: shown.grown].startswith(seen)
            seen = shown.version.text[: shown.grown]
    truth = BEFORE + without_fence(ANSWER) + AFTER
    assert desk.session.draft is not None and desk.session.draft.version.text == truth
    end(desk, second(PROGRAM, truth))
    assert desk.kinds() == []


def test_open_canvas_puts_the_fence_into_the_program_and_so_it_is_painted() -> None:
    desk = rewriting(PROGRAM, MARKED)
    shown = stream(desk, "updateArtifact", *ANSWER)
    assert shown is not None and shown.version.text == BEFORE + ANSWER + AFTER
    end(desk, second(PROGRAM, shown.version.text))
    assert desk.kinds() == []


def test_empty_lines_before_the_fence_of_a_whole_program_go_with_it() -> None:
    desk = rewriting(PROGRAM)
    assert stream(desk, "rewriteCodeArtifactTheme", "\n\n", "``", "`py") is None
    shown = stream(desk, "rewriteCodeArtifactTheme", "\nx = 1", "\n``", "`")
    assert shown is not None and shown.version.text == "x = 1"
    end(desk, second(PROGRAM, "x = 1"))
    assert desk.kinds() == []


heads = st.tuples(st.sampled_from(["", "<think>a</think>"]), st.sampled_from(["", "\n", "  "]), st.sampled_from(["", "```py\n", "````\n"]))


@given(heads.map("".join), st.text(st.sampled_from("` \n\nax"), max_size=25), st.lists(st.integers(0, 50), max_size=8))
def test_whatever_comes_is_painted_once_and_as_the_local_agent_keeps_it(head: str, text: str, at: list[int]) -> None:
    text = head + text
    base = Version(1, ArtifactKind.CODE, "P", "old", "python")
    for node, call, around in (("updateArtifact", PART_CALL, ("A", "Z")), ("rewriteCodeArtifactTheme", "", ("", ""))):
        assert KINDS[node] is ArtifactKind.CODE
        writing, seen = Writing(node, base, 2, *around), ""
        for piece in cuts(text, [min(each, len(text)) for each in at]):
            writing = take(writing, "m", piece, call=call)
            shown = draft(writing)
            assert (shown.version.text[: shown.grown] if shown else "").startswith(seen)
            seen = shown.version.text[: shown.grown] if shown else seen
        kept = without_fence(without_thoughts(text))
        assert (around[0] + kept).startswith(seen.rstrip())


def test_thoughts_and_hidden_messages_do_not_take_the_place_of_the_version() -> None:
    """Open Canvas's server puts them into the conversation from the node that writes the version."""
    desk = rewriting(TEA, ("language", "french"))
    stream(desk, "rewriteArtifactTheme", "# Thé")
    for id, more in (("thinking-1", {}), ("web-search-results-1", {}), ("m1", {"__oc_hide_from_ui": True})):
        message = {"type": "ai", "id": id, "content": "It is about tea.", "additional_kwargs": more}
        desk.event(read_event("messages", json.dumps([message, {"langgraph_node": "rewriteArtifactTheme"}])), id)
    assert desk.session.draft is not None and desk.session.draft.version.text == "# Thé"
    end(desk, second(TEA, "# Thé"))
    assert desk.kinds() == []
