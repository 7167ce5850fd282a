"""A thread's checkpoints: where they are asked for, and what of them tells branches apart.

The Python and the JavaScript server answer alike (measured): the newest first, a turn's beginning has ``next: ["__start__"]``, the source
"input" (or "fork" where it ran on from an earlier beginning), and its input as that task's result. An unknown checkpoint is answered
with empty values. ``before`` takes an object by POST on the one and a string on the other; by GET both take the bare id.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from canvas_tui.core.fork import Head, Point
from canvas_tui.core.model import Json, RunInfo

from .jsontext import items, mapping, text
from .messages import read_messages
from .requests import thread_path
from .state import HEADS_KEY

START = "__start__"


def history_path(thread_id: str) -> str:
    return f"{thread_path(thread_id)}/history"


def page(limit: int, before: str = "") -> dict[str, str | int]:
    """For GET."""
    return {"limit": limit, "before": before} if before else {"limit": limit}


def beginnings(source: str, limit: int) -> dict[str, Json]:
    """For POST: where turns begin. ``source``: "input" or "fork"."""
    return {"limit": limit, "metadata": {"source": source}}


def last_of_run(run_id: str) -> dict[str, Json]:
    """For POST: the last checkpoint that the run wrote."""
    return {"limit": 1, "metadata": {"run_id": run_id}}


def checkpoint_json(thread_id: str, checkpoint_id: str) -> dict[str, Json]:
    """For the body of a run."""
    return {"thread_id": thread_id, "checkpoint_ns": "", "checkpoint_id": checkpoint_id}


def read_points(found: Json) -> list[Point]:
    return [point for item in items(found) if (point := _point(mapping(item))).checkpoint_id]


def _point(item: dict[str, Json]) -> Point:
    started = items(item.get("next")) == [START]
    task = next((mapping(task) for task in items(item.get("tasks")) if mapping(task).get("name") == START), {})
    sent = tuple(m.id for m in read_messages(mapping(task.get("result")).get("messages")))
    return Point(_id(item), _ids(item), started, sent if started else ())


def read_head(item: Json, run_id: str = "") -> Head | None:
    """None for a checkpoint that is not there."""
    state = mapping(item)
    if not _id(state) or not state.get("created_at"):
        return None
    return Head(_id(state), _ids(state), run_id)


def _id(item: dict[str, Json]) -> str:
    return text(mapping(item.get("checkpoint")).get("checkpoint_id")) or text(item.get("checkpoint_id"))


def _ids(item: dict[str, Json]) -> tuple[str, ...]:
    return tuple(message.id for message in read_messages(mapping(item.get("values")).get("messages")))


def ends(runs: Sequence[RunInfo], snapshot: Json) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(checkpoints that end other branches, runs whose last checkpoint does), without reading any of them.

    Our runs carry the ends that they knew. Where somebody else forked, it is the run before that ended a branch. A change by hand
    after the newest run may stand on another branch than that run.
    """
    metadata = mapping(mapping(snapshot).get("metadata"))
    heads = dict.fromkeys(id for told in (read_heads(metadata), *(run.heads for run in runs)) for id in told)
    in_order = sorted(runs, key=lambda run: run.created)
    left = [before.id for before, run in pairwise(in_order) if run.forked and not run.heads]
    if (heads or left) and metadata.get("source") == "update" and in_order:
        left.append(in_order[-1].id)
    return tuple(heads), tuple(left)


def read_heads(metadata: dict[str, Json]) -> tuple[str, ...]:
    return tuple(id for item in items(metadata.get(HEADS_KEY)) if (id := text(item)))
