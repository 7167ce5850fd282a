"""The floors: what receiving alone costs (``receives``: Textual, painting nothing), and printing to the terminal (``prints``)."""

from __future__ import annotations

import asyncio
import sys

import httpx
from textual.widgets import Markdown

from .asking import READY, texts
from .reference import Reference


class Receiving(Reference):
    """Takes every event and shows only that the last one has come."""

    async def answer(self, prompt: str) -> None:
        last = ""
        async for text in texts(self.http, prompt):
            last = text or last
        await self.query_one(Markdown).update(last)


async def printing(url: str) -> None:
    async with httpx.AsyncClient(base_url=url, timeout=None) as http:
        while True:
            prompt = await asyncio.to_thread(input, f"{READY}\n")
            async for text in texts(http, prompt):
                print(text, end="", flush=True)


if __name__ == "__main__":
    what, url = sys.argv[1:3]
    if what == "receives":
        Receiving(url).run()
    else:
        asyncio.run(printing(url))
