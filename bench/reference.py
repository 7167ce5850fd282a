"""The reference: the least that a Textual program does to show a streamed answer.

A ``VerticalScroll`` with one ``Markdown`` fed by Textual's ``MarkdownStream``, an input below it whose cursor does not blink. It
speaks the same wire as the program under test: it creates a run, joins its stream and takes the text of each event.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator

import httpx
from httpx_sse import aconnect_sse
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Input, Markdown

READY = "Ask something"


class Reference(App[None]):
    CSS = "VerticalScroll { height: 1fr; } Input { dock: bottom; }"

    def __init__(self, url: str) -> None:
        super().__init__()
        self._http = httpx.AsyncClient(base_url=url, timeout=None)

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Markdown()
        box = Input(placeholder=READY)
        box.cursor_blink = False
        yield box

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).anchor()
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.input.value = ""
        self.run_worker(self._answer(event.value))

    async def _answer(self, prompt: str) -> None:
        markdown = self.query_one(Markdown)
        await markdown.update("")
        stream = Markdown.get_stream(markdown)
        async for text in self._texts(prompt):
            await stream.write(text)
        await stream.stop()

    async def _texts(self, prompt: str) -> AsyncIterator[str]:
        thread = (await self._http.post("/threads", json={})).json()["thread_id"]
        body = {
            "assistant_id": "agent",
            "input": {"messages": [{"role": "user", "content": prompt}]},
            "stream_mode": ["messages-tuple"],
            "stream_resumable": True,
        }
        run = (await self._http.post(f"/threads/{thread}/runs", json=body)).json()["run_id"]
        place = f"/threads/{thread}/runs/{run}/stream"
        async with aconnect_sse(self._http, "GET", place, headers={"last-event-id": "-1"}) as source:
            async for event in source.aiter_sse():
                if event.event == "messages":
                    yield json.loads(event.data)[0]["content"]


if __name__ == "__main__":
    Reference(sys.argv[1]).run()
