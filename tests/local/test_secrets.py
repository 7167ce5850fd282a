"""The model's key in what the server's process prints."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from canvas_tui.local.launch import MODEL_ENV
from canvas_tui.local.server_secrets import scrub
from canvas_tui.local.settings import Model


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("sk-secret", "refused sk-secret, sk-secret", "refused ***, ***"),
        ("", "refused", "refused"),
        ("abc", "an abc is no key", "an abc is no key"),
    ],
)
def test_the_key_is_hidden(key: str, text: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MODEL_ENV, Model("openai", "m", "", "MY_KEY").to_json())
    monkeypatch.setenv("MY_KEY", key)
    assert scrub(text) == expected


def test_nothing_that_the_process_prints_holds_it() -> None:
    code = (
        "import logging, sys; from canvas_tui.local.server_secrets import scrub_output; scrub_output(); logging.basicConfig();"
        "logging.error('log sk-secret'); print('out sk-secret', flush=True); raise ValueError('raised sk-secret')"
    )
    environ = {**os.environ, MODEL_ENV: Model("openai", "m", "", "MY_KEY").to_json(), "MY_KEY": "sk-secret"}
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, cwd=root, check=False)
    assert "out ***" in done.stdout and "log ***" in done.stderr and "raised ***" in done.stderr
    assert "sk-secret" not in done.stdout + done.stderr
