"""The table of quick actions, and what is typed for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canvas_tui.core.actions import ACTIONS, actions_for, custom, parse
from canvas_tui.core.artifact import ArtifactKind, CustomAction, Turn
from canvas_tui.core.open_canvas import TURN_KEYS


def test_every_action_sets_one_key_of_the_turn() -> None:
    for action in ACTIONS:
        for value, words in action.values or (("", ""),):
            ((key, sent),) = action.turn(value).keys
            assert key in TURN_KEYS
            assert sent == (value or True)
            assert words in action.turn(value).words


@pytest.mark.parametrize("typed", ["translate=french", "/translate french", "translate  French", " /TRANSLATE=fr "])
def test_a_value_is_typed_in_several_ways(typed: str) -> None:
    assert parse(typed) == Turn((("language", "french"),), "Translate to French")


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("/length shorter", ("artifactLength", "short")),
        ("/length short", ("artifactLength", "short")),
        ("/length longest", ("artifactLength", "longest")),
        ("/level child", ("readingLevel", "child")),
        ("/emojis", ("regenerateWithEmojis", True)),
        ("/comments", ("addComments", True)),
        ("/logs", ("addLogs", True)),
        ("/fix", ("fixBugs", True)),
        ("/port c++", ("portLanguage", "cpp")),
        ("/port js", ("portLanguage", "javascript")),
        ("/port jav", None),
    ],
)
def test_what_is_typed_for_each(typed: str, keys: tuple[str, object] | None) -> None:
    turn = parse(typed)
    if keys is None:
        assert isinstance(turn, str)
    else:
        assert isinstance(turn, Turn)
        assert turn.keys == (keys,)


def test_what_is_wrong_is_said_with_what_there_is() -> None:
    assert parse("sing") == "There is no action sing. There are: translate, level, length, emojis, comments, logs, fix, port."
    assert parse("sing", ArtifactKind.CODE) == "There is no action sing. There are: comments, logs, fix, port."
    assert parse("/port cobol") == "port does not know cobol. It takes: typescript, javascript, cpp, java, php, python, rust, html, sql."
    assert parse("/level") == "level needs a value. It takes: phd, college, teenager, child, pirate."
    assert parse("fix=all") == "fix takes no value."
    assert parse("/fix", ArtifactKind.TEXT) == "fix is for code, and this is a document. There are: translate, level, length, emojis."


@given(st.text(max_size=30))
def test_anything_may_be_typed(typed: str) -> None:
    assert parse(typed)
    assert parse(typed, ArtifactKind.TEXT)


def test_for_a_menu() -> None:
    assert [action.name for action in actions_for(ArtifactKind.CODE)] == ["comments", "logs", "fix", "port"]
    assert custom(CustomAction("a1", "As a poem", "…")) == Turn((("customQuickActionId", "a1"),), "As a poem")
