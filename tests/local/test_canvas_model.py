"""The canvas with a real integration of LangChain: an OpenAI-compatible endpoint that calls tools, and one that knows none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from canvas_tui.core.open_canvas import LAST_NODE, PART_CALL
from canvas_tui.local.settings import COMPATIBLE, Model
from tests.local.talk import canvas, messages, new_thread, until
from tests.support.agent import running_agent
from tests.support.model_endpoint import Endpoint, a_call, model_endpoint, words

TITLE_LAST = (
    '{"type": "te',
    'xt", "language": "other", "isValidReact": false, "arti',
    'fact": "# Tea\\n\\nIt is ',
    'hot.", "title": "Tea"}',
)


class Provider:
    """Answers each of the graph's calls by what it is asked at the end, as a model would. ``tools``: whether it takes them."""

    def __init__(self) -> None:
        self.tools = True
        self.call: tuple[str, ...] = TITLE_LAST
        self.path = "artifact"
        self.plain = words(
            "<think>a te", "xt?</think>\n", "type: te", "xt\nlanguage: other\ntitle: Plain T", "ea\n\n", "# Tea\n\n", 'It is "hot".'
        )
        self.new = words("```python\nprint(", "'new')\n", "```")
        self.bodies: list[dict[str, Any]] = []

    def __call__(self, body: dict[str, Any]) -> list[dict[str, Any]] | int:
        self.bodies.append(body)
        system, newest = (str(body["messages"][at]["content"]) for at in (0, -1))
        if body.get("tools"):
            return a_call("generate_artifact", *self.call) if self.tools else 400
        if newest.endswith("One word."):
            return words(self.path)
        if newest.endswith("Your two sentences:"):
            return words("It is ", "there.")
        if newest.endswith("The title:"):
            return words('"Hot Tea".')
        if newest.endswith("The JSON object:"):
            return words("Sure:\n", '{"styleRules": ["short"], ', '"content": []} done') if "notes" in system else words('{"type": "text"}')
        return self.plain if "three lines" in system else self.new

    def instructions(self, newest: str) -> str:
        """Of the newest request whose last message is this."""
        return str(next(body["messages"][0]["content"] for body in reversed(self.bodies) if body["messages"][-1]["content"] == newest))


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    with model_endpoint() as endpoint:
        yield endpoint


@pytest.fixture
def provider(endpoint: Endpoint) -> Provider:
    endpoint.deltas = provider = Provider()
    return provider


@pytest.fixture(scope="module")
def client(endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    where: Path = tmp_path_factory.mktemp("model")
    with (
        running_agent(where, model=Model(COMPATIBLE, "m", endpoint.url)) as agent,
        httpx.Client(base_url=agent.url, timeout=60, trust_env=False) as client,
    ):
        yield client


def test_an_artifact_by_a_tools_call(client: httpx.Client, provider: Provider) -> None:
    thread = new_thread(client)
    turn = canvas(client, thread, "Tea, please", {"name": "n.txt", "type": "text", "data": "Zürich €"})
    assert turn.version == {"index": 1, "type": "text", "title": "Tea", "fullMarkdown": "# Tea\n\nIt is hot."}
    assert turn.streamed("generateArtifact", "generate_artifact") == "".join(TITLE_LAST)
    assert turn.streamed("generateFollowup") == "It is there." == messages(client, thread)[-1]["content"]
    assert turn.streamed("generatePath") == ""
    asked = next(body for body in provider.bodies if body.get("tools"))
    assert asked["tool_choice"] == {"type": "function", "function": {"name": "generate_artifact"}}
    assert list(asked["tools"][0]["function"]["parameters"]["properties"])[-1] == "title"
    assert "Zürich €" in asked["messages"][-1]["content"]
    until(lambda: client.get(f"/threads/{thread}").json()["metadata"].get("thread_title") == "Hot Tea", "the title was not set")


def test_what_is_remembered_and_the_documents_stand_in_the_prompts(client: httpx.Client, provider: Provider) -> None:
    who = client.post("/assistants/search", json={}).json()[0]["assistant_id"]
    rules = {"styleRules": ["never shout"], "content": ["lives in Graz"]}
    documents = {"documents": [{"name": "house.md", "type": "text/markdown", "data": "WsO8cmljaCDigqw="}]}  # base64 of UTF-8
    for namespace, key, value in ((["memories", who], "reflection", rules), (["context_documents"], who, documents)):
        client.put("/store/items", json={"namespace": namespace, "key": key, "value": value}).raise_for_status()
    provider.path = "reply"
    canvas(client, new_thread(client), "Hello?")
    told = provider.instructions("Hello?")
    assert "never shout" in told and "lives in Graz" in told and '<document name="house.md">\nZürich €\n' in told
    for namespace, key in ((["memories", who], "reflection"), (["context_documents"], who)):
        client.request("DELETE", "/store/items", json={"namespace": namespace, "key": key}).raise_for_status()
    canvas(client, new_thread(client), "Again?")
    told = provider.instructions("Again?")
    assert "never shout" not in told and "house.md" not in told


def test_rewrites_actions_and_highlights(client: httpx.Client, provider: Provider) -> None:
    thread = new_thread(client)
    canvas(client, thread, "Tea, please")
    provider.new = words("# Te", "e")
    turn = canvas(client, thread, "In German")
    assert turn.text == turn.streamed("rewriteArtifact", "rewrite_artifact_model_call") == "# Tee" and turn.version["title"] == "Tea"
    provider.new = words("# Th", "é")
    assert canvas(client, thread, language="french").text == "# Thé"
    assert any("Translate the whole document into French" in body["messages"][0]["content"] for body in provider.bodies)
    provider.new = words("<think>hm</think>", "T $& ")
    turn = canvas(client, thread, "hm", highlightedText={"fullMarkdown": "# Thé\n\nX", "markdownBlock": "Thé", "selectedText": "Thé"})
    assert turn.text == "# T $& \n\nX"


def test_a_document_about_thinking_stays_whole(client: httpx.Client, provider: Provider) -> None:
    thread, about = new_thread(client), "They write `<think>` before they answer.\n\nAnd more."
    canvas(client, thread, "Tea, please")
    provider.new = words("<think>hm</think>\n\n", *about)
    put_action(client, "a1")
    assert canvas(client, thread, "On models").text == about
    assert canvas(client, thread, language="french").text == about
    assert canvas(client, thread, customQuickActionId="a1").text == about
    marked = {"fullMarkdown": "# M\n\nold\n\nend", "markdownBlock": "old", "selectedText": "old"}
    assert canvas(client, thread, "hm", highlightedText=marked).text == f"# M\n\n{about}\n\nend"


def test_a_part_that_a_model_never_got_to_stays_and_one_that_it_wrote_as_nothing_goes(client: httpx.Client, provider: Provider) -> None:
    thread = new_thread(client)
    canvas(client, thread, "Tea, please")
    marked = {"fullMarkdown": "# M\n\nold\n\nend", "markdownBlock": "old", "selectedText": "old"}
    provider.new = words("<think>so many thoughts")
    turn = canvas(client, thread, "hm", highlightedText=marked)
    assert turn.error.startswith("The model stopped before it wrote") and turn.version["index"] == 1
    provider.new = words("")
    assert canvas(client, thread, "Delete it", highlightedText=marked).text == "# M\n\n\n\nend"


def test_the_assistants_documents_come_with_actions_too(client: httpx.Client, provider: Provider) -> None:
    who = client.post("/assistants/search", json={}).json()[0]["assistant_id"]
    item = {"namespace": ["context_documents"], "key": who}
    documents = {"documents": [{"name": "house.md", "type": "text", "data": "We say brew."}]}
    client.put("/store/items", json={**item, "value": documents}).raise_for_status()
    put_action(client, "a2")
    thread = new_thread(client)
    canvas(client, thread, "Tea, please")
    for turn in ({"language": "french"}, {"customQuickActionId": "a2"}):
        del provider.bodies[:]
        canvas(client, thread, **turn)
        assert '<document name="house.md">\nWe say brew.\n' in provider.bodies[0]["messages"][0]["content"], turn
    client.request("DELETE", "/store/items", json=item).raise_for_status()


def put_action(client: httpx.Client, id: str) -> None:
    action = {"id": id, "title": "A", "prompt": "Do it", "includeReflections": False, "includePrefix": True, "includeRecentHistory": False}
    body = {"namespace": ["custom_actions", "me"], "key": "actions", "value": {id: action}}
    client.put("/store/items", json=body).raise_for_status()


def test_code_comes_without_the_fence_that_a_model_puts_round_it(client: httpx.Client, provider: Provider) -> None:
    thread = new_thread(client, graph_id="agent")
    contents = [{"index": 1, "type": "code", "title": "P", "language": "python", "code": "print('😀')\nprint('old')"}]
    values = {"artifact": {"currentIndex": 1, "contents": contents}}
    client.post(f"/threads/{thread}/state", json={"values": values, "as_node": LAST_NODE}).raise_for_status()
    assert canvas(client, thread, addComments=True).text == "print('new')"
    turn = canvas(client, thread, "hm", artifact=values["artifact"], highlightedCode={"startCharIndex": 12, "endCharIndex": 24})
    assert turn.text == "print('😀')\nprint('new')"
    assert turn.streamed("updateArtifact", PART_CALL) == "```python\nprint('new')\n```", "by the name clients know that the fence goes"


def test_reflections_are_read_out_of_whatever_surrounds_them(client: httpx.Client, provider: Provider) -> None:
    who = client.post("/assistants/search", json={}).json()[0]["assistant_id"]
    canvas(client, new_thread(client), "Tea, please")

    def kept() -> Any:
        found = client.get("/store/items", params={"namespace": f"memories.{who}", "key": "reflection"})
        return found.json() and found.json().get("value")

    until(lambda: kept() == {"styleRules": ["short"], "content": []}, "nothing was remembered")


def test_a_search_without_a_key_is_told(client: httpx.Client, provider: Provider) -> None:
    turn = canvas(client, new_thread(client), "Tea, please", webSearchEnabled=True)
    assert turn.error.startswith("The web cannot be searched without a key: set TAVILY_API_KEY or EXA_API_KEY")


def test_an_endpoint_that_fails_is_told_and_what_stood_there_stays(client: httpx.Client, provider: Provider, endpoint: Endpoint) -> None:
    thread = new_thread(client)
    canvas(client, thread, "Tea, please")
    endpoint.status = 401
    turn = canvas(client, thread, language="french")
    endpoint.status = 200
    assert turn.error.startswith("The model's server refused the key") and turn.text == "# Tea\n\nIt is hot."


@pytest.mark.parametrize("args", [("{}",), ('{"type": "text", "arti', "fact: no JSON")])
def test_a_call_that_holds_nothing_is_made_up_for_plainly_and_tools_are_asked_for_again(
    client: httpx.Client, provider: Provider, args: tuple[str, ...]
) -> None:
    provider.call = args
    turn = canvas(client, new_thread(client), "Tea, please")
    assert turn.version["title"] == "Plain Tea" and turn.text == '# Tea\n\nIt is "hot".'
    provider.call = TITLE_LAST
    assert canvas(client, new_thread(client), "Tea, please").version["title"] == "Tea"


def test_thinking_beside_the_content_streams_and_is_not_sent_back(client: httpx.Client, provider: Provider) -> None:
    thread = new_thread(client)
    provider.path, provider.new = "reply", [{"reasoning_content": "let me see"}, *words("It is hot.")]
    turn = canvas(client, thread, "Tea?")
    thought = [data[0]["additional_kwargs"].get("reasoning_content") for name, data in turn.events if name == "messages"]
    assert "let me see" in thought and turn.streamed("replyToGeneralInput") == "It is hot."
    canvas(client, thread, "Sure?")
    asked = next(body for body in provider.bodies if body["messages"][-1]["content"] == "Sure?")
    assert asked["messages"][1:3] == [{"role": "user", "content": "Tea?"}, {"role": "assistant", "content": "It is hot."}]


def test_a_model_without_tools_writes_plainly_and_it_streams_as_the_same_call(client: httpx.Client, provider: Provider) -> None:
    """Last in its module: from then on the server asks this model for no tools."""
    provider.tools = False
    turn = canvas(client, new_thread(client), "Tea, please")
    assert turn.version == {"index": 1, "type": "text", "title": "Plain Tea", "fullMarkdown": '# Tea\n\nIt is "hot".'}
    streamed = turn.streamed("generateArtifact", "generate_artifact")
    assert list(json.loads(streamed)) == ["type", "language", "isValidReact", "artifact", "title"] and "think" not in streamed
    assert [bool(body.get("tools")) for body in provider.bodies].count(True) == 1
    canvas(client, new_thread(client), "More tea, please")
    assert [bool(body.get("tools")) for body in provider.bodies].count(True) == 1
