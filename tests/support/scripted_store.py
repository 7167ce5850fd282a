"""What a scripted server knows: threads, runs, their events."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from canvas_tui.core.model import Json

from .scripted_history import History
from .scripted_steps import Step

EPOCH = datetime(2026, 11, 22, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sent:
    """A piece of text handed to a socket: when (``time.monotonic``, the same clock in every process), which run, connection and piece."""

    at: float
    run_id: str
    connection: int
    text: str


class Names:
    """Deterministic ids and times; ``began``: epoch seconds from which the times count, where the true time matters."""

    def __init__(self, seed: int, began: float | None = None) -> None:
        self._random = random.Random(seed)
        self._began = EPOCH if began is None else datetime.fromtimestamp(began, UTC)
        self._tick = 0

    def uuid(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def time(self, later: float = 0.0) -> str:
        """Each call a millisecond later; ``later``: seconds more."""
        self._tick += 1
        return (self._began + timedelta(milliseconds=self._tick, seconds=later)).isoformat(timespec="microseconds")


@dataclass(slots=True)
class Stored:
    """One event of a run, as text; ``name`` None has no event line, ``data`` None no data line."""

    name: str | None
    data: str | None
    text: str = ""  # the piece of the agent's text that it carries


@dataclass(slots=True)
class Run:
    id: str
    thread_id: str
    metadata: dict[str, Json]
    kwargs: dict[str, Json]
    modes: frozenset[str]
    resumable: bool
    created: str
    number: int
    status: str = "pending"
    error: str = ""
    strategy: str = "enqueue"
    after: float = 0.0  # seconds until it is due
    events: list[Stored] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None
    done: bool = False  # nothing more will be appended
    attempts: int = 0
    base: int = 0  # of the ids: what runs again gets later ones

    def append(self, event: Stored) -> None:
        self.events.append(event)
        self.wake()

    def wake(self) -> None:
        """Let every reader look again."""
        self.changed.set()
        self.changed = asyncio.Event()

    def finish(self, status: str) -> None:
        self.status, self.done = status, True
        self.wake()

    def public(self) -> dict[str, Json]:
        return {
            "run_id": self.id,
            "thread_id": self.thread_id,
            "assistant_id": self.kwargs.get("assistant_id"),
            "created_at": self.created,
            "updated_at": self.created,
            "metadata": self.metadata,
            "status": self.status,
            "kwargs": self.kwargs,
            "multitask_strategy": self.strategy,
        }


@dataclass(slots=True)
class Thread:
    id: str
    created: str
    updated: str
    metadata: dict[str, Json] = field(default_factory=dict)
    values: dict[str, Json] = field(default_factory=dict)
    interrupts: list[dict[str, Json]] = field(default_factory=list)
    rest: Sequence[Step] = ()  # of the script, where a run stopped before its end
    next: list[str] = field(default_factory=list)
    error: str = ""
    runs: list[Run] = field(default_factory=list)
    history: History = field(init=False)

    def __post_init__(self) -> None:
        self.history = History(self.id)

    @property
    def active(self) -> Iterator[Run]:
        return (run for run in self.runs if not run.done)

    @property
    def status(self) -> str:
        if any(self.active):
            return "busy"
        if self.error:
            return "error"
        stopped = self.runs and self.runs[-1].status == "interrupted"
        return "interrupted" if self.interrupts or self.next or stopped else "idle"

    def merge(self, messages: list[dict[str, Json]]) -> None:
        """LangGraph's ``add_messages``: replace by id, else append."""
        known: list[dict[str, Json]] = self.values.setdefault("messages", [])
        for message in messages:
            places = [i for i, old in enumerate(known) if old["id"] == message["id"]]
            if places:
                known[places[0]] = message
            else:
                known.append(message)

    def public(self) -> dict[str, Json]:
        return {
            "thread_id": self.id,
            "created_at": self.created,
            "updated_at": self.updated,
            "state_updated_at": self.updated,
            "metadata": self.metadata,
            "status": self.status,
            "config": {},
            "values": self.values or None,
            "interrupts": {"task-1": self.interrupts} if self.interrupts else {},
            "error": {"error": "Error", "message": self.error} if self.error else None,
        }

    def state(self, checkpoint_id: str) -> dict[str, Json]:
        task: dict[str, Json] = {
            "id": "task-1",
            "name": self.next[0] if self.next else "",
            "path": ["__pregel_pull", self.next[0] if self.next else ""],
            "error": self.error or None,
            "interrupts": self.interrupts,
            "checkpoint": None,
            "state": None,
            "result": None,
        }
        return {
            "values": self.values,
            "next": self.next,
            "tasks": [task] if self.next else [],
            "metadata": {"source": "loop", "step": len(self.runs), "thread_id": self.id},
            "created_at": self.updated,
            "checkpoint": {"checkpoint_id": checkpoint_id, "thread_id": self.id, "checkpoint_ns": ""},
            "parent_checkpoint": None,
            "interrupts": self.interrupts,
            "checkpoint_id": checkpoint_id,
            "parent_checkpoint_id": None,
        }


def stored_message(message: dict[str, Json], new_id: str) -> dict[str, Json]:
    """A message of an input as the state keeps it."""
    roles = {"user": "human", "assistant": "ai"}
    kind = str(message.get("type") or message.get("role") or "human")
    return {
        "content": message.get("content", ""),
        "additional_kwargs": message.get("additional_kwargs", {}),
        "response_metadata": {},
        "type": roles.get(kind, kind),
        "name": None,
        "id": message.get("id") or new_id,
    }


def text_of(message: dict[str, Json]) -> str:
    content = message.get("content", "")
    if isinstance(content, str):
        return content
    return "".join(block.get("text", "") for block in content if isinstance(block, dict))
