"""From the decided model to a chat model of LangChain, and from a provider's error to a sentence."""

from __future__ import annotations

import asyncio
import os
from functools import cache
from typing import Any

from langchain_core.language_models import BaseChatModel

from ..launch import MODEL_ENV
from ..server_secrets import scrub
from ..settings import COMPATIBLE, SCRIPTED, Model
from .scripted.model import ScriptedChatModel

LONGEST_SILENCE = 900.0
"""Seconds. A model that is being loaded, or that thinks, says nothing for minutes; the client shows the silence meanwhile."""
TIMEOUTS = (10.0, LONGEST_SILENCE, 60.0, 60.0)
"""Seconds to connect, between two reads, to write, and to wait for a connection: an endpoint that is down is told soon."""


class ModelFailure(RuntimeError):
    """The model cannot be used. ``str()`` is a sentence for the user. (The server passes on the words of Python's own errors and their
    kin only; of any other it says "An internal error occurred": measured.)"""


@cache
def chosen() -> Model:
    text = os.environ.get(MODEL_ENV, "")
    return Model.from_json(text) if text else Model(SCRIPTED)


_built: dict[Model, BaseChatModel] = {}


async def chat_model() -> BaseChatModel:
    """The chat model, built once and off the event loop (the integrations' packages take their time to import)."""
    model = chosen()
    if model not in _built:
        _built[model] = await asyncio.to_thread(build, model)
    return _built[model]


def build(model: Model) -> BaseChatModel:
    """The chat model for ``model``.

    Raises:
        ModelFailure: where its package is missing or its settings are refused.
    """
    if model.provider == SCRIPTED:
        return ScriptedChatModel()
    try:
        return _openai(model) if model.provider in (COMPATIBLE, "openai") else _of_provider(model)
    except ImportError as error:
        package = "langchain-openai" if model.provider == COMPATIBLE else f"langchain-{model.provider.replace('_', '-')}"
        raise ModelFailure(f"The package for {model.provider} is not installed: pip install {package}, then start again.") from error
    except ValueError as error:
        raise ModelFailure(f"LangChain does not take the model {model.provider}:{model.model}: {_first_line(error)}") from error


def _options(model: Model) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if model.temperature is not None:
        options["temperature"] = model.temperature
    if model.base_url:
        options["base_url"] = model.base_url
    if model.key_env:
        options["api_key"] = os.environ.get(model.key_env, "")
    return options


def _openai(model: Model) -> BaseChatModel:
    from .compatible import CompatibleChatOpenAI

    # An endpoint of one's own mostly wants no key, but the client refuses to start without one.
    options = {"api_key": "none", **_options(model)}
    return CompatibleChatOpenAI(
        model=model.model, max_retries=1, timeout=TIMEOUTS, stream_chunk_timeout=LONGEST_SILENCE, stream_usage=True, **options
    )


def _of_provider(model: Model) -> BaseChatModel:
    from langchain.chat_models import init_chat_model

    built: BaseChatModel = init_chat_model(f"{model.provider}:{model.model}", **_options(model))
    return built


def explain(error: Exception, model: Model) -> str:
    """A provider's error as a sentence. The integrations agree on ``status_code``, and not on much else."""
    status = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
    key = f" in {model.key_env}" if model.key_env else ""
    known = {
        401: f"The model's server refused the key{key} ({model.label}).",
        403: f"The model's server refused the key{key} ({model.label}).",
        404: f"The model's server does not know the model {model.label}.",
        429: f"The model's server allows no more requests for now ({model.label}): its limit or the account's credit is used up.",
    }
    if isinstance(status, int):
        if status in known:
            return known[status]
        if status >= 500:
            return f"The model's server failed with status {status} ({model.label})."
        return f"The model's server refused the request with status {status} ({model.label}): {_first_line(error)}"
    if "Timeout" in type(error).__name__:
        return f"The model's server did not answer in time ({model.label})."
    if "Connect" in type(error).__name__ or isinstance(error, ConnectionError):
        return f"The model's server cannot be reached ({model.label})."
    return f"The model failed ({model.label}): {_first_line(error)}"


def _first_line(error: Exception) -> str:
    return scrub((str(error).strip().splitlines() or [type(error).__name__])[0])[:300]
