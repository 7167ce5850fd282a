"""The backend that the screen sees: one server, its threads, and a driver for every thread that is open or runs."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Sequence

from canvas_tui.core.artifact import PLAIN, Turn
from canvas_tui.core.inputs import Answered, GaveUp, Input, Opened, Proceeded, RetryNow, Stopped, Submitted, WhenBusy, Withdrawn, Woke
from canvas_tui.core.model import Json, Message, Phase, ServerState, Session, ThreadList
from canvas_tui.core.ports import Change, Flight, Journal, Listener, LocalServer, ServerTarget
from canvas_tui.core.serverlog import ServerLog
from canvas_tui.core.titles import title_of
from canvas_tui.core.wirelog import WireLog

from .beside import Beside
from .canvas import HubCanvas
from .desk import Desk
from .driver import Driver
from .failed import RequestFailed
from .keepsakes import Keepsakes
from .news import News
from .recall import recall, restore_threads
from .recording import Recorder
from .server import ServerLink
from .serverlog import LogWatch
from .tasks import Tasks
from .threads import Threads, titles_itself
from .user import machine_user
from .wake import SleepWatch

WATCH = 1.0
"""Seconds between looks at the clocks while something runs."""
REFRESH = 5
"""So many looks later the list is read again, while it shows a run that is not followed here."""
WRITES = 2.0
"""Seconds that the journal's last writes get when the program leaves."""
TITLE_LATER = 2.0
"""Seconds after a run in which a server that titles threads itself has done so."""


class Hub:
    """Fulfils `Backend`. Made and used in one event loop.

    Args:
        local: starts the local agent, for a target that is local.
        recorder: hears what comes.
        gather: seconds in which what comes of a stream is left to be taken together: no more than between two frames of a screen.
        clock, wall, new_id: time and ids, for tests.
    """

    def __init__(
        self,
        target: ServerTarget,
        journal: Journal,
        local: LocalServer | None = None,
        *,
        recorder: Recorder | None = None,
        gather: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        user_id = target.user_id or machine_user()
        self._journal = journal
        self._tape = recorder
        self._gather = gather
        self._clock = clock
        self._wall = wall
        self._new_id = new_id
        self._drivers: dict[str, Driver] = {}
        self._copies: dict[str, tuple[str, float, tuple[Message, ...]]] = {}  # as the journal has them
        self._news = News()
        self._tasks = Tasks()
        self._writes = Tasks()  # of the journal
        self._watching: asyncio.Task[None] | None = None
        self._started = self._closed = False
        self._link = ServerLink(target, user_id, local, changed=lambda: self._tell(Change.SERVER), up=self._server_up)
        self._kept = Keepsakes(journal, self._link.key)
        self._threads = Threads(
            self._link,
            journal,
            user_id,
            sessions=lambda: {id: driver.session for id, driver in self._drivers.items()},
            draft=self._kept.kept,
            wall=wall,
            changed=lambda: self._tell(Change.THREADS),
            gone=self._deleted,
        )
        self._beside = Beside(self._link, lambda: self._drivers.get(self._threads.current), clock)
        desk = Desk(self._link, journal, self._tasks, self._writes, new_id, self._driver, self.session, self._begin, self._touched)
        self.canvas = HubCanvas(desk)
        self._log = LogWatch(target, lambda: self._link.state.log_path, clock=clock, wall=wall, changed=lambda: self._tell(Change.LOG))

    # -- reading

    def server(self) -> ServerState:
        return self._link.state

    def threads(self) -> ThreadList:
        return self._threads.listing()

    def session(self, thread_id: str) -> Session:
        driver = self._drivers.get(thread_id)
        return driver.session if driver is not None else Session(thread_id)

    def wire(self, thread_id: str) -> WireLog:
        driver = self._drivers.get(thread_id)
        return driver.wire if driver is not None else WireLog()

    def watch_log(self, on: bool) -> None:
        self._log.watch(on)

    def server_log(self) -> ServerLog | None:
        return self._log.log

    def now(self) -> float:
        return self._clock()

    def listen(self, listener: Listener) -> Callable[[], None]:
        return self._news.listen(listener)

    # -- life

    async def start(self) -> None:
        if self._started:
            return
        self._started = True
        self._tasks.spawn(self._beside.watch())
        self._link.start()
        await self._kept.recall()
        await self._threads.recall()
        if not self._closed:
            self._tasks.spawn(self._recall())

    async def close(self) -> None:
        self._closed = True
        self._news.close()
        await self._log.close()
        await self._threads.close()
        for driver in self._drivers.values():
            driver.close()
        self._tasks.cancel()
        await self._tasks.finished()
        for driver in self._drivers.values():
            await driver.closed()
        await self._link.close()
        await self._writes.finished(timeout=WRITES)
        await self._journal.close()

    def retry_server(self) -> None:
        self._link.retry()

    def _server_up(self, away: bool) -> None:
        """The server has been found (again)."""
        for driver in [*self._drivers.values()] if away else []:
            if driver.session.link.phase is Phase.WAITING or driver.session.read_retry_at is not None:
                driver.take(RetryNow())
        self._tasks.spawn(self._list_threads())

    async def _list_threads(self) -> None:
        if self._link.target.local:
            await restore_threads(self._link, self._journal)
        self._threads.refresh()

    # -- threads

    def new_thread(self) -> str:
        thread_id = self._new_id()
        self._driver(thread_id, fresh=True)
        self._threads.add_draft(thread_id)
        self._threads.read(thread_id)  # the user is in it from now on
        return thread_id

    def open(self, thread_id: str) -> None:
        known = thread_id in self._drivers
        driver = self._driver(thread_id, fresh=self._threads.is_draft(thread_id))
        self._threads.read(thread_id)
        driver.take(Opened())
        if not known:
            self._tasks.spawn(self._seed(driver))
        self._beside.used()
        self._let_go()

    def rename(self, thread_id: str, title: str) -> None:
        if title := title_of(title):
            if thread_id in self._drivers:
                self._drivers[thread_id].title = title
            self._threads.rename(thread_id, title)

    def delete(self, thread_id: str) -> None:
        self._threads.delete(thread_id)

    async def delete_for_good(self, thread_id: str) -> None:
        """At once, without undo.

        Raises:
            RequestFailed: it is not there (MISSING), or the server does not let us.
        """
        await self._threads.delete_for_good(thread_id)

    def undo_delete(self) -> None:
        self._threads.undo_delete()

    def search(self, query: str) -> None:
        self._threads.search(query)

    def more_threads(self) -> None:
        self._threads.more()

    def refresh_threads(self) -> None:
        self._beside.used()
        self._threads.refresh()

    # -- conversation

    def submit(self, thread_id: str, text: str, how: WhenBusy = WhenBusy.QUEUE) -> None:
        self._begin(thread_id, text, PLAIN, how, typed=self._kept.sent(thread_id))

    def _begin(self, thread_id: str, text: str, turn: Turn, how: WhenBusy, *, typed: bool = False) -> None:
        """``typed``: it is what the thread's draft was."""
        driver = self._driver(thread_id)
        if not (driver.session.loaded or driver.session.reading):
            driver.take(Opened())
        interrupt = how is WhenBusy.INTERRUPT
        flight = Flight(self._link.key, thread_id, self._new_id(), self._new_id(), text, turn=turn, interrupt=interrupt)
        self._touched(thread_id, text or turn.words)
        driver.submit_journalled(flight, Submitted(text, flight.message_id, flight.submit_id, how, turn), typed=typed)
        if text:
            self._kept.add_prompt(text)

    def _touched(self, thread_id: str, title: str) -> None:
        self._threads.submitted(thread_id, title_of(title))

    def answer(self, thread_id: str, answers: Sequence[tuple[str, Json]]) -> None:
        self._driver(thread_id).take(Answered(tuple(answers), self._new_id()))

    def proceed(self, thread_id: str) -> None:
        self._driver(thread_id).take(Proceeded(self._new_id()))

    def stop(self, thread_id: str) -> None:
        self._give(thread_id, Stopped())

    def retry(self, thread_id: str) -> None:
        self._give(thread_id, RetryNow())

    def give_up(self, thread_id: str) -> None:
        self._give(thread_id, GaveUp())

    def withdraw(self, thread_id: str, message_id: str) -> str:
        queue = self.session(thread_id).queue
        text = next((o.message.text for o in queue if o.message.id == message_id), "")
        self._give(thread_id, Withdrawn(message_id))
        return text

    def _give(self, thread_id: str, input: Input) -> None:
        if thread_id in self._drivers:
            self._drivers[thread_id].take(input)

    # -- typing

    def draft(self, thread_id: str) -> str:
        return self._kept.draft(thread_id)

    def keep_draft(self, thread_id: str, text: str) -> None:
        self._beside.used()
        self._kept.keep_draft(thread_id, text)
        self._threads.typed(thread_id)

    def prompts(self) -> Sequence[str]:
        return self._kept.prompts()

    # -- drivers

    def _driver(self, thread_id: str, *, fresh: bool = False) -> Driver:
        driver = self._drivers.get(thread_id)
        if driver is None:
            driver = Driver(
                thread_id,
                self._link,
                self._journal,
                self._writes,
                self._tape,
                fresh=fresh,
                gather=self._gather,
                clock=self._clock,
                changed=self._session_changed,
            )
            self._drivers[thread_id] = driver
        return driver

    def _deleted(self, thread_id: str) -> None:
        self._drop(thread_id)
        self._kept.forget(thread_id)

    def _drop(self, thread_id: str) -> None:
        driver = self._drivers.pop(thread_id, None)
        self._copies.pop(thread_id, None)
        if driver is not None:
            driver.close()

    def _let_go(self) -> None:
        """Sessions at rest that are not looked at are read again when they are opened: memory does not grow with them."""
        resting = [id for id, driver in self._drivers.items() if id != self._threads.current and driver.session.resting]
        for id in resting[:-KEPT]:
            self._drop(id)

    def _session_changed(self, before: Session, after: Session) -> None:
        self._tell(Change.SESSION, after.thread_id)
        if before.active != after.active:
            self._tell(Change.THREADS)
            if after.active:
                self._watch()
            else:
                self._tasks.spawn(self._settled(after.thread_id))
        elif before.interrupts != after.interrupts or before.loaded != after.loaded:
            self._tell(Change.THREADS)
        if after.loaded and not before.loaded:
            self._keep(after.thread_id)

    async def _settled(self, thread_id: str) -> None:
        """A run is over: the list and the journal's copy follow."""
        self._keep(thread_id)
        await self._threads.refresh_row(thread_id)
        self._keep(thread_id)
        try:
            if titles_itself(await self._link.api()):
                await asyncio.sleep(TITLE_LATER)
                await self._threads.refresh_row(thread_id)
        except RequestFailed:
            return

    def _keep(self, thread_id: str) -> None:
        """Cache the thread as it stands, unless that is in the journal already."""
        session = self.session(thread_id)
        if not (session.loaded and session.state.exists):
            return
        copy = (self._threads.title(thread_id), self._threads.updated(thread_id), session.history)
        if self._copies.get(thread_id) != copy:
            self._copies[thread_id] = copy
            self._writes.spawn(self._journal.keep_thread(self._link.key, thread_id, *copy))

    async def _seed(self, driver: Driver) -> None:
        driver.seed(tuple(await self._journal.cached_thread(self._link.key, driver.session.thread_id) or ()))

    async def _recall(self) -> None:
        """What an earlier life of the program left on its way."""
        await recall(self._journal, self._link.key, self._driver)
        await self.canvas.recall()

    # -- clocks

    def _watch(self) -> None:
        if self._watching is None or self._watching.done():
            self._watching = self._tasks.spawn(self._look())

    async def _look(self) -> None:
        """While something runs: did the machine sleep, and has a run ended that nobody here follows?"""
        watch, looks = SleepWatch(self._clock, self._wall, WATCH), 0
        while any(driver.session.active for driver in self._drivers.values()) or self._threads.unfollowed_runs():
            await asyncio.sleep(WATCH)
            looks += 1
            if seconds := watch.slept():
                self._tasks.spawn(self._link.woke())
                for driver in [*self._drivers.values()]:
                    driver.take(Woke(seconds))
            if looks % REFRESH == 0 and self._threads.unfollowed_runs():
                self._threads.refresh()

    # -- telling

    def _tell(self, change: Change, thread_id: str = "") -> None:
        self._news.tell(change, thread_id)
        if change is Change.THREADS and self._threads.unfollowed_runs():
            self._watch()


KEPT = 12
"""Sessions at rest that are kept in memory beside the open one."""
