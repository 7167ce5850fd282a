"""``canvas-tui demo``: the program on the local agent's scripted model, through the fault lab. Only what a key saves is kept."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import tempfile
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from ..core.ports import ScreenOptions, ServerTarget
from ..journal import SqliteJournal
from ..lab.demo import SCENARIOS, BehindProxy, Demo, follow
from ..lab.proxy import Proxy
from ..local import LocalAgent, ModelSettings
from ..local.files import Folder
from ..local.launch import missing_packages
from ..local.settings import SCRIPTED
from ..net.doctor import ProgramDoctor
from ..net.hub import Hub
from ..ui.demo import DemoApp
from .chat import has_screen, leave_when_asked
from .compose import NO_LOCAL_AGENT
from .crash import log_file
from .mistakes import DONE, Mistake
from .recording import last_minutes
from .settings import screen_options, screen_settings

LOOK_EVERY = 0.05
END_WITHIN = 20.0
"""Seconds that a server has for ending before it is killed."""


def run(args: Namespace) -> int:
    if not has_screen():
        raise Mistake("A demonstration needs a terminal.")
    if missing_packages():
        raise Mistake(NO_LOCAL_AGENT)
    options = replace(screen_options(screen_settings(), args), crash_log=log_file())
    with tempfile.TemporaryDirectory(prefix="canvas-tui-demo-", ignore_cleanup_errors=True) as folder:
        return asyncio.run(_run(Path(folder), options, args.scenario or ""))


class Server:
    """The demonstration's own local agent, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.agent = LocalAgent(folder / "data", folder / "state", ModelSettings(provider=SCRIPTED))
        self._folder = Folder(folder / "data" / "agent", folder / "state" / "agent")

    async def restart(self) -> str:
        """Its new address."""
        await self.end()
        return (await self.agent.ensure(lambda sentence: None)).url

    async def end(self) -> None:
        """Ask it to end, kill it where that does not help; returns when it has ended."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if (address := self._folder.read_address()) is not None and not self._has_ended():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(address.pid, number)
            for _ in range(round(END_WITHIN / LOOK_EVERY)):
                if self._has_ended():
                    return
                await asyncio.sleep(LOOK_EVERY)

    def _has_ended(self) -> bool:
        try:
            with self._folder.server_lock() as lock:
                return lock.take()
        except FileNotFoundError:
            return True  # it was never started


class NoPreferences:
    """What is chosen in a demonstration is forgotten with it."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def remember(self, name: str, value: str) -> None:
        self._values[name] = value

    def recall(self, name: str) -> str:
        return self._values.get(name, "")


def _played(task: asyncio.Task[None], demo: Demo) -> None:
    if not task.cancelled() and task.exception() is not None:
        demo.say("The tour has stopped by a defect of its own. Faults by hand still work.")


async def _run(folder: Path, options: ScreenOptions, scenario: str) -> int:
    server = Server(folder)
    async with Proxy("http://127.0.0.1:1") as proxy:
        target = ServerTarget("local", "", local=True)
        recorder = last_minutes()
        journal = SqliteJournal(folder / "journal.db")
        backend = Hub(target, journal, BehindProxy(server.agent, proxy), recorder=recorder, gather=1 / options.fps)
        demo = Demo(proxy, server.restart)
        thread = backend.new_thread()
        doctor = ProgramDoctor(target, backend)
        app = DemoApp(backend, replace(options, first_thread=thread), NoPreferences(), demo, doctor, backend.canvas, recorder)
        leave_when_asked(app)
        playing = asyncio.create_task(SCENARIOS[scenario](demo, backend, thread)) if scenario else None
        if playing is not None:
            playing.add_done_callback(lambda task: _played(task, demo))
        unfollow = follow(demo, backend)
        try:
            await app.run_async()
        finally:
            unfollow()
            if playing is not None:
                playing.cancel()
            await demo.close()
            await backend.close()
            recorder.close()
            await server.end()
    return app.return_code or DONE
