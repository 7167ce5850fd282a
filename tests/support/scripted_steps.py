"""What a scripted run plays: a script is a sequence of steps."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from canvas_tui.core.model import Json


@dataclass(frozen=True, slots=True)
class Say:
    """Text of the agent, one event a piece; ``rate`` pieces a second (0: as fast as they go). Ends when a step of another kind comes."""

    pieces: tuple[str, ...]
    rate: float = 0


@dataclass(frozen=True, slots=True)
class Think:
    """Thinking before the text, as content blocks or (``reasoning``) in ``additional_kwargs.reasoning_content``."""

    pieces: tuple[str, ...]
    reasoning: bool = False


@dataclass(frozen=True, slots=True)
class Whole:
    """A complete message of the agent that was never streamed in pieces. ``id``: how its id begins; ``hidden``: not for showing."""

    text: str
    id: str = "lc_run--"
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing happens for so many seconds of the server's clock (heartbeats go on)."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Gate:
    """Wait until the test opens ``server.gate(name)``; ``server.reached(name)`` tells when the run stands here."""

    name: str


@dataclass(frozen=True, slots=True)
class CallTool:
    """The agent calls a tool; its arguments stream in ``pieces`` pieces."""

    name: str
    args: Mapping[str, Json]
    id: str = "call_1"
    pieces: int = 3


@dataclass(frozen=True, slots=True)
class ToolResult:
    content: str
    name: str = "lookup"
    call_id: str = "call_1"
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """``interrupt(value)``: the run ends here; the rest of the script is played when it is answered. ``more`` asks more questions."""

    value: Json
    more: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """The run ends here without a question (a static breakpoint); the rest is played on ``input: null``."""


@dataclass(frozen=True, slots=True)
class Fail:
    error: str = "RuntimeError"
    message: str = "the model failed"


@dataclass(frozen=True, slots=True)
class Emit:
    """A ``custom`` event."""

    value: Json


@dataclass(frozen=True, slots=True)
class Node:
    """The steps that follow run in this node of the graph."""

    name: str


@dataclass(frozen=True, slots=True)
class Write:
    """A node of Open Canvas writes a version: text, or (``title``) a call of the tool that makes the first one, ``size`` characters a
    piece, ``rate`` pieces a second (0: as fast as they go). What a gate or a fault between them divides is written by several, of
    which the last has ``whole``: the state's version.
    """

    text: str
    node: str = "rewriteArtifactTheme"
    call: str = ""  # the name of the model's call
    title: str = ""
    size: int = 4
    whole: str | None = ""  # empty: the text; None: more of it comes
    rate: float = 0


@dataclass(frozen=True, slots=True)
class SetState:
    """Write keys of the thread's state other than its messages (``artifact``, ``note``)."""

    values: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Raw:
    """An event whose ``data`` is given verbatim, readable or not. ``event`` None: no ``event:`` line; ``data`` None: no ``data:`` line."""

    event: str | None
    data: str | None


@dataclass(frozen=True, slots=True)
class StartOver:
    """The server executes the run again from here: fresh ``metadata``, new message ids, the partial answer is void."""


Step: TypeAlias = (
    Say | Think | Whole | Pause | Gate | CallTool | ToolResult | Ask | Breakpoint | Fail | Emit | Node | Write | SetState | Raw | StartOver
)


@dataclass(frozen=True, slots=True)
class Turn:
    """What a run is asked to do. ``text`` is the last human message (empty for answers and "Continue")."""

    number: int  # of the run on this server, from 1
    thread_id: str
    text: str = ""
    input: Json = None
    resume: Json = None  # of command.resume
    config: Mapping[str, Json] = field(default_factory=dict)


Script: TypeAlias = Sequence[Step] | Callable[[Turn], Sequence[Step]]

_PIECE = re.compile(r"\s*\S+\s*$|\s*\S+|\s+")


def pieces(text: str) -> tuple[str, ...]:
    """``text`` split before its spaces, as models stream words; joined they are the text again."""
    return tuple(_PIECE.findall(text))


def say(text: str, rate: float = 0) -> Say:
    return Say(pieces(text), rate)


def think(text: str, reasoning: bool = False) -> Think:
    return Think(pieces(text), reasoning)
