"""The measurements. Each takes a subject and gives figures by name; what they mean and should be stands in ``table``."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support import content
from tests.support.pty import Terminal

from .cells import Cell
from .measure import CpuMeter, Typist, latencies, median, percentile, unseen
from .subjects import ROOT, Subject

Figures = dict[str, float]
MB = 1 << 20
THREADS = (20, 2_000)
"""Messages of the short and of the long thread that are there already."""
_LOOKED_FOR = re.compile(f"{content.MARK.pattern}|{Typist.PATTERN.pattern}")
_LONG = 10_000  # tokens from which the last quarter is compared with the first


class Server:
    """The scripted server in a process of its own, and its log."""

    def __init__(self, process: subprocess.Popen[str], url: str, log: Path) -> None:
        self._process, self.url, self._log = process, url, log

    def runs(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._log.read_text().splitlines()] if self._log.exists() else []

    def wait_run(self, number: int, timeout: float) -> dict[str, Any]:
        """The record of the run of this number (from 1), once its text is out."""
        end = time.monotonic() + timeout
        while len(runs := self.runs()) < number:
            if time.monotonic() > end or self._process.poll() is not None:
                raise TimeoutError("the scripted server did not finish its run")
            time.sleep(0.1)
        return runs[number - 1]


@contextmanager
def serving() -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "runs.jsonl"
        threads = [part for count in THREADS for part in ("--thread", str(count))]
        command = [sys.executable, "-m", "tests.support.scripted", "--log", str(log), *threads]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            try:
                yield Server(process, process.stdout.readline().strip(), log)
            finally:
                process.terminate()


@contextmanager
def opened(subject: Subject, link: int | None = None) -> Iterator[tuple[Terminal, Server]]:
    """The subject, ready and quiet, on a server of its own."""
    with serving() as server, tempfile.TemporaryDirectory() as home, subject.open(server.url, Path(home), link) as terminal:
        terminal.wait_for(subject.ready)
        terminal.quiet(1.0)
        yield terminal, server


def start(subject: Subject) -> Figures:
    """First frame, and what it costs."""
    with serving() as server, tempfile.TemporaryDirectory() as home, subject.open(server.url, Path(home)) as terminal:
        return {"first_frame": terminal.wait_for(subject.ready) - terminal.started, "start_cpu": terminal.usage().cpu}


def rest(subject: Subject, seconds: float) -> Figures:
    """What it costs to do nothing."""
    with opened(subject) as (terminal, _):
        terminal.quiet(1.5)
        memory, cpu, begin = terminal.usage().rss, terminal.usage().cpu, time.monotonic()
        time.sleep(seconds)
        used, end = terminal.usage().cpu - cpu, time.monotonic()
        written = terminal.bytes_between(begin, end)
    return {"memory": memory / MB, "rest_cpu": 100 * used / (end - begin), "rest_bytes": written / (end - begin)}


def stream(subject: Subject, cell: Cell) -> Figures:
    """One answer of markdown, with somebody typing meanwhile."""
    with opened(subject, cell.link) as (terminal, server), CpuMeter(terminal) as meter:
        run, typist = _answer(terminal, server, cell)
        end = run["ended"] + 1.0
        memory = terminal.own_usage().rss
    begun, ended = run["begun"], run["ended"]
    seen = terminal.first_seen(_LOOKED_FOR, min(begun - 0.05, typist.began))
    delays = latencies(run["marks"], seen)
    echoes = typist.echoes(seen)
    figures = {
        "rate": run["tokens"] / (ended - begun),
        "cpu": 1000 * meter.between(begun, end) / run["tokens"],
        "bytes": terminal.bytes_between(begun, end) / run["bytes"],
        "text_p50": 1000 * percentile(delays, 0.5),
        "text_p95": 1000 * percentile(delays, 0.95),
        "text_last": 1000 * (seen.get(content.END, math.inf) - ended),
        "unseen": unseen(run["marks"], seen),
        "echo_p50": 1000 * percentile(echoes, 0.5),
        "echo_p95": 1000 * percentile(echoes, 0.95),
        "echo_p99": 1000 * percentile(echoes, 0.99),
        "memory_after": memory / MB,
    }
    if cell.tokens >= _LONG:
        quarter, count = (ended - begun) / 4, max(1, len(delays) // 4)
        figures |= {
            "cpu_growth": meter.between(ended - quarter, ended) / meter.between(begun, begun + quarter),
            "text_growth": median(delays[-count:]) / median(delays[:count]) if delays else math.nan,
        }
    return figures


def opening(subject: Subject) -> Figures:
    """A short and a long thread, opened by a click in the list; the newest message has to stand on the screen."""
    figures: Figures = {}
    for name, count in zip(("short", "long"), THREADS, strict=True):
        with opened(subject) as (terminal, _):
            before = terminal.usage().rss
            row = f"{count} messages"
            terminal.wait_for(row)
            at = time.monotonic()
            terminal.click(*terminal.find(row))
            figures[f"open_{name}"] = terminal.wait_for(content.END, timeout=60) - at
            terminal.quiet(1.0)
            figures[f"open_{name}_memory"] = (terminal.usage().rss - before) / MB
    return figures | {"open_growth": figures["open_long"] / figures["open_short"]}


def _answer(terminal: Terminal, server: Server, cell: Cell) -> tuple[dict[str, Any], Typist]:
    """Ask for an answer and wait until nothing more of it is written: the server's record of it, and who typed."""
    number, seconds = len(server.runs()) + 1, cell.tokens / cell.rate
    terminal.send(f"stream {cell.tokens} {cell.rate}")
    terminal.press("enter")
    typist = Typist(terminal, seconds=seconds, gap=0.95 * seconds / Typist.KEYS)
    typist.start()
    run = server.wait_run(number, timeout=60 + 4 * seconds)
    typist.stop()
    terminal.quiet(1.5, timeout=300)
    return run, typist
