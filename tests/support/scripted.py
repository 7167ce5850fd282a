"""A LangGraph server that plays scripts: three dialects, deterministic, with faults on demand. Loopback only, standard library only.

    async with scripted_server([say("Hello there")]) as server:
        server.plan("join", cut(events=3), cut(bytes=900, how=How.CLEAN))
        ... a client at server.url ...
        assert server.count("create") == 1

Routes have names (`ROUTES`); a fault planned for a name hits the next request to it, later ones the requests after it; a planned
`PASS` lets one through. As a process: ``python -m tests.support.scripted --help``.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Self

from canvas_tui.core.model import Json

from .scripted_faults import PASS, Fault, How
from .scripted_follow import follow
from .scripted_http import Answer, Gone, Request, Sleep, Wire, read_request
from .scripted_items import Items
from .scripted_kinds import KINDS, Kind, event_ids
from .scripted_play import Player
from .scripted_routes import STREAMS, Refusal, route
from .scripted_steps import Script, Step, Turn, say
from .scripted_store import Names, Run, Sent, Thread, stored_message, text_of


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it came: its route's name and, for a join, what was asked for."""

    name: str
    request: Request

    @property
    def last_event_id(self) -> str | None:
        return self.request.headers.get("last-event-id")


class ScriptedServer:
    """Use `scripted_server`. All state is public for tests to look at."""

    def __init__(
        self,
        scripts: Sequence[Script],
        kind: Kind,
        *,
        heartbeat: float | None,
        siblings: int,
        overlap: int,
        workers: int | None,
        key: str,
        seed: int,
        began: float | None,
        sleep: Sleep,
    ) -> None:
        self.kind = replace(kind, heartbeat=heartbeat)
        self.scripts = list(scripts)
        self.names = Names(seed, began)
        self.ids = event_ids(kind, siblings)
        self.siblings = siblings
        self.overlap = overlap  # events that a resumed live connection gets twice
        self.workers = workers
        self.key = key
        self.threads: dict[str, Thread] = {}
        self.runs: dict[str, Run] = {}
        self.seen: list[Seen] = []
        self.sent: list[Sent] = []
        self.accepted = 0  # connections
        self.port = 0
        self.sleep: Sleep = sleep
        self.items = Items()
        self.has_store = True
        self.companions: tuple[str, ...] = ()  # graphs beside "agent": Open Canvas's helpers
        self._plans: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self.lasting: dict[str, Fault] = {}  # what the requests to a route suffer for ever, once its plan is used up
        self._gates: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._reached: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._wires: set[Wire] = set()
        self._begun: dict[str, tuple[Sequence[Step], dict[str, Json]]] = {}  # run -> its script and the state before it
        self._stirred = asyncio.Event()
        self._turns = 0

    # -- for tests

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def now(self) -> float:
        return time.monotonic()

    def plan(self, name: str, *faults: Fault) -> Self:
        """The next requests to the route of this name suffer these, one each. ``*`` is any route without a plan of its own."""
        self._plans[name].extend(faults)
        return self

    def count(self, name: str) -> int:
        """Requests to this route so far."""
        return sum(seen.name == name for seen in self.seen)

    def joins(self) -> list[str | None]:
        """The Last-Event-IDs of the joins so far."""
        return [seen.last_event_id for seen in self.seen if seen.name == "join"]

    def open_gate(self, name: str) -> None:
        self._gates[name].set()

    async def reached(self, name: str) -> None:
        """Returns when a run stands at (or has passed) this gate."""
        await self._reached[name].wait()

    async def pass_gate(self, name: str) -> None:
        self._reached[name].set()
        await self._gates[name].wait()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Returns when this holds; it is asked after each request and each piece of text sent."""
        while not holds():
            await self._stirred.wait()

    def stir(self) -> None:
        """Something happened: let `until` look."""
        self._stirred.set()
        self._stirred = asyncio.Event()

    def texts(self, thread_id: str) -> list[str]:
        """The texts of a thread's messages as its state has them."""
        return [text_of(message) for message in self.threads[thread_id].values.get("messages", [])]

    def add_thread(self, messages: Sequence[tuple[str, str]], *, title: str = "", thread_id: str = "") -> Thread:
        """A thread that is there already; messages are (type, text)."""
        thread = self.new_thread(thread_id, {"graph_id": "agent", **({"title": title, "thread_title": title} if title else {})})
        thread.merge(
            [
                {"content": text, "additional_kwargs": {}, "response_metadata": {}, "type": role, "name": None, "id": self.names.uuid()}
                for role, text in messages
            ]
        )
        thread.history.add(thread.values, "loop", at=thread.updated)
        return thread

    # -- life

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port, limit=1 << 26)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Everything ends: listener, connections, runs."""
        await self.down()
        for run in list(self.runs.values()):
            await self.cancel_task(run)

    async def down(self, how: How = How.RST) -> None:
        """The server dies (connections end this way); its runs stop where they are. `up` brings it back on the same port."""
        if self._server:
            self._server.close()
            self._server = None
        for wire in list(self._wires):
            with suppress(Gone):
                await wire.drop(how)
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        for run in self.runs.values():
            if not run.done:
                await self.cancel_task(run)
                run.done = False

    async def up(self, *, rerun: bool = True) -> None:
        """After `down`: what was running runs again from its first token, or (``rerun`` false) is not known any more."""
        await self.start()
        for run in [run for run in self.runs.values() if not run.done]:
            if rerun:
                run.base += len(run.events) + 1000
                run.status, run.events = "pending", []
                self.threads[run.thread_id].error = ""
                self.launch(run)
            else:
                self.forget(run)

    def forget(self, run: Run) -> None:
        run.finish("lost")
        self.threads[run.thread_id].runs.remove(run)
        del self.runs[run.id]

    async def cancel_task(self, run: Run) -> None:
        if run.task and not run.task.done():
            run.task.cancel()
            with suppress(asyncio.CancelledError):
                await run.task
        if not run.done:
            run.finish("interrupted")

    # -- threads and runs

    def new_thread(self, thread_id: str, metadata: dict[str, Json]) -> Thread:
        at = self.names.time()
        thread = Thread(thread_id or self.names.uuid(), at, at, metadata)
        self.threads[thread.id] = thread
        return thread

    def script_for(self, turn: Turn) -> Sequence[Step]:
        """Scripts are taken in the order of the runs; the last one serves all that follow."""
        script = self.scripts[min(turn.number, len(self.scripts)) - 1] if self.scripts else [say("ok")]
        return script(turn) if callable(script) else script

    def launch(self, run: Run) -> None:
        run.task = asyncio.create_task(self._execute(run))

    async def _execute(self, run: Run) -> None:
        thread = self.threads[run.thread_id]
        if run.after:
            await self.sleep(run.after)
        while self._must_wait(run, thread):
            others = [asyncio.create_task(r.changed.wait()) for r in self.runs.values() if not r.done and r is not run]
            await asyncio.wait(others, return_when=asyncio.FIRST_COMPLETED)
            for other in others:
                other.cancel()
        if run.id in self._begun:
            thread.values = deepcopy(self._begun[run.id][1])
        else:
            script = self._take_script(run, thread)
            self._begun[run.id] = (script, deepcopy(thread.values))
        try:
            await Player(self, thread, run).play(self._begun[run.id][0])
        finally:
            thread.history.add(thread.values, "loop", at=self.names.time(), next=thread.next, run_id=run.id, metadata=run.metadata)

    def go_back(self, thread: Thread, checkpoint_id: str | None) -> Json:
        """To this checkpoint's values; an unknown one is taken as an empty state (measured). The input that was given there."""
        if not checkpoint_id:
            return None
        found = thread.history.find(checkpoint_id)
        thread.values = deepcopy(found.values) if found else {}
        return deepcopy(found.given) if found else None

    def _must_wait(self, run: Run, thread: Thread) -> bool:
        before = [r for r in thread.runs if not r.done and r.number < run.number]
        running = sum(r.status == "running" and not r.done for r in self.runs.values())
        return bool(before) or (self.workers is not None and running >= self.workers)

    def _take_script(self, run: Run, thread: Thread) -> Sequence[Step]:
        """Puts the input into the state and says what to play: the rest of a script that stopped, or the next one."""
        given = run.kwargs.get("input")
        resume = (run.kwargs.get("command") or {}).get("resume")
        checkpoint = ((run.kwargs.get("config") or {}).get("configurable") or {}).get("checkpoint_id")
        begun = self.go_back(thread, checkpoint)
        if given is None and begun is None and (thread.rest or resume is not None):
            return thread.rest
        source, given = ("input", given) if given is not None else ("fork", begun)
        text = ""
        if isinstance(given, dict):
            thread.history.add(
                thread.values,
                source,
                at=self.names.time(),
                next=["__start__"],
                given=given,
                parent=checkpoint or "",
                run_id=run.id,
                metadata=run.metadata,
            )
        if isinstance(given, dict):
            messages = [stored_message(m, self.names.uuid()) for m in given.get("messages") or []]
            thread.merge(messages)
            thread.values.update({k: v for k, v in given.items() if k != "messages"})
            text = next((text_of(m) for m in reversed(messages) if m["type"] == "human"), "")
        self._turns += 1
        return self.script_for(Turn(self._turns, thread.id, text, given, resume, run.kwargs.get("config") or {}))

    # -- connections

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        wire = Wire(reader, writer, self.sleep)
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        self._wires.add(wire)
        try:
            while request := await read_request(reader):
                await self._serve(wire, request)
        except (Gone, ConnectionError):
            pass
        except asyncio.CancelledError:
            pass  # the server is going down; nobody waits for this task's result
        finally:
            self._connections.discard(task)
            self._wires.discard(wire)
            wire.close()

    def _fault(self, name: str) -> Fault:
        plan = self._plans[name] or self._plans["*"]
        return plan.popleft() if plan else self.lasting.get(name, PASS)

    async def _serve(self, wire: Wire, request: Request) -> None:
        name, handler, args = route(request)
        self.seen.append(Seen(name, request))
        self.stir()
        fault = wire.fault = self._fault(name)
        if (fault.reply or fault.drop) and not fault.acts:
            await self._instead(wire, fault)
            return
        try:
            if self.key and request.headers.get("x-api-key") != self.key:
                raise Refusal(401, "Invalid API key")
            if name in STREAMS:
                run = await STREAMS[name](self, request, *args)
                if fault.reply or fault.drop:
                    await self._instead(wire, fault)
                else:
                    await follow(self, wire, request, run)
                return
            answer = handler(self, request, *args)
            answer = await answer if not isinstance(answer, Answer) else answer
        except Refusal as refusal:
            raw, content_type = self.kind.error_body(refusal.status, refusal.detail)
            answer = Answer(refusal.status, raw=raw, content_type=content_type)
        if fault.reply or fault.drop:
            await self._instead(wire, fault)
        else:
            await wire.answer(answer)

    async def _instead(self, wire: Wire, fault: Fault) -> None:
        if fault.drop:
            await wire.drop(fault.drop)
        if fault.reply:
            await wire.answer(Answer(fault.reply.status, None, fault.reply.headers, fault.reply.body, fault.reply.content_type))


@asynccontextmanager
async def scripted_server(
    *scripts: Script,
    kind: Kind | str = "python",
    heartbeat: float | None = -1,
    siblings: int = 1,
    overlap: int = 0,
    workers: int | None = None,
    key: str = "",
    port: int = 0,
    seed: int = 1,
    began: float | None = None,
    sleep: Sleep = asyncio.sleep,
) -> AsyncIterator[ScriptedServer]:
    """A server on a free loopback port, stopped at the end.

    Args:
        scripts: one for each run in turn, the last for all after it; none: every run says "ok".
        heartbeat: seconds; -1: as the kind does; None: none.
        siblings: events in a row that share one millisecond id (Python kind).
        overlap: events of the replay that a resumed live connection gets a second time.
        workers: runs that execute at once; None: no limit.
        key: where set, requests need it as ``x-api-key``.
        began: epoch seconds at which its first thread was made; None: a day of its own.
        sleep: the clock of pauses, paces, stalls and heartbeats.
    """
    chosen = KINDS[kind] if isinstance(kind, str) else kind
    server = ScriptedServer(
        scripts,
        chosen,
        heartbeat=chosen.heartbeat if heartbeat == -1 else heartbeat,
        siblings=siblings,
        overlap=overlap,
        workers=workers,
        key=key,
        seed=seed,
        began=began,
        sleep=sleep,
    )
    server.port = port
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


if __name__ == "__main__":
    from .scripted_cli import main

    main()
