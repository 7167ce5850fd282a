"""Which model the local agent takes, from settings, environment and what an Ollama answers."""

from __future__ import annotations

import pytest

from canvas_tui.core.ports import LocalFailure
from canvas_tui.local.settings import COMPATIBLE, OLLAMA_PROVIDER, SCRIPTED, Model, ModelSettings, decide

KEYS = {"OPENAI_API_KEY": "sk-o", "ANTHROPIC_API_KEY": "sk-a"}


def decided(settings: ModelSettings, environ: dict[str, str] | None = None, ollama: tuple[str, ...] = ()) -> Model:
    return decide(settings, environ or {}, lambda: list(ollama))


@pytest.mark.parametrize(
    ("environ", "ollama", "provider", "model"),
    [
        (KEYS, ("llama3.2",), "openai", "gpt-4.1-mini"),
        ({"ANTHROPIC_API_KEY": "sk-a"}, ("llama3.2",), "anthropic", "claude-haiku-4-5"),
        ({"OPENAI_API_KEY": ""}, ("nomic-embed-text", "llama3.2", "qwen3"), OLLAMA_PROVIDER, "llama3.2"),
        ({}, ("nomic-embed-text",), SCRIPTED, ""),
        ({}, (), SCRIPTED, ""),
    ],
)
def test_auto_takes_what_is_there(environ: dict[str, str], ollama: tuple[str, ...], provider: str, model: str) -> None:
    found = decided(ModelSettings(), environ, ollama)
    assert (found.provider, found.model) == (provider, model)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (ModelSettings("scripted", "anything"), Model(SCRIPTED)),
        (ModelSettings("auto", "anthropic:claude-x"), Model("anthropic", "claude-x", "", "ANTHROPIC_API_KEY")),
        (ModelSettings("anthropic", "anthropic:claude-x"), Model("anthropic", "claude-x", "", "ANTHROPIC_API_KEY")),
        (ModelSettings("auto", "mistral:7b"), Model("ollama", "mistral:7b")),
        (ModelSettings("auto", "gpt-5"), Model("openai", "gpt-5", "", "OPENAI_API_KEY")),
        (ModelSettings("auto", "m", "http://localhost:8000/v1/"), Model(COMPATIBLE, "m", "http://localhost:8000/v1")),
        (ModelSettings("openai-compatible", "m"), Model(COMPATIBLE, "m", "", "OPENAI_API_KEY")),
        (
            ModelSettings("openai-compatible", "m", "http://h/v1", "OPENAI_API_KEY", 0.5),
            Model(COMPATIBLE, "m", "http://h/v1", "OPENAI_API_KEY", 0.5),
        ),
        (ModelSettings("openai"), Model("openai", "gpt-4.1-mini", "", "OPENAI_API_KEY")),
        (ModelSettings("ollama"), Model("ollama", "llama3.2")),
    ],
)
def test_what_the_settings_name_is_taken(settings: ModelSettings, expected: Model) -> None:
    assert decided(settings, KEYS, ("llama3.2", "mistral:7b")) == expected


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (ModelSettings("openai"), "OPENAI_API_KEY is empty"),
        (ModelSettings("auto", "groq:llama"), "GROQ_API_KEY is empty"),
        (ModelSettings("openai-compatible", "m", "http://h/v1", "MY_KEY"), "MY_KEY is empty"),
        (ModelSettings("openai-compatible", "", "http://h/v1"), 'set "model"'),
        (ModelSettings("groq", key_env="K"), '"groq:NAME"'),
        (ModelSettings("auto", "llama9"), 'the model "llama9"'),
        (ModelSettings("ollama"), "No Ollama"),
        (ModelSettings("openai-compatible", "m", "localhost:8000"), '"base_url"'),
    ],
)
def test_a_mistake_is_told_in_a_sentence(settings: ModelSettings, words: str) -> None:
    with pytest.raises(LocalFailure, match=words):
        decided(settings)


@pytest.mark.parametrize(
    ("model", "label"),
    [
        (Model(SCRIPTED), "scripted model"),
        (Model("openai", "gpt-4.1-mini"), "gpt-4.1-mini at openai"),
        (Model(COMPATIBLE, "m", "http://localhost:8000/v1"), "m at localhost:8000"),
        (Model(COMPATIBLE, "m"), "m at OpenAI"),
    ],
)
def test_a_model_in_words(model: Model, label: str) -> None:
    assert model.label == label


def test_a_model_travels_as_json() -> None:
    model = Model(COMPATIBLE, "m", "http://h/v1", "KEY", 0.2)
    assert Model.from_json(model.to_json()) == model
