"""Numbers out of a run: percentiles, latencies of marks, echoes of keys, CPU over time."""

from __future__ import annotations

import math
import re
import threading
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from tests.support.pty import Terminal


def percentile(values: Sequence[float], share: float) -> float:
    """Nearest rank; nan where there are none."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(len(ranked) * share))] if ranked else float("nan")


def median(values: Sequence[float]) -> float:
    return percentile(values, 0.5)


def latencies(sent: Mapping[str, float], seen: Mapping[str, float]) -> list[float]:
    """Seconds from the sending of each mark to its standing on the screen, in the order of sending.

    A mark that scrolled away between two frames was never seen (`unseen` tells how many). It is dated by the first one sent after it
    that was: what stood there then held it already. A frame that is dropped makes nobody quicker; what nothing follows is infinitely late.
    """
    delays: list[float] = []
    shown = math.inf
    for mark, at in sorted(sent.items(), key=lambda item: item[1], reverse=True):
        shown = seen.get(mark, shown)
        delays.append(shown - at)
    return delays[::-1]


def unseen(sent: Mapping[str, float], seen: Mapping[str, float]) -> int:
    """Marks that scrolled away between two frames."""
    return sum(mark not in seen for mark in sent)


class Typist(threading.Thread):
    """Types a letter every ``gap`` seconds while something else is measured."""

    START = "zq"
    LETTERS = "abcdefghijklmnoprstuvwxyabcdefghijklmnoprst"
    KEYS = len(START + LETTERS)
    PATTERN = re.compile(r"zq[a-y]*")

    def __init__(self, terminal: Terminal, seconds: float, gap: float) -> None:
        super().__init__(daemon=True)
        self._terminal, self._seconds, self._gap = terminal, seconds, gap
        self._typed: list[tuple[str, float]] = []
        self._stopped = threading.Event()

    def run(self) -> None:
        end = time.monotonic() + self._seconds
        text = ""
        for letter in self.START + self.LETTERS:
            if time.monotonic() > end or self._stopped.wait(self._gap):
                return
            text += letter
            self._typed.append((text, self._terminal.send(letter)))

    def stop(self) -> None:
        self._stopped.set()
        self.join()

    @property
    def began(self) -> float:
        """When the first key went out (inf before)."""
        return self._typed[0][1] if self._typed else float("inf")

    def echoes(self, seen: Mapping[str, float]) -> list[float]:
        """Seconds from each key to its standing on the screen; ``seen``: when what matches `PATTERN` first did."""
        out = []
        for text, at in self._typed[len(self.START) :]:
            shown = [when for match, when in seen.items() if match.startswith(text)]
            out.append(min(shown) - at if shown else float("inf"))
        return out


class CpuMeter:
    """Samples the CPU of a terminal's program; ``between`` interpolates."""

    def __init__(self, terminal: Terminal, every: float = 0.25) -> None:
        self._terminal, self._every = terminal, every
        self._samples: list[tuple[float, float]] = []
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._sample()
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stopped.set()
        self._thread.join()
        self._sample()

    def _sample(self) -> None:
        used = self._terminal.own_usage().cpu
        self._samples.append((time.monotonic(), used))

    def _run(self) -> None:
        while not self._stopped.wait(self._every):
            self._sample()

    def _at(self, moment: float) -> float:
        before = [sample for sample in self._samples if sample[0] <= moment] or self._samples[:1]
        after = [sample for sample in self._samples if sample[0] > moment] or self._samples[-1:]
        (t0, c0), (t1, c1) = before[-1], after[0]
        return c0 if t1 <= t0 else c0 + (c1 - c0) * (moment - t0) / (t1 - t0)

    def between(self, begin: float, end: float) -> float:
        """CPU seconds used from ``begin`` to ``end`` (monotonic)."""
        return self._at(end) - self._at(begin)
