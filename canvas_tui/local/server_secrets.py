"""The keys stay out of what the server's process writes: an endpoint may repeat one in its errors, and those are logged."""

from __future__ import annotations

import os
import sys
from typing import Any, TextIO

from .launch import MODEL_ENV
from .settings import SEARCH_KEYS, Model

SHORTEST = 6
"""Letters. A shorter value is no key, and hiding it would garble words."""


def scrub(text: str) -> str:
    """The text without the keys of the model and of the web search that this process was started with."""
    model = os.environ.get(MODEL_ENV, "")
    names = (Model.from_json(model).key_env if model else "", *SEARCH_KEYS)
    for key in (os.environ.get(name, "") for name in names if name):
        if len(key) >= SHORTEST:
            text = text.replace(key, "***")
    return text


class Scrubbed:
    """A text stream that hides the key; all else is the stream's own."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        self._stream.write(scrub(text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def scrub_output() -> None:
    sys.stdout, sys.stderr = Scrubbed(sys.stdout), Scrubbed(sys.stderr)
