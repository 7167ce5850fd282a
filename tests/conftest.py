"""Seals the developer's own configuration, keys and state off from every test; loopback never goes through a proxy."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# No test times anything, Hypothesis neither: its limit of 200 ms an example, and of slow drawing, only tell of a busy machine.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

_PREFIXES = ("CANVAS_TUI_", "LANGSMITH_", "LANGCHAIN_", "LANGGRAPH_", "OPENAI_", "ANTHROPIC_", "OLLAMA_", "OPENROUTER_")
_NAMES = ("NO_COLOR", "FORCE_COLOR", "SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY", "EDITOR", "VISUAL", "TMUX", "COLORTERM", "COLUMNS", "LINES")
_LOOPBACK = "localhost,127.0.0.1,::1"


def _seal() -> None:
    """At import, so that it also holds for modules which read the environment when they are loaded (textual does)."""
    for name in list(os.environ):
        if name.startswith(_PREFIXES) or name in _NAMES:
            del os.environ[name]
    os.environ.update(
        TEXTUAL_ANIMATIONS="none",
        TERM="xterm-256color",
        COLORTERM="truecolor",
        NO_PROXY=_LOOPBACK,
        no_proxy=_LOOPBACK,
        LANGSMITH_TRACING="false",
        LANGGRAPH_CLI_NO_ANALYTICS="1",
        LANGGRAPH_NO_VERSION_CHECK="true",
    )


_seal()


def pytest_collection_finish() -> None:
    """What has been imported is not gone through by the collector again and again: that was a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 5, 10)


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder for each test: configuration, state and data land there."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name, folder in (("CONFIG", ".config"), ("STATE", ".local/state"), ("DATA", ".local/share"), ("CACHE", ".cache")):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / folder))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    return home
