"""A recording played as a backend: the same session, and of streams the same reading code, told what came then, at its times."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial

import httpx

from canvas_tui.core.inputs import Connected, Disconnected, Input, Opened, Submitted, ThreadRead, WhenBusy
from canvas_tui.core.model import Json, Message, Role, ServerPhase, ServerState, Session, ThreadList, ThreadRow
from canvas_tui.core.ports import Change, Listener
from canvas_tui.core.recording import Begun, Line, Opening, Part, Recording
from canvas_tui.core.serverlog import ServerLog
from canvas_tui.core.session import step
from canvas_tui.core.titles import title_of
from canvas_tui.core.wirelog import WireLog

from .stream import Tell, read_stream
from .tasks import Tasks

IDLE = 2.0
"""Seconds that a pause takes at most while no run is on."""


class _Body(httpx.AsyncByteStream):
    """One connection's bytes. `feed` returns when the reader has taken them in."""

    def __init__(self, conn: int, tell: Tell, clock: Callable[[], float], log: WireLog, tasks: Tasks) -> None:
        self._parts: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._asked = asyncio.Event()
        self._over = False
        self._reading = tasks.spawn(self._read(conn, tell, clock, log))

    async def _read(self, conn: int, tell: Tell, clock: Callable[[], float], log: WireLog) -> None:
        response = httpx.Response(200, stream=self, request=httpx.Request("GET", "http://replay"))
        try:
            await read_stream(response, conn, tell, clock, log=log)
        finally:
            self._over = True
            self._asked.set()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            self._asked.set()
            if (part := await self._parts.get()) is None:
                return
            yield part

    async def feed(self, data: bytes | None) -> None:
        """None: the body is over."""
        await self._asked.wait()
        if not self._over:
            self._asked.clear()
            self._parts.put_nowait(data)
            await self._asked.wait()

    def hang_up(self) -> None:
        self._reading.cancel()


class _Thread:
    """One thread as far as it has been played."""

    def __init__(self, thread_id: str, now: Callable[[], float], changed: Callable[[], None]) -> None:
        self.session = Session(thread_id)
        self.wire = WireLog()
        self._now = now
        self._changed = changed
        self._bodies: dict[int, _Body] = {}
        self._tasks = Tasks()

    async def play(self, item: object) -> None:
        match item:
            case Begun(session):
                self._hang_up()
                self.session = session
            case Opening(conn):
                self._hang_up()
                self.wire.opened(self._now())
                self.take(Connected(conn))
                self._body(conn)
            case Part(conn):
                await self._body(conn).feed(item.data())
            case Disconnected(conn, failure):
                if body := self._bodies.pop(conn, None):
                    await body.feed(None)
                self.wire.closed(self._now(), failure)
                self.take(item)
            case _:
                self.take(item)  # type: ignore[arg-type]
        self._changed()

    def take(self, input: Input) -> None:
        """As the driver does, but that what follows from it has been recorded too."""
        self.session, _ = step(self.session, input, self._now())
        self._changed()

    def _body(self, conn: int) -> _Body:
        if conn not in self._bodies:
            self._bodies[conn] = _Body(conn, self.take, self._now, self.wire, self._tasks)
        return self._bodies[conn]

    def _hang_up(self) -> None:
        for body in self._bodies.values():
            body.hang_up()
        self._bodies.clear()

    async def close(self) -> None:
        self._tasks.cancel()
        await self._tasks.finished()


class Replay:
    """Fulfils `Backend`. Made and used in one event loop; at its end everything rests as it stood.

    Args:
        speed: so many times as fast.
        clock, sleep: time, for tests.
    """

    def __init__(
        self,
        recording: Recording,
        speed: float = 1.0,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.over = asyncio.Event()
        self.refused: Callable[[], object] = lambda: None  # called where the user would send, ask or change something
        self.opened: Callable[[str], object] = lambda thread_id: None  # called where the user opened a thread then
        self._recording = recording
        self._speed = speed
        self._clock = clock
        self._sleep = sleep
        self._at = recording.lines[0].at  # of the recording, at _since of our clock
        self._since: float | None = None  # None: it stands still
        self._listeners: list[Listener] = []
        self._threads = {line.thread: _Thread(line.thread, self.now, partial(self._tell, line.thread)) for line in recording.lines}
        self._titles = _titles(recording.lines)
        self._open = self.first_thread
        self._log: ServerLog | None = None
        self._tasks = Tasks()

    @property
    def first_thread(self) -> str:
        return self._recording.lines[0].thread

    def line(self) -> str:
        """Where it stands, in a sentence."""
        last = self._recording.lines[-1].at
        began = time.strftime("%Y-%m-%d %H:%M", time.localtime(self._recording.header.began))
        pace = "as fast as it was" if self._speed == 1 else f"at {self._speed:g} times the speed"
        stands = f"over after {_minutes(last)}" if self.over.is_set() else f"{_minutes(last)} long, {pace}"
        return f"Recorded {began}: {stands}. Nothing is sent."

    # -- playing

    async def start(self) -> None:
        if self._since is None and not self.over.is_set():
            self._since = self._clock()
            self._tasks.spawn(self._play())

    async def close(self) -> None:
        self._tasks.cancel()
        await self._tasks.finished()
        for thread in self._threads.values():
            await thread.close()

    async def _play(self) -> None:
        for line in self._recording.lines:
            await self._reach(line.at)
            if isinstance(line.item, Opened) and line.item.known is None:
                self.opened(line.thread)
            await self._threads[line.thread].play(line.item)
        self._stand(self._recording.lines[-1].at)
        self._since = None
        self.over.set()
        self._tell("")

    async def _reach(self, at: float) -> None:
        pause = (at - self._played()) / self._speed
        if pause > IDLE and not any(thread.session.active for thread in self._threads.values()):
            self._stand(at - IDLE * self._speed)
            pause = IDLE
        if pause > 0:
            await self._sleep(pause)

    def _stand(self, at: float) -> None:
        self._at, self._since = at, self._clock()

    def _played(self) -> float:
        """Seconds of the recording that have been played."""
        return self._at if self._since is None else self._at + (self._clock() - self._since) * self._speed

    # -- what the screen sees

    def now(self) -> float:
        return self._recording.header.clock + self._played()

    def server(self) -> ServerState:
        return ServerState(ServerPhase.UP, name="replay")

    def threads(self) -> ThreadList:
        rows = [self._row(id, thread.session) for id, thread in self._threads.items()]
        return ThreadList(tuple(rows))

    def _row(self, id: str, session: Session) -> ThreadRow:
        updated = self._recording.header.began + self._recording.lines[-1].at
        waiting = bool(session.interrupts) and not session.active
        return ThreadRow(id, self._titles.get(id) or "New thread", updated, running=session.active, waiting=waiting)

    def session(self, thread_id: str) -> Session:
        thread = self._threads.get(thread_id)
        return thread.session if thread is not None else Session(thread_id, loaded=True)

    def wire(self, thread_id: str) -> WireLog:
        thread = self._threads.get(thread_id)
        return thread.wire if thread is not None else WireLog()

    def watch_log(self, on: bool) -> None:
        self._log = ServerLog() if on else None
        if self._log is not None:
            self._log.tell(self.now(), "A recording holds no log of the server.", error=False)
        self._tell(self._open)

    def server_log(self) -> ServerLog | None:
        return self._log

    def listen(self, listener: Listener) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _tell(self, thread_id: str) -> None:
        for listener in [*self._listeners]:
            listener(Change.SESSION, thread_id)
            listener(Change.THREADS, "")

    def open(self, thread_id: str) -> None:
        self._open = thread_id

    def draft(self, thread_id: str) -> str:
        return ""

    def keep_draft(self, thread_id: str, text: str) -> None: ...

    def prompts(self) -> Sequence[str]:
        return ()

    def search(self, query: str) -> None: ...
    def more_threads(self) -> None: ...
    def refresh_threads(self) -> None: ...
    def retry_server(self) -> None: ...

    # -- what a replay does not do

    def new_thread(self) -> str:
        self.refused()
        return self._open

    def rename(self, thread_id: str, title: str) -> None:
        self.refused()

    def delete(self, thread_id: str) -> None:
        self.refused()

    def undo_delete(self) -> None:
        self.refused()

    def submit(self, thread_id: str, text: str, how: WhenBusy = WhenBusy.QUEUE) -> None:
        self.refused()

    def answer(self, thread_id: str, answers: Sequence[tuple[str, Json]]) -> None:
        self.refused()

    def proceed(self, thread_id: str) -> None:
        self.refused()

    def stop(self, thread_id: str) -> None:
        self.refused()

    def retry(self, thread_id: str) -> None:
        self.refused()

    def give_up(self, thread_id: str) -> None:
        self.refused()

    def withdraw(self, thread_id: str, message_id: str) -> str:
        self.refused()
        return ""


def _minutes(seconds: float) -> str:
    return f"{int(seconds // 60)}:{int(seconds % 60):02}"


def _titles(lines: Sequence[Line]) -> dict[str, str]:
    """What the user said first, by thread."""
    found: dict[str, str] = {}
    for line in lines:
        match line.item:
            case Begun(session):
                said = _said((*session.history, *session.live))
            case ThreadRead(state):
                said = _said(state.messages)
            case Submitted(text):
                said = text
            case _:
                said = ""
        if said:
            found.setdefault(line.thread, title_of(said))
    return found


def _said(messages: Sequence[Message]) -> str:
    return next((m.text for m in messages if m.role is Role.HUMAN and m.text), "")
