from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.agent import RunningAgent, running_agent

from .program import Home


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A user's home, for commands and for what runs in this process."""
    made = Home(tmp_path / "home")
    for name, value in made.env.items():
        monkeypatch.setenv(name, value) if value is not None else monkeypatch.delenv(name, raising=False)
    made.configure('[local]\nprovider = "scripted"\n')
    return made


@pytest.fixture(scope="session")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAgent]:
    """The real LangGraph server with the local agent's graph and the scripted model, one for all tests of a worker."""
    with running_agent(tmp_path_factory.mktemp("agent")) as running:
        yield running
