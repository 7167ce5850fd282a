"""``python -m bench.wire``: what the wire pane costs: CPU of the program for 1,000 tokens at 150 a second, and of the record for an event.

Four ways take turns on one machine: without the record of the wire, with it and the pane closed (as it is at the start), with the pane
open, and with a server's log of ten lines a second beside it. The least of each way's rounds counts: a busy machine only ever adds.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import timeit
from collections.abc import Callable, Mapping
from pathlib import Path

from canvas_tui.core.wirelog import WireLog
from tests.support import content
from tests.support.pty import Terminal

from .cells import Cell
from .measure import CpuMeter
from .scenarios import Server, serving
from .subjects import PROGRAM, Subject

UNRECORDED = "--unrecorded"
LOG = "import time\nwhile True: print('[info     ] GET /threads/search 200 3ms  [langgraph_api.server]', flush=True); time.sleep(0.1)"


def _closed(terminal: Terminal) -> None:
    """As it is at the start."""


def _open(terminal: Terminal, keys: str = "") -> None:
    """The pane is seen, the keys write into the composer again."""
    terminal.send("\x1bw")
    terminal.wait_for("Space stops")
    if keys:
        terminal.send(keys)
        terminal.wait_for("GET /threads")
    terminal.press("escape")
    terminal.wait_gone("Space stops")


WAYS: Mapping[str, tuple[Subject, Callable[[Terminal], None]]] = {
    "without the record": (Subject("unrecorded", ("bench.wire", UNRECORDED, "{url}"), PROGRAM.ready), _closed),
    "pane closed": (PROGRAM, _closed),
    "pane open": (PROGRAM, _open),
    "pane open, log beside it": (PROGRAM, lambda terminal: _open(terminal, "l")),
}


def milliseconds(way: str, cell: Cell, server: Server) -> float:
    """CPU of the program for 1,000 tokens of one answer."""
    subject, prepare = WAYS[way]
    with tempfile.TemporaryDirectory() as home:
        config = Path(home, "config", "canvas-tui", "config.toml")
        config.parent.mkdir(parents=True)
        config.write_text(f"[servers.bench]\nurl = \"{server.url}\"\nlog_command = ['''{sys.executable}''', '-c', '''{LOG}''']\n")
        with subject.open(server.url, Path(home)) as terminal, CpuMeter(terminal) as meter:
            terminal.wait_for(subject.ready)
            prepare(terminal)
            number = len(server.runs()) + 1
            terminal.send(f"stream {cell.tokens} {cell.rate}")
            terminal.press("enter")
            run = server.wait_run(number, timeout=60 + 2 * cell.tokens / cell.rate)
            terminal.wait_for(content.END, timeout=60)
            used = meter.between(run["begun"], run["ended"])
            return 1_000_000 * used / int(run["tokens"])


def microseconds(count: int = 100_000) -> float:
    """CPU of the record for one event and the read that brought it; 900 characters, as a token's event has them."""
    log, data = WireLog(), "x" * 900

    def token() -> None:
        log.heard(1.0, 960, 0)
        log.event(1.0, "messages", "1790000000000-0", data)

    return 1e6 * min(timeit.repeat(token, number=count, repeat=3)) / count


def unrecorded(url: str) -> int:
    """The program, with a record that notes nothing."""
    for name in ("opened", "heard", "event", "closed"):
        setattr(WireLog, name, lambda *_: None)
    from canvas_tui.cli import main as program

    return program(["--server", url])


def main() -> int:
    if sys.argv[1:2] == [UNRECORDED]:
        return unrecorded(sys.argv[2])
    parser = argparse.ArgumentParser(prog="python -m bench.wire", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tokens", type=int, default=1500)
    options = parser.parse_args()
    cell = Cell(options.tokens, 150)
    print(f"record: {microseconds():.2f} µs for an event", flush=True)
    least = dict.fromkeys(WAYS, float("inf"))
    with serving() as server:
        for number in range(1, options.rounds + 1):
            for way in WAYS:
                print(f"round {number}: {way} …", file=sys.stderr, flush=True)
                least[way] = min(least[way], milliseconds(way, cell, server))
    base = least["without the record"]
    for way, used in least.items():
        print(f"{way:<26}{used:8.0f} ms of CPU for 1,000 tokens  {100 * (used / base - 1):+6.1f} %")
    return 0


if __name__ == "__main__":
    sys.exit(main())
