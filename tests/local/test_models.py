"""Real integrations of LangChain against a scripted endpoint on loopback: what they send, and what their errors become."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from langchain_core.messages import HumanMessage
from langchain_core.messages.ai import add_ai_message_chunks

from canvas_tui.local.agent import calls
from canvas_tui.local.agent.models import ModelFailure, build, explain
from canvas_tui.local.agent.scripted.model import ScriptedChatModel
from canvas_tui.local.agent.tasks import Kind, Task
from canvas_tui.local.launch import free_port
from canvas_tui.local.settings import COMPATIBLE, SCRIPTED, Model
from tests.support.model_endpoint import Endpoint, model_endpoint, words


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with model_endpoint() as server:
        yield server


@pytest.mark.parametrize("provider", [COMPATIBLE, "openai"])
async def test_an_openai_compatible_endpoint(endpoint: Endpoint, provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "sk-mine")
    model = build(Model(provider, "m", endpoint.url, "MY_KEY", 0.25))
    pieces = [chunk async for chunk in model.astream([HumanMessage("hello")])]
    assert [piece.text for piece in pieces if piece.text] == ["<think>", "hm", "</think>", "An", " answer"]
    path, key, body = endpoint.asked[0]
    assert (path, key, body["model"], body["temperature"], body["stream"]) == ("/v1/chat/completions", "Bearer sk-mine", "m", 0.25, True)


async def test_the_usage_is_asked_for_and_told(endpoint: Endpoint) -> None:
    pieces = [chunk async for chunk in build(Model(COMPATIBLE, "m", endpoint.url)).astream([HumanMessage("hello")])]
    assert [usage["total_tokens"] for piece in pieces if (usage := piece.usage_metadata)] == [8]


async def test_a_server_that_does_not_count_is_asked_without(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model(COMPATIBLE, "m", endpoint.url)
    monkeypatch.setattr(calls, "chosen", lambda: model)
    endpoint.deltas = lambda body: "Unrecognized request argument: stream_options" if "stream_options" in body else words("An answer")
    for _ in range(2):
        answer = await calls.invoke(build(model), Task(Kind.REPLY, [HumanMessage("hello")]), None)
        assert answer.text == "An answer"
    assert ["stream_options" in body for _, _, body in endpoint.asked] == [True, False, False], "and it is kept in mind"


@pytest.mark.parametrize("keys", [("reasoning_content",), ("reasoning",), ("reasoning_content", "reasoning")])
async def test_thinking_beside_the_content_is_passed_on(endpoint: Endpoint, keys: tuple[str, ...]) -> None:
    endpoint.deltas = lambda body: [dict.fromkeys(keys, "so "), {"content": None, **dict.fromkeys(keys, "so")}, *words("An answer")]
    pieces = [chunk async for chunk in build(Model(COMPATIBLE, "m", endpoint.url)).astream([HumanMessage("hello")])]
    whole = add_ai_message_chunks(*pieces)
    assert (whole.text, whole.additional_kwargs["reasoning_content"]) == ("An answer", "so so")
    assert "reasoning_content" in pieces[0].additional_kwargs, "while it thinks"


def test_an_endpoint_without_a_key_needs_none(endpoint: Endpoint) -> None:
    assert list(build(Model(COMPATIBLE, "m", endpoint.url)).stream("hello"))
    assert endpoint.asked[0][1] == "Bearer none"


def test_the_scripted_model_needs_nothing() -> None:
    assert isinstance(build(Model(SCRIPTED)), ScriptedChatModel)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (401, "The model's server refused the key in MY_KEY (m at 127.0.0.1"),
        (403, "refused the key"),
        (404, "does not know the model m at 127.0.0.1"),
        (429, "allows no more requests for now"),
        (400, "refused the request with status 400"),
        (500, "failed with status 500"),
    ],
)
def test_a_refusal_becomes_a_sentence(endpoint: Endpoint, status: int, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "sk-mine")
    endpoint.status = status
    model = Model(COMPATIBLE, "m", endpoint.url, "MY_KEY")
    with pytest.raises(Exception) as caught:
        build(model).invoke("hello")
    told = explain(caught.value, model)
    assert sentence in told and "sk-mine" not in told


def test_an_endpoint_that_is_not_there_is_told_soon() -> None:
    model = Model(COMPATIBLE, "m", f"http://127.0.0.1:{free_port()}/v1")
    with pytest.raises(Exception) as caught:
        build(model).invoke("hello")
    assert explain(caught.value, model).startswith("The model's server cannot be reached")


def test_a_missing_package_is_named() -> None:
    with pytest.raises(ModelFailure, match="pip install langchain-google-genai"):
        build(Model("google_genai", "m"))


def test_a_provider_that_is_none_is_told() -> None:
    with pytest.raises(ModelFailure, match="does not take the model nonsense:m"):
        build(Model("nonsense", "m"))
