"""F57 and F58 through the real program in a terminal of its own: huge events and its memory, a burst and the echo of keys."""

from __future__ import annotations

import asyncio
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.measure import Typist, percentile
from bench.scenarios import serving
from bench.subjects import PROGRAM
from tests.support.pty import Terminal
from tests.support.scripted import ScriptedServer, scripted_server
from tests.support.scripted_steps import Raw, Step, Turn, say

MB = 1 << 20
MOST_MEMORY = 300
"""MB of resident memory, at the most, with an event of 20 MB."""
SLOWEST_KEY = 0.1
"""Seconds until 99 of 100 keys stand on the screen during a burst."""
RATE, SECONDS = 20_000, 5
"""Tokens a second of the burst, and for how long."""
REFUSED = "too big"
"""A word of the sentence for an event that is not taken."""
NOT_STREAMED = ("saved text is shown", "from the thread's saved state")
"""What a notice says where the stream alone did not bring the text."""


def script(turn: Turn) -> list[Step]:
    """``huge N``: an event of so many MB between words."""
    value = '{"messages": [], "padding": "' + "x" * (int(turn.text.split()[1]) * MB) + '"}'
    return [say("Before it. "), Raw("values", value), say("After it.")]


class _Serving(threading.Thread):
    """The scripted server in a loop of its own."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.ready, self.stop = threading.Event(), threading.Event()
        self.server: ScriptedServer | None = None

    def run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        async with scripted_server(script) as self.server:
            self.ready.set()
            await asyncio.to_thread(self.stop.wait)


@contextmanager
def program() -> Iterator[tuple[Terminal, ScriptedServer]]:
    serving = _Serving()
    serving.start()
    serving.ready.wait()
    assert serving.server is not None
    with tempfile.TemporaryDirectory() as home, PROGRAM.open(serving.server.url, Path(home)) as terminal:
        terminal.wait_for(PROGRAM.ready)
        yield terminal, serving.server
    serving.stop.set()
    serving.join(20)


def peak(pid: int) -> float:
    """MB that a process has had resident at the most."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else float("nan")


def huge_events() -> tuple[bool, list[str]]:
    """20 MB in one event, then 200 MB: (whether all is well, what was found)."""
    lines, good = [], True
    for size in (20, 200):
        with program() as (terminal, server):
            terminal.send(f"huge {size}")
            terminal.press("enter")
            terminal.wait_for("After it.", timeout=120)
            terminal.quiet(1.0)
            memory = peak(terminal.pid)
            refused = REFUSED in terminal.text() or "could not be read" in terminal.text()
            exact = all("Before it. After it." in server.texts(id) for id in server.threads)
            well = memory < MOST_MEMORY and exact and refused == (size > 32)
            said = "refused with a sentence, the state used" if refused else "taken"
            lines.append(f"F57      an event of {size} MB: {said}, {memory:.0f} MB resident at the most{'' if well else ' !'}")
            good = good and well
    return good, lines


def burst() -> tuple[bool, list[str]]:
    """So many tokens a second for so long, while somebody types: (whether all is well, what was found)."""
    with serving() as server, tempfile.TemporaryDirectory() as home, PROGRAM.open(server.url, Path(home)) as terminal:
        terminal.wait_for(PROGRAM.ready)
        terminal.send(f"stream {RATE * SECONDS} {RATE}")
        terminal.press("enter")
        began = time.monotonic()
        echoes = _echoes(terminal, until="done in")
        run = server.wait_run(1, timeout=60)
        text = terminal.text()
    slowest = percentile(echoes, 0.99)
    seconds = run["ended"] - run["begun"]
    exact = not any(words in text for words in NOT_STREAMED)
    well = exact and slowest < SLOWEST_KEY and run["tokens"] == RATE * SECONDS
    line = (
        f"F58      {run['tokens']:,} tokens made at {RATE:,} a second, taken at {run['tokens'] / seconds:,.0f}, over in "
        f"{run['ended'] - began:.1f} s: {'exact' if exact else 'NOT EXACT'}; {len(echoes)} keys, "
        f"echo p50 {percentile(echoes, 0.5) * 1000:.0f} ms, p99 {slowest * 1000:.0f} ms{'' if well else ' !'}"
    )
    return well, [line]


def _echoes(terminal: Terminal, until: str) -> list[float]:
    """Of keys that are typed and taken back again and again, until something stands on the screen."""
    echoes: list[float] = []
    while True:
        typist = Typist(terminal, seconds=60, gap=0.15)
        typist.start()
        typist.join()
        terminal.wait_for(Typist.START + Typist.LETTERS)
        found = typist.echoes(terminal.first_seen(Typist.PATTERN, typist.began))
        over = until in terminal.text()
        if not (over and echoes):  # the last keys may have been typed at rest
            echoes += found
        if over:
            return echoes
        terminal.send("\x7f" * Typist.KEYS)
        terminal.wait_gone(Typist.START)
