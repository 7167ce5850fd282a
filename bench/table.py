"""The figures side by side, with their targets, as people read them and as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .cells import BASE, LONG, LONGEST, SLOW, Cell
from .scenarios import Figures
from .subjects import ALONE, LAYOUTS, MARGINS, PRINTS, PROGRAM, RECEIVES, REFERENCE

Results = Mapping[tuple[str, Cell | None], Figures]
"""By subject and cell; None: what has no cell (the start, opening threads)."""

_SIDES = (REFERENCE.name, RECEIVES.name, PRINTS.name)


@dataclass(frozen=True, slots=True)
class Row:
    """``limits`` by layout are of the ratio to the reference (``ratio``) or of the program's own figure; without: only told."""

    key: str
    label: str
    unit: str
    cells: Sequence[Cell | None] = (None,)
    limits: Mapping[str, float] = field(default_factory=dict)
    ratio: bool = False
    digits: int = 2

    def target(self, layout: str) -> str:
        if layout not in self.limits:
            return ""
        return f"≤ {self.limits[layout]:g} {'×' if self.ratio else self.unit}".rstrip()

    def met(self, layout: str, ours: float, theirs: float | None) -> bool | None:
        """None where there is nothing to meet, or nothing to compare with."""
        value = (ours / theirs if theirs else None) if self.ratio else ours
        if layout not in self.limits or value is None:
            return None
        return not math.isnan(value) and value <= self.limits[layout]


def _all(limit: float) -> dict[str, float]:
    return {layout.name: limit for layout in LAYOUTS}


_STREAMS = (BASE,)
_GROWTHS = (LONG, LONGEST, Cell(50_000, 150), Cell(50_000, 1_000))

ROWS = (
    Row("first_frame", "first frame", "s", limits=_all(1.3), ratio=True),
    Row("start_cpu", "CPU until the first frame", "s"),
    Row("memory", "memory at rest", "MB", limits=_all(1.5), ratio=True, digits=0),
    Row("rest_cpu", "CPU at rest", "%", limits=_all(0.5)),
    Row("rest_bytes", "written at rest", "B/s", limits=_all(0), digits=0),
    Row("cpu", "CPU per 1,000 tokens", "s", _STREAMS, {ALONE.name: 0.4, PROGRAM.name: 0.5, MARGINS.name: 0.5}, ratio=True),
    Row("bytes", "terminal bytes per byte of content", "", _STREAMS, {ALONE.name: 12, PROGRAM.name: 60, MARGINS.name: 15}, digits=1),
    Row("text_p50", "text on screen, p50", "ms", _STREAMS, _all(40), digits=0),
    Row("text_p95", "text on screen, p95", "ms", _STREAMS, _all(80), digits=0),
    Row("unseen", "marks scrolled away unseen", "", (BASE, SLOW), digits=0),
    Row("echo_p95", "key echo while streaming, p95", "ms", _STREAMS, _all(40), digits=0),
    Row("memory_after", "memory after the answer", "MB", _STREAMS, digits=0),
    Row("cpu_growth", "CPU, last ÷ first quarter", "", _GROWTHS, _all(1.1)),
    Row("text_growth", "text on screen p50, last ÷ first quarter", "", _GROWTHS, _all(1.1)),
    Row("text_p95", "text on screen, p95", "ms", (SLOW,), {ALONE.name: 250, PROGRAM.name: 500, MARGINS.name: 500}, digits=0),
    Row("echo_p95", "key echo while streaming, p95", "ms", (SLOW,), {ALONE.name: 200, PROGRAM.name: 300, MARGINS.name: 300}, digits=0),
    Row("open_short", "opening a short thread (20 messages)", "s"),
    Row("open_long", "opening a long thread (2,000 messages)", "s"),
    Row("open_growth", "opening, long ÷ short thread", "", limits=_all(3)),
    Row("open_short_memory", "memory that opening the short one took", "MB", digits=0),
    Row("open_long_memory", "memory that opening the long one took", "MB", digits=0),
)

_WORD = {True: "ok", False: "MISSED", None: ""}
_WIDTHS = (42, 13, 11, 11, 9, 11, 8, 11, 11)
_HEAD = ("", "layout", "canvas-tui", "reference", "ratio", "target", "", "receives", "prints")

_EACH = (("cpu", 2), ("bytes", 1), ("text_p50", 0), ("text_p95", 0), ("text_last", 0), ("unseen", 0), ("echo_p95", 0), ("echo_p99", 0))
_EACH_HEAD = ("", "subject", "tokens/s", "CPU/1k", "B/B", "text p50", "p95", "last", "unseen", "echo p95", "p99", "÷ CPU", "÷ text")
_EACH_WIDTHS = (42, 13, 10, 9, 8, 10, 8, 8, 8, 10, 8, 8, 8)


def lines(results: Results) -> list[dict[str, object]]:
    """Each figure of the program that was measured, with the others' beside it."""
    out: list[dict[str, object]] = []
    for cell in dict.fromkeys(cell for row in ROWS for cell in row.cells):
        for row in ROWS:
            theirs = [results.get((side, cell), {}).get(row.key) for side in _SIDES]
            for layout in LAYOUTS:
                ours = results.get((layout.name, cell), {}).get(row.key) if cell in row.cells else None
                if ours is not None:
                    out.append(_line(row, cell, layout.name, ours, theirs))
    return out


def _line(row: Row, cell: Cell | None, layout: str, ours: float, theirs: Sequence[float | None]) -> dict[str, object]:
    return {
        "cell": str(cell) if cell else "",
        "key": row.key,
        "figure": row.label,
        "layout": layout,
        "unit": row.unit,
        "program": ours,
        **dict(zip(_SIDES, theirs, strict=True)),
        "ratio": ours / theirs[0] if theirs[0] else None,
        "target": row.target(layout),
        "met": row.met(layout, ours, theirs[0]),
        "digits": row.digits,
    }


def text(results: Results) -> str:
    """The figures that have targets and names, then a line for every answer that was streamed."""
    out, under = [_columns(_HEAD, _WIDTHS)], ""
    for line in lines(results):
        if line["cell"] != under:
            under = str(line["cell"])
            out += ["", under]
        shown = [_value(line, line[name]) for name in ("program", *_SIDES)]
        ratio = f"{line['ratio']:.2f} ×" if line["ratio"] is not None else ""
        met = _WORD[line["met"]]  # type: ignore[index]
        cells = (str(line["figure"]), str(line["layout"]), *shown[:2], ratio, str(line["target"]), met, *shown[2:])
        out.append(_columns(cells, _WIDTHS))
    streamed = [key for key in results if key[1] is not None]
    if streamed:
        out += ["", "every answer (ms; ÷: last quarter by first)", _columns(_EACH_HEAD, _EACH_WIDTHS)]
        out += [_columns((str(cell), name, *_figures(results[name, cell])), _EACH_WIDTHS) for name, cell in streamed]
    return "\n".join(out)


def _figures(figures: Figures) -> list[str]:
    if not figures:
        return ["gave up", *[""] * (len(_EACH_WIDTHS) - 3)]
    columns = (("rate", 0), *_EACH, ("cpu_growth", 2), ("text_growth", 2))
    return [_number(figures[key], digits) if key in figures else "" for key, digits in columns]


def as_json(results: Results, about: Mapping[str, object]) -> str:
    """What was measured, by figure with its target, and by answer."""
    answers = [
        {"subject": name, "tokens": cell.tokens, "rate": cell.rate, "link": cell.link, "figures": _plain(figures)}
        for (name, cell), figures in results.items()
        if cell is not None
    ]
    figures = [{name: _finite(value) for name, value in line.items() if name != "digits"} for line in lines(results)]
    return json.dumps({**about, "figures": figures, "answers": answers}, indent=1, ensure_ascii=False)


def _plain(figures: Figures) -> dict[str, object]:
    return {name: _finite(value) for name, value in figures.items()}


def _finite(value: object) -> object:
    """JSON knows no infinity."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _value(line: Mapping[str, object], value: object) -> str:
    if not isinstance(value, int | float):
        return ""
    return f"{_number(value, int(str(line['digits'])))} {line['unit']}".rstrip()


def _number(value: float, digits: int) -> str:
    return f"{value:,.{digits}f}" if math.isfinite(value) else "–"


def _columns(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = zip(cells, widths, strict=True)
    return (f"{first[0]:<{first[1]}}" + "".join(f"{cell:>{width}}" for cell, width in rest)).rstrip()
