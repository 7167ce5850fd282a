"""The graph inside the real server: one server for all of this module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from canvas_tui.local.agent.scripted.exhibits import EXHIBITS
from tests.local.talk import chat, messages, new_thread, said, start, stream, text_of, until
from tests.support.agent import RunningAgent, running_agent


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAgent]:
    with running_agent(tmp_path_factory.mktemp("agent")) as agent:
        yield agent


@pytest.fixture(scope="module")
def client(agent: RunningAgent) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=agent.url, timeout=60, trust_env=False) as client:
        yield client


def test_tokens_stream_and_the_thread_keeps_the_same_text(client: httpx.Client) -> None:
    thread = new_thread(client)
    events = list(stream(client, thread, **said("/echo one  two\n**three** é🚀")))
    pieces = [data for name, data in events if name == "messages"]
    assert len(pieces) > 3 and {data[1]["langgraph_node"] for data in pieces} == {"replyToGeneralInput"}
    assert text_of(events) == "one  two\n**three** é🚀"
    kept = messages(client, thread)
    assert [(each["type"], each["content"]) for each in kept] == [
        ("human", "/echo one  two\n**three** é🚀"),
        ("ai", "one  two\n**three** é🚀"),
    ]
    assert {data[0]["id"] for data in pieces} == {kept[1]["id"]}
    assert kept[1]["usage_metadata"]["output_tokens"] > 3


@pytest.mark.parametrize("name", ["hostile", "unicode"])
def test_odd_characters_arrive_as_they_were_written(client: httpx.Client, name: str) -> None:
    thread = new_thread(client)
    assert EXHIBITS[name] in chat(client, thread, f"/{name} /speed 9999")
    assert EXHIBITS[name] in messages(client, thread)[-1]["content"]


def test_the_second_answer_knows_that_it_is_the_second(client: httpx.Client) -> None:
    thread = new_thread(client)
    assert "scripted model" in chat(client, thread, "/speed 9999 hello")
    again = chat(client, thread, "/speed 9999 and again")
    assert "scripted model" not in again and "| 2 |" in again


def test_the_input_of_open_canvas_is_taken_and_what_was_for_one_turn_is_cleared(client: httpx.Client) -> None:
    thread, message = new_thread(client), said("/echo x")["input"]["messages"]
    given = {"messages": message, "_messages": message, "artifact": None, "highlightedText": None, "next": None, "webSearchEnabled": False}
    assert text_of(list(stream(client, thread, input=given))) == "x"
    values = client.get(f"/threads/{thread}/state").json()["values"]
    assert [each["id"] for each in values["_messages"]] == [each["id"] for each in values["messages"]]
    assert values.get("webSearchEnabled") is None and values.get("next") is None


def test_a_failure_is_told_in_words(client: httpx.Client) -> None:
    thread = new_thread(client)
    events = list(stream(client, thread, **said("/error @4")))
    assert events[-1] == ("error", {"error": "ScriptedFailure", "message": "The scripted model failed before token 4, as /error asked."})
    assert client.get(f"/threads/{thread}").json()["status"] == "error"


def test_a_thread_without_a_message_is_told_in_words(client: httpx.Client) -> None:
    *_, (name, data) = stream(client, new_thread(client), input={"messages": []})
    assert (name, data["message"]) == ("error", "There is no message to answer in this thread.")


def test_tools_are_called_and_their_results_come_back(client: httpx.Client) -> None:
    thread = new_thread(client)
    assert "`calculator` gave: 144" in chat(client, thread, "/tool /speed 9999 12 * 12")
    kinds = [(each["type"], each.get("name")) for each in messages(client, thread)]
    assert kinds == [("human", None), ("ai", None), ("tool", "calculator"), ("tool", "lookup"), ("ai", None)]


def interrupts(client: httpx.Client, thread: str) -> dict[str, Any]:
    return {each["id"]: each["value"] for each in client.get(f"/threads/{thread}/state").json()["interrupts"]}


def test_a_question_stops_the_run_and_its_answer_goes_on(client: httpx.Client) -> None:
    thread = new_thread(client)
    events = list(stream(client, thread, **said("/ask /speed 9999")))
    assert "__interrupt__" in events[-1][1]
    assert list(interrupts(client, thread).values()) == [
        {"question": "How shall the answer be written?", "options": ["short", "long", "as a table"]}
    ]
    assert client.get(f"/threads/{thread}").json()["status"] == "interrupted"
    assert "You chose: long" in text_of(list(stream(client, thread, command={"resume": "long"})))
    assert interrupts(client, thread) == {}


def test_two_questions_are_answered_by_their_ids(client: httpx.Client) -> None:
    thread = new_thread(client)
    list(stream(client, thread, **said("/ask2 /speed 9999")))
    asked = interrupts(client, thread)
    assert len(asked) == 2
    answers = {key: value["options"][0] for key, value in asked.items()}
    answer = text_of(list(stream(client, thread, command={"resume": answers})))
    assert "You chose: short" in answer and "You chose: friendly" in answer


def test_ten_runs_go_on_at_once(client: httpx.Client) -> None:
    threads = [new_thread(client) for _ in range(10)]
    runs = [start(client, thread, "/silence 3600 /echo x") for thread in threads]

    def going_on() -> bool:
        return all(
            client.get(f"/threads/{thread}/runs/{run}").json()["status"] == "running" for thread, run in zip(threads, runs, strict=True)
        )

    until(going_on, "ten runs were not running at the same time")
    for thread, run in zip(threads, runs, strict=True):
        client.post(f"/threads/{thread}/runs/{run}/cancel").raise_for_status()
    until(lambda: client.get("/metrics?format=json").json()["queue"]["n_running"] == 0, "cancelled runs went on")


def test_the_store_keeps_what_is_put(client: httpx.Client) -> None:
    item = {"namespace": ["memories", "a"], "key": "reflection", "value": {"styleRules": ["short"], "content": []}}
    client.put("/store/items", json=item).raise_for_status()
    assert client.get("/store/items", params={"namespace": "memories.a", "key": "reflection"}).json()["value"] == item["value"]


def test_a_thread_can_be_copied_and_a_run_taken_back(client: httpx.Client) -> None:
    thread = new_thread(client)
    chat(client, thread, "/echo one")
    copy = client.post(f"/threads/{thread}/copy").raise_for_status().json()["thread_id"]
    assert [each["content"] for each in messages(client, copy)] == ["/echo one", "one"]
    run = start(client, thread, "/silence 3600 /echo two")
    until(lambda: len(messages(client, thread)) == 3, "the second message never came")
    client.post(f"/threads/{thread}/runs/{run}/cancel", params={"action": "rollback", "wait": "true"}).raise_for_status()
    until(lambda: len(messages(client, thread)) == 2, "the run was not taken back")


def test_finished_turns_keep_their_ends_and_can_be_forked_from(client: httpx.Client) -> None:
    thread = new_thread(client)
    for text in ("one", "two", "three"):
        chat(client, thread, f"/echo {text}")
    history = client.post(f"/threads/{thread}/history", json={"limit": 100}).json()
    kept = [(each["metadata"]["step"], len(each["values"].get("messages", [])), each["next"]) for each in history]
    ends = [length for _, length, coming in kept if not coming]
    assert ends == [6, 4, 2] and kept[-1] == (-1, 0, ["__start__"])
    assert len(kept) < 10, "the steps of finished turns were kept"
    end_of_one = next(each["checkpoint"] for each in history if len(each["values"].get("messages", [])) == 2)
    assert text_of(list(stream(client, thread, **said("/echo instead"), checkpoint=end_of_one))) == "instead"
    assert [each["content"] for each in messages(client, thread)] == ["/echo one", "one", "/echo instead", "instead"]
    branches = client.post(f"/threads/{thread}/history", json={"limit": 100}).json()
    assert "three" in [each["values"]["messages"][-1]["content"] for each in branches if each["values"].get("messages")]


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"host": "evil.example"}])
def test_pages_in_a_browser_are_turned_away(client: httpx.Client, headers: dict[str, str]) -> None:
    assert client.get("/ok").status_code == 200
    assert client.get("/ok", headers=headers).status_code == 403
    assert client.post("/threads", json={}, headers=headers).status_code == 403


def test_the_log_is_quiet_and_for_the_user_alone(agent: RunningAgent) -> None:
    text = agent.log.read_text()
    assert "Welcome" not in text and "smith.langchain.com" not in text
    assert agent.log.stat().st_mode & 0o077 == 0
