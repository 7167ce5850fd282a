"""A program in a pseudo-terminal: started, typed at, looked at, measured, ended.

    with Terminal([sys.executable, "-m", "canvas_tui"], env=…) as terminal:
        terminal.wait_for("ready")
        terminal.send("hello")
        terminal.press("enter")
        assert "hello" in terminal.text()

A thread reads what the program writes, notes when it came and answers the questions that programs ask of terminals; the screen is
emulated only when it is looked at, so that emulating does not compete with what is measured. Waiting blocks: in async tests use
``await asyncio.to_thread(terminal.wait_for, …)`` or `seen`.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from .pty_processes import TAG, Usage, tree, usage
from .pty_screen import Emulator

KEYS: dict[str, str] = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "backspace": "\x7f",
    "delete": "\x1b[3~",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "f1": "\x1bOP",
    "f2": "\x1bOQ",
    "space": " ",
    **{f"ctrl+{letter}": chr(ord(letter) - 96) for letter in "abcdefghijklmnopqrstuvwxyz"},
}

_QUESTION = re.compile(rb"\x1b\[(?P<private>[?>=]?)(?P<args>[0-9;]*)(?P<final>c|n|\$p|q|t)|\x1b\](?P<colour>1[0-2]);\?(?:\x07|\x1b\\)")
_BEGUN = re.compile(rb"\x1b(?:\[[?>=0-9;$]*|\][0-9;?]*\x1b?)?\Z")
"""A question whose end has not come yet."""
_COLOURS = {b"10": b"dddd/dddd/dddd", b"11": b"1010/1010/1010", b"12": b"ffff/ffff/ffff"}
_SLICES = 50  # reads a second from a slow link that is full
_MODES_KNOWN = frozenset({b"25", b"1004", b"1006", b"2004", b"2026"})


class Unseen(AssertionError):
    """What was waited for did not come in time; says what stood on the screen instead."""


class Terminal:
    """See the module. ``link`` limits reading to so many bytes a second, as a slow connection would; ``margins``: it says that
    it has left and right margins (DECSLRM).

    The environment is this process's, without what would betray another terminal, then ``env`` (None removes a name).
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str | None] | None = None,
        cwd: str | Path | None = None,
        columns: int = 120,
        rows: int = 40,
        link: int | None = None,
        light: bool = False,
        margins: bool = False,
    ) -> None:
        self.columns, self.rows = columns, rows
        self.chunks: list[tuple[float, bytes]] = []  # (monotonic time, what was read)
        self.sent: list[tuple[float, bytes]] = []
        self._command, self._cwd, self._link, self._light = list(command), cwd, link, light
        self._modes = _MODES_KNOWN | {b"69"} if margins else _MODES_KNOWN
        self._tag = uuid.uuid4().hex
        self._env = _environment({**(env or {}), TAG: self._tag})
        self._emulator = Emulator(columns, rows)
        self._fed = 0
        self._news = threading.Condition()
        self._over = False
        self.started = 0.0

    # -- life

    def __enter__(self) -> Self:
        self._master, slave = os.openpty()
        self._ended, self._end = os.pipe()
        self._resize_pty()
        path = os.ttyname(slave)
        self.started = time.monotonic()
        # A session leader that opens a terminal gets it as its controlling one: the shell does, then becomes the program.
        shell = ["/bin/sh", "-c", 'exec 3<>"$0" 3>&-; exec "$@"', path, *self._command]
        self._process = subprocess.Popen(
            shell, cwd=self._cwd, env=self._env, start_new_session=True, stdin=slave, stdout=slave, stderr=slave
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def kill(self, sig: signal.Signals) -> None:
        """Signal the program itself."""
        self._process.send_signal(sig)

    def exit_code(self, timeout: float = 20) -> int:
        """Wait for the program's end."""
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise Unseen(f"still running after {timeout} s\n{self._report()}") from None

    def modes(self) -> list[Any]:  # as `termios.tcgetattr` has them
        return termios.tcgetattr(self._master)

    def hang_up(self) -> None:
        """The terminal goes away, as when an SSH connection is lost: the program gets SIGHUP and its writes fail."""
        self._close_master()

    def close(self, *, everything: bool = True) -> None:
        """End the program and, with ``everything``, whatever it left running; by process id only."""
        left = tree(self.pid, self._tag if everything else "")
        for sig, patience in ((signal.SIGTERM, 3.0), (signal.SIGKILL, 5.0)):
            for pid in left:
                with suppress(OSError):
                    os.kill(pid, sig)
            end = time.monotonic() + patience
            while time.monotonic() < end and left:
                self._process.poll()
                left = {pid for pid in left if _alive(pid)}
                time.sleep(0.02)
        self._process.wait()
        self._close_master()

    def _close_master(self) -> None:
        """Ends the reader first: a terminal that is being read is not gone."""
        self._over = True
        if self._end < 0:
            return
        os.close(self._end)
        self._end = -1
        self._reader.join()
        os.close(self._ended)
        os.close(self._master)

    # -- typing

    def send(self, text: str | bytes) -> float:
        """Type; returns when."""
        raw = text.encode() if isinstance(text, str) else text
        at = time.monotonic()
        self.sent.append((at, raw))
        os.write(self._master, raw)
        return at

    def press(self, *keys: str) -> None:
        """Named keys of `KEYS`, or single characters."""
        for key in keys:
            self.send(KEYS.get(key, key))

    def paste(self, text: str) -> None:
        """As terminals paste: bracketed."""
        self.send(f"\x1b[200~{text}\x1b[201~")

    def click(self, row: int, column: int) -> None:
        """The left button, down and up; from 0."""
        self.send(f"\x1b[<0;{column + 1};{row + 1}M\x1b[<0;{column + 1};{row + 1}m")

    def resize(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self._catch_up()
        self._emulator.resize(columns, rows)
        self._resize_pty()

    def _resize_pty(self) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", self.rows, self.columns, self.columns * 10, self.rows * 20))

    # -- looking

    @property
    def raw(self) -> bytes:
        """Everything the program has written."""
        return b"".join(chunk for _, chunk in list(self.chunks))

    def bytes_between(self, begin: float, end: float) -> int:
        return sum(len(chunk) for at, chunk in list(self.chunks) if begin <= at < end)

    def screen(self) -> Emulator:
        """The screen as it stands now."""
        self._catch_up()
        return self._emulator

    def text(self) -> str:
        return self.screen().text()

    def lines(self) -> list[str]:
        return self.screen().lines()

    def find(self, text: str) -> tuple[int, int]:
        """(row, column) of the first place where this stands, from 0."""
        for row, line in enumerate(self.lines()):
            if text in line:
                return row, line.index(text)
        raise Unseen(f"{text!r} is not there\n{self._report()}")

    def wait_for(self, what: str | re.Pattern[str], timeout: float = 30) -> float:
        """Until this stands on the screen; returns when it came (monotonic)."""
        return self.wait_until(lambda screen: _holds(screen, what), repr(what), timeout)

    def wait_gone(self, what: str | re.Pattern[str], timeout: float = 30) -> float:
        return self.wait_until(lambda screen: not _holds(screen, what), f"{what!r} to go", timeout)

    def wait_until(self, holds: Callable[[str], bool], name: str, timeout: float = 30) -> float:
        """Until ``holds`` is true of the screen's text.

        Raises:
            Unseen: with the screen, after ``timeout`` seconds or at the program's end.
        """
        end = time.monotonic() + timeout
        at = time.monotonic()
        while True:
            if holds(self._emulator.text()) and self._fed > 0:
                return at
            if self._fed < len(self.chunks):
                at, chunk = self.chunks[self._fed]
                self._emulator.feed(chunk)
                self._fed += 1
                continue
            if time.monotonic() > end or self._over:
                raise Unseen(f"waited {timeout:g} s for {name}\n{self._report()}")
            with self._news:
                if self._fed == len(self.chunks):
                    self._news.wait(0.1)

    def quiet(self, seconds: float, timeout: float = 30) -> None:
        """Until nothing has been written for so long."""
        end = time.monotonic() + timeout
        while not self.chunks or time.monotonic() - self.chunks[-1][0] < seconds:
            if time.monotonic() > end:
                raise Unseen(f"never quiet for {seconds:g} s\n{self._report()}")
            with self._news:
                self._news.wait(0.05)

    def first_seen(self, marks: re.Pattern[str], since: float) -> dict[str, float]:
        """When each match of ``marks`` first stood on the screen, from ``since`` on. Emulates everything anew: slow, exact."""
        emulator = Emulator(self.columns, self.rows, attributes=False)
        first: dict[str, float] = {}
        for at, chunk in list(self.chunks):
            emulator.feed(chunk)
            changed = emulator.changed_lines()
            if at >= since:
                for line in changed:
                    for match in marks.finditer(line):
                        first.setdefault(match.group(), at)
        return first

    def _catch_up(self) -> None:
        while self._fed < len(self.chunks):
            self._emulator.feed(self.chunks[self._fed][1])
            self._fed += 1

    def _report(self) -> str:
        self._catch_up()
        state = "running" if self.running else f"ended with {self._process.returncode}"
        return f"-- {' '.join(self._command)} ({state}); the screen:\n{self._emulator.text()}\n--"

    # -- measuring

    def processes(self) -> set[int]:
        """The program and everything it has started, detached or not."""
        return tree(self.pid, self._tag)

    def usage(self) -> Usage:
        """CPU and memory of the program and everything below it, what it started detached included."""
        return usage(self.processes())

    def own_usage(self) -> Usage:
        """Of the program's own process."""
        return usage({self.pid})

    # -- the reader thread

    def _read(self) -> None:
        due, begun = 0.0, b""
        while True:
            ready, _, _ = select.select([self._master, self._ended], [], [])
            if self._ended in ready:
                break
            try:
                chunk = os.read(self._master, max(1, self._link // _SLICES) if self._link else 1 << 16)
            except OSError as error:
                chunk = b""
                if error.errno not in (errno.EIO, errno.EBADF):
                    raise
            if not chunk:
                break
            at = time.monotonic()
            if self._link:  # what is on the way arrives when its last byte does
                due = max(due, at - 0.005) + len(chunk) / self._link  # sleeping is a little late each time
                time.sleep(max(0.0, due - at))
                at = time.monotonic()
            self.chunks.append((at, chunk))
            asked = begun + chunk
            begun = match.group() if (match := _BEGUN.search(asked)) else b""
            if b"\x1b" in asked:
                self._answer(asked)
            with self._news:
                self._news.notify_all()
        self._over = True
        with self._news:
            self._news.notify_all()

    def _answer(self, chunk: bytes) -> None:
        answers = b"".join(filter(None, (self._reply(question) for question in _QUESTION.finditer(chunk))))
        if answers:
            with suppress(OSError):
                os.write(self._master, answers)

    def _reply(self, question: re.Match[bytes]) -> bytes:
        if colour := question["colour"]:
            shade = _COLOURS[colour] if not self._light else _COLOURS[b"12" if colour == b"11" else b"11"]
            return b"\x1b]%b;rgb:%b\x1b\\" % (colour, shade)
        private, args, final = question["private"], question["args"], question["final"]
        if final == b"$p":
            return b"\x1b[?%b;%d$y" % (args, 2 if args in self._modes else 0)
        fixed = {
            (b"", b"", b"c"): b"\x1b[?62;22c",
            (b"", b"0", b"c"): b"\x1b[?62;22c",
            (b">", b"", b"c"): b"\x1b[>41;380;0c",
            (b"", b"5", b"n"): b"\x1b[0n",
            (b"", b"6", b"n"): b"\x1b[1;1R",
            (b">", b"", b"q"): b"\x1bP>|XTerm(380)\x1b\\",
            (b">", b"0", b"q"): b"\x1bP>|XTerm(380)\x1b\\",
        }
        return fixed.get((private, args, final), b"")


async def seen(terminal: Terminal, what: str | re.Pattern[str], timeout: float = 30) -> float:
    """`Terminal.wait_for` beside a running event loop."""
    return await asyncio.to_thread(terminal.wait_for, what, timeout)


async def gone(terminal: Terminal, what: str | re.Pattern[str], timeout: float = 30) -> float:
    return await asyncio.to_thread(terminal.wait_gone, what, timeout)


def _holds(screen: str, what: str | re.Pattern[str]) -> bool:
    return what in screen if isinstance(what, str) else what.search(screen) is not None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return not Path("/proc").is_dir()


def _environment(changes: Mapping[str, str | None]) -> dict[str, str]:
    drop = {"LINES", "COLUMNS", "TMUX", "STY", "NO_COLOR", "FORCE_COLOR", "SSH_CONNECTION", "SSH_TTY", "TERM_PROGRAM", "COLORFGBG"}
    env = {name: value for name, value in os.environ.items() if name not in drop}
    env |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    for name, value in changes.items():
        if value is None:
            env.pop(name, None)
        else:
            env[name] = value
    return env
