"""Every turn of Open Canvas on the real server with the scripted model: what streams, and the version that is there afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from canvas_tui.core.open_canvas import LAST_NODE, PART_CALL
from tests.local.talk import CanvasTurn, artifact_of, canvas, human, messages, new_thread, said, stream, until
from tests.support.agent import RunningAgent, running_agent

FAST = "/speed 9999 "


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAgent]:
    with running_agent(tmp_path_factory.mktemp("canvas")) as agent:
        yield agent


@pytest.fixture(scope="module")
def client(agent: RunningAgent) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=agent.url, timeout=60, trust_env=False) as client:
        yield client


def put(client: httpx.Client, *contents: dict[str, Any]) -> str:
    """A thread with this artifact, as a client puts one there."""
    thread = new_thread(client, graph_id="agent")
    artifact = {"currentIndex": len(contents), "contents": [{"index": at, **each} for at, each in enumerate(contents, 1)]}
    values = {"artifact": artifact, "messages": (said := human(FAST + "hm")), "_messages": said}  # for the pace of quick actions
    client.post(f"/threads/{thread}/state", json={"values": values, "as_node": LAST_NODE}).raise_for_status()
    return thread


def text(markdown: str, title: str = "A Text") -> dict[str, Any]:
    return {"type": "text", "title": title, "fullMarkdown": markdown}


def code(source: str, language: str = "python") -> dict[str, Any]:
    return {"type": "code", "title": "A Program", "language": language, "code": source}


@pytest.fixture(scope="module")
def essay(client: httpx.Client) -> CanvasTurn:
    return canvas(client, new_thread(client), FAST + "write an essay about green tea")


def assistant(client: httpx.Client) -> str:
    found: str = client.post("/assistants/search", json={}).json()[0]["assistant_id"]
    return found


def remember(client: httpx.Client, rules: list[str], facts: list[str]) -> None:
    value = {"styleRules": rules, "content": facts}
    client.put("/store/items", json={"namespace": ["memories", assistant(client)], "key": "reflection", "value": value}).raise_for_status()


def remembered(client: httpx.Client) -> dict[str, Any]:
    found = client.get("/store/items", params={"namespace": f"memories.{assistant(client)}", "key": "reflection"})
    value: dict[str, Any] = found.json()["value"] if found.status_code == 200 and found.json() else {}
    return value


def test_an_artifact_streams_as_the_arguments_of_a_call_the_title_last(essay: CanvasTurn) -> None:
    streamed = essay.streamed("generateArtifact", "generate_artifact")
    told = json.loads(streamed)
    assert list(told) == ["type", "language", "isValidReact", "artifact", "title"]
    assert essay.version == {"index": 1, "type": "text", "title": "Green Tea", "fullMarkdown": told["artifact"]}
    pieces = [data[0] for name, data in essay.events if name == "messages" and data[1]["langgraph_node"] == "generateArtifact"]
    assert pieces[0]["tool_call_chunks"][0]["name"] == "generate_artifact" and pieces[0]["tool_call_chunks"][0]["id"]
    assert len(pieces) > 50 and not any(each["content"] for each in pieces)
    assert essay.nodes == ["generatePath", "generateArtifact", "generateFollowup", "reflect", "cleanState", "generateTitle"]


def test_the_followup_is_a_message_of_the_conversation(essay: CanvasTurn) -> None:
    streamed = essay.streamed("generateFollowup")
    assert "“Green Tea” is on the canvas" in streamed and "The scripted model wrote it" in streamed
    told = next(data["generateFollowup"] for name, data in essay.events if name == "updates" and "generateFollowup" in data)
    assert [each["content"] for each in told["messages"]] == [streamed] == [each["content"] for each in told["_messages"]]


def test_a_rewrite_streams_its_meta_first_and_then_the_call_that_clients_look_for(client: httpx.Client) -> None:
    thread = put(client, text("# One\n\nTwo."))
    turn = canvas(client, thread, FAST + "/artifact /echo # One\n\nThree.\n")
    assert json.loads(turn.streamed("rewriteArtifact")) == {"type": "text", "title": "A Text", "language": "other"}
    assert turn.streamed("rewriteArtifact", "rewrite_artifact_model_call") == turn.text == "# One\n\nThree.\n"
    assert turn.artifact is not None and [each["fullMarkdown"] for each in turn.artifact["contents"]] == [
        "# One\n\nTwo.",
        "# One\n\nThree.\n",
    ]


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ({"language": "mandarin"}, "论green tea"),
        ({"language": "hindi"}, "green tea के बारे में"),
        ({"language": "spanish"}, "# Sobre green tea"),
        ({"language": "french"}, "# De green tea"),
        ({"readingLevel": "pirate"}, "Ahoy"),
        ({"artifactLength": "longest"}, "A small shop in Lisbon"),
        ({"regenerateWithEmojis": True}, "# 🌱 On green tea"),
    ],
)
def test_text_actions(client: httpx.Client, essay: CanvasTurn, action: dict[str, Any], words: str) -> None:
    thread = put(client, text(essay.text, "Green Tea"))
    turn = canvas(client, thread, **action)
    assert words in turn.text and words not in essay.text
    assert turn.streamed("rewriteArtifactTheme") == turn.text
    assert turn.nodes[:3] == ["generatePath", "rewriteArtifactTheme", "generateFollowup"]
    assert turn.version["index"] == 2 and turn.version["title"] == "Green Tea"
    assert [each["type"] for each in messages(client, thread)] == ["human", "ai"]


@pytest.mark.parametrize(
    ("action", "language", "words"),
    [
        ({"addComments": True}, "python", "# Two neighbours"),
        ({"addLogs": True}, "python", "logging.info"),
        ({"fixBugs": True}, "python", "while a < limit"),
        ({"portLanguage": "cpp"}, "cpp", "std::vector<int> fibonacci"),
        ({"portLanguage": "typescript"}, "typescript", "function* fibonacci(limit: number)"),
        ({"portLanguage": "rust"}, "rust", "fn fibonacci(limit: u64) -> Vec<u64>"),
        ({"portLanguage": "sql"}, "sql", "WITH RECURSIVE fibonacci"),
    ],
)
def test_code_actions(client: httpx.Client, action: dict[str, Any], language: str, words: str) -> None:
    thread = new_thread(client)
    before = canvas(client, thread, FAST + "write a python program for fibonacci numbers")
    assert before.version["type"] == "code" and before.version["language"] == "python" and words not in before.text
    turn = canvas(client, thread, **action)
    assert words in turn.text and turn.version["language"] == language
    assert turn.streamed("rewriteCodeArtifactTheme") == turn.text


DOLLARS = "$& $1 $$ \\1 \\g<0>"


def test_a_highlighted_part_of_a_text_is_replaced_whatever_it_says(client: httpx.Client) -> None:
    whole = "# A\n\nOne.\n\nTwo 🚀.\n\nThree."
    thread = put(client, text(whole))
    turn = canvas(
        client,
        thread,
        FAST + f"/echo {DOLLARS}",
        highlightedText={"fullMarkdown": whole, "markdownBlock": "Two 🚀.", "selectedText": "Two"},
    )
    assert turn.streamed("updateHighlightedText") == DOLLARS
    assert turn.text == f"# A\n\nOne.\n\n{DOLLARS}\n\nThree." and turn.version["index"] == 2


def test_a_highlighted_part_that_is_gone_is_told(client: httpx.Client) -> None:
    thread = put(client, text("# A"))
    turn = canvas(client, thread, "hm", highlightedText={"fullMarkdown": "# A", "markdownBlock": "# B", "selectedText": "B"})
    assert turn.error == "The highlighted part is not in the document any more."


def test_a_highlighted_part_of_code_is_counted_in_utf_16(client: httpx.Client) -> None:
    source = "# 😀 日本\nprint('😀 hello')\nprint('end')\n"
    start = len(source[: source.index("print('😀")].encode("utf-16-le")) // 2
    end = start + len("print('😀 hello')") + 1
    thread = put(client, code(source))
    turn = canvas(client, thread, FAST + "/echo print('🚀')", highlightedCode={"startCharIndex": start, "endCharIndex": end})
    assert turn.text == "# 😀 日本\nprint('🚀')\nprint('end')\n"
    assert turn.streamed("updateArtifact", PART_CALL) == "print('🚀')"


def custom(client: httpx.Client, prompt: str, **includes: bool) -> str:
    value = {"a1": {"id": "a1", "title": "Mine", "prompt": prompt, **includes}}
    client.put("/store/items", json={"namespace": ["custom_actions", "me"], "key": "actions", "value": value}).raise_for_status()
    return "a1"


def test_a_custom_action_comes_out_of_the_store(client: httpx.Client) -> None:
    thread = put(client, text("# A\n\nOne."))
    turn = canvas(client, thread, customQuickActionId=custom(client, "Put emojis into it.", includePrefix=True))
    assert turn.streamed("customAction") == turn.text == "# 🌱 A\n\nOne. 🙂"


def test_a_custom_action_that_is_gone_or_anothers_is_told(client: httpx.Client) -> None:
    thread = put(client, text("# A"))
    custom(client, "Put emojis into it.")
    assert canvas(client, thread, customQuickActionId="a2").error == "This action is not there any more. List the actions anew."
    assert canvas(client, thread, customQuickActionId="a1", user="you").error.startswith("This action is not there")


def test_actions_of_the_wrong_kind_and_without_an_artifact_are_told(client: httpx.Client) -> None:
    assert canvas(client, put(client, text("# A")), addComments=True).error == "This works on code, and the artifact is a text."
    assert canvas(client, new_thread(client), language="french").error == "There is no artifact in this thread to work on."


def test_a_question_about_the_canvas_is_answered_and_leaves_it(client: httpx.Client) -> None:
    thread = put(client, text("# A"))
    turn = canvas(client, thread, FAST + "what do you think of it?")
    assert turn.nodes[:2] == ["generatePath", "replyToGeneralInput"] and turn.version["index"] == 1


def test_what_a_failed_turn_left_does_not_act_again(client: httpx.Client) -> None:
    """Even where the client sends no nulls. Open Canvas runs the translation again (measured)."""
    thread = put(client, text("# A\n\nOne."))
    assert not canvas(client, thread, FAST + "/later /error @2 hm").error
    failed = canvas(client, thread, language="french")
    assert failed.error.startswith("The scripted model failed") and failed.version["index"] == 1
    events = list(stream(client, thread, **said(FAST + "tell me about runs")))
    assert [node for name, data in events if name == "updates" for node in data][:2] == ["generatePath", "replyToGeneralInput"]


def test_a_failed_turn_goes_on_where_it_failed(client: httpx.Client) -> None:
    thread = put(client, text("# A\n\nOne."))
    failed = canvas(client, thread, FAST + "/artifact /error @2 /echo # A\n\nTwo.")
    assert failed.error and failed.version["index"] == 1
    events = list(stream(client, thread, input=None))
    assert [node for name, data in events if name == "updates" for node in data] == [] and events[-1][0] == "error"
    assert client.get(f"/threads/{thread}/state").json()["next"] == ["rewriteArtifact"]


def test_an_edit_after_a_failure_leaves_nothing_to_be_done(client: httpx.Client) -> None:
    thread = put(client, text("# A\n\nOne."))
    canvas(client, thread, FAST + "/artifact /error @2 /echo x")
    edited = {"currentIndex": 2, "contents": [{"index": 1, **text("# A\n\nOne.")}, {"index": 2, **text("# Mine")}]}
    client.post(f"/threads/{thread}/state", json={"values": {"artifact": edited}}).raise_for_status()
    now = client.get(f"/threads/{thread}").json()
    assert now["status"] == "idle" and client.get(f"/threads/{thread}/state").json()["next"] == []
    assert artifact_of(client, thread) == edited


def test_a_model_that_stops_at_its_limit_leaves_what_it_wrote_and_that_is_said(client: httpx.Client) -> None:
    thread = new_thread(client)
    turn = canvas(client, thread, FAST + "/cut @70 write an essay about paper boats")
    assert turn.text.startswith("# On paper boats") and turn.text.endswith("## Three steps\n") and turn.version["title"] == "On paper boats"
    assert "stopped at its limit" in messages(client, thread)[-1]["content"]
    turn = canvas(client, thread, FAST + "make it longer")
    assert turn.version["index"] == 2 and "stopped at its limit" not in messages(client, thread)[-1]["content"]


def test_an_older_version_is_rewritten_where_it_was_chosen_and_none_is_lost(client: httpx.Client) -> None:
    thread = put(client, text("# One"), text("# Two"))
    chosen = artifact_of(client, thread)
    assert chosen is not None
    turn = canvas(client, thread, artifact={**chosen, "currentIndex": 1}, regenerateWithEmojis=True)
    assert turn.artifact is not None
    assert [each["fullMarkdown"] for each in turn.artifact["contents"]] == ["# One", "# Two", "# 🌱 One"]


def test_a_client_that_sends_no_artifact_loses_none(client: httpx.Client) -> None:
    thread = put(client, text("# One"))
    assert canvas(client, thread, FAST + "hello", artifact=None).version["fullMarkdown"] == "# One"


def test_a_search_rewrites_the_only_version_and_does_not_take_its_place(client: httpx.Client) -> None:
    thread = put(client, text("# One"))
    turn = canvas(client, thread, FAST + "add what a checkpoint is", webSearchEnabled=True)
    assert turn.nodes[:3] == ["generatePath", "webSearch", "rewriteArtifact"] and turn.version["index"] == 2
    assert "- [Scripted note: checkpoint](https://example.com/notes/checkpoint)" in turn.text
    found = next(each for each in messages(client, thread) if each["id"].startswith("web-search-results-"))
    assert found["additional_kwargs"]["webSearchResults"][0]["metadata"]["url"] == "https://example.com/notes/checkpoint"
    state = client.get(f"/threads/{thread}/state").json()["values"]
    assert not any(each["id"].startswith("web-search-results-") for each in state["_messages"])


def test_a_search_may_end_in_a_plain_answer(client: httpx.Client) -> None:
    thread = new_thread(client)
    turn = canvas(client, thread, FAST + "what is a heartbeat?", webSearchEnabled=True)
    assert turn.nodes[:3] == ["generatePath", "webSearch", "replyToGeneralInput"]
    assert "https://example.com/notes/heartbeat" in turn.streamed("replyToGeneralInput")
    again = canvas(client, thread, FAST + "and again")
    assert [each["type"] for each in messages(client, thread)] == ["human", "ai", "ai", "human", "ai"] and "webSearch" not in again.nodes


def test_what_a_failed_search_found_is_nothing_that_was_said(client: httpx.Client) -> None:
    thread = new_thread(client)
    assert canvas(client, thread, FAST + "/error @2 hm", webSearchEnabled=True).error
    canvas(client, thread, FAST + "/echo x")
    state = client.get(f"/threads/{thread}/state").json()["values"]
    assert [each["type"] for each in state["_messages"]] == ["human", "human", "ai"] and len(state["messages"]) == 4


def test_reflections_are_made_beside_the_run_and_used_in_the_next(client: httpx.Client) -> None:
    remember(client, [], [])
    thread = new_thread(client)
    canvas(client, thread, FAST + "write an essay about tea. I always want emojis. My name is Ada.")
    until(lambda: bool(remembered(client).get("styleRules")), "no reflection was made")
    assert remembered(client) == {"styleRules": ["I always want emojis"], "content": ["My name is Ada"]}
    assert "# 🌱 On rivers" in canvas(client, new_thread(client), FAST + "write an essay about rivers").text
    remember(client, [], [])
    canvas(client, thread, artifactLength="short")
    canvas(client, thread, FAST + "make it longer. I like blue")
    until(lambda: bool(remembered(client).get("styleRules")), "no second reflection was made")
    assert remembered(client) == {"styleRules": ["I like blue"], "content": []}, "what was erased came back"
    remember(client, [], [])
    assert "# On rivers" in canvas(client, new_thread(client), FAST + "write an essay about rivers").text


def title(client: httpx.Client, thread: str) -> str:
    return str(client.get(f"/threads/{thread}").json()["metadata"].get("thread_title", ""))


def test_a_thread_gets_a_title_unless_the_user_gave_it_one(client: httpx.Client) -> None:
    bare, cut = new_thread(client), new_thread(client, thread_title="/speed 9999 write an…")
    named = new_thread(client, thread_title="My own")
    for thread in (named, bare, cut):
        canvas(client, thread, FAST + "write an essay about green tea")
    until(lambda: title(client, bare) == title(client, cut) == "Green Tea", "the titles were not set")
    assert title(client, named) == "My own"


def test_no_helper_leaves_a_thread_behind(client: httpx.Client) -> None:
    thread = new_thread(client, mark="only")
    canvas(client, thread, FAST + "write an essay about green tea")
    before = {each["thread_id"] for each in client.post("/threads/search", json={"limit": 1000}).json()}
    canvas(client, thread, regenerateWithEmojis=True)
    assert {each["thread_id"] for each in client.post("/threads/search", json={"limit": 1000}).json()} == before


def test_a_cancelled_turn_keeps_the_versions_that_were_there(client: httpx.Client) -> None:
    thread = put(client, text("# One"))
    body = {"assistant_id": "agent", "input": {"messages": human("/artifact /silence 3600 /echo x")}, "stream_mode": ["updates"]}
    run = client.post(f"/threads/{thread}/runs", json=body).raise_for_status().json()["run_id"]
    until(lambda: client.get(f"/threads/{thread}/state").json()["next"] == ["rewriteArtifact"], "the rewrite never began", 10)
    client.post(f"/threads/{thread}/runs/{run}/cancel", params={"wait": "true"}).raise_for_status()
    assert (artifact_of(client, thread) or {})["contents"] == [{"index": 1, **text("# One")}]


def test_a_long_memory_becomes_a_summary_and_what_is_shown_stays(client: httpx.Client) -> None:
    thread = put(client, text("# One"))
    said = [each for number in range(8) for each in human(f"{number} " + "x" * 50_000)]
    client.post(f"/threads/{thread}/state", json={"values": {"messages": said, "_messages": said}, "as_node": LAST_NODE}).raise_for_status()
    turn = canvas(client, thread, FAST + "hello")
    assert turn.nodes[-1] == "summarizer"
    state = client.get(f"/threads/{thread}/state").json()["values"]
    assert len(state["messages"]) == 11 and len(state["_messages"]) == 7
    assert state["_messages"][0]["content"].startswith(
        "What was said before, in short:\n\nThe user asked, one after another: /speed 9999 hm; 0 xxx"
    )
    assert [each["id"] for each in state["_messages"][1:]] == [each["id"] for each in state["messages"][-6:]]
    assert canvas(client, thread, FAST + "again").nodes[-1] == "cleanState"
