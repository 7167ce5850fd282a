"""The scripted server's checkpoints: one where a turn begins and one where it ends, as the real servers list them (measured).

The Python server's local agent thins the beginnings of older turns out; ``thin`` does so here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from canvas_tui.core.model import Json

NS = "1f1e6892-0000-6000-8000-"


@dataclass(slots=True)
class Checkpoint:
    id: str
    values: dict[str, Json]
    source: str  # input, fork, loop, update
    next: list[str] = field(default_factory=list)
    given: Json = None  # where a turn begins: its input
    parent: str = ""
    run_id: str = ""
    metadata: Mapping[str, Json] = field(default_factory=dict)
    at: str = ""


class History:
    """Oldest first. The newest is the thread's state."""

    def __init__(self, thread_id: str) -> None:
        self.thread_id = thread_id
        self.rows: list[Checkpoint] = []
        self._made = 0

    def find(self, checkpoint_id: str) -> Checkpoint | None:
        return next((row for row in self.rows if row.id == checkpoint_id), None)

    def add(
        self,
        values: dict[str, Json],
        source: str,
        *,
        at: str,
        next: Sequence[str] = (),
        given: Json = None,
        parent: str = "",
        run_id: str = "",
        metadata: Mapping[str, Json] | None = None,
    ) -> Checkpoint:
        """``parent``: where it does not go on from the newest."""
        self._made += 1
        parent = parent or (self.rows[-1].id if self.rows else "")
        row = Checkpoint(
            f"{NS}{self._made:012x}", deepcopy(values), source, list(next), deepcopy(given), parent, run_id, dict(metadata or {}), at
        )
        self.rows.append(row)
        return row

    def thin(self) -> None:
        """Forget where turns began, but for the first and the newest of them."""
        starts = [row for row in self.rows if row.next == ["__start__"]]
        self.rows = [row for row in self.rows if row not in starts[1:-1]]

    def listed(self, limit: int, before: str = "", wanted: Mapping[str, Json] | None = None) -> list[dict[str, Json]]:
        """Newest first, as both real servers answer."""
        rows = [row for row in reversed(self.rows) if not before or row.id < before]
        told = [self.told(row) for row in rows]
        return [row for row in told if (wanted or {}).items() <= row["metadata"].items()][:limit]

    def told(self, row: Checkpoint) -> dict[str, Json]:
        def place(id: str) -> dict[str, Json] | None:
            return {"thread_id": self.thread_id, "checkpoint_id": id, "checkpoint_ns": ""} if id else None

        tasks = [{"id": "task-1", "name": name, "interrupts": [], "error": None, "result": row.given} for name in row.next]
        return {
            "values": row.values,
            "next": row.next,
            "tasks": tasks,
            "metadata": {"source": row.source, "run_id": row.run_id, "thread_id": self.thread_id, **row.metadata},
            "created_at": row.at,
            "checkpoint": place(row.id),
            "parent_checkpoint": place(row.parent),
        }

    def nothing(self, checkpoint_id: str) -> dict[str, Json]:
        """An unknown checkpoint is answered, not refused (measured on both)."""
        at = {"thread_id": self.thread_id, "checkpoint_id": checkpoint_id, "checkpoint_ns": ""}
        return {"values": {}, "next": [], "tasks": [], "metadata": None, "created_at": None, "checkpoint": at, "parent_checkpoint": None}
