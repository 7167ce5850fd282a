"""One turn without a screen, for ``canvas-tui send``: what a session's changes mean for someone who reads a pipe.

``run_turn`` compares each session with the one before it and yields every piece of text exactly once.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TypeAlias

from canvas_tui.core.model import Failure, Json, Notice
from canvas_tui.core.ports import Backend


@dataclass(frozen=True, slots=True)
class RunNamed:
    """The server has accepted the run."""

    thread_id: str
    run_id: str


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of the agent's answer, in order."""

    message_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Discard:
    """What was told of this message so far is void (the server started over, or its final state differs)."""

    message_id: str


@dataclass(frozen=True, slots=True)
class Told:
    """A notice, when it appears. ``text`` is one line for a person."""

    notice: Notice
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The graph waits for an answer to ``value``."""

    interrupt_id: str
    value: Json


@dataclass(frozen=True, slots=True)
class Ended:
    """Last of all.

    ``status``: ``success``, ``interrupted`` (waits for an answer), ``error``, ``stopped``, or ``unreachable`` with ``failure``.

    ``messages`` are the thread's final messages as JSON-able dicts.
    """

    status: str
    thread_id: str
    run_id: str
    messages: tuple[dict[str, Json], ...] = ()
    sentence: str = ""  # why, where it did not succeed
    failure: Failure | None = None


TurnEvent: TypeAlias = RunNamed | Text | Discard | Told | Asked | Ended


async def run_turn(
    backend: Backend, *, thread_id: str | None = None, text: str | None = None, answer: Json | None = None
) -> AsyncIterator[TurnEvent]:
    """Start the backend, submit ``text`` (or answer the thread's question), and tell what comes of it until the turn is over.

    Args:
        thread_id: the thread to go on with; None begins a new one.
        text: the message; None with ``answer`` None goes on where the thread stopped.
        answer: resumes an interrupted thread.
    """
    raise NotImplementedError
    yield
