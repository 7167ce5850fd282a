"""The server's log: a file that grows, is emptied or replaced; a command and its end; nothing runs that was not asked for."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path

import pytest

from canvas_tui.core.ports import Change, ServerTarget
from canvas_tui.core.serverlog import LINES, ONE
from canvas_tui.net import serverlog
from canvas_tui.net.hub import Hub
from canvas_tui.net.serverlog import NOWHERE, READ, LogWatch

from .memory import MemoryJournal

WALL = 1_790_000_000.0


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serverlog, "EVERY", 0.01)
    monkeypatch.setattr(serverlog, "PACE", 0.0)


class Watched(LogWatch):
    """At second 1000 of a clock that stands still."""

    def __init__(self, target: ServerTarget, local_log: str = "") -> None:
        self.news = asyncio.Event()
        super().__init__(target, lambda: local_log, clock=lambda: 1000.0, wall=lambda: WALL, changed=self.news.set)

    def texts(self) -> list[str]:
        return [line.text for line in reversed([*self.log.lines()])] if self.log is not None else []

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not holds():
                self.news.clear()
                await self.news.wait()


@asynccontextmanager
async def watched(*, file: Path | str = "", command: tuple[str, ...] = (), local_log: Path | str = "") -> AsyncIterator[Watched]:
    target = ServerTarget("work", "http://127.0.0.1:9", log_file=str(file), log_command=command, local=bool(local_log))
    watch = Watched(target, str(local_log))
    watch.watch(True)
    try:
        yield watch
    finally:
        await watch.close()


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-u", "-c", code)


def stamped(ago: float, text: str) -> str:
    return f"{datetime.fromtimestamp(WALL - ago, UTC).isoformat()} {text}\n"


def append(file: Path, text: str | bytes) -> None:
    with file.open("ab") as log:
        log.write(text.encode() if isinstance(text, str) else text)


async def gone(pid: int) -> None:
    """Returns when no such process runs (a zombie that nobody has collected yet does not)."""
    async with asyncio.timeout(30):
        while True:
            try:
                if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX":
                    return
            except (FileNotFoundError, ProcessLookupError):
                return
            await asyncio.sleep(0.01)


# -- a file


async def test_a_file_is_followed_from_a_little_before(tmp_path: Path) -> None:
    log = tmp_path / "agent.log"
    append(log, stamped(7200, "[info ] long ago") + stamped(12, "[error ] before") + "  its detail\n" + stamped(-50, "of a fast clock"))
    async with watched(file=log) as watch:
        await watch.until(lambda: len(watch.texts()) == 3)
        append(log, b"caf\xc3\xa9 \xff\n")
        append(log, "half ")
        await watch.until(lambda: len(watch.texts()) == 4)
        append(log, "a line\n")
        await watch.until(lambda: len(watch.texts()) == 5)
        assert watch.log is not None
        told = [(line.at, line.text.partition(" ")[2] or line.text, line.error) for line in reversed([*watch.log.lines()])]
        assert [(round(at, 3), error) for at, _, error in told] == [
            (988.0, True),
            (988.0, False),
            (1000.0, False),
            (1000.0, False),
            (1000.0, False),
        ]
        assert watch.texts()[3:] == ["café \ufffd", "half a line"]


async def test_of_a_long_file_the_end_is_read(tmp_path: Path) -> None:
    log = tmp_path / "agent.log"
    append(log, "".join(f"line {number}\n" for number in range(READ // 5)))
    async with watched(file=log) as watch:
        await watch.until(lambda: bool(watch.texts()))
        first, last = watch.texts()[0], watch.texts()[-1]
        assert first.startswith("line ") and first != "line 0" and last == f"line {READ // 5 - 1}"


async def test_an_emptied_file_goes_on_from_its_start(tmp_path: Path) -> None:
    log = tmp_path / "agent.log"
    append(log, "a long line before\n")
    async with watched(file=log) as watch:
        await watch.until(lambda: len(watch.texts()) == 1)
        os.truncate(log, 0)
        append(log, "after\n")
        await watch.until(lambda: len(watch.texts()) == 2)
        assert watch.texts() == ["a long line before", "after"]


async def test_a_file_that_another_takes_the_place_of(tmp_path: Path) -> None:
    log = tmp_path / "agent.log"
    append(log, "one\n")
    async with watched(file=log) as watch:
        await watch.until(lambda: len(watch.texts()) == 1)
        append(log, "two\nend")
        log.rename(tmp_path / "agent.log.1")
        append(log, "three\n")
        await watch.until(lambda: len(watch.texts()) == 4)
        assert watch.texts() == ["one", "two", "end", "three"]


async def test_a_file_that_comes_later(tmp_path: Path) -> None:
    log = tmp_path / "agent.log"
    async with watched(local_log=log) as watch:
        await watch.until(lambda: len(watch.texts()) == 1)
        assert watch.texts() == [f"The log {log} cannot be read (no such file or directory); it is tried again."]
        append(log, "here\n")
        await watch.until(lambda: len(watch.texts()) == 2)
        assert watch.texts()[1] == "here", "the failure is told once"


async def test_nothing_is_told_while_nothing_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked, looks = asyncio.Event(), 0
    loop, real = asyncio.get_running_loop(), serverlog._open

    def counted(path: Path, first: bool) -> FileIO:
        nonlocal looks
        looks += 1
        if looks == 5:
            loop.call_soon_threadsafe(looked.set)
        return real(path, first)

    monkeypatch.setattr(serverlog, "_open", counted)
    async with watched(file=tmp_path / "none.log") as watch:
        await watch.until(lambda: len(watch.texts()) == 1)
        watch.news.clear()
        async with asyncio.timeout(30):
            await looked.wait()
        assert not watch.news.is_set()


@pytest.mark.parametrize("kind", ["folder", "pipe"])
async def test_what_is_no_file_is_told(tmp_path: Path, kind: str) -> None:
    path = tmp_path / kind
    os.mkdir(path) if kind == "folder" else os.mkfifo(path)
    async with watched(file=path) as watch:
        await watch.until(lambda: bool(watch.texts()))
        assert "(this is not a file)" in watch.texts()[0]


async def test_a_line_without_end_is_cut(tmp_path: Path) -> None:
    log = tmp_path / "agent.log"
    append(log, "begins\n")
    async with watched(file=log) as watch:
        await watch.until(lambda: watch.texts() == ["begins"])
        append(log, b"x" * (3 * READ))
        await watch.until(lambda: any(text.startswith("x") for text in watch.texts()))
        assert watch.log is not None and max(len(line.text) for line in watch.log.lines()) <= ONE


# -- a command


async def test_a_command_tells_lines_on_both_of_its_streams() -> None:
    code = "import sys; print('out', flush=True); print('err', file=sys.stderr, flush=True); input()"
    async with watched(command=python(code)) as watch:
        await watch.until(lambda: "The command" in watch.texts()[-1] if watch.texts() else False)
        assert watch.texts()[:2] == ["out", "err"]
        assert "EOFError" in watch.texts()[-2], "nothing can be typed to it"
        assert watch.texts()[-1] == f"The command for the log ({sys.executable}) ended with 1."


async def test_a_command_that_cannot_be_started_is_a_sentence() -> None:
    async with watched(command=("canvas-no-such-command", "x")) as watch:
        await watch.until(lambda: bool(watch.texts()))
        assert watch.texts() == ["The command for the log (canvas-no-such-command) cannot be started: no such file or directory."]
        assert watch.log is not None and next(watch.log.lines()).error


TREE = """
import os, signal, subprocess, sys, time
STUBBORN
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(os.getpid(), child.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("stubborn", ["", "signal.signal(signal.SIGTERM, signal.SIG_IGN)"], ids=["obedient", "stubborn"])
@pytest.mark.parametrize("by", ["close", "off"])
async def test_a_command_ends_with_all_that_it_started(monkeypatch: pytest.MonkeyPatch, stubborn: str, by: str) -> None:
    monkeypatch.setattr(serverlog, "GRACE", 0.2)
    async with watched(command=python(TREE.replace("STUBBORN", stubborn))) as watch:
        await watch.until(lambda: bool(watch.texts()))
        pids = [int(pid) for pid in watch.texts()[0].split()]
        if by == "off":
            watch.watch(False)
            assert watch.log is None
            for pid in pids:
                await gone(pid)
    for pid in pids:
        await gone(pid)


async def test_a_command_that_writes_without_end_holds_nobody_up() -> None:
    async with watched(command=python("while True: print('y' * 70)")) as watch:
        await watch.until(lambda: watch.log is not None and watch.log.newest > 2 * LINES)
        assert len(watch.texts()) <= LINES


# -- on the user's wish only


async def test_nothing_is_started_before_it_is_asked_for(tmp_path: Path) -> None:
    trace = tmp_path / "started"
    target = ServerTarget(
        "work", "http://127.0.0.1:9", log_command=python(f"open({str(trace)!r}, 'a').write('x'); print('up', flush=True); input()")
    )
    hub = Hub(target, MemoryJournal(), clock=time.monotonic)
    told: list[Change] = []
    hub.listen(lambda change, _: told.append(change))
    heard = asyncio.Event()
    hub.listen(lambda change, _: heard.set() if change is Change.LOG else None)
    await hub.start()
    hub.open(hub.new_thread())
    await asyncio.sleep(0)
    assert hub.server_log() is None and not trace.exists() and Change.LOG not in told
    hub.watch_log(True)
    hub.watch_log(True)
    async with asyncio.timeout(30):
        while not (log := hub.server_log()) or not log.newest:
            heard.clear()
            await heard.wait()
    hub.watch_log(False)
    await hub.close()
    assert trace.read_text() == "x", "started once"


async def test_a_server_without_a_known_log_says_where_to_name_it() -> None:
    async with watched() as watch:
        await watch.until(lambda: bool(watch.texts()))
        assert watch.texts() == [NOWHERE]


async def test_each_watch_begins_anew(tmp_path: Path) -> None:
    log = tmp_path / "agent.log"
    append(log, "one\n")
    async with watched(file=log) as watch:
        await watch.until(lambda: watch.texts() == ["one"])
        watch.watch(False)
        append(log, "two\n")
        watch.watch(True)
        await watch.until(lambda: watch.texts() == ["one", "two"])
