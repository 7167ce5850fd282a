"""Which node takes a turn: Open Canvas's order, and the model's word where no key decides."""

from __future__ import annotations

from typing import cast

import pytest
from langchain_core.messages import AIMessage, HumanMessage

from canvas_tui.local.agent.actions import CHOICES, INSTRUCTIONS, action_of
from canvas_tui.local.agent.artifacts import appended, made
from canvas_tui.local.agent.routing import LONGEST_MEMORY, after_clean, choices, decided, planned
from canvas_tui.local.agent.state import State

KEYS: list[tuple[dict[str, object], str]] = [
    ({"highlightedCode": {"startCharIndex": 0, "endCharIndex": 1}}, "updateArtifact"),
    ({"highlightedText": {"fullMarkdown": "a", "markdownBlock": "a", "selectedText": "a"}}, "updateHighlightedText"),
    ({"language": "french"}, "rewriteArtifactTheme"),
    ({"addLogs": True}, "rewriteCodeArtifactTheme"),
    ({"customQuickActionId": "a1"}, "customAction"),
    ({"webSearchEnabled": True}, "webSearch"),
]
"""In the order in which they win."""


@pytest.mark.parametrize("at", range(len(KEYS)))
def test_the_keys_of_a_turn_decide_in_order(at: int) -> None:
    state = cast(State, {key: value for keys, _ in KEYS[at:] for key, value in keys.items()})
    assert planned(state) == KEYS[at][1]


def test_keys_that_are_null_or_false_decide_nothing() -> None:
    assert planned(cast(State, {key: None for keys, _ in KEYS for key in keys})) is None
    assert planned({"regenerateWithEmojis": False, "webSearchEnabled": False}) is None


@pytest.mark.parametrize(
    ("key", "value"),
    [*((key, value) for key in CHOICES for value in CHOICES[key]), *((key, True) for key in INSTRUCTIONS if key not in CHOICES)],
)
def test_every_action_has_its_instruction(key: str, value: object) -> None:
    action = action_of(cast(State, {key: value}))
    assert action is not None and action.key == key and "{" not in action.instruction
    assert CHOICES.get(key, {}).get(str(value), "") in action.instruction


@pytest.mark.parametrize(
    ("answer", "new", "there"),
    [
        ("artifact", "generateArtifact", "rewriteArtifact"),
        (" **Artifact**.", "generateArtifact", "rewriteArtifact"),
        ("reply", "replyToGeneralInput", "replyToGeneralInput"),
        ("A reply, not an artifact", "replyToGeneralInput", "replyToGeneralInput"),
        ("artifact (no reply)", "generateArtifact", "rewriteArtifact"),
        ("", "replyToGeneralInput", "replyToGeneralInput"),
        ("I cannot say", "replyToGeneralInput", "replyToGeneralInput"),
    ],
)
def test_the_models_word(answer: str, new: str, there: str) -> None:
    assert decided(answer, {}) == new
    assert decided(answer, {"artifact": appended(None, made("text", "T", "x"))}) == there


def test_a_thread_with_an_artifact_never_gets_a_second_one() -> None:
    assert "generateArtifact" not in choices({"artifact": appended(None, made("text", "T", "x"))})


def test_the_end_of_a_turn() -> None:
    one, long = HumanMessage("hello"), HumanMessage("x" * (LONGEST_MEMORY + 1))
    assert after_clean({"messages": [one, AIMessage("hi")], "_messages": [one, AIMessage("hi")]}) == "generateTitle"
    assert after_clean({"messages": [one, AIMessage("hi"), one], "_messages": [one]}) is None
    assert after_clean({"messages": [one, one], "_messages": [long]}) == "summarizer"
    assert after_clean({}) is None
