"""Histories as both real servers list them: two turns, the second asked for again, a change by hand; and what they tell of branches."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from canvas_tui.core.branches import fork_point, head_of, siblings
from canvas_tui.core.effects import CreateRun, SendNothing
from canvas_tui.core.fork import Fork
from canvas_tui.core.model import ServerKind
from canvas_tui.wire.history import checkpoint_json, ends, read_head, read_points
from canvas_tui.wire.requests import Dialect, run_body
from canvas_tui.wire.state import read_runs, read_thread_state

FOLDER = Path(__file__).parents[1] / "data" / "history"


@pytest.fixture(params=["langgraph-python", "langgraph-js"])
def told(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{request.param}.json").read_text())
    return found


def test_where_turns_begin_and_with_which_messages(told: dict[str, Any]) -> None:
    points = read_points(told["history"])
    starts = [point for point in points if point.start]
    assert [len(point.ids) for point in starts] == [2, 2, 0], "asked for again, second, first"
    shown = head_of(read_thread_state({}, told["state"]))
    again, second, first = starts
    assert again.sent == second.sent == shown.ids[2:3] and first.sent == shown.ids[:1]
    assert fork_point(Fork(shown, again=True), points) == again.checkpoint_id
    assert fork_point(Fork(shown, before=shown.ids[0]), points) == first.checkpoint_id
    assert fork_point(Fork(shown, before=shown.ids[2]), points) == again.checkpoint_id


def test_the_runs_tell_where_the_other_branch_ends(told: dict[str, Any]) -> None:
    heads, left = ends(read_runs(told["runs"]), told["state"])
    (head,) = [found for row in told["history"] if (found := read_head(row)) and found.checkpoint_id in heads]
    shown = head_of(read_thread_state({}, told["state"]))
    assert [(b.at, b.count) for b in siblings(shown, [head])] == [(2, 2)]
    newest = max(told["runs"], key=lambda run: run["created_at"])["run_id"]
    assert left == (newest,), "a change by hand came last: that run's end may be a branch too"
    for run in told["runs"]:
        run["metadata"].pop("canvas_tui_heads", None)
    told["state"]["metadata"] = {"source": "loop"}
    heads, left = ends(read_runs(told["runs"]), told["state"])
    assert (heads, len(left)) == ((), 1) and left != (newest,), "somebody else forked: the run before it ended a branch"


def test_an_unknown_checkpoint_is_no_head(told: dict[str, Any]) -> None:
    assert read_head(told["unknown"]) is None


@pytest.mark.parametrize("junk", [None, [], {}, "x", [None, 1, {"checkpoint": 5, "tasks": {}, "next": "x"}], {"checkpoint_id": 7}])
def test_junk_tells_nothing(junk: Any) -> None:
    assert read_points(junk) == [] and read_head(junk) is None and ends((), junk) == ((), ())


def test_a_branch_is_begun_at_its_checkpoint_and_the_run_carries_the_other_ends() -> None:
    effect = CreateRun("s1", SendNothing(), heads=("c1", "c2"))
    body = run_body(Dialect(ServerKind.JS), effect, checkpoint_json("t", "c0"))
    assert body["checkpoint"] == {"thread_id": "t", "checkpoint_ns": "", "checkpoint_id": "c0"} and body["input"] is None
    assert read_runs([{"run_id": "r", "metadata": body["metadata"]}])[0].heads == ("c1", "c2")
    assert "checkpoint" not in run_body(Dialect(), CreateRun("s1", SendNothing()))
