"""The server that the program talks to, as far as it has been found. `model` has these names too."""

from __future__ import annotations

from enum import StrEnum

from .failure import Failure
from .frozen import frozen


class ServerPhase(StrEnum):
    STARTING = "starting"
    UP = "up"
    DOWN = "down"  # it does not answer now; tried again
    FAILED = "failed"  # it cannot work without the user: see sentence


class ServerKind(StrEnum):
    UNKNOWN = ""
    PYTHON = "LangGraph"
    JS = "LangGraph JS"
    AEGRA = "Aegra"


SCRIPTED = "scripted model"
"""What the local agent's model is called where no real one is connected."""


@frozen
class ServerState:
    """The server that the program talks to."""

    phase: ServerPhase = ServerPhase.STARTING
    name: str = ""  # as configured, "local agent", or host:port
    url: str = ""
    kind: ServerKind = ServerKind.UNKNOWN
    version: str = ""
    assistant: str = ""
    model: str = ""  # of the local agent
    local: bool = False
    sentence: str = ""  # what is wrong and what to do, or what is being done
    log: tuple[str, ...] = ()  # the last lines of the local agent's log, where it could not start
    log_path: str = ""
    failure: Failure | None = None  # why, where it cannot be used without the user
