"""What to do: everything that ``session.step`` can ask for. The driver carries each out and answers with an Input."""

from __future__ import annotations

from typing import TypeAlias

from .artifact import Artifact
from .frozen import frozen
from .model import Payload, SendAnswers, SendMessage, SendNothing


@frozen
class ReadThread:
    """GET thread, state and runs -> ThreadRead | ThreadFailed."""


@frozen
class CreateRun:
    """POST /threads/{t}/runs, the outbox first -> RunCreated | CreateFailed. Makes the thread where it does not exist."""

    submit_id: str
    payload: Payload
    interrupt: bool = False  # multitask_strategy "interrupt"
    heads: tuple[str, ...] = ()  # checkpoints that end other branches: the run's metadata keeps them


@frozen
class ReadHeads:
    """Which messages the branches end with: at these checkpoints, and at the last one of each of these runs -> HeadsRead."""

    heads: tuple[str, ...]
    left: tuple[str, ...] = ()


@frozen
class ReadBranch:
    """GET …/state/{checkpoint} -> BranchRead | BranchFailed."""

    checkpoint_id: str


@frozen
class FindRun:
    """Look for the run whose metadata carries ``submit_id`` -> RunFound | FindFailed."""

    submit_id: str


@frozen
class JoinRun:
    """GET …/runs/{r}/stream with Last-Event-ID -> Connected, Received, Event …, Disconnected. Ends any older connection."""

    run_id: str
    conn: int
    last_event_id: str


@frozen
class HangUp:
    """Close the connection ``conn``; nothing is answered."""

    conn: int


@frozen
class ReadRun:
    """GET …/runs/{r} -> RunRead | RunReadFailed."""

    run_id: str


@frozen
class CancelRun:
    """POST …/runs/{r}/cancel -> nothing, or CancelFailed."""

    run_id: str


@frozen
class PostArtifact:
    """POST …/state, making the thread where it does not exist, then look back -> ArtifactSaved | SaveFailed.

    ``node``: as whose work; ``checkpoint_id``: where it goes on from, if not from the newest; ``since``: what had been read before.
    """

    artifact: Artifact
    node: str = ""
    checkpoint_id: str = ""
    since: str = ""


@frozen
class LookBack:
    """What else was saved since ``since``, when the artifact was that lies at the checkpoint? -> ArtifactSaved | SaveFailed."""

    artifact: Artifact
    checkpoint_id: str
    since: str = ""


Effect: TypeAlias = (
    ReadThread | ReadHeads | ReadBranch | CreateRun | FindRun | JoinRun | HangUp | ReadRun | CancelRun | PostArtifact | LookBack
)

__all__ = [
    "CancelRun",
    "CreateRun",
    "Effect",
    "FindRun",
    "HangUp",
    "JoinRun",
    "LookBack",
    "Payload",
    "PostArtifact",
    "ReadBranch",
    "ReadHeads",
    "ReadRun",
    "ReadThread",
    "SendAnswers",
    "SendMessage",
    "SendNothing",
]
