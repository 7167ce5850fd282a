"""The bench's arithmetic; what it measures with has tests of its own (`test_pty`, `test_scripted`)."""

from __future__ import annotations

import json
import math

import pytest

from bench import table
from bench.measure import latencies, median, percentile


def test_percentiles_are_of_the_nearest_rank() -> None:
    assert percentile([5, 1, 3, 2, 4], 0.95) == 5
    assert median([3, 1, 2]) == 2
    assert math.isnan(percentile([], 0.5))


def test_latencies_leave_out_what_was_never_seen() -> None:
    assert latencies({"b": 2.0, "a": 1.0, "c": 3.0}, {"a": 1.25, "b": 2.5}) == [0.25, 0.5]


@pytest.mark.parametrize(
    ("key", "ours", "theirs", "met"),
    [
        ("cpu", 4.0, 5.0, True),
        ("cpu", 4.5, 5.0, False),
        ("cpu", 4.5, None, None),
        ("echo_p95", 50, 400, True),
        ("echo_p95", math.inf, 400, False),
        ("echo_p95", math.nan, 400, False),
        ("memory_after", 90, 50, None),
    ],
)
def test_targets(key: str, ours: float, theirs: float | None, met: bool | None) -> None:
    row = next(row for row in table.ROWS if row.key == key)
    assert row.met(ours, theirs) is met


def test_the_table_and_the_json_hold_what_was_measured() -> None:
    results = {"us": {"cpu": 2.0, "open_growth": 4.0}, "them": {"cpu": 5.0}}
    text = table.text(results, ("us", "them"))
    assert text.splitlines()[1].split() == ["CPU", "per", "1,000", "tokens", "2.00", "s", "5.00", "s", "0.40", "×", "≤", "0.8", "×", "ok"]
    assert text.splitlines()[2].endswith("MISSED") and len(text.splitlines()) == 3
    rows = json.loads(table.as_json(results, ("us", "them")))
    assert rows["cpu"]["met"] is True and rows["open_growth"]["met"] is False and rows["open_growth"]["reference"] is None
