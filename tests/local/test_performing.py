"""The scripted model at the graph's tasks: exact lengths, pauses, cuts and failures in the midst of an artifact."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage

from canvas_tui.local.agent import calls
from canvas_tui.local.agent.actions import Action
from canvas_tui.local.agent.artifacts import body, made
from canvas_tui.local.agent.generating import read
from canvas_tui.local.agent.memory import Reflections
from canvas_tui.local.agent.scripted.canvas import perform
from canvas_tui.local.agent.scripted.directives import DIRECTIVES
from canvas_tui.local.agent.scripted.model import ScriptedChatModel
from canvas_tui.local.agent.scripted.script import SPEED, Script, tokens_of
from canvas_tui.local.agent.state import Version
from canvas_tui.local.agent.tasks import Kind, Task

TEXT, CODE = made("text", "T", "# A\n\nOne."), made("code", "T", "x = 1\n", "python")


def task(kind: Kind, message: str, version: Version | None = None) -> Task:
    said = [HumanMessage(message)] if message else []
    name = "generate_artifact" if kind is Kind.GENERATE else ""
    return Task(kind, said, said, version, Action("", "regenerateWithEmojis", "true") if kind is Kind.ACTION else None, name=name)


def script(kind: Kind, message: str, version: Version | None = None) -> Script:
    return perform(task(kind, message, version))


def artifact(message: str) -> dict[str, str]:
    return cast(dict[str, str], json.loads("".join(script(Kind.GENERATE, message).tokens)))


@pytest.mark.parametrize("length", [1, 20, 4000])
def test_an_artifacts_length_is_exact(length: int) -> None:
    assert len(tokens_of(artifact(f"/artifact text {length}")["artifact"])) == length
    assert artifact(f"/artifact python /length {length}")["type"] == "code"


def test_an_artifact_may_be_given_word_for_word() -> None:
    given = ' "quoted"\n\n\\ 日本 😀 '
    assert artifact(f"/artifact /echo {given}")["artifact"] == given
    assert "".join(script(Kind.REWRITE, f"/artifact /echo {given}", TEXT).tokens) == given
    assert "".join(script(Kind.PART, f"/echo {given}", TEXT).tokens) == given


def test_waits_cuts_and_failures_stand_in_the_artifact_itself() -> None:
    found = script(Kind.GENERATE, "/artifact text 400 /silence 2 /pause 3 @50 /error @60")
    assert found.waits == {0: 2.0, 50: 3.0} and found.error_at == 60 and found.call == "generate_artifact" and len(found.tokens) > 400
    cut = script(Kind.REWRITE, "/artifact /length 100 /cut @30", TEXT)
    assert len(cut.tokens) == 30 and cut.cut and not cut.call
    assert not script(Kind.REWRITE, "/artifact /length 100 /cut @300", TEXT).cut


def test_helpers_neither_wait_nor_fail() -> None:
    for kind in (Kind.ROUTE, Kind.META, Kind.TITLE, Kind.REFLECT, Kind.QUERY, Kind.SUMMARY, Kind.FOLLOWUP):
        found = script(kind, "/artifact /silence 2 /error @1 /speed 7", TEXT)
        assert not found.waits and found.error_at is None and found.speed == (7 if kind is Kind.FOLLOWUP else found.speed)


def test_quick_actions_take_the_pace_of_the_newest_message_and_what_was_meant_for_later() -> None:
    assert script(Kind.ACTION, "", TEXT).speed == SPEED
    now = script(Kind.ACTION, "/speed 500 /error @2 /echo x", TEXT)
    assert (now.speed, now.error_at, "".join(now.tokens)) == (500, None, "# 🌱 A\n\nOne. 🙂")
    later = script(Kind.ACTION, "/later /error @2 /echo x", TEXT)
    assert later.error_at == 1 and "".join(later.tokens) == "x"
    assert script(Kind.REWRITE, "/later /error @2", TEXT).error_at is None


def test_a_custom_actions_prompt_may_hold_directives() -> None:
    found = perform(replace(task(Kind.CUSTOM, "/speed 9", CODE), prompt="/echo y /speed 3"))
    assert "".join(found.tokens) == "y /speed 3"
    assert "".join(perform(replace(task(Kind.CUSTOM, "", CODE), prompt="Add comments.")).tokens) == "x = 1\n"


def test_a_highlighted_part_keeps_the_white_space_at_its_edges() -> None:
    found = perform(replace(task(Kind.PART, "in capitals", TEXT), part="\n  some words \n"))
    assert "".join(found.tokens) == "\n  SOME WORDS \n"


def test_what_is_remembered_shows_in_what_is_written() -> None:
    known = replace(task(Kind.GENERATE, "write an essay about tea"), remembered=Reflections(("always in Spanish",), ()))
    assert "# Sobre tea" in json.loads("".join(perform(known).tokens))["artifact"]


def test_notes_come_from_the_newest_message_and_keep_the_old_ones() -> None:
    said: list[AnyMessage] = [
        HumanMessage("I like red. I am old."),
        AIMessage("ok"),
        HumanMessage("Never use tables, please. I live in Graz."),
    ]
    known = Task(Kind.REFLECT, said, said, TEXT, remembered=Reflections(("short",), ("young",)))
    assert json.loads("".join(perform(known).tokens)) == {
        "styleRules": ["short", "Never use tables, please"],
        "content": ["young", "I live in Graz"],
    }


@given(
    st.sampled_from([kind for kind in Kind if kind is not Kind.REPLY]),
    st.sampled_from([TEXT, CODE]),
    st.text() | st.sampled_from(sorted(DIRECTIVES)),
)
def test_any_task_has_its_script(kind: Kind, version: Version, message: str) -> None:
    assert isinstance(perform(replace(task(kind, message, version), prompt=message, part=message)), Script)


async def test_a_long_artifact_is_put_together() -> None:
    answer = await calls.invoke(ScriptedChatModel(), task(Kind.GENERATE, "/artifact text 5000 /speed 99999"), None)
    found = read(answer)
    assert found is not None and not found.cut and len(tokens_of(body(found.version))) == 5000
    assert answer.usage_metadata is not None
