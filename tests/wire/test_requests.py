"""What is sent, and to which kind of server."""

from __future__ import annotations

from typing import Any

import pytest

from canvas_tui.core.artifact import Artifact, ArtifactKind, Document, Turn, Version
from canvas_tui.core.effects import CreateRun, SendAnswers, SendMessage, SendNothing
from canvas_tui.core.model import Json, ServerKind
from canvas_tui.core.open_canvas import TURN_KEYS
from canvas_tui.wire import requests
from canvas_tui.wire.requests import Dialect, run_body, thread_body
from canvas_tui.wire.server import NoAssistant, choose_assistant, read_assistants, read_kind
from canvas_tui.wire.shape import InputShape, shape_of_companions, shape_of_keys, shape_of_schemas
from canvas_tui.wire.state import read_sent

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


# -- turns of Open Canvas ----------------------------------------------------------------------------------------------

ARTIFACT = Artifact(2, (Version(1, text="old"), Version(2, ArtifactKind.CODE, "Hi", "print()", "python")))
ARTIFACT_JSON = {
    "currentIndex": 2,
    "contents": [
        {"index": 1, "type": "text", "title": "", "fullMarkdown": "old"},
        {"index": 2, "type": "code", "title": "Hi", "language": "python", "code": "print()"},
    ],
}
MARKED = {"startCharIndex": 0, "endCharIndex": 5}


def sent(text: str, *keys: tuple[str, Json], documents: tuple[Document, ...] = (), artifact: Artifact | None = ARTIFACT) -> dict[str, Json]:
    """What an input holds beside its nulls; all that may be null is there."""
    turn = Turn(keys, "words", documents)
    body: dict[str, Json] = run_body(CANVAS, CreateRun("s1", SendMessage("m1", text, turn, artifact)))["input"]
    assert set(TURN_KEYS) <= set(body)
    return {key: value for key, value in body.items() if value is not None}


def message(text: str, *documents: dict[str, str]) -> dict[str, Json]:
    told = [{"role": "user", "id": "m1", "content": text, "additional_kwargs": {"documents": list(documents)}}]
    return {"messages": told, "_messages": told}


def test_each_row_of_the_request_table() -> None:
    assert sent("Hello") == {"artifact": ARTIFACT_JSON, "webSearchEnabled": False} | message("Hello")
    assert sent("Hello", artifact=None) == {"webSearchEnabled": False} | message("Hello")
    assert sent("", ("language", "french")) == {"artifact": ARTIFACT_JSON, "language": "french"}
    assert sent("", ("customQuickActionId", "a1")) == {"artifact": ARTIFACT_JSON, "customQuickActionId": "a1"}
    assert sent("Shorter", ("highlightedCode", MARKED)) == {"artifact": ARTIFACT_JSON, "highlightedCode": MARKED} | message("Shorter")
    assert sent("News?", ("webSearchEnabled", True)) == {"webSearchEnabled": True} | message("News?")


def test_documents_go_with_the_message_as_plain_text() -> None:
    document = Document("notes.md", "Zürich")
    told = {"name": "notes.md", "type": "text", "data": "Zürich"}
    assert sent("Read this", documents=(document,))["messages"] == message("Read this", told)["messages"]
    other = run_body(PLAIN, CreateRun("s1", SendMessage("m1", "Read this", Turn(documents=(document,)))))["input"]
    assert [block["text"] for block in other["messages"][0]["content"]] == ["Read this", "notes.md:\n\nZürich"]


def test_a_pdf_goes_as_base64_where_the_graph_takes_it_and_by_its_name_elsewhere() -> None:
    document = Document("a.pdf", "JVBERi0=", "application/pdf")
    told = {"name": "a.pdf", "type": "application/pdf", "data": "JVBERi0="}
    assert sent("Read this", documents=(document,))["messages"] == message("Read this", told)["messages"]
    other = run_body(PLAIN, CreateRun("s1", SendMessage("m1", "Read this", Turn(documents=(document,)))))["input"]
    assert "JVBERi0" not in str(other) and "a.pdf" in str(other)


def test_what_a_run_of_another_client_was_started_with() -> None:
    body = run_body(CANVAS, CreateRun("s1", SendMessage("m1", "Shorter", Turn((("highlightedCode", MARKED),)), ARTIFACT)))
    assert read_sent({"kwargs": body}) == SendMessage("", "", Turn((("highlightedCode", MARKED),)), ARTIFACT)
    assert read_sent({"kwargs": {"input": {"messages": []}}}) is None
    assert read_sent({"kwargs": None}) is None
