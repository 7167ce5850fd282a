"""Threads, runs and rows as servers tell them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from canvas_tui.core.export import thread_markdown
from canvas_tui.core.model import Json, Role, RunInfo, RunStatus, ThreadState, ThreadStatus
from canvas_tui.core.titles import TITLE_LENGTH, title_of
from canvas_tui.wire.errors import words_of
from canvas_tui.wire.rows import Owner, is_ours, read_row
from canvas_tui.wire.state import (
    active_run,
    ahead_of,
    read_run,
    read_runs,
    read_thread_state,
    run_by_key,
)

from .test_events import JSON

HUMAN = {"type": "human", "id": "h1", "content": "Hello"}
AI = {"type": "ai", "id": "a1", "content": "Hi", "tool_calls": [{"name": "lookup", "args": {"q": 1}, "id": "c1", "type": "tool_call"}]}
THREAD = {"thread_id": "t1", "status": "idle", "metadata": {}, "interrupts": {}}
STATE = {"values": {"messages": [HUMAN, AI]}, "next": [], "tasks": [], "checkpoint": {"checkpoint_id": "k1"}}


def state(thread: dict[str, Json] | None = None, **changes: Json) -> ThreadState:
    return read_thread_state(THREAD | (thread or {}), STATE | changes)


def test_a_thread_at_rest() -> None:
    found = state()
    assert [(m.id, m.role, m.text) for m in found.messages] == [("h1", Role.HUMAN, "Hello"), ("a1", Role.AI, "Hi")]
    assert found.messages[1].tool_calls[0].args == '{"q":1}'
    assert (found.status, found.checkpoint_id, found.next, found.has_messages) == (ThreadStatus.IDLE, "k1", (), True)


def test_questions_name_their_node_and_come_once() -> None:
    asked = {"id": "i1", "value": {"question": "Proceed?"}}
    found = state({"status": "interrupted", "interrupts": {"task1": [asked]}}, next=["ask"], tasks=[{"name": "ask", "interrupts": [asked]}])
    assert [(x.id, x.value, x.node) for x in found.interrupts] == [("i1", {"question": "Proceed?"}, "ask")]
    assert found.next == ("ask",)


def test_questions_that_only_the_thread_tells() -> None:
    found = state({"status": "interrupted", "interrupts": {"t": [{"value": "ok?", "ns": ["ask:17"], "resumable": True}]}})
    assert [(x.id, x.value, x.node) for x in found.interrupts] == [("ask:17", "ok?", "ask")]


def test_a_cancelled_thread_has_no_question() -> None:
    found = state({"status": "interrupted"}, next=["agent"])
    assert (found.status, found.interrupts, found.next) == (ThreadStatus.INTERRUPTED, (), ("agent",))


def test_errors_come_from_the_thread_or_from_its_tasks() -> None:
    assert state({"status": "error", "error": {"error": "RuntimeError", "message": "boom"}}).error == "RuntimeError: boom"
    assert state(tasks=[{"name": "agent", "error": "RuntimeError('no model there')"}]).error == "no model there"


def test_a_graph_without_messages_shows_its_values() -> None:
    found = state(values={"topic": "Wörter", "count": 2})
    assert (found.has_messages, found.messages) == (False, ())
    assert json.loads(found.values_text) == {"topic": "Wörter", "count": 2}


def test_a_new_thread_may_have_messages_yet() -> None:
    assert state(values={}).has_messages


def test_marked_messages_are_hidden() -> None:
    found = state(
        values={
            "messages": [
                HUMAN | {"additional_kwargs": {"__oc_hide_from_ui": True}},
                AI | {"id": "web-search-results-17"},
                AI,
            ]
        }
    )
    assert [m.hidden for m in found.messages] == [True, True, False]


def test_thinking_as_a_message_of_its_own_is_thinking() -> None:
    """Open Canvas's server puts it beside the answer, under an id that says so."""
    thought, answer = {"type": "ai", "id": "thinking-17", "content": "Is it tea?"}, {"type": "ai", "id": "a1", "content": "It is."}
    found = state(values={"messages": [HUMAN, thought, answer]}).messages
    assert [(m.text, m.thinking, m.hidden) for m in found[1:]] == [("", "Is it tea?", False), ("It is.", "", False)]
    assert thread_markdown("T", found).endswith("## Agent\n\n> *Thinking:*\n>\n> Is it tea?\n\nIt is.\n")


def test_messages_without_ids_get_stable_ones() -> None:
    found = state(values={"messages": [{"type": "human", "content": "a"}, {"type": "ai", "content": "b"}]})
    assert [m.id for m in found.messages] == ["message-0", "message-1"]


def test_failed_tools_are_told() -> None:
    found = state(values={"messages": [{"type": "tool", "id": "x", "content": "no", "status": "error", "tool_call_id": "c1", "name": "t"}]})
    assert (found.messages[0].failed, found.messages[0].tool_call_id, found.messages[0].name) == (True, "c1", "t")


@given(JSON, JSON)
def test_reading_a_thread_is_total(thread: object, snapshot: object) -> None:
    assert isinstance(read_thread_state(thread, snapshot), ThreadState)
    assert isinstance(read_run(thread), RunInfo)
    read_row(thread)
    is_ours(thread, Owner({"me"}, {"agent"}))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("plain", "plain"),
        ({"error": "Error", "message": "Aborted"}, "Aborted"),
        ({"error": {"message": "inner"}}, "inner"),
        ({"detail": [{"msg": "field required"}, {"msg": "too long"}]}, "field required; too long"),
        ({"success": False, "error": "no"}, "no"),
        ('{"message": "packed"}', "packed"),
        (None, ""),
        (17, ""),
        ({"error": "SearchFailure", "message": "The web cannot be searched."}, "The web cannot be searched."),
        ({"error": "KeyError", "message": "'title'"}, "KeyError: 'title'"),
        ("openai.RateLimitError: Too many requests", "Too many requests"),
        ("RuntimeError('boom')", "RuntimeError: boom"),
        ("RuntimeError('it is \\'gone\\'')", "it is \\'gone\\'"),
        ("Reason: none was given", "Reason: none was given"),
    ],
)
def test_words_of_errors(error: Json, words: str) -> None:
    assert words_of(error) == words


# -- runs --------------------------------------------------------------------------------------------------------------------


def run(id: str, status: str, at: int, **metadata: str) -> dict[str, Any]:
    return {"run_id": id, "status": status, "created_at": f"2026-11-22T12:00:{at:02d}.5+00:00", "metadata": metadata}


def test_the_run_that_is_executed_goes_before_those_that_wait() -> None:
    runs = read_runs([run("c", "pending", 3), run("b", "running", 2), run("d", "pending", 4), run("a", "success", 1)])
    assert (found := active_run(runs)) is not None
    assert found.id == "b"
    assert [ahead_of(id, runs) for id in ("b", "c", "d", "gone")] == [0, 1, 2, 0]
    assert active_run(read_runs([run("a", "success", 1)])) is None


def test_our_key_finds_our_run() -> None:
    runs = read_runs([run("a", "running", 1, canvas_tui_submit="s1"), run("b", "pending", 2)])
    assert (found := run_by_key(runs, "s1")) is not None
    assert (found.id, found.submit_id, found.status) == ("a", "s1", RunStatus.RUNNING)
    assert run_by_key(runs, "s2") is None


def test_unknown_statuses_are_asked_about_again() -> None:
    assert read_run(run("a", "hovering", 1)).status is RunStatus.RUNNING
    assert read_run(run("a", "cancelled", 1)).status is RunStatus.INTERRUPTED


# -- rows --------------------------------------------------------------------------------------------------------------------

OWNER = Owner({"me"}, {"agent"})


@pytest.mark.parametrize(
    ("metadata", "ours"),
    [
        ({"canvas_tui": "me"}, True),
        ({"canvas_tui": "somebody"}, False),
        ({"supabase_user_id": "me", "graph_id": "agent"}, True),
        ({"supabase_user_id": "somebody", "graph_id": "agent"}, False),
        ({"graph_id": "agent"}, True),
        ({"graph_id": "other"}, False),
        ({}, False),
        ({"graph_id": "thread_title", "supabase_user_id": "me"}, False),
        ({"graph_id": "reflection"}, False),
    ],
)
def test_whose_thread_it_is(metadata: dict[str, str], ours: bool) -> None:
    assert is_ours({"thread_id": "t", "metadata": metadata}, OWNER) is ours


def test_titles_from_metadata_or_the_first_message() -> None:
    values = {"messages": [AI, HUMAN | {"content": "First\nwords"}]}
    for metadata, title in [
        ({"thread_title": "A", "title": "B"}, "A"),
        ({"title": "B"}, "B"),
        ({}, "First words"),
    ]:
        row = read_row({"thread_id": "t", "metadata": metadata, "values": values})
        assert row is not None
        assert row.title == title


def test_long_titles_are_cut_between_words() -> None:
    title = title_of("word " * 40)
    assert len(title) <= TITLE_LENGTH + 1
    assert title.endswith("word…")
    assert len(title_of("x" * 200)) == TITLE_LENGTH


@pytest.mark.parametrize(("told", "waiting"), [({"interrupts": {"t": [{"id": "i"}]}}, True), ({"interrupts": {}}, False), ({}, True)])
def test_a_cancelled_thread_does_not_wait_for_the_user(told: dict[str, Json], waiting: bool) -> None:
    row = read_row({"thread_id": "t", "status": "interrupted", **told})
    assert row is not None
    assert row.waiting is waiting


def test_renaming_is_no_change_of_the_conversation() -> None:
    row = read_row({"thread_id": "t", "updated_at": "2026-11-22T12:00:09+00:00", "state_updated_at": "2026-11-22T12:00:05+00:00"})
    assert row is not None
    assert row.updated % 60 == 5


def test_rows_made_again_keep_their_age() -> None:
    made = {
        "thread_id": "t",
        "created_at": "2026-11-22T12:00:00Z",
        "updated_at": "2026-11-22T12:00:00Z",
        "metadata": {"canvas_tui_updated": 17.0},
    }
    row = read_row(made)
    assert row is not None
    assert row.updated == 17.0
    later = read_row(made | {"state_updated_at": "2026-11-22T12:30:00Z"})
    assert later is not None
    assert later.updated > 17.0
