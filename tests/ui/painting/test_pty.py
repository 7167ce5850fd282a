"""The writer under a running app, in a pty: after each step the terminal shows what Textual would have painted."""

from __future__ import annotations

import codecs
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.vt import Vt

from .emulator import Emulator

LIMIT = 20.0
ASKED = re.compile(rb"\x1b7\x1b\[2;([0-9])H\x1b\[6n\x1b8|\x1b\[5n")
UNFINISHED = re.compile(r"(\x1b(\[[0-9;?]*)?|[^\x00-\x7f]+)\Z")  # what the next bytes may go on with


class Seat:
    """Someone at a terminal."""

    def __init__(self, out: Path, mode: str, size: tuple[int, int], margins: bool = False, answers: bool = False) -> None:
        """``answers``: it tells when it has come to the end of a frame."""
        self.out = out
        self.margins = margins
        self.answers = answers
        self.owed: list[bytes] = []  # answers that have been held back
        self.raw = b""
        self.emulator = Emulator(*size)
        self._rest = ""  # the beginning of an escape sequence
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._fd, child = pty.openpty()
        self.keys = 0
        self._size(size)
        command = [sys.executable, "-m", "tests.ui.painting.child", mode, str(out)]
        env = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        self.process = subprocess.Popen(command, stdin=child, stdout=child, stderr=child, env=env, start_new_session=True)
        os.close(child)

    def _size(self, size: tuple[int, int]) -> None:
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))

    def press(self, keys: str) -> None:
        for key in keys:
            self.keys += 1
            os.write(self._fd, key.encode())
            self.settle()

    def type_blind(self, keys: str) -> None:
        """Without looking at the screen."""
        self.keys += len(keys)
        os.write(self._fd, keys.encode())

    def wait_told(self) -> None:
        """Until the app has seen all keys; nothing is read from the terminal."""
        end = time.monotonic() + LIMIT
        while (self._told() or [0])[0] < self.keys:
            assert time.monotonic() < end, "the app stands still"
            select.select([], [], [], 0.01)

    def drain(self) -> bytes:
        """All that waits in the terminal."""
        before = len(self.raw)
        self._read(0.2)
        return self.raw[before:]

    def resize(self, size: tuple[int, int]) -> None:
        self.emulator = Emulator(*size)
        self._size(size)
        os.kill(self.process.pid, signal.SIGWINCH)
        self.settle(size)

    def resize_and_back(self, between: tuple[int, int]) -> None:
        """Faster than the app can look: it finds the size that it knew, the terminal has cut off what stood there."""
        size = (self.emulator.screen.columns, self.emulator.screen.lines)
        self.emulator = Emulator(*size)
        self._size(between)
        self._size(size)
        os.kill(self.process.pid, signal.SIGWINCH)
        self.settle(size)

    def stop_and_go_on(self) -> None:
        """Ctrl+Z and ``fg``: the terminal is the shell's in between."""
        os.kill(self.process.pid, signal.SIGTSTP)
        self.go_on_when_stopped()

    def go_on_when_stopped(self) -> None:
        assert os.WIFSTOPPED(os.waitpid(self.process.pid, os.WUNTRACED)[1])
        assert b"\x1b[?1049l" in self.drain()
        self.emulator = Emulator(self.emulator.screen.columns, self.emulator.screen.lines)
        os.kill(self.process.pid, signal.SIGCONT)
        self.settle()

    def settle(self, size: tuple[int, int] | None = None) -> None:
        """Read until the screen is what the app says it is to be."""
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            self._read(0.02)
            told = self._told()
            if not told or told[0] != self.keys or (size and tuple(told[1]) != size):
                continue
            if self._wanted(told).screen.rows() == self.emulator.screen.rows():
                return
        wanted = self._wanted(self._told() or [0, [80, 24], []])
        shown, expected = (emulator.screen.text() for emulator in (self.emulator, wanted))
        raise AssertionError(f"after {self.keys} keys the terminal shows\n{shown}\nbut should show\n{expected}")

    def _told(self) -> Any:
        try:
            return json.loads(self.out.read_text())
        except FileNotFoundError:
            return None

    def _wanted(self, told: Any) -> Emulator:
        emulator = Emulator(*told[1])
        for y, row in enumerate(told[2]):
            emulator.feed(f"\x1b[{y + 1};1H{row}")
        return emulator

    def _read(self, wait: float) -> None:
        while select.select([self._fd], [], [], wait)[0]:
            try:
                data = os.read(self._fd, 65536)
            except OSError:
                return
            self.raw += data
            if b"\x1b[?69$p" in data:
                os.write(self._fd, b"\x1b[?69;2$y" if self.margins else b"\x1b[?69;0$y")
            if b"\x1b[?2026$p" in data:
                os.write(self._fd, b"\x1b[?2026;2$y")
            self.owed += [b"\x1b[2;%bR" % asked[1] if asked[1] else b"\x1b[0n" for asked in ASKED.finditer(data)]
            if self.answers:
                self.answer()
            text = self._rest + self._decode(data)
            open_end = UNFINISHED.search(text)
            self._rest = text[open_end.start() :] if open_end else ""
            self.emulator.feed(text[: open_end.start()] if open_end else text)
            wait = 0.0

    def answer(self) -> None:
        os.write(self._fd, b"".join(self.owed))
        self.owed.clear()

    def until(self, seen: Callable[[], bool]) -> None:
        end = time.monotonic() + LIMIT
        while not seen():
            assert time.monotonic() < end, f"not seen:\n{self.emulator.screen.text()}"
            self._read(0.02)

    def leave(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        os.close(self._fd)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "told.json"


@pytest.fixture(params=["own", "own, side margins", "textual"])
def seat(request: pytest.FixtureRequest, out: Path) -> Iterator[Seat]:
    mode, _, margins = request.param.partition(",")
    seat = Seat(out, mode, (90, 20), bool(margins))
    try:
        seat.settle()
        yield seat
    finally:
        seat.leave()


def test_the_screen_is_right_after_each_step(seat: Seat) -> None:
    seat.press("ssssssssssss")  # streams, and scrolls
    seat.press("uussse")  # scrolled up, goes on below
    seat.press("msp")  # a question over it, streaming behind
    seat.resize((70, 16))
    seat.press("ss")
    seat.press("x")  # another program in between
    seat.press("sg")  # somebody wrote on the screen
    seat.press("s")


def test_the_screen_is_whole_after_another_size_for_a_moment(seat: Seat) -> None:
    seat.press("ssssuss")
    seat.resize_and_back((40, 6))
    seat.press("ms")


def test_the_screen_is_whole_after_a_stop(seat: Seat) -> None:
    seat.press("sssss")
    seat.stop_and_go_on()
    seat.press("s")


def test_the_program_can_go_back_to_the_shell_again_and_again_and_end(seat: Seat) -> None:
    """Seen: the driver took the terminal twice on the way back, and a reader that nobody knew kept the program from ending."""
    for _ in range(3):
        seat.press("ss")
        seat.type_blind("z")
        seat.go_on_when_stopped()
    seat.type_blind("q")
    seat.until(lambda: seat.process.poll() is not None)
    assert seat.process.returncode == 0


def test_no_escape_sequence_of_a_text_reaches_the_terminal(seat: Seat) -> None:
    seat.press("h")
    assert b"PWNED" not in seat.raw and b"\x1b]52" not in seat.raw and b"\x1b]0;" not in seat.raw
    assert b"\xc2\x9b" not in seat.raw and b"\x1b[8m" not in seat.raw and "\u202e".encode() not in seat.raw


def test_side_margins_are_used_where_the_terminal_has_them(out: Path) -> None:
    used = {}
    for margins in (True, False):
        out.unlink(missing_ok=True)
        seat = Seat(out, "own", (90, 20), margins)
        try:
            seat.settle()
            seat.press("ssssssss")
            used[margins] = b"\x1b[?69h" in seat.raw
        finally:
            seat.leave()
    assert used == {True: True, False: False}


def test_what_a_slow_terminal_did_not_take_is_painted_when_it_does(out: Path) -> None:
    """Nothing is read while much is painted: the app goes on, and the last frame comes."""
    seat = Seat(out, "own", (90, 40))
    try:
        seat.settle()
        for _ in range(40):
            seat.type_blind("sssue")
            seat.wait_told()
        assert len(seat.drain()) < 150_000
        seat.settle()
    finally:
        seat.leave()


@pytest.fixture
def answering(out: Path) -> Iterator[Seat]:
    seat = Seat(out, "own", (90, 20), answers=True)
    try:
        seat.settle()
        seat.press("sss")
        yield seat
    finally:
        seat.leave()


def ask(seat: Seat) -> None:
    """It has been asked, does not answer, and there is more to be painted."""
    seat.answers = False
    while not seat.owed:  # a small frame asks nothing
        seat.press("s")
    seat.type_blind("s")
    seat.wait_told()


def test_the_screen_lives_on_after_an_editor_while_an_answer_streams(answering: Seat) -> None:
    """Seen: a frame was handed to a thread that had ended, and nothing was ever painted again."""
    ask(answering)
    answering.type_blind("i")
    answering.until(lambda: b"AN EDITOR" in answering.raw)
    answering.until(lambda: answering.raw.count(b"\x1b[?1049h") == 2)
    meanwhile, _, after = answering.raw.partition(b"AN EDITOR")[2].rpartition(b"\x1b[?1049h")
    assert b"title" not in meanwhile and len(meanwhile) < 300
    answering.answer()  # which comes too late: to what was asked before the editor
    answering.answers = True
    answering.settle()
    after = answering.raw.rpartition(b"\x1b[?1049h")[2]
    assert after.count(b"\x1b]2;title") == after.count(b"\x1b]2;title 98\x07") == 1
    answering.press("ssuse")


def test_ctrl_l_paints_whatever_is_awaited(answering: Seat) -> None:
    answering.press("k")
    ask(answering)
    answering.press("l")
    answering.answers = True
    answering.answer()
    answering.press("ss")


def test_side_margins_are_asked_for_again(out: Path) -> None:
    """Behind dtach or abduco another terminal may have attached, which has none."""
    seat = Seat(out, "own", (90, 20), margins=True)
    try:
        seat.settle()
        seat.press("ssssssss")
        assert b"\x1b[?69h" in seat.raw
        for again in "li":
            seat.margins = True
            seat.press("ll")
            seat.press("ssssss")
            assert b"\x1b[?69h" in seat.raw
            seat.raw, seat.margins = b"", False
            seat.press(again)
            seat.press("ssssss")
            assert b"\x1b[?69$p" in seat.raw and b"\x1b[?69h" not in seat.raw
    finally:
        seat.leave()


MODES = {b"\x1b[?1049h": b"\x1b[?1049l", b"\x1b[?25l": b"\x1b[?25h", b"\x1b[?7l": b"\x1b[?7h", b"\x1b[?2004h": b"\x1b[?2004l"}
MODES |= {b"\x1b[?%dh" % mode: b"\x1b[?%dl" % mode for mode in (1000, 1003, 1004, 1006)} | {b"\x1b[>": b"\x1b[<u"}


@pytest.mark.parametrize("fails", ["w", "c"], ids=["in painting", "in a callback of the loop"])
@pytest.mark.parametrize("margins", [True, False])
def test_an_error_ends_the_program_and_leaves_the_terminal_as_it_was(out: Path, fails: str, margins: bool) -> None:
    seat = Seat(out, "own", (90, 20), margins, answers=True)
    try:
        seat.settle()
        seat.press("ssssssss")
        seat.type_blind(fails)
        seat.until(lambda: seat.process.poll() is not None)
        seat.drain()
        assert seat.process.returncode == 1
        assert not [on for on, off in MODES.items() if seat.raw.rfind(on) >= seat.raw.rfind(off)]
        screen = Vt(90, 20)
        screen.feed(seat.raw.partition(b"Traceback")[0].decode("utf-8", "replace"))
        assert screen.margins == (0, 20, 0, 90)
        assert b"\x1b[m\x1b[?1049l" in seat.raw
    finally:
        seat.leave()
