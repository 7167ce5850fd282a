"""The bench's arithmetic and its plans; what it measures with has tests of its own (`test_pty`, `test_scripted`)."""

from __future__ import annotations

import json
import math

import pytest

from bench import __main__ as bench
from bench import cells, table
from bench.cells import BASE, LONG, SLOW, Cell
from bench.measure import latencies, median, percentile, unseen
from bench.subjects import ALONE, MARGINS, PROGRAM, REFERENCE, Subject


def test_percentiles_are_of_the_nearest_rank() -> None:
    assert percentile([5, 1, 3, 2, 4], 0.95) == 5
    assert median([3, 1, 2]) == 2
    assert math.isnan(percentile([], 0.5))


def test_a_mark_that_was_never_seen_is_as_late_as_the_first_after_it_that_was() -> None:
    sent = {"b": 2.0, "a": 1.0, "c": 3.0, "d": 3.5, "e": 4.0}
    seen = {"a": 1.25, "d": 3.75}
    assert latencies(sent, seen) == [0.25, 1.75, 0.75, 0.25, math.inf]
    assert unseen(sent, seen) == 3
    assert max(latencies(sent, seen)[:4]) > max(latencies(sent, seen | {"b": 2.25, "c": 3.25})[:4]), "dropped frames make nobody quicker"


@pytest.mark.parametrize(
    ("key", "cell", "layout", "ours", "theirs", "met"),
    [
        ("cpu", BASE, ALONE, 2.0, 5.0, True),
        ("cpu", BASE, ALONE, 2.5, 5.0, False),
        ("cpu", BASE, PROGRAM, 2.5, 5.0, True),
        ("cpu", BASE, PROGRAM, 2.5, None, None),
        ("bytes", BASE, MARGINS, 15, 300, True),
        ("bytes", BASE, MARGINS, 16, 300, False),
        ("echo_p95", BASE, PROGRAM, 40, None, True),
        ("echo_p95", SLOW, PROGRAM, 300, None, True),
        ("echo_p95", SLOW, ALONE, 300, None, False),
        ("echo_p95", BASE, PROGRAM, math.inf, None, False),
        ("echo_p95", BASE, PROGRAM, math.nan, None, False),
        ("memory_after", BASE, PROGRAM, 90, 50, None),
    ],
)
def test_targets(key: str, cell: Cell, layout: Subject, ours: float, theirs: float | None, met: bool | None) -> None:
    row = next(row for row in table.ROWS if row.key == key and cell in row.cells)
    assert row.met(layout.name, ours, theirs) is met


ANSWER = dict.fromkeys(("rate", "cpu", "bytes", "text_p50", "text_p95", "text_last", "unseen", "echo_p95", "echo_p99"), 2.0)
RESULTS: table.Results = {
    (PROGRAM.name, BASE): ANSWER,
    (ALONE.name, BASE): ANSWER | {"bytes": 13.0},
    (REFERENCE.name, BASE): ANSWER | {"cpu": 5.0},
    (PROGRAM.name, LONG): ANSWER | {"cpu_growth": 1.2, "text_growth": math.nan},
    (PROGRAM.name, SLOW): {},
    (PROGRAM.name, None): {"open_growth": 2.0},
}


def test_the_table_holds_what_was_measured_and_whether_it_is_enough() -> None:
    lines = [" ".join(line.split()) for line in table.text(RESULTS).splitlines()]
    assert "CPU per 1,000 tokens three panes 2.00 s 5.00 s 0.40 × ≤ 0.5 × ok" in lines
    assert "terminal bytes per byte of content alone 13.0 2.0 6.50 × ≤ 12 MISSED" in lines
    assert "CPU, last ÷ first quarter three panes 1.20 ≤ 1.1 MISSED" in lines
    assert "2,000 tokens at 150/s, 16 kB/s three panes gave up" in lines


def test_json_holds_the_same_and_no_number_that_is_none() -> None:
    told = json.loads(table.as_json(RESULTS, {"load": [1, 2]}), parse_constant=pytest.fail)
    assert told["load"] == [1, 2]
    figures = {(each["key"], each["layout"], each["cell"]): each for each in told["figures"]}
    assert (
        figures["cpu", PROGRAM.name, str(BASE)] | {"met": True, "reference": 5.0, "program": 2.0} == figures["cpu", PROGRAM.name, str(BASE)]
    )
    assert figures["text_growth", PROGRAM.name, str(LONG)]["program"] is None
    assert {"subject": "reference", "tokens": 2000, "rate": 150, "link": None} | {"figures": ANSWER | {"cpu": 5.0}} in told["answers"]


def test_every_target_is_measured_by_an_ordinary_call() -> None:
    measured = {(cell, subject.name) for cell, subjects in cells.ORDINARY for subject in subjects}
    for row in table.ROWS:
        for layout in row.limits if row.cells != (None,) else ():
            assert any((cell, layout) in measured for cell in row.cells) or (layout == MARGINS.name and "growth" in row.key)
        if row.ratio and row.cells != (None,):
            assert all((cell, REFERENCE.name) in measured for cell in row.cells)


def test_the_whole_matrix_has_every_cell_and_spares_the_reference_what_it_cannot_bear() -> None:
    plan = dict(cells.whole())
    assert len(plan) == 28
    assert all(ALONE in subjects and PROGRAM in subjects for subjects in plan.values())
    assert REFERENCE in plan[Cell(2_000, 50, 16_000)] and REFERENCE not in plan[Cell(50_000, 150)]


def test_of_several_rounds_the_least_counts_and_of_comparisons_the_median() -> None:
    rounds = iter(({"cpu": 3.0, "cpu_growth": 1.0}, {"cpu": 2.0, "cpu_growth": 1.5}, {"cpu": 4.0, "cpu_growth": 1.2}))
    results = bench.measured([(PROGRAM, LONG, "a long answer", lambda: next(rounds))], 3)
    assert results == {(PROGRAM.name, LONG): {"cpu": 2.0, "cpu_growth": 1.2}}
