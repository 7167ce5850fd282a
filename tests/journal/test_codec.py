"""Messages to JSON and back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canvas_tui.core.artifact import PLAIN, Document, Turn
from canvas_tui.core.model import Message, Role, Standing, ToolCall, Usage
from canvas_tui.journal import codec

texts = st.text(st.characters(codec=None, categories=None))
tool_calls = st.builds(ToolCall, id=texts, name=texts, args=texts)
messages = st.builds(
    Message,
    id=texts,
    role=st.sampled_from(Role),
    text=texts,
    thinking=texts,
    tool_calls=st.lists(tool_calls, max_size=2).map(tuple),
    tool_call_id=texts,
    name=texts,
    node=texts,
    failed=st.booleans(),
    standing=st.sampled_from(Standing),
    usage=st.none() | st.builds(Usage, st.integers(0), st.integers(0), st.integers(0)),
    hidden=st.booleans(),
)


@given(st.lists(messages, max_size=3).map(tuple))
def test_what_is_written_is_read(given: tuple[Message, ...]) -> None:
    assert codec.load(codec.dump(given)) == given


def test_defaults_are_not_written() -> None:
    assert json.loads(codec.dump([Message("1", Role.AI, "hi")])) == [{"id": "1", "role": "ai", "text": "hi"}]


def test_keys_of_another_version_are_passed_over() -> None:
    assert codec.load('[{"id": "1", "role": "ai", "mood": "good"}]') == (Message("1", Role.AI),)


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]", '[{"id": "1"}]', '[{"id": "1", "role": "robot"}]', '[{"id": "1", "role": "ai", "usage": 3}]']
)
def test_what_is_no_list_of_messages(text: str) -> None:
    with pytest.raises(ValueError):
        codec.load(text)


def test_a_turn_comes_back_as_it_was() -> None:
    turn = Turn((("highlightedCode", {"startCharIndex": 1}),), "Louder", (Document("a.md", "é"),), "m1", "abc")
    assert codec.load_turn(codec.dump_turn(turn)) == turn


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"keys": 1}', '{"documents": [{"nam": "x"}]}', "null"])
def test_a_turn_that_cannot_be_read_is_a_plain_message(text: str) -> None:
    assert codec.load_turn(text) == PLAIN


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"version": {}, "standing": "failed"}', '{"version": {"kind": "text"}, "standing": "odd"}']
)
def test_a_draft_that_cannot_be_read_is_none(text: str) -> None:
    assert codec.load_draft(text) is None


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"kind": "poem", "index": 1}', '{"kind": "text", "size": 1}'])
def test_a_version_that_cannot_be_read_is_none(text: str) -> None:
    assert codec.load_version(text) is None
