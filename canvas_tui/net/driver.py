"""One thread's session in motion: holds it, steps it, carries out its effects, keeps its one timer, journals its runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from canvas_tui.core.effects import (
    CancelRun,
    CreateRun,
    Effect,
    FindRun,
    HangUp,
    JoinRun,
    LookBack,
    PostArtifact,
    ReadBranch,
    ReadHeads,
    ReadRun,
    ReadThread,
    SendMessage,
)
from canvas_tui.core.inputs import (
    BranchFailed,
    BranchRead,
    CancelFailed,
    CreateFailed,
    Disconnected,
    FindFailed,
    HeadsRead,
    Input,
    RunCreated,
    RunFound,
    RunRead,
    RunReadFailed,
    SaveFailed,
    ThreadFailed,
    ThreadRead,
    Tick,
    Woke,
)
from canvas_tui.core.model import Failure, FailureKind, Message, Phase, Session, Standing, ThreadState
from canvas_tui.core.ports import Flight, Journal
from canvas_tui.core.session import next_deadline, step
from canvas_tui.core.settling import recalled
from canvas_tui.core.titles import title_of
from canvas_tui.core.turns import turn_of
from canvas_tui.core.wirelog import WireLog
from canvas_tui.wire import requests

from . import checkpoints
from .edits import Edits, look_back, post, with_newest
from .failed import RequestFailed
from .recording import Recorder
from .server import ServerLink
from .tasks import Tasks

if TYPE_CHECKING:
    from .api import Api

EARLY = 0.001
T = TypeVar("T")


class Driver:
    """Everything happens in one event loop; `take` is synchronous, effects are tasks that answer with inputs.

    Args:
        writes: where the journal's writes run; they outlive the driver.
        recorder: hears what comes.
        fresh: a thread that only we know yet: there is nothing to read.
        gather: seconds in which what comes of a stream is left to be taken together.
        changed: called with the session before and after each step that changed it.
    """

    def __init__(
        self,
        thread_id: str,
        server: ServerLink,
        journal: Journal,
        writes: Tasks,
        recorder: Recorder | None = None,
        *,
        fresh: bool,
        gather: float,
        clock: Callable[[], float],
        changed: Callable[[Session, Session], None],
    ) -> None:
        self.session = Session(thread_id)
        self.wire = WireLog()
        self.title = ""  # given by the user before the server knows the thread
        self.fresh = fresh
        self._server = server
        self._journal = journal
        self._writes = writes
        self._gather = gather
        self._clock = clock
        self._changed = changed
        self._record = recorder.thread(lambda: self.session) if recorder is not None else None
        self._tasks = Tasks()
        self._creating: asyncio.Task[None] | None = None
        self._asking: dict[type[Effect], asyncio.Task[None]] = {}  # the newest question of each kind
        self._streams: dict[int, asyncio.Task[None]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self.edits = Edits(thread_id, server.key, journal, writes)
        self._flights: dict[str, Flight] = {}
        self._reads = 0
        self._closed = False

    # -- inputs

    def take(self, input: Input) -> None:
        """Apply one input and carry out what follows from it."""
        if self._closed:
            return
        if self._record is not None:
            self._record.heard(input)
        before = self.session
        self.session, effects = step(before, input, self._clock())
        for effect in effects:
            if isinstance(input, Woke) and type(effect) in self._asking:
                self._asking.pop(type(effect)).cancel()  # asked anew: the old one's connection is dead
            _PERFORM[type(effect)](self, effect)
        self._arm()
        if self.session is not before:
            self.edits.follow(before, self.session)
            if self._flights:
                self._land()
                self._hold()
            self._changed(before, self.session)

    def seed(self, messages: tuple[Message, ...]) -> None:
        """Show what the journal has of the thread until it has been read, and what it alone has after that."""
        before = self.session
        self.session = recalled(before, messages) if messages else before
        if self.session is not before:
            if self._record is not None:
                self._record.begin()
            self._changed(before, self.session)

    def submit_journalled(self, flight: Flight, input: Input, *, typed: bool) -> None:
        """A message of the user: into the outbox, then into the session. ``typed``: it was the thread's draft."""
        self._flights[flight.submit_id] = flight
        self._journal.submitted(flight, typed=typed)
        self.take(input)

    def adopt(self, flight: Flight, input: Input) -> None:
        """A flight of an earlier life of the program."""
        self._flights[flight.submit_id] = flight
        self.take(input)

    def close(self) -> None:
        """Nothing is told or asked any more; runs on the server go on."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        self._tasks.cancel()

    async def closed(self) -> None:
        await self._tasks.finished()

    # -- the timer

    def _arm(self) -> None:
        """One timer. A deadline that moved back leaves it as it is: it then fires early and is set again."""
        at = next_deadline(self.session)
        if at is None:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            return
        if self._timer is not None:
            if self._timer_at <= at:
                return
            self._timer.cancel()
        self._timer_at = at
        self._timer = asyncio.get_running_loop().call_later(max(0.0, at - self._clock()), self._due)

    def _due(self) -> None:
        self._timer = None
        at = next_deadline(self.session)
        if at is not None and at <= self._clock() + EARLY:
            self.take(Tick())
        else:
            self._arm()

    # -- effects

    def _ask(self, work: Callable[[Api], Awaitable[Input | None]], failed: Callable[[Failure], Input]) -> asyncio.Task[None]:
        """Ask the server when it is there; its answer, or the failure, is the next input."""

        async def ask() -> None:
            try:
                answer = await work(await self._server.api())
            except RequestFailed as error:
                self._server.suspect(error.failure)
                answer = failed(error.failure)
            if answer is not None:
                self.take(answer)

        return self._tasks.spawn(ask())

    def _read_thread(self, effect: ReadThread) -> None:
        """An answer that a newer question has overtaken does not count: at the end of a turn it would be older than the turn."""
        self._reads += 1
        number = self._reads

        def overtaken() -> bool:
            return number != self._reads and self.session.link.phase is not Phase.POLLING

        async def read(api: Api) -> Input | None:
            try:
                answer = await self._read(api)
            except RequestFailed:
                if overtaken():
                    return None
                raise
            return None if overtaken() else answer

        self._asking[ReadThread] = self._ask(read, ThreadFailed)

    async def _read(self, api: Api) -> ThreadRead:
        if self.fresh:
            return ThreadRead(ThreadState(exists=False))
        thread_id = self.session.thread_id
        read = await api.read_thread(thread_id)
        if (
            not read.state.exists
            and self._server.target.local
            and await self._journal.cached_thread(self._server.key, thread_id) is not None
        ):
            # A killed local agent forgets its threads, but not their checkpoints.
            await api.make_thread(thread_id)
            read = await api.read_thread(thread_id)
        return read

    def _read_heads(self, effect: ReadHeads) -> None:
        """Where they cannot be read, the next reading of the thread asks for them again."""

        async def read() -> None:
            try:
                heads = await checkpoints.read_heads(await self._server.api(), self.session.thread_id, effect)
            except RequestFailed:
                return
            self.take(HeadsRead(heads))

        self._tasks.spawn(read())

    def _read_branch(self, effect: ReadBranch) -> None:
        async def read(api: Api) -> Input:
            return BranchRead(await checkpoints.read_branch(api, self.session.thread_id, effect.checkpoint_id))

        self._ask(read, BranchFailed)

    def _create_run(self, effect: CreateRun) -> None:
        payload = effect.payload
        words = payload.text if isinstance(payload, SendMessage) else ""
        message_id = payload.message_id if isinstance(payload, SendMessage) else ""
        turn = turn_of(payload)
        interrupt = effect.interrupt
        flight = Flight(self._server.key, self.session.thread_id, effect.submit_id, message_id, words, turn=turn, interrupt=interrupt)
        self._flights[effect.submit_id] = flight

        async def create(api: Api) -> Input:
            await self._journal.outbox(flight)
            return RunCreated(effect.submit_id, await self._in_thread(api, title_of(words or turn.words), lambda: self._post(api, effect)))

        self._creating = self._ask(create, lambda failure: CreateFailed(effect.submit_id, failure))

    async def _post(self, api: Api, effect: CreateRun) -> str:
        thread_id = self.session.thread_id
        checkpoint_id = await checkpoints.checkpoint_of(api, thread_id, effect.payload)
        return await api.create_run(thread_id, await with_newest(api, thread_id, effect), checkpoint_id)

    def _post_artifact(self, effect: PostArtifact) -> None:
        async def save(api: Api) -> Input:
            await self.edits.kept()
            return await self._in_thread(api, title_of(effect.artifact.version.title), lambda: post(api, self.session.thread_id, effect))

        self._ask(save, SaveFailed)

    def _look_back(self, effect: LookBack) -> None:
        self._ask(lambda api: look_back(api, self.session.thread_id, effect), SaveFailed)

    async def _in_thread(self, api: Api, title: str, work: Callable[[], Awaitable[T]]) -> T:
        """Do it in the thread, which is made where the server does not know it (any more)."""
        thread_id, title = self.session.thread_id, self.title or title
        if self.fresh or not self.session.state.exists:
            await api.make_thread(thread_id, title=title)
        self.fresh = False  # the server knows it from here on, even where the answer to what follows is lost
        try:
            return await work()
        except RequestFailed as failed:
            if failed.failure.kind is not FailureKind.MISSING or not self._server.target.local:
                raise
            await api.make_thread(thread_id, title=title)
            return await work()

    def _find_run(self, effect: FindRun) -> None:
        if self._creating is not None:
            self._creating.cancel()  # given up: it must not post behind the search's back

        async def find(api: Api) -> Input:
            return RunFound(effect.submit_id, await api.find_run(self.session.thread_id, effect.submit_id))

        self._asking[FindRun] = self._ask(find, lambda failure: FindFailed(effect.submit_id, failure))

    def _join_run(self, effect: JoinRun) -> None:
        for conn in [*self._streams]:
            self._hang_up(HangUp(conn))
        task = self._tasks.spawn(self._follow(effect))
        self._streams[effect.conn] = task
        task.add_done_callback(lambda _: self._streams.pop(effect.conn, None))
        flight = self._flights.get(self.session.run.submit_id) if self.session.run else None
        if flight is not None and flight.run_id != effect.run_id:
            self._flights[flight.submit_id] = named = replace(flight, run_id=effect.run_id)
            self._writes.spawn(self._journal.outbox(named))

    async def _follow(self, effect: JoinRun) -> None:
        try:
            api = await self._server.api()
        except RequestFailed as failed:
            self.take(Disconnected(effect.conn, failed.failure))
            return
        from .stream import follow  # with the HTTP client, which is there now

        path = requests.join_path(self.session.thread_id, effect.run_id)
        at = effect.last_event_id
        await follow(api.client, path, effect.conn, at, self._streamed, self._clock, self._record, self.wire, self._gather)

    def _streamed(self, input: Input) -> None:
        if isinstance(input, Disconnected) and input.failure is not None:
            self._server.suspect(input.failure)
        self.take(input)

    def _hang_up(self, effect: HangUp) -> None:
        task = self._streams.pop(effect.conn, None)
        if task is not None:
            task.cancel()

    def _read_run(self, effect: ReadRun) -> None:
        async def read(api: Api) -> Input:
            return RunRead(await api.read_run(self.session.thread_id, effect.run_id))

        self._asking[ReadRun] = self._ask(read, lambda failure: RunReadFailed(effect.run_id, failure))

    def _cancel_run(self, effect: CancelRun) -> None:
        async def cancel(api: Api) -> None:
            await api.cancel_run(self.session.thread_id, effect.run_id)

        self._asking[CancelRun] = self._ask(cancel, lambda failure: CancelFailed(effect.run_id, failure))

    # -- the journal

    def _land(self) -> None:
        """What is neither being sent, nor followed, nor waiting is over: nothing of it is to be rejoined."""
        session = self.session
        alive = {outgoing.submit_id for outgoing in session.queue}
        if session.active and session.run is not None:
            alive.add(session.run.submit_id)
        for submit_id in [id for id in self._flights if id not in alive]:
            del self._flights[submit_id]
            self._writes.spawn(self._journal.landed(self._server.key, submit_id))

    def _hold(self) -> None:
        """What could not be sent is kept, but not sent by itself at the next start."""
        for outgoing in self.session.queue:
            flight = self._flights.get(outgoing.submit_id)
            if flight is not None and not flight.held and outgoing.message.standing is Standing.UNSENT:
                self._flights[flight.submit_id] = held = replace(flight, held=True)
                self._writes.spawn(self._journal.outbox(held))


_PERFORM: dict[type[Effect], Callable[[Driver, Any], None]] = {
    ReadThread: Driver._read_thread,
    ReadHeads: Driver._read_heads,
    ReadBranch: Driver._read_branch,
    CreateRun: Driver._create_run,
    FindRun: Driver._find_run,
    JoinRun: Driver._join_run,
    HangUp: Driver._hang_up,
    ReadRun: Driver._read_run,
    CancelRun: Driver._cancel_run,
    PostArtifact: Driver._post_artifact,
    LookBack: Driver._look_back,
}
