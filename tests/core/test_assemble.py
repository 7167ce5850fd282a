"""Pieces of messages, put together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from canvas_tui.core.assemble import add_chunk, apart, put_whole, split_thinking
from canvas_tui.core.inputs import Chunk
from canvas_tui.core.model import Message, Role, Standing, ToolCall, Usage


@given(st.lists(st.text(max_size=5)))
def test_any_splitting_of_a_text_gives_the_text(pieces: list[str]) -> None:
    live: tuple[Message, ...] = ()
    for piece in pieces:
        live = add_chunk(live, Chunk("a", piece))
    assert "".join(m.text for m in live) == "".join(pieces)
    assert len(live) <= 1


def test_an_empty_piece_of_an_unknown_message_is_nothing() -> None:
    assert add_chunk((), Chunk("a", "")) == ()


def test_tool_calls_grow_by_index_and_a_new_id_is_a_new_call() -> None:
    live = add_chunk((), Chunk("a", tool_calls=((0, ToolCall("c1", "lookup", '{"q')),)))
    live = add_chunk(live, Chunk("a", tool_calls=((0, ToolCall("", "", '": 1}')),)))
    live = add_chunk(live, Chunk("a", tool_calls=((0, ToolCall("c2", "other", "{}")),)))
    assert live[0].tool_calls == (ToolCall("c1", "lookup", '{"q": 1}'), ToolCall("c2", "other", "{}"))


def test_a_whole_message_replaces_its_pieces() -> None:
    live = add_chunk((), Chunk("a", "part", usage=Usage(1, 2, 3)))
    assert live[0].standing is Standing.WRITING
    whole = Message("a", Role.AI, "all of it")
    assert put_whole(live, whole) == (whole,)
    assert put_whole(live, Message("b", Role.TOOL, "x"))[1].id == "b"


def test_thinking_is_split_off_while_it_streams_and_afterwards() -> None:
    assert split_thinking(Message("a", Role.AI, "<think>hm")) == ("hm", "")
    assert split_thinking(Message("a", Role.AI, "<think>\nhm\n</think>\n\nYes.")) == ("hm", "Yes.")
    assert split_thinking(Message("a", Role.AI, "In code: `<think>`")) == ("", "In code: `<think>`")


def test_a_message_with_its_thinking_apart() -> None:
    message = Message("a", Role.AI, "<think>hm</think>Yes.")
    assert apart(message) == Message("a", Role.AI, "Yes.", thinking="hm")
    assert apart(Message("a", Role.AI, "Yes.")).thinking == ""
