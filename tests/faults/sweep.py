"""F21 to F25 at every byte of a stream: RST, FIN and a clean end, in the framing of each kind of server. In process, no sockets.

The stream is taken once from the scripted server (45 tokens and what stands around them). For each cut the bytes of the event that is
cut are read by the program's reader as they would come; the session then asks, joins again, and gets what such a server replays.
Of most bytes of an event the reader tells the same but for their number: the session plays what it has not played there before.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import httpx

from canvas_tui.core import inputs as i
from canvas_tui.core.effects import JoinRun, ReadRun, ReadThread
from canvas_tui.core.model import Message, NoticeKind, Role, RunInfo, RunStatus, Session, ThreadState
from canvas_tui.core.session import next_deadline, step
from canvas_tui.lab.events import block_end, is_event
from canvas_tui.net.stream import read_stream
from tests.support.scripted import scripted_server
from tests.support.scripted_steps import Say

TOKENS = tuple(f"token-{n} " if n % 5 else "ha " for n in range(45))
HOWS = ("RST", "FIN", "clean end")
SIBLINGS = {"python": 3, "js": 1, "aegra": 1}


@dataclass(frozen=True)
class Log:
    """``blocks`` are the body's bytes, an event each; ``events`` what the reader makes of them; ``text`` the whole answer."""

    kind: str
    blocks: tuple[bytes, ...]
    events: tuple[i.Event, ...]
    run: str
    message: Message

    @property
    def size(self) -> int:
        return sum(map(len, self.blocks))


class _Body(httpx.AsyncByteStream):
    def __init__(self, data: bytes, error: Exception | None) -> None:
        self._data, self._error = data, error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._data:
            yield self._data
        if self._error is not None:
            raise self._error


def _error(how: str) -> Exception | None:
    """As httpx raises it; a fresh one, since an exception keeps the tracebacks of all its raisings."""
    return {"RST": httpx.ReadError(""), "FIN": httpx.RemoteProtocolError("peer closed connection"), "clean end": None}[how]


async def read(data: bytes, how: str, conn: int) -> list[i.Input]:
    """What the program's reader tells of these bytes and this end."""
    request = httpx.Request("GET", "http://127.0.0.1:9/stream")
    response = httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=_Body(data, _error(how)), request=request)
    told: list[i.Input] = []
    failure = await read_stream(response, conn, told.append, lambda: 0.0)
    return [*told, i.Disconnected(conn, failure)]


async def record(kind: str) -> Log:
    async with scripted_server([Say(TOKENS)], kind=kind, siblings=SIBLINGS[kind]) as server, httpx.AsyncClient(base_url=server.url) as http:
        thread = (await http.post("/threads", json={})).json()["thread_id"]
        body = {
            "assistant_id": "agent",
            "input": {"messages": [{"type": "human", "content": "q", "id": "m1"}]},
            "stream_mode": ["messages-tuple", "values", "updates"],
            "stream_resumable": True,
        }
        run = (await http.post(f"/threads/{thread}/runs", json=body)).json()["run_id"]
        raw = (await http.get(f"/threads/{thread}/runs/{run}/stream", headers={"last-event-id": "-1"})).content
    blocks = []
    while (end := block_end(raw)) >= 0:
        blocks.append(raw[:end])
        raw = raw[end:]
    blocks = [block for block in blocks if is_event(block)]
    told = [each for each in await read(b"".join(blocks), "clean end", 1) if isinstance(each, i.Event)]
    assert len(told) == len(blocks) >= 40
    chunk = next(each.body for each in told if isinstance(each.body, i.Chunk))
    return Log(kind, tuple(blocks), tuple(told), run, Message(chunk.message_id, Role.AI, "".join(TOKENS)))


def replayed(log: Log, last: str) -> list[i.Event]:
    """As such a server does it: what is greater than the id (siblings of one millisecond together), or what stands behind it."""
    if last == "-1":
        return list(log.events)
    if log.kind == "python":
        return [e for e in log.events if e.id is not None and _number(e.id) > _number(last)]
    return list(log.events[next(n for n, e in enumerate(log.events) if e.id == last) + 1 :])


def _number(id: str) -> int:
    return int(id.split("-")[0])


@dataclass
class Player:
    """A session and what was seen of it; ``fork`` makes another that goes on from here."""

    log: Log
    session: Session
    now: float = 0.0
    painted: str = ""
    removed: bool = False
    joined: JoinRun | None = None

    def fork(self) -> Player:
        return Player(self.log, self.session, self.now, self.painted, self.removed)

    def do(self, *inputs: i.Input) -> None:
        for one in inputs:
            self.session, effects = step(self.session, one, self.now)
            text = "".join(m.text for m in (*self.session.history, *self.session.live) if m.role is Role.AI)
            self.removed |= not text.startswith(self.painted)
            self.painted = text
            for effect in effects:
                if isinstance(effect, JoinRun):
                    self.joined = effect
                elif isinstance(effect, ReadRun):
                    over = RunStatus.RUNNING if self.joined is None else RunStatus.SUCCESS
                    self.do(i.RunRead(RunInfo(self.log.run, over)))
                elif isinstance(effect, ReadThread) and self.session.run is not None:
                    self.do(i.ThreadRead(ThreadState((Message("m1", Role.HUMAN, "q"), self.log.message))))

    def resume(self) -> None:
        """Until the turn is over: waits pass at once, joins get the replay and a clean end."""
        for _ in range(20):
            if not self.session.active:
                return
            if self.joined is not None and self.session.link.conn == self.joined.conn:
                join, conn = self.joined, self.joined.conn
                events = (i.Event(conn, e.id, e.body) for e in replayed(self.log, join.last_event_id))
                self.do(i.Connected(conn), *events, i.Disconnected(conn, None))
                continue
            due = next_deadline(self.session)
            if due is None:
                return
            self.now = max(self.now, due)
            self.do(i.Tick())


def begun(log: Log) -> Player:
    player = Player(log, Session("t"))
    player.do(
        i.Opened(), i.ThreadRead(ThreadState(exists=False)), i.Submitted("q", "m1", "s1"), i.RunCreated("s1", log.run), i.Connected(1)
    )
    player.now = 1.0  # the run begins when we are there already
    return player


async def sweep(log: Log, stride: int = 1) -> AsyncIterator[tuple[int, str, str]]:
    """Cuts at every ``stride``-th byte, in three ways: (byte, how, what is wrong, if anything)."""
    player, at = begun(log), 0
    for block, event in zip(log.blocks, log.events, strict=True):
        played: list[tuple[list[i.Input], str]] = []
        for size in range(-at % stride, len(block), stride):
            for how in HOWS:
                told = await read(block[:size], how, 1)
                alike = [replace(each, size=0) if isinstance(each, i.Received) else each for each in told]
                said = next((said for known, said in played if known == alike), None)
                if said is None:
                    said = _cut(player.fork(), told)
                    played.append((alike, said))
                yield at + size, how, said
        player.do(event)
        at += len(block)


def _cut(player: Player, told: list[i.Input]) -> str:
    player.do(*told)
    player.resume()
    if player.session.active:
        return f"not over: {player.session.link.phase}"
    if [m.text for m in player.session.history if m.role is Role.AI] != [player.log.message.text]:
        return "the text is not the server's"
    if player.removed:
        return "painted text went"
    if any(n.kind in (NoticeKind.CORRECTED, NoticeKind.RESTARTED, NoticeKind.UNREADABLE) for n in player.session.notices):
        return f"told {[n.kind for n in player.session.notices]}"
    return ""


async def count(kind: str, stride: int) -> tuple[int, list[str]]:
    """(how many cuts, what was wrong)."""
    cuts, wrong = 0, []
    async for at, how, said in sweep(await record(kind), stride):
        cuts += 1
        if said:
            wrong.append(f"{kind}, {how} at byte {at}: {said}")
    return cuts, wrong


def run(kind: str, stride: int = 1) -> tuple[int, list[str]]:
    return asyncio.run(count(kind, stride))
