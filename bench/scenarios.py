"""The measurements. Each takes a subject and gives figures by name; what they mean and should be stands in ``table``."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support import content
from tests.support.pty import Terminal

from .measure import CpuMeter, Typist, latencies, median, percentile
from .subjects import ROOT, Subject

Figures = dict[str, float]
MB = 1 << 20


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    starts: int = 5
    tokens: int = 2000
    rate: int = 150
    long_tokens: int = 10_000
    rest: float = 8.0
    messages: tuple[int, int] = (20, 2000)


QUICK = Size(starts=2, tokens=600, long_tokens=2000, rest=3.0, messages=(20, 400))


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
def serving(size: Size) -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "runs.jsonl"
        threads = [part for count in size.messages for part in ("--thread", str(count))]
        command = [sys.executable, "-m", "tests.support.scripted", "--log", str(log), *threads]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            try:
                yield Server(process, process.stdout.readline().strip(), log)
            finally:
                process.terminate()


@contextmanager
def opened(subject: Subject, size: Size) -> Iterator[tuple[Terminal, Server]]:
    """The subject, ready and quiet, on a server of its own."""
    with serving(size) as server, tempfile.TemporaryDirectory() as home, subject.open(server.url, Path(home)) as terminal:
        terminal.wait_for(subject.ready)
        terminal.quiet(1.0)
        yield terminal, server


# -- the scenarios


def start(subject: Subject, size: Size) -> Figures:
    """First frame, and what it costs to do nothing."""
    times, costs = [], []
    with serving(size) as server, tempfile.TemporaryDirectory() as home:
        for _ in range(size.starts + 1):  # the first start compiles and fills caches
            with subject.open(server.url, Path(home)) as terminal:
                times.append(terminal.wait_for(subject.ready) - terminal.started)
                costs.append(terminal.usage().cpu)
        with subject.open(server.url, Path(home)) as terminal:
            terminal.wait_for(subject.ready)
            terminal.quiet(1.5)
            memory, cpu, begin = terminal.usage().rss, terminal.usage().cpu, time.monotonic()
            time.sleep(size.rest)
            used, end = terminal.usage().cpu - cpu, time.monotonic()
            written = terminal.bytes_between(begin, end)
    return {
        "first_frame": min(times),  # a busy machine only ever adds
        "start_cpu": min(costs),
        "memory": memory / MB,
        "rest_cpu": 100 * used / (end - begin),
        "rest_bytes": written / (end - begin),
    }


def stream(subject: Subject, size: Size) -> Figures:
    """One answer of markdown, with somebody typing meanwhile."""
    with opened(subject, size) as (terminal, server), CpuMeter(terminal) as meter:
        run, _, typist = _answer(terminal, server, size.tokens, size.rate, typing=True)
        end = run["ended"] + 1.0
        memory = terminal.usage().rss
    seen = terminal.first_seen(content.MARK, run["begun"] - 0.05)
    delays = latencies(run["marks"], seen)
    echoes = typist.echoes() if typist else []
    return {
        "cpu": 1000 * meter.between(run["begun"], end) / run["tokens"],
        "bytes": terminal.bytes_between(run["begun"], end) / run["bytes"],
        "latency_p50": 1000 * percentile(delays, 0.5),
        "latency_p95": 1000 * percentile(delays, 0.95),
        "unseen": len(run["marks"]) - len(delays),
        "echo_p95": 1000 * percentile(echoes, 0.95),
        "memory_after": memory / MB,
    }


def long(subject: Subject, size: Size) -> Figures:
    """A very long answer: do its last tokens cost more than its first?"""
    with opened(subject, size) as (terminal, server), CpuMeter(terminal) as meter:
        run, _, _ = _answer(terminal, server, size.long_tokens, size.rate, typing=False)
    quarter = (run["ended"] - run["begun"]) / 4
    first = meter.between(run["begun"], run["begun"] + quarter)
    last = meter.between(run["ended"] - quarter, run["ended"])
    delays = latencies(run["marks"], terminal.first_seen(content.MARK, run["begun"] - 0.05))
    count = max(1, len(delays) // 4)
    early, late = median(delays[:count]), median(delays[-count:])
    return {
        "long_cpu_first": 4000 * first / run["tokens"],
        "long_cpu_last": 4000 * last / run["tokens"],
        "long_cpu_growth": last / first,
        "long_latency_first": 1000 * early,
        "long_latency_last": 1000 * late,
        "long_latency_growth": late / early,
    }


def opening(subject: Subject, size: Size) -> Figures:
    """A short and a long thread, opened by a click in the list; the newest message has to stand on the screen."""
    if not subject.threads:
        return {}
    figures: Figures = {}
    for name, count in zip(("short", "long"), size.messages, strict=True):
        with opened(subject, size) as (terminal, _):
            before = terminal.usage().rss
            row = f"{count} messages"
            terminal.wait_for(row)
            at = time.monotonic()
            terminal.click(*terminal.find(row))
            figures[f"open_{name}"] = terminal.wait_for(content.END, timeout=60) - at
            terminal.quiet(1.0)
            figures[f"open_{name}_memory"] = (terminal.usage().rss - before) / MB
    figures["open_growth"] = figures["open_long"] / figures["open_short"]
    return figures


SCENARIOS: Mapping[str, Callable[[Subject, Size], Figures]] = {"start": start, "stream": stream, "long": long, "open": opening}


def _answer(terminal: Terminal, server: Server, tokens: int, rate: int, *, typing: bool) -> tuple[dict[str, Any], float, Typist | None]:
    """Ask for an answer and wait until it stands on the screen: the server's record of it, when that was, and who typed."""
    number = len(server.runs()) + 1
    terminal.send(f"stream {tokens} {rate}")
    terminal.press("enter")
    typist = Typist(terminal, seconds=tokens / rate, gap=0.95 * tokens / rate / Typist.KEYS) if typing else None
    if typist:
        typist.start()
    run = server.wait_run(number, timeout=60 + 2 * tokens / rate)
    if typist:
        typist.stop()
    shown = terminal.wait_for(content.END, timeout=120)
    terminal.quiet(1.0, timeout=10)
    return run, shown, typist
