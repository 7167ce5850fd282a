"""The terminal that the end-to-end tests look through."""

from __future__ import annotations

import os
import re
import signal
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.pty import Terminal, Unseen
from tests.support.pty_screen import Emulator

ECHO = """
import sys, termios, tty
tty.setraw(0)
print("ready", end="\\r\\n", flush=True)
while (key := sys.stdin.read(1)) != "q":
    print(f"<{ord(key)}>", end="", flush=True)
"""


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def test_typing_looking_and_ending() -> None:
    with Terminal(python(ECHO), columns=40, rows=5) as terminal:
        terminal.wait_for("ready")
        terminal.send("a")
        terminal.press("escape", "ctrl+j")
        terminal.wait_for(re.compile("<97><27><10>"))
        assert terminal.find("<27>") == (1, 4)
        terminal.send("q")
        assert terminal.exit_code() == 0
        assert b"ready" in terminal.raw and terminal.bytes_between(0, terminal.started) == 0


def test_what_does_not_come_is_told_with_the_screen() -> None:
    with Terminal(python("print('something else')")) as terminal, pytest.raises(Unseen, match="something else"):
        terminal.wait_for("what is awaited", timeout=5)


def test_questions_of_programs_are_answered() -> None:
    ask = "import sys,tty; tty.setraw(0); print('\\x1b[?2026$p\\x1b[c', end='', flush=True); print(repr(sys.stdin.read(19)))"
    with Terminal(python(ask), columns=80, rows=5) as terminal:
        terminal.wait_for(r"'\x1b[?2026;2$y\x1b[?62;22'")


def test_size_hang_up_and_what_is_left_running(tmp_path: Path) -> None:
    program = f"""
import os, pathlib, signal, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
signal.signal(signal.SIGWINCH, lambda *_: print(os.get_terminal_size(), flush=True))
signal.signal(signal.SIGHUP, lambda *_: pathlib.Path({str(tmp_path / "hup")!r}).write_text(str(child.pid)) and sys.exit(7))
print(os.get_terminal_size(), flush=True)
while True: time.sleep(600)
"""
    with Terminal(python(program), columns=66, rows=7) as terminal:
        terminal.wait_for("columns=66, lines=7")
        terminal.resize(88, 9)
        terminal.wait_for("columns=88, lines=9")
        terminal.hang_up()
        assert terminal.exit_code() == 7
    child = int((tmp_path / "hup").read_text())
    stat = Path(f"/proc/{child}/stat")
    assert not stat.exists() or " Z " in stat.read_text()


def test_a_slow_link_reads_slowly_and_signals_reach_the_program() -> None:
    with Terminal(python("print('x' * 5000); print('over'); input()"), link=20_000) as terminal:
        terminal.wait_for("over")
        assert terminal.chunks[-1][0] - terminal.chunks[0][0] > 0.05
        terminal.kill(signal.SIGTERM)
        assert terminal.exit_code() == -signal.SIGTERM


def test_usage_counts_the_whole_tree() -> None:
    child = (
        "import time; end = time.process_time() + 0.3\\nwhile time.process_time() < end: pass\\nprint('burnt', flush=True); time.sleep(600)"
    )
    with Terminal(python(f"import subprocess, sys; subprocess.run([sys.executable, '-c', \"{child}\"])")) as terminal:
        terminal.wait_for("burnt")
        assert terminal.usage().cpu >= 0.25 > terminal.own_usage().cpu
        assert terminal.usage().rss > terminal.own_usage().rss > 1 << 20


def test_marks_are_timed_by_their_first_appearance() -> None:
    show = "import time\nfor n in range(3): print(f'mk000{n}', flush=True); input()\ntime.sleep(600)"
    with Terminal(python(show), columns=30, rows=8) as terminal:
        for n in range(3):
            terminal.wait_for(f"mk000{n}")
            terminal.press("enter")
        first = terminal.first_seen(re.compile(r"mk\d{4}"), terminal.started)
        assert list(first) == ["mk0000", "mk0001", "mk0002"]
        assert first["mk0000"] < terminal.sent[0][0] < first["mk0001"]


def test_the_screen_scrolls_repeats_and_has_an_alternate_one() -> None:
    screen = Emulator(6, 4)
    screen.feed(b"one\r\ntwo\r\nthree\r\nfour")
    screen.feed(b"\x1b[2;4r\x1b[S")
    assert screen.lines() == ["one", "three", "four", ""]
    screen.feed(b"\x1b[2;3r\x1b[T\x1b[r\x1b[4;1Hx\x1b[3b")
    assert screen.lines() == ["one", "", "three", "xxxx"]
    screen.feed(b"\x1b[?1049h\x1b[1;1Halt")
    assert screen.text().strip() == "alt"
    screen.feed(b"\x1b[?1049l")
    assert screen.lines() == ["one", "", "three", "xxxx"]


SAMPLE = (
    "\x1b[?1049h\x1b[?2026$p\x1b[>1u\x1b]0;a title\x07\x1b[1;1H\x1b[38;2;1;2;3mgrün\x1b[0m\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\"
    "\x1bP+q544e\x1b\\\x1b[2;1Hweiß 漢字\x1b[K\x1b[1;3r\x1b[S\x1b[2 q\x1b(B\x1b[2;1Hend\x1b[<u"
).encode()


@given(st.lists(st.integers(0, len(SAMPLE)), max_size=12))
@settings(max_examples=60)
def test_any_splitting_of_the_bytes_gives_the_same_screen(cuts: list[int]) -> None:
    whole, parts = Emulator(20, 4), Emulator(20, 4, attributes=False)
    whole.feed(SAMPLE)
    places = [0, *sorted(cuts), len(SAMPLE)]
    for begin, end in pairwise(places):
        parts.feed(SAMPLE[begin:end])
    assert parts.lines() == whole.lines()
    assert whole.lines()[:2] == ["weiß 漢字", "end"]


def test_the_environment_is_ours() -> None:
    os.environ["NO_COLOR"] = "1"
    try:
        show = "import os; print({k: os.environ.get(k) for k in ('NO_COLOR', 'TERM', 'GIVEN')})"
        with Terminal(python(show), env={"GIVEN": "yes"}) as terminal:
            terminal.wait_for("{'NO_COLOR': None, 'TERM': 'xterm-256color', 'GIVEN': 'yes'}")
    finally:
        del os.environ["NO_COLOR"]


def test_a_question_in_two_pieces_is_answered_once() -> None:
    program = """
import os, sys, termios, time, tty
before = termios.tcgetattr(0); tty.setraw(0)
heard = b''
for piece in (b'\\x1b', b'[5', b'n', b'\\x1b]11;?', b'\\x1b', b'\\\\', b'x\\x1b[6n'):
    os.write(1, piece); time.sleep(0.05)
while b'R' not in heard: heard += os.read(0, 99)
termios.tcsetattr(0, termios.TCSANOW, before)
print(ascii(heard), flush=True); time.sleep(600)
"""
    with Terminal(python(program)) as terminal:
        terminal.wait_for(r"b'\x1b[0n\x1b]11;rgb:1010/1010/1010\x1b\\\x1b[1;1R'")
