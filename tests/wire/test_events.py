"""Events read: against recorded streams of three servers, and under anything at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canvas_tui.core.assemble import Messages, add_chunk, put_whole
from canvas_tui.core.inputs import Body, Chunk, Custom, Other, RunErrored, RunStarted, Unreadable, Updated, Whole
from canvas_tui.core.model import Role, Standing
from canvas_tui.wire.events import read_event

from .recorded import FILES, name_of, read, values


def bodies(name: str) -> list[Body]:
    return [read_event(sse.event, sse.data) for sse in read(name)]


def assembled(name: str) -> Messages:
    live: Messages = ()
    for body in bodies(name):
        if isinstance(body, Chunk):
            live = add_chunk(live, body)
        elif isinstance(body, Whole):
            live = put_whole(live, body.message)
    return live


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_recorded_event_is_understood(path: Path) -> None:
    for body in bodies(name_of(path)):
        assert not isinstance(body, Unreadable)
        assert not isinstance(body, Other) or body.name in ("values", "end", "metadata", "events")


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("langgraph-python/mode_valu+mess+upda+cust", 2),
        ("langgraph-python/sub_off", 1),
        ("aegra/mode_multi", 2),
        ("open-canvas/22_tuple_generate", 1),
        ("open-canvas/20_mode_messages-tuple+values+updates+custom", 1),
    ],
)
def test_the_assembled_text_is_what_the_server_says_it_is(name: str, texts: int) -> None:
    truth = values(name)
    ours = {message.id: message.text for message in assembled(name) if message.id in truth}
    assert ours == {id: truth[id]["content"] for id in ours}
    assert len([text for text in ours.values() if text]) == texts


@pytest.mark.parametrize("name", ["langgraph-python/mode_valu+mess+upda+cust", "aegra/mode_multi"])
def test_tool_calls_grow_from_their_pieces(name: str) -> None:
    truth = values(name)
    [calling] = [m for m in assembled(name) if m.tool_calls]
    [expected] = truth[calling.id]["tool_calls"]
    assert (calling.tool_calls[0].id, calling.tool_calls[0].name) == (expected["id"], expected["name"])
    assert json.loads(calling.tool_calls[0].args) == expected["args"]
    result = next(m for m in assembled(name) if m.role is Role.TOOL)
    assert (result.tool_call_id, result.name, result.text) == (expected["id"], "lookup", "result for weather")


def test_open_canvas_streams_its_artifact_as_pieces_of_a_tool_call() -> None:
    [writing] = [m for m in assembled("open-canvas/22_tuple_generate") if m.tool_calls]
    artifact = json.loads(writing.tool_calls[0].args)
    assert writing.tool_calls[0].name == "generate_artifact"
    assert artifact["type"] == "text"
    assert artifact["artifact"]
    assert writing.node == "generateArtifact"


def test_a_model_call_keeps_its_own_name() -> None:
    calls = {body.call for body in bodies("open-canvas/23_tuple_rewrite") if isinstance(body, Chunk)}
    assert "rewrite_artifact_model_call" in calls


def test_the_question_of_a_graph_is_read_from_updates_and_from_values() -> None:
    for name in ("langgraph-python/interrupt_messages-tuple_updates", "aegra/interrupt"):
        asked = [x for body in bodies(name) if isinstance(body, Updated) for x in body.interrupts]
        assert asked
        assert {x.value["question"] for x in asked} == {"Proceed?"}
        assert len({x.id for x in asked}) == 1


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("langgraph-python/error_True", "RuntimeError", "model exploded before token 3"),
        ("aegra/error", "RuntimeError", "model exploded before token 3"),
        ("open-canvas/53_cancelled_by_api", "Error", "Aborted"),
        ("open-canvas/66_llm_down_econnrefused", "Error", "Connection error."),
    ],
)
def test_errors_are_told_in_the_servers_words(name: str, error: str, message: str) -> None:
    assert RunErrored(error, message) in bodies(name)


def test_metadata_names_the_run() -> None:
    first = bodies("langgraph-python/mode_messages-tuple")[0]
    assert isinstance(first, RunStarted)
    assert (len(first.run_id), first.attempt) == (36, 1)


# -- single shapes ----------------------------------------------------------------------------------------------------------

AI = {"type": "AIMessageChunk", "id": "m1", "content": "hi"}


def message_event(message: object, metadata: object = None, name: str = "messages") -> Body:
    return read_event(name, json.dumps([message, metadata or {"langgraph_node": "agent"}]))


def test_a_subgraphs_name_is_stripped() -> None:
    body = message_event(AI, name="messages|sub:0a1b")
    assert body == Chunk("m1", "hi", node="agent")


def test_the_trailing_empty_piece_is_passed_on() -> None:
    assert message_event(AI | {"content": "", "chunk_position": "last"}) == Chunk("m1", "", node="agent")


def test_the_js_server_types_pieces_like_whole_messages() -> None:
    piece = {"type": "ai", "id": "m1", "content": "hi", "tool_call_chunks": []}
    assert isinstance(message_event(piece), Chunk)
    del piece["tool_call_chunks"]
    body = message_event(piece)
    assert isinstance(body, Whole)
    assert (body.message.text, body.message.role, body.message.node) == ("hi", Role.AI, "agent")


def test_content_blocks_are_text_and_thinking() -> None:
    blocks = [
        {"type": "thinking", "thinking": "let me see", "index": 0},
        {"type": "text", "text": "a", "index": 1},
        "b",
        {"type": "input_json_delta", "partial_json": "{"},
    ]
    assert message_event(AI | {"content": blocks}) == Chunk("m1", "ab", "let me see", node="agent")


def test_reasoning_beside_the_content_is_thinking() -> None:
    assert message_event(AI | {"content": "", "additional_kwargs": {"reasoning_content": "hm"}}) == Chunk("m1", "", "hm", node="agent")
    block = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "so"}]}
    assert message_event(AI | {"content": [block]}) == Chunk("m1", "", "so", node="agent")


def test_pieces_that_are_thinking_or_hidden_by_their_id_bring_no_text() -> None:
    assert message_event(AI | {"id": "thinking-1"}) == Chunk("thinking-1", "", "hi", node="agent")
    assert message_event(AI | {"id": "web-search-results-1"}) == Chunk("web-search-results-1", node="agent")
    assert message_event(AI | {"additional_kwargs": {"__oc_hide_from_ui": True}}) == Chunk("m1", node="agent")


def test_pieces_without_an_id_still_belong_together() -> None:
    metadata = {"langgraph_node": "agent", "langgraph_checkpoint_ns": "agent:17"}
    assert message_event(AI | {"id": None}, metadata) == Chunk("agent:17", "hi", node="agent")


def test_constructor_form_is_unwrapped() -> None:
    wrapped = {"lc": 1, "type": "constructor", "id": ["langchain_core", "messages", "AIMessage"], "kwargs": {"content": "hi", "id": "m1"}}
    body = message_event(wrapped)
    assert isinstance(body, Whole)
    assert (body.message.role, body.message.text, body.message.id) == (Role.AI, "hi", "m1")


def test_messages_of_other_clients_runs_are_whole_so_far() -> None:
    partial = read_event("messages/partial", json.dumps([{"type": "ai", "id": "m1", "content": "hal"}]))
    assert isinstance(partial, Whole)
    assert partial.message.standing is Standing.WRITING
    whole = read_event("messages/complete", json.dumps([{"type": "ai", "id": "m1", "content": "hallo"}]))
    assert isinstance(whole, Whole)
    assert whole.message.standing is Standing.DONE


@pytest.mark.parametrize("data", ['{"error":"HTTPException","message":"404: Run not found"}', '"Run not found"', "Run not found"])
def test_a_run_that_the_server_does_not_know_is_missing(data: str) -> None:
    body = read_event("error", data)
    assert isinstance(body, RunErrored)
    assert body.missing


@pytest.mark.parametrize("data", ['{"error":"NotFoundError","message":"404: model gpt-9 not found"}', '"boom"', '{"message":"Run away"}'])
def test_other_errors_are_not(data: str) -> None:
    body = read_event("error", data)
    assert isinstance(body, RunErrored)
    assert not body.missing


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("messages", "{nonsense"),
        ("messages", ""),
        ("messages", "17"),
        ("messages", "[]"),
        ("messages", '[{"type":"ai"}]'),
        ("metadata", "[]"),
        ("updates", '"x"'),
        ("values", "null"),
        ("messages", "\x00"),
        ("messages", "[" * 100_000),
    ],
)
def test_what_cannot_be_read_says_so(name: str, data: str) -> None:
    body = read_event(name, data)
    assert isinstance(body, Unreadable)
    assert body.name == name
    assert 0 < len(body.reason) < 300


def test_unknown_events_pass_by() -> None:
    assert read_event("hologram", "{nonsense") == Other("hologram")
    assert read_event("end", "") == Other("end")
    assert read_event("custom", "[1, NaN]") == Custom([1, None])


def test_bom_and_half_pairs_of_surrogates_do_no_harm() -> None:
    body = read_event("messages", '\ufeff[{"type":"AIMessageChunk","id":"m1","content":"a\\ud83db"},{}]')
    assert isinstance(body, Chunk)
    assert body.text == "a\ufffdb"
    whole = read_event("messages", '[{"type":"AIMessageChunk","id":"m1","content":"\\ud83d\\ude00"},{}]')
    assert isinstance(whole, Chunk)
    assert whole.text == "😀"


# -- anything at all ----------------------------------------------------------------------------------------------------------

KEYS = st.sampled_from(
    [
        *(
            "type",
            "id",
            "content",
            "tool_call_chunks",
            "args",
            "index",
            "text",
            "thinking",
            "message",
            "error",
            "__interrupt__",
            "value",
            "ns",
        ),
        *("additional_kwargs", "usage_metadata", "tool_calls", "lc", "kwargs", "run_id", "attempt", "langgraph_node", "summary"),
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=4), inner, max_size=5),
    max_leaves=20,
)
NAMES = st.sampled_from(
    ["messages", "messages|a:1", "messages/partial", "messages/complete", "metadata", "updates", "values", "custom", "error", "end"]
)
BODIES = (RunStarted, Chunk, Whole, Updated, Custom, RunErrored, Unreadable, Other)
TYPES = st.sampled_from(["ai", "AIMessageChunk", "tool", "human", "constructor", ""])


@given(NAMES | st.text(max_size=12), st.text(max_size=60))
def test_reading_is_total_for_any_text(name: str, data: str) -> None:
    assert isinstance(read_event(name, data), BODIES)


@given(NAMES, JSON)
def test_reading_is_total_for_any_json(name: str, value: object) -> None:
    assert isinstance(read_event(name, json.dumps(value)), BODIES)


@given(TYPES, st.dictionaries(KEYS, JSON, max_size=6), JSON)
def test_reading_is_total_for_anything_like_a_message(kind: str, fields: dict[str, object], metadata: object) -> None:
    body = read_event("messages", json.dumps([{"content": "", **fields, "type": kind}, metadata]))
    assert isinstance(body, BODIES)
    if isinstance(body, Chunk):
        assert all(type(value) is str for value in (body.message_id, body.text, body.thinking, body.node, body.call))
