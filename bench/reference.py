"""The reference: the least that a Textual program does to show a streamed answer.

A ``VerticalScroll`` with one ``Markdown`` fed by Textual's ``MarkdownStream``, an input below it whose cursor does not blink. It
speaks the same wire as the program under test.
"""

from __future__ import annotations

import sys

import httpx
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Input, Markdown

from .asking import READY, texts


class Reference(App[None]):
    CSS = "VerticalScroll { height: 1fr; } Input { dock: bottom; }"

    def __init__(self, url: str) -> None:
        super().__init__()
        self.http = httpx.AsyncClient(base_url=url, timeout=None)

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
        self.run_worker(self.answer(event.value))

    async def answer(self, prompt: str) -> None:
        markdown = self.query_one(Markdown)
        await markdown.update("")
        stream = Markdown.get_stream(markdown)
        async for text in texts(self.http, prompt):
            await stream.write(text)
        await stream.stop()


if __name__ == "__main__":
    Reference(sys.argv[1]).run()
