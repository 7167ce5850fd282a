"""The real local agent for the tests of every room: ``running_agent`` starts it with the scripted model and always stops it.

Used by the tests of ``net``, ``local`` and ``e2e``; keep its shape. It takes one to four seconds, so share one among the tests of
a module (a module-scoped fixture), and give each test a thread of its own. The answer is steered by directives in the message:
``/echo TEXT`` answers exactly TEXT, ``/length 400 /speed 1000``, ``/silence 3``, ``/pause 3 @50``, ``/error @50``, ``/tool``,
``/ask`` (``interrupt()``), ``/think``; ``/help`` lists them all.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from canvas_tui.local import launch
from canvas_tui.local.files import Folder, Lease
from canvas_tui.local.log import last_lines
from canvas_tui.local.settings import SCRIPTED, Model

SCRIPTED_MODEL = Model(SCRIPTED)


@dataclass(frozen=True, slots=True)
class RunningAgent:
    url: str
    assistant: str
    log: Path
    pid: int
    folder: Folder
    child: subprocess.Popen[bytes]

    def kill(self) -> None:
        """``kill -9``; returns when it is dead. Start another one on the same ``tmp_path`` to see what survived."""
        self.child.kill()
        self.child.wait()

    def stop(self) -> None:
        """SIGTERM, and SIGKILL where that is not enough; returns when it is dead."""
        self.child.send_signal(signal.SIGTERM)
        try:
            self.child.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()


@contextmanager
def running_agent(
    tmp_path: Path, *, environ: Mapping[str, str] = os.environ, port: int = 0, model: Model = SCRIPTED_MODEL
) -> Iterator[RunningAgent]:
    """A server with the scripted model (or another), its data under ``tmp_path``; a lease is held, so that it does not stop by itself.

    ``port`` is for starting it again where it was (0: a free one).
    """
    folder = Folder(tmp_path / "data" / "agent", tmp_path / "state" / "agent")
    folder.make()
    lease = Lease(folder, f"tests-{os.getpid()}")
    lease.take()
    address = launch.new_address(model, environ, port=port)
    child = launch.spawn(launch.environment(environ, folder, address, model), folder)
    agent = RunningAgent(address.url, "agent", folder.log, child.pid, folder, child)
    try:
        deadline = time.monotonic() + 60
        while not launch.answers(address):
            if child.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("\n".join(["the local agent did not start:", *last_lines(folder.log)]))
            time.sleep(0.05)
        yield agent
    finally:
        lease.leave()
        with suppress(ProcessLookupError):
            agent.stop()
