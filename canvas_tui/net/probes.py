"""Doctor at work: asks and listens, each within its time, side by side where that harms nothing, and tells a checklist on the way.

Nothing is changed on the server, but for the canary, which is asked for and removes its own thread.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace

import httpx

from canvas_tui import __version__
from canvas_tui.core import measures
from canvas_tui.core.diagnosis import Code, Standing, Step, Sure, many, span
from canvas_tui.core.effects import CreateRun
from canvas_tui.core.evidence import Canary, Ended, Evidence, Line, Listening, Look, Own, Server, Watched, Way
from canvas_tui.core.frozen import frozen
from canvas_tui.core.model import Failure, FailureKind, Json, RunStatus, SendMessage
from canvas_tui.core.ports import ServerTarget
from canvas_tui.core.troubles import describe
from canvas_tui.core.verdict_run import ALIVE
from canvas_tui.core.verdicts import verdict
from canvas_tui.wire import requests

from .client import Client
from .failed import RequestFailed
from .probes_ask import ask, find_server, find_way, look_at
from .probes_listen import Enough, a_beat, flowing, listen, never
from .server import ServerLink

LISTEN = 12.0
"""Seconds that a stream is listened to: two heartbeats, and some."""
REJOINS = 3
"""A stream that is cut is joined again, so often in all: equal gaps tell a timeout from an accident."""
CANARY_TEXT = "Answer with the one word: ok"
QUIET_TASKS = 0.05
"""How often the event loop's lateness is measured."""

PLAIN = frozenset(
    {
        *(Code.WAITING_FOR_YOU, Code.STATIC_BREAKPOINT, Code.RUN_FAILED, Code.RUN_LOST),
        *(Code.SCHEDULED, Code.BEHIND_RUN, Code.ZOMBIE_RUN, Code.QUEUE_STARVED, Code.NO_WORKER),
    }
)

Tell = Callable[[Step], None]


@frozen
class Wish:
    """What doctor is to look at."""

    thread_id: str = ""
    run_id: str = ""  # empty: the thread's run that is alive, or its newest
    canary: bool = False
    listen: float = LISTEN
    with_text: bool = False
    watched: Watched | None = None


class Examination:
    """One time of looking. ``evidence`` grows while it goes on; whatever has been found when it is cancelled can be judged."""

    def __init__(self, target: ServerTarget, wish: Wish, tell: Tell, *, direct: ServerTarget | None = None) -> None:
        self.evidence = Evidence(
            url=shown_url(target.url),
            direct_url=shown_url(direct.url) if direct else "",
            thread_id=wish.thread_id,
            run_id=wish.run_id,
            began=time.time(),
            version=__version__,
            watched=wish.watched,
        )
        self._target, self._direct, self._wish, self._tell = target, direct, wish, tell
        self._began = time.monotonic()

    def _clock(self) -> float:
        return time.monotonic() - self._began

    async def run(self) -> Evidence:
        """Returns when there is nothing more to be found. Raises nothing but CancelledError."""
        lag = asyncio.create_task(self._watch_loop())
        client = await asyncio.to_thread(Client, self._target, self._target.url)
        direct = await asyncio.to_thread(Client, self._direct, self._direct.url) if self._direct else None
        try:
            await self._all(client, direct)
        finally:
            lag.cancel()
            self._found(seconds=self._clock())
            for each in (client, direct):
                if each is not None:
                    await each.close()
        return self.evidence

    def _found(self, **changes: object) -> None:
        self.evidence = replace(self.evidence, **changes)  # type: ignore[arg-type]

    async def _watch_loop(self) -> None:
        """How late this program's own event loop gets."""
        while True:
            due = time.monotonic() + QUIET_TASKS
            await asyncio.sleep(QUIET_TASKS)
            late = time.monotonic() - due
            if late > self.evidence.own.loop_lag:
                self._found(own=Own(late))

    # -- in order

    async def _all(self, client: Client, direct: Client | None) -> None:
        if not await self._way() or not await self._server(client, direct):
            return
        looks = [asyncio.create_task(self._look(client))] if self._wish.thread_id else []
        await asyncio.gather(*looks)
        first = self.evidence.first
        if self._wish.thread_id and (first is None or first.thread is not True or self._is_plain()):
            return
        listeners = [self._quiet(client, direct), *([self._run_stream(client, direct, first)] if first and first.run else [])]
        if self._wish.canary:
            listeners.append(self._canary(client))
        await asyncio.gather(*listeners)
        if self._wish.thread_id:
            await self._look(client)

    def _is_plain(self) -> bool:
        """The server's own words decide already: no stream can tell more."""
        told = verdict(self.evidence)
        whole = self._wish.canary or self._direct is not None or self._wish.listen > LISTEN
        return told.code in PLAIN and told.sure is Sure.CERTAIN and not whole

    async def _way(self) -> bool:
        self._tell(Step("the way there", Standing.DOING))
        way = await find_way(self._target.url, self._clock)
        self._found(way=way)
        self._tell(Step("the way there", Standing.BAD if way.failure else Standing.GOOD, _way_words(way)))
        return way.failure is None

    async def _server(self, client: Client, direct: Client | None) -> bool:
        self._tell(Step("the server", Standing.DOING))
        asked = [find_server(client, self._clock), *([find_server(direct, self._clock)] if direct else [])]
        server, *other = await asyncio.gather(*asked)
        self._found(server=server, direct=other[0] if other else None)
        well = server.langgraph is True and server.auth is not None and server.auth.good
        self._tell(Step("the server", Standing.GOOD if well else Standing.BAD, _server_words(server)))
        if direct is not None:
            good = other[0].langgraph is True
            self._tell(Step("the direct address", Standing.GOOD if good else Standing.BAD, _server_words(other[0])))
        return well

    async def _look(self, client: Client) -> None:
        self._tell(Step("thread and run", Standing.DOING, _look_words(self.evidence.last)))
        run_id = self.evidence.run_id
        look = await look_at(client, self._clock, self._wish.thread_id, run_id, with_text=self._wish.with_text)
        self._found(looks=(*self.evidence.looks, look), run_id=run_id or (look.run.id if look.run else ""))
        well = look.thread is True and not look.run_missing
        self._tell(Step("thread and run", Standing.GOOD if well else Standing.BAD, _look_words(look)))

    # -- streams

    async def _quiet(self, client: Client, direct: Client | None) -> None:
        """The stream of a thread that does not exist: nothing but heartbeats, on servers that have both."""
        if not self.evidence.server.beats:
            self._tell(Step("a silent stream", Standing.SKIPPED, "this kind of server sends no heartbeats"))
            return
        self._tell(Step("a silent stream", Standing.DOING, "waiting for a heartbeat, 5 s"))
        path = f"{requests.thread_path(str(uuid.uuid4()))}/stream"
        enough = a_beat if self._wish.listen <= LISTEN else never
        heard, *_ = await asyncio.gather(
            self._joined(client, Line.QUIET, path, enough),
            self._joined(client, Line.QUIET_GZIP, path, enough, once=True, encoding="gzip"),
            *([self._joined(direct, Line.QUIET, path, enough, once=True, direct=True)] if direct else []),
        )
        if heard.ended is Ended.REFUSED and heard.status in (404, 405, 422):
            self._tell(Step("a silent stream", Standing.SKIPPED, "this server has no such stream"))
            return
        self._tell(
            Step("a silent stream", Standing.GOOD if heard.reads and heard.ended is Ended.OPEN else Standing.BAD, _line_words(heard))
        )

    async def _run_stream(self, client: Client, direct: Client | None, look: Look) -> None:
        """The run's own stream, from its beginning."""
        assert look.run is not None
        self._tell(Step("the run's stream", Standing.DOING, "listening"))
        path = requests.join_path(self._wish.thread_id, look.run.id)
        enough = flowing if self._wish.listen <= LISTEN else never
        alive = look.run.status in ALIVE
        heard, *_ = await asyncio.gather(
            self._joined(client, Line.RUN, path, enough, again=lambda: self._is_alive(client) if alive else _no()),
            *([self._joined(direct, Line.RUN, path, enough, once=True, direct=True)] if direct else []),
        )
        well = bool(heard.reads) or heard.ended is Ended.EOF
        self._tell(Step("the run's stream", Standing.GOOD if well else Standing.BAD, _line_words(heard)))

    async def _is_alive(self, client: Client) -> bool:
        await self._look(client)
        last = self.evidence.last
        return last is not None and last.run is not None and last.run.status is RunStatus.RUNNING

    async def _joined(
        self,
        client: Client,
        line: Line,
        path: str,
        enough: Enough,
        *,
        once: bool = False,
        direct: bool = False,
        encoding: str = "identity",
        again: Callable[[], Awaitable[bool]] | None = None,
    ) -> Listening:
        """Listen; where the stream is cut before its time, join it again."""
        left = self._wish.listen
        for attempt in range(1, REJOINS + 1):
            heard = await listen(client, self._clock, line, path, seconds=left, enough=enough, encoding=encoding, direct=direct)
            self._found(lines=(*self.evidence.lines, heard))
            cut = heard.ended in (Ended.CUT, Ended.EOF) or heard.status == 504
            early = measures.waited(heard) < 0.5 and heard.status != 504
            if once or not cut or early or attempt == REJOINS or not (again is None or await again()):
                break
            enough = never  # to see whether the next one is cut after the same time
        return heard

    # -- the canary

    async def _canary(self, client: Client) -> None:
        """A run of our own, started with POST and joined with GET at once, on a thread that is removed afterwards."""
        self._tell(Step("a run of our own", Standing.DOING, "starting"))
        link = ServerLink(replace(self._target, local=False), self._target.user_id, None, changed=lambda: None, up=lambda away: None)
        thread_id = str(uuid.uuid4())
        started = None
        try:
            link.start()
            async with asyncio.timeout(LISTEN):
                dialect = (await link.api()).dialect
            started, _ = await ask(client, self._clock, "POST", requests.THREADS_PATH, requests.thread_body(dialect, thread_id))
            self._found(canary=Canary(started, thread_id))
            message = CreateRun(str(uuid.uuid4()), SendMessage(str(uuid.uuid4()), CANARY_TEXT))
            if started.good:
                await self._canary_run(client, thread_id, requests.run_body(dialect, message))
        except (RequestFailed, TimeoutError) as error:
            words = describe(error.failure) if isinstance(error, RequestFailed) else "the server did not tell its assistants in time"
            self._tell(Step("a run of our own", Standing.BAD, words))
        finally:
            await link.close()
            if started is not None and started.good:
                gone, _ = await ask(client, self._clock, "DELETE", requests.thread_path(thread_id))
                if self.evidence.canary is not None:
                    self._found(canary=replace(self.evidence.canary, removed=gone.good))

    async def _canary_run(self, client: Client, thread_id: str, body: Json) -> None:
        path = f"{requests.runs_path(thread_id)}/stream"
        seconds = max(self._wish.listen, 3 * LISTEN)
        posting = asyncio.create_task(listen(client, self._clock, Line.CANARY, path, seconds=seconds, enough=never, body=body))
        joined = None
        try:
            run_id = await self._canary_id(client, thread_id)
            if run_id:
                join = requests.join_path(thread_id, run_id)
                joined = await listen(client, self._clock, Line.CANARY_JOIN, join, seconds=seconds, enough=never)
            posted = await posting
        finally:
            posting.cancel()
        look = await look_at(client, self._clock, thread_id, run_id)
        self._found(lines=(*self.evidence.lines, posted, *([joined] if joined else [])))
        if self.evidence.canary is not None:
            self._found(canary=replace(self.evidence.canary, look=look))
        well = posted.text > 0
        told = f"{many(posted.pieces, 'piece')} of text, the first byte after {span(measures.first_byte(posted) or 0.0)}" if well else ""
        self._tell(Step("a run of our own", Standing.GOOD if well else Standing.BAD, told or _line_words(posted)))

    async def _canary_id(self, client: Client, thread_id: str) -> str:
        """The run is listed as soon as the POST has arrived."""
        for _ in range(20):
            look = await look_at(client, self._clock, thread_id)
            if look.run is not None:
                return look.run.id
            await asyncio.sleep(0.1)
        return ""


async def _no() -> bool:
    return False


def shown_url(url: str) -> str:
    """The address without user and password."""
    try:
        return str(httpx.URL(url).copy_with(username=None, password=None, query=None, fragment=None)).rstrip("/")
    except (httpx.InvalidURL, TypeError, ValueError):
        return ""


# -- words of the checklist ------------------------------------------------------------------------------------------------


def _words(failure: Failure) -> str:
    return describe(failure)


def _way_words(way: Way) -> str:
    if way.failure is not None:
        return _words(way.failure)
    through = f" through the proxy {way.proxy}" if way.proxy else ""
    return f"connected in {span(way.tcp or 0.0)}{through}"


def _server_words(server: Server) -> str:
    refused = next((each.failure for each in (server.info, server.auth, *server.ok) if each is not None and each.failure is not None), None)
    if refused is not None and (refused.kind is not FailureKind.MISSING or server.langgraph is not True):
        return _words(refused)
    if server.langgraph is not True:
        return "no LangGraph server"
    slowest = max((each.seconds for each in server.ok if each.good), default=None)
    return f"{server.kind or 'LangGraph'} {server.version}".strip() + (f", answers in {span(slowest)}" if slowest is not None else "")


def _look_words(look: Look | None) -> str:
    if look is None:
        return ""
    if look.thread is False:
        return "no such thread"
    if look.failure is not None:
        return _words(look.failure)
    if look.run is None:
        return "the server does not know the run" if look.run_missing else "no run on this thread"
    status = "waiting for an answer" if look.questions and look.run.status not in ALIVE else str(look.run.status)
    return f"run {status}, started {span(look.run.age)} ago" if look.run.age >= 0 else f"run {status}, due in {span(-look.run.age)}"


def _parts(heard: Listening) -> Iterator[str]:
    yield f"first byte after {span(measures.first_byte(heard) or 0.0)}" if heard.reads else f"not a byte in {span(heard.ended_at)}"
    if heard.event_count:
        yield many(heard.event_count, "event")
    if heard.beats:
        yield many(heard.beats, "heartbeat")
    if heard.ended is Ended.CUT:
        yield f"cut after {span(measures.waited(heard))}"


def _line_words(heard: Listening) -> str:
    if heard.ended is Ended.REFUSED and heard.failure is not None:
        return _words(heard.failure)
    parts: Sequence[str] = tuple(_parts(heard))
    return ", ".join(parts)
