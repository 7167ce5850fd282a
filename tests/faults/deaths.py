"""``kill -9``: of the client at random points (F61), of the server in the middle of runs (F46, F47), with a new start each.

Every third turn writes an artifact.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import uuid
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from canvas_tui.core.model import NoticeKind
from canvas_tui.core.ports import ServerTarget
from canvas_tui.journal import SqliteJournal
from canvas_tui.net.hub import Hub
from tests.support.agent import RunningAgent, running_agent

from . import GATHER
from .cases import PACED
from .trial import Case, Outcome, Trial, artifact_at, held, truth_at
from .witness import Witness, at_rest

LATEST = 4.5
"""Seconds after the draft was typed by which a client is killed; its run takes four."""
SENDING = 0.6
"""In this time it sends, and the server takes it: every second client dies there."""
AGAIN = frozenset({NoticeKind.RESTARTED, NoticeKind.LOST})
AWAY = frozenset({NoticeKind.UNREACHABLE, NoticeKind.CUT})


def prompted(prompt: str, seed: int) -> str:
    return prompt if seed % 3 else f"/artifact {prompt} about tea"


# -- the client ------------------------------------------------------------------------------------------------------------


async def kill_client(server: str, folder: Path, seed: int) -> Outcome:
    """Start one, kill it, start another on the same journal: one run, its whole answer, or the draft back."""
    case = Case("F61", prompted(PACED, seed), note="the program is killed at any point and started again")
    out, thread, journal = Outcome(case, seed), str(uuid.uuid4()), folder / f"kill-{seed}.db"
    after = Random(f"kill/{seed}").uniform(0, SENDING if seed % 2 else LATEST)
    command = (sys.executable, "-m", "tests.faults.client", server, str(journal), thread, case.prompt)
    client = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert client.stdout is not None
    await client.stdout.readline()
    await asyncio.sleep(after)
    client.kill()
    await client.wait()
    hub = Hub(ServerTarget("kept", server, "agent"), SqliteJournal(journal), gather=GATHER)
    try:
        await hub.start()
        began = hub.now()
        await asyncio.wait_for(hub._link.api(), 30)
        await asyncio.sleep(0.3)  # what the journal has is taken up
        hub.open(thread)
        witness = Witness(hub, thread)
        out.ended = await witness.until(at_rest, 60)
        out.seconds = hub.now() - began
        truth, out.runs = await asyncio.to_thread(truth_at, server, thread)
        mine = held(hub.session(thread))
        artifact, written = hub.session(thread).state.artifact, await asyncio.to_thread(artifact_at, server, thread)
        out.exact = mine == truth and artifact == written
        back = hub.draft(thread) == case.prompt
        witness.finish()
    finally:
        await hub.close()
    if not out.ended:
        out.wrong.append(f"killed after {after:.2f} s: not over")
    if not out.exact:
        out.wrong.append(f"A6: killed after {after:.2f} s: held {mine}, {artifact} is not the state's {truth}, {written}")
    if out.runs + back != 1:
        out.wrong.append(f"A6: killed after {after:.2f} s: {out.runs} runs, draft {'back' if back else 'not back'}")
    if witness.removed:
        out.wrong.append(f"A2: killed after {after:.2f} s: {witness.removed[0][:100]} … {witness.removed[0][-300:]}")
    return out


async def kill_clients(server: str, folder: Path, count: int, at_once: int) -> list[Outcome]:
    room = asyncio.Semaphore(at_once)

    async def one(seed: int) -> Outcome:
        async with room:
            return await kill_client(server, folder, seed)

    return list(await asyncio.gather(*(one(seed) for seed in range(1, count + 1))))


# -- the server --------------------------------------------------------------------------------------------------------------


def _quiet_port() -> int:
    """A free one that the system gives to nobody by itself: it is still free when the server comes back."""
    while True:
        port = 20_000 + uuid.uuid4().int % 10_000
        with socket.socket() as one:
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


@dataclass
class Restartable:
    """A server that can die and come back on its port."""

    folder: Path
    stack: ExitStack = field(default_factory=ExitStack)
    agent: RunningAgent | None = None
    port: int = 0

    def start(self) -> None:
        self.port = self.port or _quiet_port()
        self.agent = self.stack.enter_context(running_agent(self.folder, port=self.port))

    def die(self, *, cleanly: bool) -> None:
        assert self.agent is not None
        if cleanly:
            self.agent.stop()
        else:
            self.agent.kill()
        self.stack.close()


@dataclass(frozen=True)
class Death(Case):
    cleanly: bool = True
    latest: int = 100  # so many tokens are painted at most when it comes
    known: bool = True  # the server knows the run afterwards


DEATHS = (
    Death(
        "F46", "/length 120 /speed 15", told=AWAY | AGAIN, within=3, corrected=True, note="SIGTERM in the middle of a run, then a new start"
    ),
    Death(
        "F46b",
        "/silence 12 /length 120 /speed 15",
        told=AWAY | AGAIN,
        within=3,
        corrected=True,
        cleanly=False,
        note="kill -9 of the server after it has saved the run",
    ),
    Death(
        "F47",
        "/length 120 /speed 15",
        told=AWAY | AGAIN,
        within=3,
        corrected=True,
        cleanly=False,
        latest=60,
        known=False,
        ends="lost",
        note="kill -9 before",
    ),
)


@dataclass
class DeathTrial:
    case: Death
    server: Restartable
    trial: Trial = field(init=False)

    async def run(self, seed: int) -> Outcome:
        case = self.case
        self.trial = Trial(case, f"http://127.0.0.1:{self.server.port}", self.server.folder, seed, forgets=not case.known)
        dying = asyncio.create_task(self._die(Random(f"death/{case.id}/{seed}").randint(1, case.latest)))
        try:
            out = await self.trial.run()
            await dying
        finally:
            dying.cancel()
        return out

    async def _die(self, tokens: int) -> None:
        await self.trial.ready.wait()
        await self.trial.witness.until(lambda s: s.run is not None and s.run.tokens >= tokens, 60)
        self.trial.fault_at = self.trial.hub.now()
        await asyncio.to_thread(self.server.die, cleanly=self.case.cleanly)
        await asyncio.sleep(1)
        await asyncio.to_thread(self.server.start)


async def kill_servers(folder: Path, case: Death, runs: int, at_once: int) -> list[Outcome]:
    """Each run has a server of its own."""
    room = asyncio.Semaphore(at_once)

    async def one(seed: int) -> Outcome:
        server = Restartable(folder / f"{case.id}-{seed}")
        async with room:
            try:
                await asyncio.to_thread(server.start)
                return await DeathTrial(replace(case, prompt=prompted(case.prompt, seed)), server).run(seed)
            finally:
                await asyncio.to_thread(server.stack.close)

    return list(await asyncio.gather(*(one(seed) for seed in range(1, runs + 1))))
