"""``python -m bench``: every figure of the program beside the reference's and the floors', measured in this call on this machine."""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from tests.support.pty import Unseen

from . import cells, table
from .cells import Cell, Plan
from .measure import median
from .scenarios import Figures, opening, rest, start, stream
from .subjects import ALONE, COLUMNS, PROGRAM, REFERENCE, ROWS, SUBJECTS, Subject

GROUPS = ("start", "stream", "open")
_STARTED = (REFERENCE, ALONE, PROGRAM)

Job = tuple[Subject, Cell | None, str, Callable[[], Figures]]


def jobs(plan: Plan, groups: Sequence[str], starts: int, seconds: float) -> list[Job]:
    found: list[Job] = []
    if "start" in groups:
        # by turns: of each the least counts, and a busy moment does not fall upon one alone
        found += [(each, None, "start", partial(start, each)) for _ in range(starts) for each in _STARTED]
        found += [(each, None, "rest", partial(rest, each, seconds)) for each in _STARTED]
    if "stream" in groups:
        found += [(each, cell, str(cell), partial(stream, each, cell)) for cell, subjects in plan for each in subjects]
    if "open" in groups:
        found.append((PROGRAM, None, "opening threads", partial(opening, PROGRAM)))
    return found


def measured(found: Sequence[Job], rounds: int) -> dict[tuple[str, Cell | None], Figures]:
    """Round after round; of each figure the least, since a busy machine only ever adds, and of comparisons within a run the median."""
    results: dict[tuple[str, Cell | None], dict[str, list[float]]] = {}
    for number in range(rounds):
        for subject, cell, name, job in found:
            told = f"round {number + 1}: " if rounds > 1 else ""
            print(f"{time.strftime('%H:%M:%S')} {told}{subject.name}: {name} …", file=sys.stderr, flush=True)
            known = results.setdefault((subject.name, cell), {})
            try:
                for key, value in job().items():
                    known.setdefault(key, []).append(value)
            except (Unseen, TimeoutError) as given_up:
                print(f"gave up: {str(given_up).splitlines()[0]}", file=sys.stderr, flush=True)
    return {key: {name: _of_rounds(name, values) for name, values in each.items()} for key, each in results.items()}


def _of_rounds(name: str, values: Sequence[float]) -> float:
    real = [value for value in values if not math.isnan(value)]
    return median(real) if name.endswith("_growth") or not real else min(real)


def _plan(options: argparse.Namespace) -> Plan:
    sizes = ((options.all, cells.whole()), (options.long, cells.LONG_ANSWERS), (options.quick, cells.QUICK), (True, cells.ORDINARY))
    plan = next(plan for chosen, plan in sizes if chosen)
    wanted = {"tokens": options.tokens, "rate": options.rate, "link": options.link}
    return [
        (cell, subjects)
        for cell, subjects in plan
        if all(value is None or (getattr(cell, name) or 0) == value for name, value in wanted.items())
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="a minute instead of eight; figures are rougher")
    size.add_argument("--long", action="store_true", help="answers of 50,000 tokens, and slow ones, instead: about seventeen minutes")
    size.add_argument("--all", action="store_true", help="the entire matrix of answers: hours; the next three options narrow it")
    parser.add_argument("--tokens", type=int, metavar="N", help="answers of so many tokens only")
    parser.add_argument("--rate", type=int, metavar="N", help="answers of so many tokens a second only")
    parser.add_argument("--link", type=int, metavar="N", help="links of so many bytes a second only; 0: as fast as it goes")
    parser.add_argument("--only", action="append", choices=GROUPS, metavar="WHAT", help=f"of {', '.join(GROUPS)}")
    parser.add_argument(
        "--subject", action="append", choices=[each.name for each in SUBJECTS], metavar="NAME", help="measure only this one"
    )
    parser.add_argument("--rounds", type=int, default=1, metavar="N", help="measure so many times and keep the least of each figure")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    options = parser.parse_args()
    starts, seconds = (3, 3.0) if options.quick else (6, 8.0)
    found = jobs(_plan(options), options.only or (("stream",) if options.long else GROUPS), starts, seconds)
    if options.subject:
        found = [job for job in found if job[0].name in options.subject]
    before = os.getloadavg()[0]
    results = measured(found, options.rounds)
    about = {
        "terminal": f"{COLUMNS}×{ROWS}",
        "processors": os.cpu_count(),
        "python": sys.version.split()[0],
        "rounds": options.rounds,
        "load": [round(each, 1) for each in (before, os.getloadavg()[2])],
    }
    told = (
        f"pty {about['terminal']}, {about['processors']} processors, Python {about['python']}, rounds: {options.rounds}; "
        f"load {about['load'][0]} before, {about['load'][1]} over the last 15 minutes"
    )
    print(told, table.text(results), sep="\n")
    if options.json:
        options.json.write_text(table.as_json(results, about) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
