"""Recording: what comes to the threads is written to a file as it comes, and the last minutes of each are kept for saving.

Secrets: requests are never recorded, and whatever else is told, a key that the program uses is struck out of it.
"""

from __future__ import annotations

import asyncio
import os
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from canvas_tui import __version__
from canvas_tui.core.inputs import Connected, Disconnected, Edited, Event, Input, Received, Submitted, ThreadRead
from canvas_tui.core.model import Session
from canvas_tui.core.ports import Secret
from canvas_tui.core.recording import Begun, Header, Item, Line, Opening, Part, harmless, write_header

from .striking import Striking

LAST = 300.0
"""Seconds of a thread that are kept for saving."""
KEPT = 16 * 1024 * 1024
"""Bytes of a thread that are kept for saving."""
THREADS = 4
"""Threads of which something is kept, those where something came last."""
SEGMENT = 30.0
SEGMENT_BYTES = 1024 * 1024
"""What is kept is forgotten in pieces of so many seconds or bytes."""
BACKLOG = 64 * 1024 * 1024
"""Bytes that may wait for a slow disk."""
_SHORTEST_SECRET = 4
"""Characters of a key; shorter ones stand in any text."""
_BLANK_LINES = (b"\n\n", b"\r\n\r\n", b"\r\r")


@dataclass(slots=True)
class _Segment:
    at: float
    before: Session
    lines: list[tuple[Line, bytes]] = field(default_factory=list)
    size: int = 0


class Ring:
    """The last minutes of one thread, in pieces that each begin between two events."""

    def __init__(self) -> None:
        self._segments: deque[_Segment] = deque()

    def add(self, line: Line, data: bytes, before: Session, *, between: bool) -> None:
        """``before``: the session that has taken everything before it; ``between``: no event is half received."""
        last = self._segments[-1] if self._segments else None
        if between and (last is None or last.size > SEGMENT_BYTES or line.at - last.at > SEGMENT):
            last = _Segment(line.at, before)
            self._segments.append(last)
        if last is None:
            return
        last.lines.append((line, data))
        last.size += len(data) + _size(line.item)
        while len(self._segments) > 1 and (self._segments[1].at < line.at - LAST or self._size() > KEPT):
            self._segments.popleft()
        if self._size() > KEPT:
            self._segments.clear()  # one event is larger than all that may be kept

    def lines(self) -> list[tuple[Line, bytes]]:
        if not self._segments:
            return []
        first = self._segments[0]
        begun = Line(first.at, first.before.thread_id, first.before.run.id if first.before.run else "", Begun(first.before))
        return [(begun, b""), *(each for segment in self._segments for each in segment.lines)]

    def _size(self) -> int:
        return sum(segment.size for segment in self._segments)


def _size(item: Item) -> int:
    """About what it holds beside a stream's bytes."""
    if isinstance(item, ThreadRead):
        versions = item.state.artifact.versions if item.state.artifact is not None else ()
        texts = sum(200 + len(m.text) + len(m.thinking) for m in item.state.messages) + sum(200 + len(v.text) for v in versions)
        return 200 + texts + len(item.state.values_text)
    if isinstance(item, Edited):
        return 200 + len(item.version.text)
    return 200 + (len(item.text) + sum(len(d.data) for d in item.turn.documents) if isinstance(item, Submitted) else 0)


class RecordingFile:
    """Written in a thread of its own, line by line, readable by its owner alone.

    Raises:
        OSError: it cannot be made; FileExistsError where it is there.
    """

    def __init__(self, path: Path) -> None:
        self.problem = ""
        self._path = path
        self._handle = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8")
        self._waiting: queue.SimpleQueue[tuple[Callable[[], str], int] | None] = queue.SimpleQueue()
        self._given = self._written = 0
        self._thread = threading.Thread(target=self._write, name="recording", daemon=True)
        self._thread.start()

    def put(self, text: Callable[[], str], size: int) -> None:
        """``text`` is asked for in the thread."""
        if self.problem:
            return
        self._given += size
        if self._given - self._written > BACKLOG:
            self.problem = f"The disk is too slow: the recording {self._path.name} ends here."
            return
        self._waiting.put((text, size))

    def close(self) -> None:
        """Returns when all is written, or after some seconds."""
        self._waiting.put(None)
        self._thread.join(5.0)

    def _write(self) -> None:
        try:
            with self._handle:  # closing it writes too
                while (item := self._waiting.get()) is not None:
                    text, size = item
                    self._handle.write(text())
                    if self._waiting.empty():
                        self._handle.flush()
                    self._written += size
        except OSError as error:
            reason = (error.strerror or "an error of the disk").lower()
            self.problem = f"{self._path.name} cannot be written ({reason}): the recording ends here."


class Recorder:
    """What the drivers tell is kept, and written where there is a file.

    Args:
        folder: where the last minutes are saved.
        file: everything goes there too.
        shown: a path as a person writes it.
    """

    def __init__(
        self,
        folder: Path,
        file: RecordingFile | None = None,
        *,
        shown: Callable[[Path], str] = str,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._shown = shown
        self._file = file
        self._clock = clock
        self._wall = wall
        self._header = Header(wall(), clock(), __version__)
        self._rings: dict[str, Ring] = {}
        self._secrets: dict[str, None] = {}
        self._striking = Striking(self._secrets)  # for the file
        if file is not None:
            file.put(lambda: write_header(self._header), 0)

    def thread(self, session: Callable[[], Session]) -> ThreadRecorder:
        """For one driver."""
        return ThreadRecorder(self, session)

    def knowing(self, key: Callable[[], Secret]) -> Callable[[], Secret]:
        """The same key, struck out of every recording from then on."""

        def asked() -> Secret:
            found = key()
            self.strike(found)
            return found

        return asked

    def strike(self, secret: Secret) -> None:
        if len(secret.reveal()) >= _SHORTEST_SECRET:
            self._secrets[secret.reveal()] = None

    def problem(self) -> str:
        """A sentence, where the file cannot be written any more."""
        return self._file.problem if self._file is not None else ""

    def close(self) -> None:
        if self._file is not None:
            self._file.put(self._striking.rest, 0)
            self._file.close()

    async def save(self, thread_id: str) -> str:
        """Write what is kept of the thread into a new file; a sentence that says where, or why not."""
        ring = self._rings.get(thread_id)
        lines = ring.lines() if ring is not None else []
        if not lines:
            return "Nothing has come to this thread yet: there is nothing to save."
        try:
            path = await asyncio.to_thread(self._save, lines)
        except OSError as error:
            return f"The recording cannot be written ({(error.strerror or 'an error of the disk').lower()})."
        seconds = lines[-1][0].at - lines[0][0].at
        length = f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
        return f"Saved the last {length} of this thread. To see it again: canvas-tui replay {self._shown(path)}"

    def _save(self, lines: Iterable[tuple[Line, bytes]]) -> Path:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stamp = time.strftime("%Y-%m-%d-%H%M%S", time.localtime(self._wall()))
        for number in range(1, 100):
            path = self._folder / (f"{stamp}.jsonl" if number == 1 else f"{stamp}-{number}.jsonl")
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                continue
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(write_header(self._header))
                striking = Striking(self._secrets)
                file.writelines(striking.text(line, data) for line, data in lines)
                file.write(striking.rest())
            return path
        raise FileExistsError(17, "there are too many of this second")

    def take(self, item: Item, before: Session, data: bytes = b"", *, between: bool) -> None:
        """One thing that happens to the thread. ``data`` are the bytes of a `Part`; the rest as `Ring.add` has it."""
        line = Line(self._clock() - self._header.clock, before.thread_id, before.run.id if before.run else "", item)
        if self._file is not None:
            self._file.put(lambda: self._striking.text(line, data), len(data) + _size(item))
        ring = self._rings[before.thread_id] = self._rings.pop(before.thread_id, Ring())
        while len(self._rings) > THREADS:
            del self._rings[next(iter(self._rings))]
        ring.add(line, data, before, between=between)


class ThreadRecorder:
    """What one driver tells of its thread. ``session``: as it stands."""

    def __init__(self, recorder: Recorder, session: Callable[[], Session]) -> None:
        self._recorder = recorder
        self._session = session
        self._begun = False
        self._half = False  # an event is half received
        self._listening = False

    def begin(self) -> None:
        """The session was set, not stepped."""
        self._begun = True
        self._recorder.take(Begun(self._session()), self._session(), between=True)

    def heard(self, input: Input) -> None:
        """The session is about to be told ``input``."""
        if isinstance(input, Connected | Received | Event):
            return  # made of the stream's bytes
        self._take(input, between=not (self._listening and self._session().active))
        if isinstance(input, Disconnected):
            self._listening = self._half = False

    def opened(self, conn: int, status: int, headers: Mapping[str, str]) -> None:
        """The response headers of a stream."""
        self._half, self._listening = False, True
        self._take(Opening(conn, status, harmless(headers)), between=True)

    def part(self, conn: int, data: bytes) -> None:
        """Bytes of a stream; its reader has taken everything before them."""
        self._take(Part(conn), data, between=not self._half)
        self._half = not data.endswith(_BLANK_LINES)

    def _take(self, item: Item, data: bytes = b"", *, between: bool) -> None:
        if not self._begun:
            self.begin()
        self._recorder.take(item, self._session(), data, between=between)
