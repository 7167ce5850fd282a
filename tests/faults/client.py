"""A client that is going to be killed: drafts, submits one message, follows its run."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from canvas_tui.core.ports import ServerTarget
from canvas_tui.journal import SqliteJournal
from canvas_tui.net.hub import Hub


async def main(url: str, journal: str, thread: str, text: str) -> None:
    hub = Hub(ServerTarget("kept", url, "agent"), SqliteJournal(Path(journal)))
    await hub.start()
    hub.keep_draft(thread, text)
    hub.open(thread)
    await asyncio.sleep(0.3)  # it was typed a moment ago
    print("started", flush=True)
    await asyncio.sleep(0.2)
    hub.submit(thread, text)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))
