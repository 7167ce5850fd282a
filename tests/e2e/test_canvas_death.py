"""``kill -9`` with a turn, a change by hand and an edit on their way: the next program takes all of them up, and nothing comes twice."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from canvas_tui.core.artifact import Artifact, Version
from canvas_tui.core.model import Role
from canvas_tui.wire.artifact import artifact_json, read_artifact
from tests.net.backends import until
from tests.support.scripted import scripted_server
from tests.support.scripted_steps import Gate, Write, say

from .dying import EDITED, hub_with


async def test_all_that_was_on_its_way_is_done_by_the_next_program(tmp_path: Path) -> None:
    journal = str(tmp_path / "journal.db")
    async with scripted_server([Gate("on"), say("Hi.")], [Write("un")]) as server:
        server.companions = ("reflection", "thread_title")
        thread = server.add_thread([("human", "Write."), ("ai", "Done.")])
        thread.values["artifact"] = artifact_json(Artifact(1, (Version(1, title="Tea", text="one"),)))
        child = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.e2e.dying", server.url, journal, thread.id)
        assert await child.wait() == -signal.SIGKILL

        hub = hub_with(server.url, journal)
        await hub.start()
        try:
            await until(hub, lambda: len(hub.session(thread.id).queue) == 1 and hub.session(thread.id).saving is not None)
            assert hub.canvas.edit_kept(thread.id) == EDITED
            server.open_gate("on")
            await until(hub, lambda: any(m.role is Role.TURN for m in hub.session(thread.id).history))
            session = hub.session(thread.id)
        finally:
            await hub.close()
        assert [m.text for m in session.history] == ["Write.", "Done.", "Hello", "Hi.", "Translate to French"]
        artifact = read_artifact(thread.values["artifact"])
        assert artifact is not None and [version.text for version in artifact.versions] == ["one", "mine", "un"]
        assert (server.count("create"), server.count("state-write")) == (2, 1)

        later = hub_with(server.url, journal)
        await later.start()
        await until(later, lambda: later.canvas.edit_kept(thread.id) == EDITED)
        assert not later.session(thread.id).queue and later.session(thread.id).saving is None
        await later.close()
