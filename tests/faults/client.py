"""A client that is going to be killed or stopped: drafts, submits one message, follows its run, and may tell what came of it."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from canvas_tui.core.ports import Change, ServerTarget
from canvas_tui.journal import SqliteJournal
from canvas_tui.net.hub import Hub

from . import GATHER
from .trial import held
from .witness import Witness, at_rest


async def main(url: str, journal: str, thread: str, text: str, tell: str = "") -> None:
    hub = Hub(ServerTarget("kept", url, "agent"), SqliteJournal(Path(journal)), gather=GATHER)
    await hub.start()
    hub.keep_draft(thread, text)
    hub.open(thread)
    await asyncio.sleep(0.3)  # it was typed a moment ago
    print("started", flush=True)
    await asyncio.sleep(0.2)
    hub.submit(thread, text)
    if not tell:
        await asyncio.Event().wait()
    grew: list[float] = []  # when the answer did

    def heard(change: Change, of: str) -> None:
        session = hub.session(thread)
        size = sum(len(message.text) for message in (*session.history, *session.live))
        if of == thread and size > most[0]:
            most[0] = size
            grew.append(hub.now())

    most = [0]
    hub.listen(heard)
    witness = Witness(hub, thread)
    await witness.until(at_rest, 300)
    told = [(seen.notice.kind, seen.at) for seen in witness.told]
    print(json.dumps({"held": held(hub.session(thread)), "removed": witness.removed, "told": told, "grew": grew}), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:6]))
