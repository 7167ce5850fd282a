"""Which model the local agent talks to: from the settings, or found by itself. Pure; the probe of Ollama comes in as data."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from urllib.parse import urlsplit

from ..core.frozen import frozen
from ..core.ports import LocalFailure
from ..core.server_state import SCRIPTED as SCRIPTED_MODEL

AUTO = "auto"
COMPATIBLE = "openai-compatible"
SCRIPTED = "scripted"

OLLAMA_PROVIDER = "ollama"
OLLAMA = "http://127.0.0.1:11434"

USUAL_MODELS = {"openai": "gpt-4.1-mini", "anthropic": "claude-haiku-4-5"}
"""A provider's model where none is named: quick, cheap, good enough to chat."""

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

PROVIDERS = frozenset(PROVIDER_KEYS) | {
    OLLAMA_PROVIDER,
    "azure_ai",
    "azure_openai",
    "bedrock",
    "bedrock_converse",
    "google_anthropic_vertex",
    "google_vertexai",
    "huggingface",
    "ibm",
    "nvidia",
    "openrouter",
}
"""What counts as a provider in ``provider:model``; a model of Ollama, such as mistral:7b, has a colon too."""

SEARCH_KEYS = ("TAVILY_API_KEY", "EXA_API_KEY")
"""The environment variables with the key of a provider of web searches; the first that is set is used."""

Probe = Callable[[], list[str]]
"""The names of the models that an Ollama on this machine has; empty where none answers."""


@frozen
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


@frozen
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
            return SCRIPTED_MODEL
        return f"{self.model} at {urlsplit(self.base_url).netloc or ('OpenAI' if self.provider == COMPATIBLE else self.provider)}"

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Model:
        return cls(**json.loads(text))


def _unset(sentence: str) -> LocalFailure:
    return LocalFailure(sentence, settings=True)


def decide(settings: ModelSettings, environ: Mapping[str, str], probe: Probe) -> Model:
    """The model to use.

    Raises:
        LocalFailure: with a sentence, where the settings contradict each other or a named key is empty.
    """
    provider, model = settings.provider.strip() or AUTO, settings.model.strip()
    base_url = settings.base_url.strip().rstrip("/")
    if base_url and (urlsplit(base_url).scheme not in ("http", "https") or not urlsplit(base_url).netloc):
        raise _unset(f'"base_url" under [local] should be like http://127.0.0.1:8000/v1, not "{settings.base_url}".')
    if provider == AUTO and base_url:
        provider = COMPATIBLE
    prefix, _, rest = model.partition(":")
    if rest and prefix in PROVIDERS and provider in (AUTO, prefix):
        provider, model = prefix, rest
    wanted = Model(provider, model, base_url, settings.key_env.strip(), settings.temperature)
    if provider == SCRIPTED:
        return Model(SCRIPTED)
    if provider == AUTO:
        return _found(wanted, environ, probe)
    if provider == COMPATIBLE:
        return _compatible(wanted, environ)
    return _of_provider(wanted, environ, probe)


def _compatible(wanted: Model, environ: Mapping[str, str]) -> Model:
    if not wanted.model:
        raise _unset('The local agent has no model: set "model" under [local], such as model = "llama3.2".')
    # An endpoint of one's own mostly needs no key; OpenAI's own does.
    key_env = wanted.key_env or ("" if wanted.base_url else PROVIDER_KEYS["openai"])
    _key_is_there(key_env, environ)
    return replace(wanted, key_env=key_env)


def _of_provider(wanted: Model, environ: Mapping[str, str], probe: Probe) -> Model:
    model = wanted.model or USUAL_MODELS.get(wanted.provider, "")
    if wanted.provider == OLLAMA_PROVIDER and not model:
        model = next(iter(_talking(probe())), "")
        if not model:
            raise _unset('No Ollama with a model answers on this machine: start it, or set "base_url" and "model" under [local].')
    if not model:
        raise _unset(f'The local agent has no model: set "model" under [local], such as model = "{wanted.provider}:NAME".')
    key_env = wanted.key_env or ("" if wanted.base_url else PROVIDER_KEYS.get(wanted.provider, ""))
    _key_is_there(key_env, environ)
    return replace(wanted, model=model, key_env=key_env)


def _found(wanted: Model, environ: Mapping[str, str], probe: Probe) -> Model:
    """Whatever this machine has: a key of OpenAI, one of Anthropic, an Ollama; else the scripted model.

    A model that is named and that Ollama has is taken from there.
    """
    if wanted.model and wanted.model in probe():
        return replace(wanted, provider=OLLAMA_PROVIDER, key_env="")
    for provider, usual in USUAL_MODELS.items():
        if environ.get(PROVIDER_KEYS[provider]):
            return replace(wanted, provider=provider, model=wanted.model or usual, key_env=PROVIDER_KEYS[provider])
    if wanted.model:
        raise _unset(
            f'Nothing on this machine has the model "{wanted.model}": set "provider" or "base_url" under [local],'
            " or a key in the environment."
        )
    if there := _talking(probe()):
        return replace(wanted, provider=OLLAMA_PROVIDER, model=there[0], key_env="")
    return Model(SCRIPTED)


def _talking(models: list[str]) -> list[str]:
    """Without those that only make embeddings."""
    return [name for name in models if "embed" not in name and not name.startswith(("bge-", "all-minilm"))]


def _key_is_there(name: str, environ: Mapping[str, str]) -> None:
    if name and not environ.get(name):
        raise _unset(f"The key of the model is missing: the environment variable {name} is empty. Set it and start again.")
