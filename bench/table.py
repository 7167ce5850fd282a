"""The figures side by side, as people read them and as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

from .scenarios import Figures


@dataclass(frozen=True, slots=True)
class Row:
    """``limit`` is of the ratio to the reference (``ratio``) or of the program's own figure; None: told without a target."""

    key: str
    label: str
    unit: str
    limit: float | None = None
    ratio: bool = False
    digits: int = 2

    def target(self) -> str:
        if self.limit is None:
            return ""
        return f"≤ {self.limit:g} ×" if self.ratio else f"≤ {self.limit:g} {self.unit}".rstrip()

    def met(self, ours: float, theirs: float | None) -> bool | None:
        """None where there is nothing to meet, or nothing to compare with."""
        value = (ours / theirs if theirs else None) if self.ratio else ours
        if self.limit is None or value is None:
            return None
        return not math.isnan(value) and value <= self.limit


ROWS = (
    Row("first_frame", "first frame", "s", 1.6, ratio=True),
    Row("start_cpu", "CPU until the first frame", "s"),
    Row("memory", "memory at rest", "MB", 2, ratio=True, digits=0),
    Row("rest_cpu", "CPU at rest", "%", 1),
    Row("rest_bytes", "written at rest", "B/s", 0, digits=0),
    Row("cpu", "CPU per 1,000 tokens", "s", 0.8, ratio=True),
    Row("bytes", "terminal bytes per byte of content", "", 0.4, ratio=True, digits=0),
    Row("latency_p50", "text on screen, p50", "ms", digits=0),
    Row("latency_p95", "text on screen, p95", "ms", 100, digits=0),
    Row("unseen", "marks scrolled away unseen", "", digits=0),
    Row("echo_p95", "key echo while streaming, p95", "ms", 50, digits=0),
    Row("memory_after", "memory after the answer", "MB", digits=0),
    Row("long_cpu_first", "long answer: CPU per 1,000, first quarter", "s"),
    Row("long_cpu_last", "long answer: CPU per 1,000, last quarter", "s"),
    Row("long_cpu_growth", "long answer: CPU, last ÷ first quarter", "", 1.3),
    Row("long_latency_first", "long answer: latency p50, first quarter", "ms", digits=0),
    Row("long_latency_last", "long answer: latency p50, last quarter", "ms", digits=0),
    Row("long_latency_growth", "long answer: latency, last ÷ first quarter", "", 1.3),
    Row("open_short", "opening a short thread (20 messages)", "s"),
    Row("open_long", "opening a long thread (2,000 messages)", "s"),
    Row("open_growth", "opening, long ÷ short thread", "", 3),
    Row("open_short_memory", "memory that opening the short one took", "MB", digits=0),
    Row("open_long_memory", "memory that opening the long one took", "MB", digits=0),
)

_WORD = {True: "ok", False: "MISSED", None: ""}
_WIDTHS = (44, 13, 13, 9, 11, 7)


def text(results: Mapping[str, Figures], names: tuple[str, str]) -> str:
    """A table of the rows that were measured; ``names`` are the program's and the reference's."""
    ours, theirs = (results.get(name, {}) for name in names)
    lines = [_line("", *names, "ratio", "target", "")]
    for row in ROWS:
        if row.key in ours or row.key in theirs:
            mine, other = ours.get(row.key), theirs.get(row.key)
            ratio = f"{mine / other:.2f} ×" if mine is not None and other else ""
            met = row.met(mine, other) if mine is not None else None
            lines.append(_line(row.label, _value(row, mine), _value(row, other), ratio, row.target(), _WORD[met]))
    return "\n".join(lines)


def as_json(results: Mapping[str, Figures], names: tuple[str, str]) -> str:
    ours, theirs = (results.get(name, {}) for name in names)
    rows = {
        row.key: {
            "program": ours.get(row.key),
            "reference": theirs.get(row.key),
            "unit": row.unit,
            "target": row.target(),
            "met": row.met(ours[row.key], theirs.get(row.key)) if row.key in ours else None,
        }
        for row in ROWS
        if row.key in ours or row.key in theirs
    }
    return json.dumps(rows, indent=2)


def _value(row: Row, value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.{row.digits}f} {row.unit}".rstrip()


def _line(*cells: str) -> str:
    first, *rest = zip(cells, _WIDTHS, strict=True)
    return (f"{first[0]:<{first[1]}}" + "".join(f"{cell:>{width}}" for cell, width in rest)).rstrip()
