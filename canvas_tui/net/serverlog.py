"""Follows the server's own log while the user wants to see it: a file, or what a command of the user's prints."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import signal
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from io import FileIO
from pathlib import Path

from canvas_tui.core.ports import ServerTarget
from canvas_tui.core.serverlog import ONE, ServerLog, stamp

from .tasks import Tasks

EVERY = 0.25
"""Seconds between two looks at a file."""
PACE = 0.05
"""Seconds between two reads of a source that writes without end: it waits for us, the screen does not wait for it."""
READ = 64 * 1024
"""Bytes of one read, and those at the end of a file that are read first."""
BACK = 300.0
"""Seconds before the beginning from which lines are taken that were written already, where they tell their time."""
SETTLE = 1.0
"""Seconds after a command's first line in which it may still be printing what was written before (``--since 1m``)."""
GRACE = 2.0
"""Seconds that a command gets to end before it is killed."""

NOWHERE = "Where this server keeps its log is not known. Set log_command or log_file under its [servers.NAME] in config.toml."


class LogWatch:
    """One log at a time; nothing runs, nothing is open until `watch` is asked for it.

    Args:
        local_log: path of the local agent's log, empty where it is not known.
        clock, wall: monotonic time for lines, epoch time to place those that were written before.
        changed: told after lines have come.
    """

    def __init__(
        self,
        target: ServerTarget,
        local_log: Callable[[], str],
        *,
        clock: Callable[[], float],
        wall: Callable[[], float],
        changed: Callable[[], None],
    ) -> None:
        self._target, self._local_log = target, local_log
        self._clock, self._wall, self._changed = clock, wall, changed
        self._tasks = Tasks()
        self._following: asyncio.Task[None] | None = None
        self._began = 0.0
        self.log: ServerLog | None = None

    def watch(self, on: bool) -> None:
        """Begin with an empty record, or end what runs and forget it. Returns at once."""
        if on == (self.log is not None):
            return
        if self._following is not None:
            self._following.cancel()
        self.log, self._following = None, None
        if on:
            self.log, self._began = ServerLog(), self._clock()
            self._following = self._tasks.spawn(self._follow(self.log))
        self._changed()

    async def close(self) -> None:
        """The command and all that it has started are gone when it returns."""
        self._tasks.cancel()
        await self._tasks.finished()

    async def _follow(self, log: ServerLog) -> None:
        target = self._target
        path = target.log_file or (self._local_log() if target.local else "")
        if target.log_command:
            await self._follow_command(log, target.log_command)
        elif path:
            await self._follow_file(log, Path(path))
        else:
            self._tell(log, NOWHERE)

    def _tell(self, log: ServerLog, sentence: str) -> None:
        log.tell(self._clock(), sentence)
        self._changed()

    def _take(self, log: ServerLog, lines: list[bytes], *, old: bool) -> None:
        """``old``: they may have been written before, and stand at the time that they tell."""
        texts = [line[: 4 * ONE].decode("utf-8", "replace") for line in lines if line.strip()]
        if not texts:
            return
        now, wall = self._clock(), self._wall()
        times = [_written_at(text) if old else None for text in texts]
        written = next((time for time in times if time is not None), wall)
        for text, time in zip(texts, times, strict=True):
            written = written if time is None else time  # a line without a time belongs to the one above
            at = now - max(0.0, wall - written)
            if at >= self._began - BACK:
                log.add(at, text)
        self._changed()

    # -- a command

    async def _follow_command(self, log: ServerLog, command: tuple[str, ...]) -> None:
        shown = shlex.quote(command[0])
        try:
            # a session of its own: it cannot ask for passwords on our screen, and is ended with all that it starts
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            reason = (getattr(error, "strerror", "") or "it holds a character that cannot be").lower()
            self._tell(log, f"The command for the log ({shown}) cannot be started: {reason}.")
            return
        try:
            assert process.stdout is not None
            first: float | None = None
            async for lines in _lines(process.stdout):
                first = self._clock() if first is None else first
                self._take(log, lines, old=self._clock() - first < SETTLE)
            self._tell(log, f"The command for the log ({shown}) ended with {await process.wait()}.")
        finally:
            await _end(process)

    # -- a file

    async def _follow_file(self, log: ServerLog, path: Path) -> None:
        file: FileIO | None = None
        told, first, rest = "", True, b""
        try:
            while True:
                try:
                    if file is None:
                        file = await asyncio.to_thread(_open, path, first)
                    data, over = await asyncio.to_thread(_read, file, path)
                except OSError as error:
                    reason = (error.strerror or "an error of the disk").lower()
                    if told != reason:
                        self._tell(log, f"The log {path} cannot be read ({reason}); it is tried again.")
                    told, first, data, over = reason, False, b"", True
                else:
                    told = ""
                lines, rest = _split(rest + data)
                if over:
                    lines, rest = [*lines, rest], b""
                self._take(log, lines, old=first)
                first = first and not data
                if over and file is not None:
                    file.close()
                    file = None
                await asyncio.sleep(PACE if len(data) == READ else EVERY)
        finally:
            if file is not None:
                file.close()


def _written_at(text: str) -> float | None:
    """Epoch seconds that the line tells."""
    try:
        return datetime.fromisoformat(stamp(text)).timestamp()
    except (ValueError, OverflowError):
        return None


def _open(path: Path, first: bool) -> FileIO:
    """At its last lines the first time, at its beginning where it is a new one."""
    if not path.is_file() and path.exists():
        raise OSError(0, "this is not a file")
    file = path.open("rb", buffering=0)
    if first and (size := os.fstat(file.fileno()).st_size) > READ:
        file.seek(size - READ)
        file.readline(READ)  # the rest of a line
    return file


def _read(file: FileIO, path: Path) -> tuple[bytes, bool]:
    """What has been added; whether another file stands in its place by now, or it has been emptied."""
    data = file.read(READ)
    if data:
        return data, False
    here = os.fstat(file.fileno())
    try:
        there = path.stat()
    except FileNotFoundError:
        return b"", here.st_nlink == 0
    return b"", there.st_ino != here.st_ino or there.st_dev != here.st_dev or here.st_size < file.tell()


def _split(data: bytes) -> tuple[list[bytes], bytes]:
    """Whole lines, and the beginning of the next; a line without end is cut."""
    *lines, rest = data.split(b"\n")
    return ([*lines, rest], b"") if len(rest) > READ else (lines, rest)


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[list[bytes]]:
    rest = b""
    while data := await stream.read(READ):
        lines, rest = _split(rest + data)
        yield lines
        await asyncio.sleep(PACE)
    if rest:
        yield [rest]


async def _end(process: asyncio.subprocess.Process) -> None:
    """The command's whole group: asked to end, and killed where it does not."""
    over = {asyncio.ensure_future(process.wait()), asyncio.ensure_future(_drained(process.stdout))}
    _signal(process.pid, signal.SIGTERM)
    try:
        await asyncio.wait(over, timeout=GRACE)
    finally:
        _signal(process.pid, signal.SIGKILL)
        await asyncio.wait(over, timeout=GRACE)  # what has left the group may hold its output open
        for each in over:
            each.cancel()


async def _drained(stream: asyncio.StreamReader | None) -> None:
    """Its output is closed then, which the loop must have done before its end."""
    while stream is not None and await stream.read(READ):
        pass


def _signal(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
