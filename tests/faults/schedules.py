"""Random schedules of faults over core and net: a turn or two on a scripted server in memory, in time that passes at once.

What is drawn: the kind of server (so the kind of id: milliseconds that several events share, or one for each event), what it says
and how fast, what becomes of each request, connection and stream, when the server dies and comes back, what the user does meanwhile.
What has to hold: A1 (the final text), A2 (nothing painted goes without a word), A4 (sent once), A5 (it ends, and is never bare).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, fields
from itertools import pairwise
from typing import Any
from unittest import mock
from uuid import UUID

import httpcore
import httpx

from canvas_tui.core.model import NoticeKind, Session, Standing
from canvas_tui.core.notices import words
from canvas_tui.core.ports import ServerTarget
from canvas_tui.net import server as server_module
from canvas_tui.net.client import Client
from canvas_tui.net.hub import Hub
from canvas_tui.wire.artifact import read_artifact
from tests.net.memory import MemoryJournal
from tests.support.scripted import ScriptedServer
from tests.support.scripted_faults import Fault, LastId
from tests.support.scripted_kinds import KINDS
from tests.support.scripted_steps import Say, Step, Write
from tests.support.scripted_store import Run

from . import GATHER
from .virtual import PLAIN, Network, Path, run
from .witness import Seen as Told
from .witness import Witness, at_rest, needs_user
from .written import streamed

PATIENCE = 7200.0
"""Seconds of the loop's own time until a turn has to be over."""
BARE = 11.0
MOST_KEYS = 30


@dataclass(frozen=True)
class Schedule:
    """``siblings`` and ``overlap`` belong to the server's ids; ``joins`` … are the fates of the requests of that name, in turn."""

    kind: str = "python"
    siblings: int = 1
    overlap: int = 0
    script: tuple[Step, ...] = (Say(("ok",)),)
    joins: tuple[Fault, ...] = ()
    creates: tuple[Fault, ...] = ()
    asks: tuple[Fault, ...] = ()  # of a run
    finds: tuple[Fault, ...] = ()  # of the thread's runs
    states: tuple[Fault, ...] = ()
    cancels: tuple[Fault, ...] = ()
    lasting: Fault | None = None  # what becomes of every further join
    stop: float | None = None  # so many seconds after the first message the user stops it
    refusals: tuple[str, ...] = ()  # of connections, see `Network`
    dies: tuple[float, float, bool] | None = None  # when, for how long, whether the run runs again
    turns: int = 1
    outage: tuple[str, float, float] | None = None  # how new connections fail, when, for how long; open ones are reset
    path: Path = PLAIN
    resumable: bool = True
    before: Callable[[Play], Awaitable[None]] | None = None  # the message is sent
    act: Callable[[Play], Awaitable[None]] | None = None  # meanwhile
    others: int = 0  # runs beside those of messages
    gather: float = GATHER
    forgotten: bool = False  # the server knows less in the end

    @property
    def ambiguous(self) -> bool:
        """Events of one millisecond that come twice, or are equal neighbours (F43), or come twice much later: the state puts that right."""
        said = [piece for step in self.script for piece in _pieces(step)]
        alike = any(one == other for one, other in pairwise(said))
        joins = (*self.joins, *((self.lasting,) if self.lasting is not None else ()))
        late = any(fault.slice or fault.hold or fault.buffer or fault.stall_after is not None for fault in joins)
        stripped = any(fault.last_id is LastId.STRIP for fault in self.joins)  # then siblings of the newest pass for it
        return self.kind == "python" and ((self.siblings > 1 and (self.overlap > 0 or alike or stripped)) or (self.overlap > 0 and late))

    @property
    def ids(self) -> str:
        if self.kind != "python":
            return "unique ids"
        return "milliseconds that collide" if self.siblings > 1 else "milliseconds"

    @property
    def told(self) -> str:
        """As short as it can be: what is not at its default."""
        return _short(self)

    @property
    def starts_over(self) -> bool:
        return self.dies is not None


def _pieces(step: Step) -> tuple[str, ...]:
    return streamed(step) if isinstance(step, Write) else step.pieces if isinstance(step, Say) else ()


def _short(value: object) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(map(_short, value))})"
    if not isinstance(value, (Schedule, Fault)):
        return repr(value)
    told = ((field.name, getattr(value, field.name)) for field in fields(value) if getattr(value, field.name) != field.default)
    return f"{type(value).__name__}({', '.join(f'{name}={_short(each)}' for name, each in told)})"


class _Client(Client):
    def __init__(self, target: ServerTarget, url: str, network: Network) -> None:
        self._network = network
        super().__init__(target, url)

    def connections(self) -> httpx.AsyncClient:
        http = super().connections()
        http._transport = httpx.AsyncHTTPTransport(verify=False)
        http._transport._pool = httpcore.AsyncConnectionPool(network_backend=self._network)
        return http


@dataclass
class Seen:
    wrong: list[str] = field(default_factory=list)
    kinds: set[NoticeKind] = field(default_factory=set)
    told: list[Told] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)  # all that notices said, when they came and in the end, details too
    began: float = 0.0
    status: str = ""
    joins: int = 0
    asks: int = 0  # about the run


# -- playing -----------------------------------------------------------------------------------------------------------------


def play(schedule: Schedule, kill_at: float | None = None) -> Seen:
    """``kill_at``: so many seconds after the message the program is gone, and another one starts on the same journal."""
    return run(Play(schedule, kill_at).run())


class Play:
    """One schedule on its way. Everything of it is public for the acts of schedules."""

    def __init__(self, schedule: Schedule, kill_at: float | None = None) -> None:
        self.schedule, self.kill_at = schedule, kill_at
        self.seen = Seen()
        self.thread = ""
        self._ids = 0
        self.slept = 0.0  # seconds by which the wall clock is ahead
        self.journal = MemoryJournal()
        self.others: list[str] = []  # runs that are not ours

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    async def run(self) -> Seen:
        schedule, kind = self.schedule, KINDS[self.schedule.kind]
        asyncio.get_running_loop().set_exception_handler(self._broke)
        self.server = ScriptedServer(
            [schedule.script],
            kind,
            heartbeat=kind.heartbeat,
            siblings=schedule.siblings,
            overlap=schedule.overlap if kind.name == "python" else 0,
            workers=None,
            key="",
            seed=1,
            began=None,
            sleep=asyncio.sleep,
        )
        self.server.port = 9
        self.server.now = self.now  # type: ignore[method-assign]
        self.network = Network(self.server)
        with mock.patch.object(server_module, "_client", self._client):
            try:
                await self._start()
                return await self._play()
            finally:
                await self.hub.close()
                await self.server.stop()

    def _broke(self, loop: object, told: dict[str, Any]) -> None:
        self.seen.wrong.append(f"broke: {told.get('exception') or told['message']}")

    def _client(self, target: ServerTarget, url: str) -> Client:
        return _Client(target, url, self.network)

    async def _start(self) -> None:
        target = ServerTarget("memory", "http://127.0.0.1:9", "agent", user_id="me")
        self.hub = Hub(
            target, self.journal, gather=self.schedule.gather, clock=self.now, wall=lambda: self.now() + self.slept, new_id=self._new_id
        )
        await self.hub.start()

    def _new_id(self) -> str:
        """The same each time: waits are spread by the thread's id."""
        self._ids += 1
        return str(UUID(int=self._ids))

    async def until(self, holds: Callable[[Session], bool]) -> None:
        await self.witness.until(holds, PATIENCE)

    async def foreign_run(self) -> None:
        """Another client's, on the open thread."""
        if self.thread not in self.server.threads:
            self.server.new_thread(self.thread, {"graph_id": "agent"})
        async with httpx.AsyncClient(base_url="http://127.0.0.1:9", trust_env=False) as http:
            http._transport = httpx.AsyncHTTPTransport()
            http._transport._pool = httpcore.AsyncConnectionPool(network_backend=self.network)
            body = {"assistant_id": "agent", "input": {"messages": [{"type": "human", "content": "elsewhere", "id": "other"}]}}
            wanted = {"stream_mode": ["messages-tuple", "values", "updates"], "stream_resumable": True}
            (await http.post(f"/threads/{self.thread}/runs", json={**body, **wanted})).raise_for_status()

    async def _play(self) -> Seen:
        schedule, hub = self.schedule, self.hub
        await asyncio.wait_for(hub._link.api(), 60)
        self.thread = hub.new_thread()
        if schedule.before is not None:
            await schedule.before(self)
        hub.open(self.thread)
        self.witness = Witness(hub, self.thread)
        self._plan()
        self.network.refusals.extend(schedule.refusals)
        self.network.path = schedule.path
        self.seen.began = self.now()
        beside = [asyncio.create_task(work) for work in self._beside()]
        for turn in range(schedule.turns):
            self.hub.submit(self.thread, f"question {turn}")
            if self.kill_at is not None and turn == 0:
                await self._kill(self.kill_at)
            await self._to_the_end()
        if schedule.act is not None:
            await beside[0]
            await self._to_the_end()
        for task in beside:
            task.cancel()
        self._judge()
        self.witness.finish()
        return self.seen

    def _plan(self) -> None:
        schedule = self.schedule
        for name, faults in (
            ("join", schedule.joins),
            ("create", schedule.creates),
            ("run", schedule.asks),
            ("runs", schedule.finds),
            ("state", schedule.states),
            ("cancel", schedule.cancels),
        ):
            self.server.plan(name, *faults)
        if schedule.lasting is not None:
            self.server.lasting["join"] = schedule.lasting
        if not schedule.resumable:
            launch = self.server.launch

            def unresumable(one: Run) -> None:
                one.resumable = False
                launch(one)

            self.server.launch = unresumable  # type: ignore[method-assign, assignment]

    def _beside(self) -> list[Coroutine[Any, Any, None]]:
        schedule = self.schedule
        acts = [schedule.act(self)] if schedule.act is not None else []
        if schedule.stop is not None:
            acts.append(self._stop(schedule.stop))
        dies = [_die(schedule.dies, self.server, self.network)] if schedule.dies is not None else []
        return [*acts, *dies, *([_outage(schedule.outage, self.network)] if schedule.outage is not None else [])]  # type: ignore[list-item]

    async def _stop(self, after: float) -> None:
        await asyncio.sleep(after)
        self.hub.stop(self.thread)

    async def _kill(self, after: float) -> None:
        """The program's tasks end where they are; what its journal has is all that is left."""
        await asyncio.sleep(after)
        self.witness.finish()
        hub = self.hub
        hub._closed = True
        for driver in hub._drivers.values():
            driver.close()
        for tasks in (hub._tasks, hub._writes):
            tasks.cancel()
        if hub._link._task is not None:
            hub._link._task.cancel()
        for client in [*hub._link._old]:
            await client.close()
        await asyncio.sleep(0)
        await self._start()
        await asyncio.wait_for(self.hub._link.api(), 600)
        await asyncio.sleep(0.1)
        self.hub.open(self.thread)
        self.witness = Witness(self.hub, self.thread)

    async def _to_the_end(self) -> None:
        keys = 0
        while await self.witness.until(at_rest, PATIENCE) and needs_user(self.witness.session) and keys < MOST_KEYS:
            keys += 1
            await asyncio.sleep(0.5)
            self.hub.retry_server()
            self.hub.retry(self.thread)
            await asyncio.sleep(0.5)

    def _judge(self) -> None:
        schedule, server, witness, seen, thread = self.schedule, self.server, self.witness, self.seen, self.thread
        session = witness.session
        seen.kinds = {told.notice.kind for told in witness.told}
        seen.told = witness.told
        last = [words(notice, session, self.now()) for notice in session.notices]
        seen.texts = [*(told.text for told in witness.told), *(each.text for each in last), *(each.details for each in last)]
        seen.status = str(session.run.status) if session.run is not None else ""
        seen.joins, seen.asks = server.count("join"), server.count("run")
        beside = {message.id for _, message in session.leftovers}
        mine = [m.text for m in session.history if m.standing is Standing.DONE and m.id not in beside]
        truth = server.texts(thread) if thread in server.threads else []
        if not at_rest(session) or needs_user(session):
            seen.wrong.append(f"A5: not over: {session.link.phase}, {[n.kind for n in session.notices]}, queue {len(session.queue)}")
        if mine != truth:
            seen.wrong.append(f"A1: held {mine} is not the state's {truth}")
        artifact = server.threads[thread].values.get("artifact") if thread in server.threads else None
        if session.state.artifact != read_artifact(artifact):
            seen.wrong.append(f"A1: held {session.state.artifact} is not the state's {artifact}")
        replaced = schedule.starts_over or schedule.ambiguous or schedule.forgotten
        if witness.removed and not replaced:
            seen.wrong.append(f"A2: painted text went: {witness.removed[0]}")
        if witness.removed and not witness.explained:
            seen.wrong.append(f"A2: and without a word: {witness.removed[0]}")
        if NoticeKind.CORRECTED in seen.kinds and not replaced:
            seen.wrong.append("A2: corrected")
        created = len(server.threads[thread].runs) if thread in server.threads else 0
        forgotten = schedule.forgotten or (schedule.dies is not None and not schedule.dies[2])
        if created != schedule.turns + schedule.others and not forgotten:
            seen.wrong.append(f"A4: {created} runs for {schedule.turns} messages")
        if alive := [run.id for run in server.runs.values() if not run.done and run.thread_id == thread]:
            seen.wrong.append(f"A5: over here, and alive on the server: {alive}")
        if witness.bare > BARE:
            seen.wrong.append(f"A5: {witness.bare:.1f} s without a word")


async def _outage(outage: tuple[str, float, float], network: Network) -> None:
    mode, at, away = outage
    await asyncio.sleep(at)
    network.die(mode)
    await asyncio.sleep(away)
    network.mode = ""


async def _die(when: tuple[float, float, bool], server: ScriptedServer, network: Network) -> None:
    at, away, again = when
    await asyncio.sleep(at)
    network.die()
    for one in [r for r in server.runs.values() if not r.done]:
        await server.cancel_task(one)
        one.done = False
    await asyncio.sleep(away)
    for one in [r for r in server.runs.values() if not r.done]:
        if again:
            one.base += len(one.events) + 1000
            one.status, one.events = "pending", []
            server.threads[one.thread_id].error = ""
            server.launch(one)
        else:
            server.forget(one)
    network.mode = ""
