"""``python -m bench.big``: the longest pause of the program with big things: opened, scrolled, searched, selected, resized, streamed.

The real program runs in a pty on the scripted server; a watch in its event loop notes how long each turn of the loop took, on the clock
and of the processor. A turn is what a key may have to wait for, so the clock counts; but on a machine where others work, whose share is
in it too, the processor's time does. Which of them was judged is told.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from tests.support import content
from tests.support.growing import GROWING
from tests.support.pty import Terminal
from tests.support.scripted import scripted_server
from tests.support.scripted_steps import Say, Step, Turn

from .subjects import COLUMNS, PROGRAM, ROOT, ROWS, environment

LIMIT = 50.0
"""Milliseconds of a pause, at most."""
SERVE, WATCHED = "--serve", "--watched"
_QUIET = 0.5  # seconds without a byte, after which the screen stands
_NOTED = 0.004  # seconds of a turn that is worth a line


# -- what is big


def message(size: int = 1 << 20) -> str:
    """Markdown of all kinds."""
    return _upto(size, (f"{source}\n\n" for source, _ in content.blocks()))


def code(size: int = 200_000) -> str:
    return (
        f"```python\n{_upto(size, (f'def step_{n}(x: int) -> str:  # {n}{chr(10)}    return str(x * {n}){chr(10)}' for n in count()))}```"
    )


def line(size: int = 1 << 20) -> str:
    return _upto(size, (f"word{n % 977} " for n in count()))


def _upto(size: int, parts: Iterator[str]) -> str:
    out: list[str] = []
    while size > 0:
        out.append(next(parts))
        size -= len(out[-1])
    return "".join(out)


THINGS: Mapping[str, Callable[[], str]] = {"message of 1 MB": message, "code of 200 kB": code, "line of 1 MB": line}
GROWN = 200_000
"""Characters of one block that grows while it is open, of each kind."""
MANY = 10_000
_QUIET_MACHINE = 0.1
"""Share of the processors that others may use for the clock to be judged."""


def _threads() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for name, make in THINGS.items():
        yield name, [("human", "Something big"), ("ai", f"{make()}\n\nThe newest line {content.END}")]
    yield f"{MANY:,} messages", content.conversation(MANY)


def _script(turn: Turn) -> list[Step]:
    """``message of 1 MB`` or ``nested list``, streamed as fast as it goes, in pieces of a token's size."""
    text = (THINGS[turn.text]() if turn.text in THINGS else GROWING[turn.text](GROWN)) + f"\n\n{content.END}"
    return [Say(tuple(text[at : at + 40] for at in range(0, len(text), 40)), 0)]


async def _serve() -> None:
    async with scripted_server(_script) as server:
        for name, messages in _threads():
            server.add_thread(messages, title=name)
        print(server.url, flush=True)
        await asyncio.Event().wait()


# -- the watch in the program's loop


class _Watch(selectors.DefaultSelector):
    """Notes what lies between two waits of the loop."""

    file: Any = None
    _woke = (0.0, 0.0)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        now, (woke, used) = time.monotonic(), self._woke
        if woke and now - woke > _NOTED:
            self.file.write(f"{woke} {now - woke} {time.thread_time() - used}\n")
        found = super().select(timeout)
        self._woke = (time.monotonic(), time.thread_time())
        return found


def _watched(path: str, url: str) -> int:
    _Watch.file = Path(path).open("w", buffering=1)  # noqa: SIM115 - open as long as the program runs
    selectors.DefaultSelector = _Watch  # type: ignore[misc]
    from canvas_tui.cli import main as program

    return program(["--server", url])


# -- the person at the terminal


@dataclass(frozen=True, slots=True)
class Pause:
    """The longest turn of the loop while something was done, in milliseconds; ``took``: seconds until the screen had stood for a while."""

    what: str
    took: float
    wall: float
    cpu: float


_NEWEST = re.compile(f"{content.END}|more characters")  # of a long message the beginning is shown, the rest offered


class Person:
    def __init__(self, terminal: Terminal, notes: Path) -> None:
        self._terminal, self._notes = terminal, notes
        self.pauses: list[Pause] = []

    def does(self, what: str, act: Callable[[Terminal], object], until: re.Pattern[str] | None = None) -> None:
        begun = time.monotonic()
        act(self._terminal)
        if until is not None:
            self._terminal.wait_for(until, timeout=120)
        time.sleep(_QUIET)
        self._terminal.quiet(_QUIET, timeout=120)
        ended = time.monotonic()
        turns = [tuple(map(float, note.split())) for note in self._notes.read_text().splitlines()]
        mine = [turn for turn in turns if begun <= turn[0] + turn[1] and turn[0] <= ended]
        wall, cpu = (1000 * max((turn[at] for turn in mine), default=0.0) for at in (1, 2))
        self.pauses.append(Pause(what, ended - begun, wall, cpu))


def _keys(keys: str, times: int) -> Callable[[Terminal], None]:
    def press(terminal: Terminal) -> None:
        for _ in range(times):
            terminal.send(keys)
            time.sleep(0.03)  # as a held key repeats

    return press


def _drag(terminal: Terminal) -> None:
    """The mouse from the lower rows of the conversation to its top."""
    column = COLUMNS // 2
    terminal.send(f"\x1b[<0;{column};{ROWS - 8}M")
    for row in range(ROWS - 9, 4, -1):
        terminal.send(f"\x1b[<32;{column - row};{row}M")
        time.sleep(0.01)
    terminal.send(f"\x1b[<0;{column};5m")


def _resize(terminal: Terminal) -> None:
    for columns in (COLUMNS - 17, COLUMNS):
        terminal.resize(columns, ROWS)
        time.sleep(0.5)


def _reads(person: Person, name: str) -> None:
    """What is done with a thread that is there."""
    person.does("opened", lambda terminal: terminal.click(*terminal.find(name)), _NEWEST)
    person.does("to the top", lambda terminal: terminal.send("\x1b[1;5H"))
    person.does("a page down, 30 times", _keys("\x1b[6~", 30))
    person.does("to the end", lambda terminal: terminal.send("\x1b[1;5F"), _NEWEST)
    person.does("a page up, 30 times", _keys("\x1b[5~", 30))
    person.does("searched", lambda terminal: terminal.send("\x06e"))
    person.does("to the place before, 10 times", _keys("\x1b[A", 10))
    person.does("search closed", lambda terminal: terminal.send("\x1b"))
    person.does("selected", _drag)
    person.does("copied", lambda terminal: terminal.send("\x03"))
    person.does("opened further, 5 times", _keys("\x0f", 5))
    person.does("to the end", lambda terminal: terminal.send("\x1b[1;5F"))
    person.does("resized", _resize)


def _streams(person: Person, name: str) -> None:
    """The same thing as an answer that comes as fast as it can."""
    person.does("streamed", lambda terminal: terminal.send(f"{name}\r"), re.compile(content.END))
    person.does("a page up, 30 times", _keys("\x1b[5~", 30))


def _grows(person: Person, name: str) -> None:
    """One block that does not end."""
    person.does(f"{name}, streamed", lambda terminal: terminal.send(f"{name}\r"), re.compile(content.END))


def _others(seconds: float = 2.0) -> float:
    """The share of the processors that is in use before anything is measured."""
    used = []
    for wait in (seconds, 0.0):
        ticks = [int(each) for each in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        used.append((sum(ticks), ticks[3] + ticks[4]))
        time.sleep(wait)
    (before, idle), (after, rested) = used
    return 1 - (rested - idle) / max(1, after - before)


@contextmanager
def _opened(url: str) -> Iterator[Person]:
    with tempfile.TemporaryDirectory() as home:
        notes = Path(home, "turns")
        command = [sys.executable, "-m", "bench.big", WATCHED, str(notes), url]
        with Terminal(command, env=environment(Path(home)), cwd=ROOT, columns=COLUMNS, rows=ROWS) as terminal:
            terminal.wait_for(PROGRAM.ready)
            terminal.quiet(1.0)
            yield Person(terminal, notes)


def _done(name: str, streams: bool) -> list[Callable[[Person, str], None]]:
    if name in GROWING:
        return [_grows] if streams else []
    return [_reads, _streams] if name in THINGS and streams else [_reads]


def main() -> int:
    if sys.argv[1:2] == [SERVE]:
        asyncio.run(_serve())
        return 0
    if sys.argv[1:2] == [WATCHED]:
        return _watched(*sys.argv[2:4])
    names = [*THINGS, f"{MANY:,} messages", *GROWING]
    parser = argparse.ArgumentParser(prog="python -m bench.big", description=__doc__)
    parser.add_argument("--only", choices=names, metavar="NAME", help=f"of {', '.join(names)}")
    parser.add_argument("--no-stream", action="store_true", help="leave out the answers that stream")
    options = parser.parse_args()
    longest, others = 0.0, _others()
    by = "clock" if others <= _QUIET_MACHINE else "processor"
    load = f"load {os.getloadavg()[0]:.1f}, {100 * others:.0f} % of the processors in use by others"
    print(f"{load}: judged by the {by}")
    print(f"{'':<44}{'took s':>8}{'pause ms':>10}{'of CPU':>8}")
    with subprocess.Popen([sys.executable, "-m", "bench.big", SERVE], cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            url = server.stdout.readline().strip()
            for name in [options.only] if options.only else names:
                for do in _done(name, not options.no_stream):
                    with _opened(url) as person:
                        do(person, name)
                    print(name)
                    for pause in person.pauses:
                        judged = pause.wall if by == "clock" else pause.cpu
                        longest = max(longest, judged)
                        told = "  OVER" if judged > LIMIT else ""
                        print(f"    {pause.what:<40}{pause.took:8.2f}{pause.wall:10.0f}{pause.cpu:8.0f}{told}", flush=True)
        finally:
            server.terminate()
    print(f"longest pause by the {by}: {longest:.0f} ms")
    return 0 if longest <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
