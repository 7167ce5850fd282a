"""What is sent, and to which kind of server."""

from __future__ import annotations

from typing import Any

import pytest

from canvas_tui.core.effects import CreateRun, SendAnswers, SendMessage, SendNothing
from canvas_tui.core.model import Json, ServerKind
from canvas_tui.core.open_canvas import TURN_KEYS
from canvas_tui.wire import requests
from canvas_tui.wire.requests import Dialect, run_body, thread_body
from canvas_tui.wire.server import NoAssistant, choose_assistant, read_assistants, read_kind
from canvas_tui.wire.shape import InputShape, shape_of_companions, shape_of_keys, shape_of_schemas

PLAIN = Dialect(ServerKind.PYTHON, "uuid-1", "agent", InputShape.MESSAGES, "me")
CANVAS = Dialect(ServerKind.JS, "uuid-1", "agent", InputShape.OPEN_CANVAS, "me", {"customModelName": "m1"})
HELLO = CreateRun("s1", SendMessage("m1", "Hello"))


def test_a_run_outlives_its_connection_and_can_be_found_by_its_key() -> None:
    body = run_body(PLAIN, HELLO)
    assert body["stream_resumable"] is True
    assert body["on_disconnect"] == "continue"
    assert body["metadata"] == {"canvas_tui_submit": "s1"}
    assert body["stream_mode"] == ["messages-tuple", "updates", "custom"]
    assert body["multitask_strategy"] == "enqueue"
    assert body["input"] == {"messages": [{"type": "human", "id": "m1", "content": "Hello"}]}
    assert "config" not in body


def test_interrupting_the_run_that_is_on() -> None:
    assert run_body(PLAIN, CreateRun("s1", SendMessage("m1", "Hello"), interrupt=True))["multitask_strategy"] == "interrupt"


@pytest.mark.parametrize(("kind", "told"), [(ServerKind.PYTHON, True), (ServerKind.AEGRA, True), (ServerKind.JS, False)])
def test_subgraphs_are_streamed_where_that_renames_nothing(kind: ServerKind, told: bool) -> None:
    assert ("stream_subgraphs" in run_body(Dialect(kind), HELLO)) is told


def test_every_input_to_open_canvas_clears_its_keys() -> None:
    body = run_body(CANVAS, HELLO)
    sent: dict[str, Json] = body["input"]
    assert {key: sent[key] for key in TURN_KEYS if key != "webSearchEnabled"} == dict.fromkeys(
        key for key in TURN_KEYS if key != "webSearchEnabled"
    )
    assert sent["webSearchEnabled"] is False
    assert sent["messages"] == sent["_messages"]
    assert sent["messages"][0]["id"] == "m1"
    assert body["config"]["configurable"] == {"customModelName": "m1", "supabase_user_id": "me"}


def test_answers_are_bare_alone_and_a_map_together() -> None:
    one = run_body(PLAIN, CreateRun("s1", SendAnswers((("i1", {"a": 1}),))))
    assert one["command"] == {"resume": {"a": 1}}
    assert "input" not in one
    two = run_body(PLAIN, CreateRun("s1", SendAnswers((("i1", "x"), ("i2", "y")))))
    assert two["command"] == {"resume": {"i1": "x", "i2": "y"}}


def test_going_on_sends_an_input_of_null() -> None:
    body = run_body(PLAIN, CreateRun("s1", SendNothing()))
    assert body["input"] is None
    assert "command" not in body


def test_threads_are_made_once_and_carry_their_owner() -> None:
    body = thread_body(CANVAS, "t1", title="Hello", updated=17.0)
    assert (body["thread_id"], body["if_exists"]) == ("t1", "do_nothing")
    assert body["metadata"] == {
        "canvas_tui": "me",
        "supabase_user_id": "me",
        "graph_id": "agent",
        "thread_title": "Hello",
        "canvas_tui_updated": 17.0,
    }


def test_ids_cannot_leave_their_place_in_a_path() -> None:
    assert requests.join_path("../x", "r?1") == "/threads/..%2Fx/runs/r%3F1/stream"


# -- shapes ----------------------------------------------------------------------------------------------------------------------


def test_the_shape_by_schema_keys_and_companions() -> None:
    canvas: Json = {"state_schema": {"properties": {"messages": {}, "_messages": {}, "artifact": {}}}}
    assert shape_of_schemas(canvas) is InputShape.OPEN_CANVAS
    assert shape_of_schemas({"input_schema": {"properties": {"messages": {}}}}) is InputShape.MESSAGES
    assert shape_of_schemas({"input_schema": None}) is None
    assert shape_of_keys({"messages", "topic"}) is InputShape.MESSAGES
    assert shape_of_companions("agent", {"agent", "reflection", "thread_title", "summarizer"}) is InputShape.OPEN_CANVAS
    assert shape_of_companions("agent", {"agent", "other"}) is InputShape.MESSAGES


# -- servers ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("info", "headers", "kind"),
    [
        ({"version": "0.16.7", "langgraph_py_version": "1.2.22", "flags": {}, "host": {}}, {"server": "uvicorn"}, ServerKind.PYTHON),
        ({"version": "0.0.56", "langgraph_js_version": "0.4.4", "context": "js", "flags": {}}, {}, ServerKind.JS),
        ({"version": "0.0.50", "flags": {"assistants": True, "crons": False}}, {}, ServerKind.JS),
        ({"name": "Aegra", "version": "0.6.0", "flags": {"assistants": True}}, {"server": "uvicorn"}, ServerKind.AEGRA),
        ({"hello": 1}, {}, ServerKind.UNKNOWN),
        (None, {}, ServerKind.UNKNOWN),
    ],
)
def test_kinds_are_told_by_what_they_answer(info: Json, headers: dict[str, str], kind: ServerKind) -> None:
    assert read_kind(info, headers)[0] is kind


def assistants(*rows: tuple[str, str, str]) -> Any:
    return read_assistants([{"assistant_id": id, "graph_id": graph, "name": name} for id, graph, name in rows])


MINE = ("u3", "agent", "My poet")
HOUSE = ("u1", "agent", "agent")
OTHER = ("u2", "reflection", "reflection")


def test_choosing_an_assistant() -> None:
    three = assistants(MINE, OTHER, HOUSE)
    assert choose_assistant(three, "").id == "u1"
    assert choose_assistant(three, "My poet").id == "u3"
    assert choose_assistant(three, "u2").id == "u2"
    assert choose_assistant(assistants(("u9", "chat", "chat")), "").id == "u9"


def test_no_such_assistant_names_those_there_are() -> None:
    with pytest.raises(NoAssistant, match=r'no assistant "poet"\. It has: agent, reflection'):
        choose_assistant(assistants(HOUSE, OTHER), "poet")
    with pytest.raises(NoAssistant, match="several assistants: a, b"):
        choose_assistant(assistants(("1", "a", "a"), ("2", "b", "b")), "")
    with pytest.raises(NoAssistant, match="no assistants"):
        choose_assistant([], "agent")
