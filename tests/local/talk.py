"""Talking to the real server in tests, as plainly as it can be done."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx


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
