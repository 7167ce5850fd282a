"""How the three kinds of server speak: framing, ids, message JSON, errors. All as measured on the real ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from canvas_tui.core.model import Json

Ids = Callable[[str, int], str]
"""(run id, index of the event in its run, from 0) -> SSE id."""


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    newline: str
    pretty: bool  # JSON over many data: lines
    heartbeat: float | None  # seconds between heartbeats
    end_event: bool
    replays_errors: bool
    exclusive: bool  # replay is ``id > last`` on milliseconds: siblings are lost
    chunk_type: str
    ok: bool  # has GET /ok
    plain_errors: bool
    on_disconnect: str
    info: Mapping[str, Json]
    headers: Mapping[str, str]

    def frame(self, event: str | None, data: str | None, id: str | None) -> bytes:
        """One event in this server's spelling; ``data`` is split at its line feeds."""
        lines = [] if event is None else [f"event: {event}"]
        if data is not None:
            lines += [f"data: {line}" for line in data.split("\n")]
        if id is not None:
            lines.append(f"id: {id}")
        return (self.newline.join(lines) + self.newline * 2).encode()

    def dump(self, data: Json) -> str:
        if self.pretty:
            return json.dumps(data, indent=2, ensure_ascii=False)
        return json.dumps(data, separators=(",", ":"), ensure_ascii=False)

    def beat(self) -> bytes:
        return f": heartbeat{self.newline * 2}".encode()

    def error_body(self, status: int, detail: str) -> tuple[bytes, str]:
        """(body, content type) of a refusal."""
        if self.plain_errors:
            return detail.encode(), "text/plain; charset=UTF-8"
        return json.dumps({"detail": detail}).encode(), "application/json"


PYTHON = Kind(
    name="python",
    newline="\r\n",
    pretty=False,
    heartbeat=5.0,
    end_event=False,
    replays_errors=False,
    exclusive=True,
    chunk_type="AIMessageChunk",
    ok=True,
    plain_errors=False,
    on_disconnect="continue",
    info={
        "version": "0.16.7",
        "langgraph_py_version": "1.2.22",
        "flags": {"assistants": True, "crons": True, "langsmith": False},
        "metadata": {},
    },
    headers={"server": "uvicorn", "cache-control": "no-store", "x-accel-buffering": "no"},
)

JS = Kind(
    name="js",
    newline="\n",
    pretty=True,
    heartbeat=None,
    end_event=False,
    replays_errors=True,
    exclusive=False,
    chunk_type="ai",
    ok=True,
    plain_errors=True,
    on_disconnect="continue",
    info={"version": "0.0.56", "langgraph_js_version": "0.4.4", "context": "js", "flags": {"assistants": True, "crons": False}},
    headers={"access-control-allow-origin": "*", "cache-control": "no-cache"},
)

AEGRA = Kind(
    name="aegra",
    newline="\n",
    pretty=False,
    heartbeat=None,
    end_event=True,
    replays_errors=True,
    exclusive=False,
    chunk_type="AIMessageChunk",
    ok=False,
    plain_errors=False,
    on_disconnect="cancel",
    info={"name": "Aegra", "version": "0.6.0", "description": "Aegra", "status": "running", "flags": {"assistants": True, "crons": False}},
    headers={"server": "uvicorn", "cache-control": "no-cache", "access-control-allow-origin": "*"},
)

KINDS: dict[str, Kind] = {k.name: k for k in (PYTHON, JS, AEGRA)}

EPOCH_MS = 1_795_338_766_000
BREATH = 10
"""Milliseconds between two bursts. A real server has at most 3 between the events of one, and 8 behind a repeated tail (measured)."""


def event_ids(kind: Kind, siblings: int) -> Ids:
    """Ids of a kind; the Python server's are milliseconds, of which ``siblings`` events in a row, a burst, share one."""
    if kind is PYTHON:
        return lambda run, index: f"{EPOCH_MS + index // siblings * BREATH}-0"
    if kind is AEGRA:
        return lambda run, index: f"{run}_event_{index + 1}"
    return lambda run, index: str(index)


def chunk(kind: Kind, message_id: str, **fields: Json) -> dict[str, Json]:
    """A message chunk as the server serialises it; ``fields`` replace the defaults."""
    if kind is JS:
        base: dict[str, Json] = {
            "content": "",
            "tool_call_chunks": [],
            "additional_kwargs": {},
            "id": message_id,
            "response_metadata": {"usage": {}},
            "tool_calls": [],
            "invalid_tool_calls": [],
            "type": "ai",
        }
    else:
        base = {
            "content": "",
            "additional_kwargs": {},
            "response_metadata": {},
            "type": kind.chunk_type,
            "name": None,
            "id": message_id,
            "tool_calls": [],
            "invalid_tool_calls": [],
            "usage_metadata": None,
            "tool_call_chunks": [],
            "chunk_position": None,
        }
    return {**base, **fields}


def chunk_metadata(kind: Kind, *, run: str, thread: str, node: str, step: int, url: str, name: str = "") -> dict[str, Json]:
    """The second half of a ``messages`` event; ``name``: of the model's call."""
    ns = f"{node}:cd68bb57-aeef-bda9-a3a7-4435ce112b6a"
    own: dict[str, Json] = (
        {}
        if kind is AEGRA
        else {
            "created_by": "system",
            "graph_id": "agent",
            "assistant_id": ASSISTANT_ID,
            "run_attempt": 1,
            "langgraph_version": "1.2.22",
            "langgraph_api_version": "0.16.7",
            "langgraph_plan": "developer",
            "langgraph_host": "self-hosted",
            "langgraph_api_url": url,
        }
    )
    return {
        **own,
        **({"name": name} if name else {}),
        "run_id": run,
        "thread_id": thread,
        "ls_integration": "langchain_chat_model",
        "langgraph_step": step,
        "langgraph_node": node,
        "langgraph_triggers": [f"branch:to:{node}"],
        "langgraph_path": ["__pregel_pull", node],
        "langgraph_checkpoint_ns": ns,
        "checkpoint_ns": ns,
        "ls_provider": "scripted",
        "ls_model_type": "chat",
        "lc_versions": {"langchain-core": "1.7.2"},
    }


ASSISTANT_ID = "eb6db400-e3c8-5d06-a834-015cb89efe69"
