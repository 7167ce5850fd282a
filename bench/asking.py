"""Asking the scripted server as the reference and the floors do: create a run, join its stream, take the text of each event."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import httpx
from httpx_sse import aconnect_sse

READY = "Ask something"


async def texts(http: httpx.AsyncClient, prompt: str) -> AsyncIterator[str]:
    thread = (await http.post("/threads", json={})).json()["thread_id"]
    body = {
        "assistant_id": "agent",
        "input": {"messages": [{"role": "user", "content": prompt}]},
        "stream_mode": ["messages-tuple"],
        "stream_resumable": True,
    }
    run = (await http.post(f"/threads/{thread}/runs", json=body)).json()["run_id"]
    async with aconnect_sse(http, "GET", f"/threads/{thread}/runs/{run}/stream", headers={"last-event-id": "-1"}) as source:
        async for event in source.aiter_sse():
            if event.event == "messages":
                yield json.loads(event.data)[0]["content"]
