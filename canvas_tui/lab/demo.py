"""A demonstration: the local agent behind the proxy, faults by name, and a tour that plays them by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import replace

from ..core.frozen import frozen
from ..core.model import NoticeKind, Session
from ..core.ports import Backend, Change, LocalAddress, LocalFailure, LocalServer
from .proxy import Proxy

RESTART, CLEAR = "Server restart", "Everything passes"


@frozen
class Act:
    """``script`` acts on the stream that is open; without one an act is the server's own."""

    name: str
    line: str
    script: str = ""


ACTS = (
    Act("Stall", "nothing at all comes for 12 s, then everything goes on", "stall 12s"),
    Act("Cut", "the connection is closed in the middle of the stream", "cut"),
    Act("Reset", "the connection is reset", "reset"),
    Act("Clean end", "the stream ends as if that had been all: a close proves nothing", "end"),
    Act("Half an event", "the stream ends inside an event", "half; end"),
    Act("502s", "cut, and then a proxy answers 502 to the next three tries", "reset; 502 x3"),
    Act("Ten cuts", "the connection breaks after every fifth event, ten times", "(pass 5; reset or cut or end) x10"),
    Act("Half-open", "the path dies without a word: no byte, no close", "hole"),
    Act("Server away", "the server refuses connections for 8 s", "down 8s"),
    Act(RESTART, "the server is stopped and started again; it runs the run once more"),
    Act("Swallowed stream", "heartbeats come, events do not: 200, a run, and no answer", "swallow"),
    Act("Buffering proxy", "a proxy holds everything back until the answer is whole", "buffer"),
    Act("Bursts", "everything arrives each 3 s", "coalesce 3s"),
    Act("Slow link", "4,000 bytes a second", "slow 4k"),
    Act("Single bytes", "every byte comes by itself", "slice 1"),
    Act("Forgotten position", "cut, and the server replays everything from the start", "last-event-id -1; reset"),
    Act("Junk", "events that nobody can read", "insert junk"),
    Act("Hostile text", "escape sequences and markup that must not act", "insert hostile"),
    Act(CLEAR, "no fault any more; what was held back comes", "clear"),
)
_BY_NAME = {act.name: act for act in ACTS}

NEVER = "Ask the scripted model something long, then choose a fault."


class Demo:
    """Fulfils ``core.ports.Demonstration``.

    Args:
        restart: stops the server and starts it again; returns its new address, or raises LocalFailure.
    """

    def __init__(self, proxy: Proxy, restart: Callable[[], Awaitable[str]]) -> None:
        self._proxy, self._restart = proxy, restart
        self._line = NEVER
        self._made: Act | None = None  # the fault that the line tells
        self._listeners: list[Callable[[], None]] = []
        self._restarting: asyncio.Task[None] | None = None

    def faults(self) -> Sequence[tuple[str, str]]:
        return [(act.name, act.line) for act in ACTS]

    def line(self) -> str:
        return self._line

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def say(self, line: str) -> None:
        self._line, self._made = line, None
        for listener in list(self._listeners):
            listener()

    def apply(self, name: str) -> None:
        act = _BY_NAME.get(name)
        if act is None:
            return
        self.say(f"{act.name}: {act.line}.")
        self._made = act if act.name != CLEAR else None
        if act.name == RESTART:
            if self._restarting is None or self._restarting.done():
                self._restarting = asyncio.create_task(self._server_restart())
        else:
            self._proxy.apply(act.script)

    def over(self) -> None:
        """The run that suffered it is over: the line tells of it as past."""
        if self._made is not None:
            self.say(f"That was: {self._made.name}. Ask something else, or choose another fault.")

    async def _server_restart(self) -> None:
        self._proxy.apply("down")
        try:
            self._proxy.upstream = await self._restart()
        except LocalFailure as failure:
            self.say(f"The server did not come back: {failure}")
        self._proxy.clear()

    async def close(self) -> None:
        if self._restarting is not None:
            await asyncio.gather(self._restarting, return_exceptions=True)


class BehindProxy:
    """Fulfils ``core.ports.LocalServer``: the local agent as before, its address the proxy's."""

    def __init__(self, local: LocalServer, proxy: Proxy) -> None:
        self._local, self._proxy = local, proxy

    async def ensure(self, told: Callable[[str], None]) -> LocalAddress:
        address = await self._local.ensure(told)
        self._proxy.upstream = address.url
        return replace(address, url=self._proxy.url)

    def log_path(self) -> str:
        return self._local.log_path()

    async def alive(self) -> bool:
        return await self._local.alive()

    async def release(self) -> None:
        await self._local.release()


# -- the tour ---------------------------------------------------------------------------------------------------------------


@frozen
class Scene:
    """``prompt`` is sent; after so many tokens the act comes; the scene is over when the run is, and ``linger`` seconds later."""

    line: str
    prompt: str
    act: str = ""
    tokens: int = 25
    linger: float = 3.0


TOUR = (
    Scene("An answer as it should be: it streams, and the right side tells what the run does.", "What is a thread? /length 110 /speed 25"),
    Scene(
        "A stall: nothing comes for 12 s. Watch where the text stopped: it says so, and since when.",
        "What is a stream? /length 120 /speed 25",
        "Stall",
    ),
    Scene(
        "A cut: the stream is joined again exactly where it stopped, nothing lost and nothing twice.",
        "What happens when the line breaks? /length 160 /speed 25",
        "Cut",
    ),
    Scene("Ten cuts in a row fold into one line with a count.", "And when it breaks again and again? /length 200 /speed 25", "Ten cuts"),
    Scene(
        "A clean end too early looks like success. It is not believed: the run is asked.",
        "Is it over when it looks over? /length 160 /speed 25",
        "Clean end",
    ),
    Scene("Cut, then a proxy answers 502: it is tried again, with growing waits.", "What stands between us? /length 160 /speed 20", "502s"),
    Scene(
        "The swallowed stream: 200, a run, heartbeats, no events. In the end the saved state wins.",
        "Why does no answer come? /length 200 /speed 20",
        "Swallowed stream",
    ),
    Scene(
        "A proxy that buffers: nothing until the end, and the program says what it sees.",
        "Who keeps it back? /length 220 /speed 20",
        "Buffering proxy",
    ),
    Scene(
        "The server restarts and runs the run again: the partial answer is struck, out loud.",
        "What survives a restart? /length 240 /speed 15",
        RESTART,
        40,
    ),
)
OVER = "The tour is over. Now it is yours: ask something long, then choose a fault."


async def tour(
    demo: Demo,
    backend: Backend,
    thread_id: str,
    sleep: Callable[[float], Coroutine[None, None, None]] = asyncio.sleep,
    scenes: Sequence[Scene] = TOUR,
) -> None:
    """Plays the scenes in one thread, each until its run is over."""
    changed = asyncio.Event()
    unlisten = backend.listen(lambda change, id: changed.set())

    async def until(holds: Callable[[Session], bool]) -> None:
        while not holds(backend.session(thread_id)):
            changed.clear()
            await changed.wait()

    async def play(number: int, scene: Scene) -> None:
        line = f"{number}/{len(scenes)}  {scene.line}"
        demo.apply(CLEAR)
        demo.say(line)
        run = backend.session(thread_id).run
        before = run.submit_id if run is not None else ""
        backend.submit(thread_id, scene.prompt)
        await until(lambda s: s.run is not None and s.run.submit_id != before and s.run.tokens >= scene.tokens)
        if scene.act:
            demo.apply(scene.act)
            demo.say(line)
        await until(_over)
        await sleep(scene.linger)

    try:
        await until(lambda s: s.loaded)
        for number, scene in enumerate(scenes, 1):
            await play(number, scene)
        demo.apply(CLEAR)
        demo.say(OVER)
    finally:
        unlisten()


def _over(session: Session) -> bool:
    lost = any(notice.kind is NoticeKind.THREAD and notice.until is None for notice in session.notices)
    return session.loaded and not session.active and not session.reading and not session.queue and not lost


def follow(demo: Demo, backend: Backend) -> Callable[[], None]:
    """The line tells what is so: a fault is over with the run that it met. Until the returned function is called."""
    met: set[str] = set()

    def changed(change: Change, id: str) -> None:
        session = backend.session(id) if change is Change.SESSION else None
        if session is None:
            return
        if session.active:
            met.add(id)
        elif id in met and _over(session):
            met.discard(id)
            demo.over()

    return backend.listen(changed)


SCENARIOS = {"tour": tour}
"""name -> what plays it."""
