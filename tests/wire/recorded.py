"""The recorded streams of real servers (`tests/data/streams`), event by event."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
from httpx_sse import EventSource, ServerSentEvent

from canvas_tui.core.model import Json

STREAMS = Path(__file__).parents[1] / "data" / "streams"
FILES = sorted(STREAMS.glob("*/*.sse"))


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def read(name: str) -> list[ServerSentEvent]:
    raw = (STREAMS / f"{name}.sse").read_bytes()
    response = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=raw)
    return [sse for sse in EventSource(response).iter_sse() if sse.data]


def values(name: str) -> dict[str, Json]:
    """What the newest ``values`` and all ``updates`` of the stream say of the messages, by id: the server's own account."""
    told: dict[str, Json] = {}
    for sse in read(name):
        if sse.event == "values":
            told.update({m["id"]: m for m in json.loads(sse.data).get("messages", [])})
        elif sse.event == "updates":
            for update in json.loads(sse.data).values():
                if isinstance(update, dict):
                    told.update({m["id"]: m for m in update.get("messages", []) if isinstance(m, dict)})
    return told
