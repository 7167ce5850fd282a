"""A program that is killed in the middle of things: ``python -m tests.e2e.dying URL JOURNAL THREAD``."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from canvas_tui.core.artifact import SaveStanding, Turn, Version
from canvas_tui.core.model import Phase
from canvas_tui.core.ports import ServerTarget
from canvas_tui.journal import SqliteJournal
from canvas_tui.net.hub import Hub
from tests.net.backends import until

FRENCH = Turn((("language", "french"),), "Translate to French")
MINE = Version(0, title="Tea", text="mine")
EDITED = Version(1, title="Tea", text="half an edit")


def hub_with(url: str, journal: str) -> Hub:
    return Hub(ServerTarget("test", url, user_id="me"), SqliteJournal(Path(journal)))


async def live_and_die(url: str, journal: str, thread: str) -> None:
    """A run is on; a turn, a change by hand and an edit wait for it."""
    hub = hub_with(url, journal)
    await hub.start()
    hub.open(thread)
    hub.submit(thread, "Hello")
    await until(hub, lambda: hub.session(thread).link.phase is Phase.LIVE)
    hub.canvas.act(thread, FRENCH)
    hub.canvas.save(thread, MINE, 1)
    hub.canvas.keep_edit(thread, EDITED)
    saving = hub.session(thread).saving
    assert saving is not None and saving.standing is SaveStanding.WAITING
    await hub._writes.finished()
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    asyncio.run(live_and_die(*sys.argv[1:]))
