"""Talking to the real server in tests, as plainly as it can be done."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from canvas_tui.core.open_canvas import TURN_KEYS


def new_thread(client: httpx.Client, **metadata: Any) -> str:
    thread_id = str(uuid.uuid4())
    client.post("/threads", json={"thread_id": thread_id, "metadata": metadata}).raise_for_status()
    return thread_id


def said(text: str) -> dict[str, Any]:
    return {"input": {"messages": [{"role": "user", "content": text, "id": str(uuid.uuid4())}]}}


def start(client: httpx.Client, thread_id: str, text: str) -> str:
    """A run in the background; its id."""
    body = {"assistant_id": "agent", **said(text), "stream_mode": ["messages-tuple"], "stream_resumable": True}
    return str(client.post(f"/threads/{thread_id}/runs", json=body).raise_for_status().json()["run_id"])


def stream(client: httpx.Client, thread_id: str, **body: Any) -> Iterator[tuple[str, Any]]:
    """Events of a run as (name, data)."""
    given = {"assistant_id": "agent", "stream_mode": ["messages-tuple", "updates"], **body}
    with client.stream("POST", f"/threads/{thread_id}/runs/stream", json=given) as response:
        response.raise_for_status()
        name, rest = "", b""
        for piece in response.iter_bytes():
            *lines, rest = (rest + piece).split(b"\r\n")  # not iter_lines: that splits at U+2028 as well
            for line in lines:
                if line.startswith(b"event:"):
                    name = line[6:].decode().strip()
                elif line.startswith(b"data:"):
                    yield name, json.loads(line[5:])


def chat(client: httpx.Client, thread_id: str, text: str) -> str:
    """The streamed text of the answer."""
    return text_of(list(stream(client, thread_id, **said(text))))


def text_of(events: list[tuple[str, Any]]) -> str:
    return "".join(data[0]["content"] for name, data in events if name == "messages" and data[0]["type"] == "AIMessageChunk")


def messages(client: httpx.Client, thread_id: str) -> list[dict[str, Any]]:
    values = client.get(f"/threads/{thread_id}/state").raise_for_status().json()["values"]
    return list(values["messages"]) if values else []


def until(condition: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    """Wait for something that another process does; fails with ``what``."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


@dataclass(frozen=True, slots=True)
class CanvasTurn:
    """One turn as a client sees it: its events, and the artifact in the thread's state afterwards."""

    events: list[tuple[str, Any]]
    artifact: dict[str, Any] | None

    @property
    def nodes(self) -> list[str]:
        return [node for name, data in self.events if name == "updates" for node in data]

    @property
    def version(self) -> dict[str, Any]:
        """The newest."""
        assert self.artifact is not None, self.events[-1]
        newest: dict[str, Any] = self.artifact["contents"][-1]
        assert self.artifact["currentIndex"] == newest["index"] == len(self.artifact["contents"])
        return newest

    @property
    def text(self) -> str:
        return str(self.version.get("fullMarkdown", self.version.get("code")))

    @property
    def error(self) -> str:
        name, data = self.events[-1]
        return str(data["message"]) if name == "error" else ""

    def streamed(self, node: str, call: str | None = None) -> str:
        """Text and arguments that came from a node, of calls of that name only."""
        pieces = [
            data[0]["content"] or "".join(each["args"] or "" for each in data[0].get("tool_call_chunks") or [])
            for name, data in self.events
            if name == "messages" and data[1]["langgraph_node"] == node and data[1].get("name") == call
        ]
        return "".join(pieces)


def human(text: str, *documents: dict[str, str]) -> list[dict[str, Any]]:
    return [{"role": "user", "content": text, "id": str(uuid.uuid4()), "additional_kwargs": {"documents": list(documents)}}]


def artifact_of(client: httpx.Client, thread_id: str) -> dict[str, Any] | None:
    values = client.get(f"/threads/{thread_id}/state").raise_for_status().json()["values"]
    found: dict[str, Any] | None = (values or {}).get("artifact")
    return found


def canvas(client: httpx.Client, thread_id: str, text: str = "", *documents: dict[str, str], user: str = "me", **keys: Any) -> CanvasTurn:
    """A turn as Open Canvas's client asks for it: explicit nulls, the artifact, and the message or the keys."""
    given = {**dict.fromkeys(TURN_KEYS), "artifact": artifact_of(client, thread_id), **keys}
    if text:
        given["messages"] = given["_messages"] = human(text, *documents)
    events = list(stream(client, thread_id, input=given, config={"configurable": {"supabase_user_id": user}}))
    return CanvasTurn(events, artifact_of(client, thread_id))
