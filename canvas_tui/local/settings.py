"""Which model the local agent talks to: from the settings, or found by itself. Pure; the probe of Ollama comes in as data."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from ..core.ports import LocalFailure

AUTO = "auto"
COMPATIBLE = "openai-compatible"
SCRIPTED = "scripted"

OPENAI_MODEL = "gpt-4.1-mini"
ANTHROPIC_MODEL = "claude-haiku-4-5"
OLLAMA = "http://127.0.0.1:11434"

PROVIDER_KEYS = {
    "openai": "OPENAI_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
    "google_genai": "GOOGLE_API_KEY",
    "mistralai": "MISTRAL_API_KEY",
    "groq": "GROQ_API_KEY",
    "deepseek": "DEEPSEEK_API_KEY",
    "xai": "XAI_API_KEY",
    "together": "TOGETHER_API_KEY",
    "fireworks": "FIREWORKS_API_KEY",
    "cohere": "COHERE_API_KEY",
    "perplexity": "PPLX_API_KEY",
}
"""The environment variable in which LangChain's integration of a provider looks for its key."""

Probe = Callable[[], list[str]]
"""The names of the models that an Ollama on this machine has; empty where none answers."""


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """The model as the configuration names it.

    ``provider``: "auto", "openai-compatible", "scripted", or a provider of LangChain; ``model`` may also be
    ``provider:model``. ``key_env`` is the *name* of the environment variable that holds the key.
    """

    provider: str = AUTO
    model: str = ""
    base_url: str = ""
    key_env: str = ""
    temperature: float | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """A model that has been decided on, as it is handed to the server's process. Holds no key, only its variable's name."""

    provider: str  # "openai-compatible", "scripted", or LangChain's name of a provider
    model: str = ""
    base_url: str = ""
    key_env: str = ""
    temperature: float | None = None

    @property
    def label(self) -> str:
        """In words, for the screen."""
        if self.provider == SCRIPTED:
            return "scripted model"
        if self.provider == COMPATIBLE:
            return f"{self.model} at {urlsplit(self.base_url).netloc or 'api.openai.com'}"
        return f"{self.model} at {self.provider}"

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Model:
        return cls(**json.loads(text))


def decide(settings: ModelSettings, environ: Mapping[str, str], probe: Probe) -> Model:
    """The model to use.

    Raises:
        LocalFailure: with a sentence, where the settings contradict each other or a named key is empty.
    """
    provider, model = settings.provider.strip() or AUTO, settings.model.strip()
    if provider in (AUTO, "langchain") and ":" in model and not settings.base_url:
        named, _, rest = model.partition(":")
        if named.replace("_", "").replace("-", "").isalnum() and not model.endswith(":"):
            provider, model = named, rest
    if provider == SCRIPTED:
        return Model(SCRIPTED)
    if provider == COMPATIBLE or (provider == AUTO and settings.base_url):
        return _compatible(settings, model, environ)
    if provider == AUTO:
        return _found(settings, model, environ, probe)
    return _of_provider(settings, provider, model, environ)


def _compatible(settings: ModelSettings, model: str, environ: Mapping[str, str]) -> Model:
    if not model:
        raise LocalFailure('The local agent has no model: set "model" under [local.model], such as model = "llama3.2".')
    _base_url_is_good(settings.base_url)
    if settings.key_env:
        _key_is_there(settings.key_env, environ)
    key_env = settings.key_env or ("" if settings.base_url else "OPENAI_API_KEY")
    if not settings.base_url:
        _key_is_there(key_env, environ)
    return Model(COMPATIBLE, model, settings.base_url.rstrip("/"), key_env, settings.temperature)


def _of_provider(settings: ModelSettings, provider: str, model: str, environ: Mapping[str, str]) -> Model:
    if not model:
        raise LocalFailure(f'The local agent has no model: set "model" under [local.model], such as model = "{provider}:NAME".')
    key_env = settings.key_env or PROVIDER_KEYS.get(provider, "")
    if key_env:
        _key_is_there(key_env, environ)
    if settings.base_url:
        _base_url_is_good(settings.base_url)
    return Model(provider, model, settings.base_url.rstrip("/"), key_env, settings.temperature)


def _found(settings: ModelSettings, model: str, environ: Mapping[str, str], probe: Probe) -> Model:
    """Whatever this machine has: a key of OpenAI, one of Anthropic, an Ollama; else the scripted model."""
    if environ.get("OPENAI_API_KEY"):
        base_url = environ.get("OPENAI_BASE_URL", "").rstrip("/")
        return Model(COMPATIBLE, model or OPENAI_MODEL, base_url, "OPENAI_API_KEY", settings.temperature)
    if environ.get("ANTHROPIC_API_KEY"):
        return Model("anthropic", model or ANTHROPIC_MODEL, "", "ANTHROPIC_API_KEY", settings.temperature)
    there = [name for name in probe() if "embed" not in name]
    if model and model in there:
        return Model(COMPATIBLE, model, f"{OLLAMA}/v1", "", settings.temperature)
    if model:
        raise LocalFailure(
            f'The model "{model}" has no provider: set "provider" or "base_url" under [local.model], or write "provider:{model}".'
        )
    if there:
        return Model(COMPATIBLE, there[0], f"{OLLAMA}/v1", "", settings.temperature)
    return Model(SCRIPTED)


def _key_is_there(name: str, environ: Mapping[str, str]) -> None:
    if not environ.get(name):
        raise LocalFailure(f"The key of the model is missing: the environment variable {name} is empty. Set it and start again.")


def _base_url_is_good(base_url: str) -> None:
    if base_url and (urlsplit(base_url).scheme not in ("http", "https") or not urlsplit(base_url).netloc):
        raise LocalFailure(f'"base_url" under [local.model] should be like http://127.0.0.1:11434/v1, not "{base_url}".')
