"""Thousands of random schedules, in some processes at once: ``make faults`` runs 20,000 of them, ``make test`` a few."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import FlakyFailure

from .drawing import schedules
from .schedules import Schedule, play

BATCH = 250
"""So many by one seed: a process is asked for another batch when it is through with one."""


def batch(number: int, count: int = BATCH) -> tuple[Counter[str], str]:
    """(how many of which kind of id, the smallest one that went wrong)."""
    played: Counter[str] = Counter()
    found: list[str] = []

    def judge(schedule: Schedule) -> None:
        played[schedule.ids] += 1
        wrong = play(schedule).wrong
        if wrong:
            found[:] = [f"{'; '.join(wrong)}\n      {schedule.told}"]
        assert not wrong

    tried: Callable[[], None] = seed(number)(
        settings(
            max_examples=count,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        )(given(schedules)(judge))
    )
    try:
        tried()
    except (AssertionError, FlakyFailure):  # the latter: not wrong each time
        return played, found[0]
    return played, ""


def many(count: int, first: int, processes: int = 2) -> tuple[Counter[str], list[str]]:
    """At least ``count`` of them, by the seeds from ``first`` on."""
    played: Counter[str] = Counter()
    wrong: list[str] = []
    with ProcessPoolExecutor(processes) as pool:
        numbers = range(first, first + -(-count // BATCH))
        for number, (counted, said) in zip(numbers, pool.map(batch, numbers), strict=True):
            played += counted
            if said:
                wrong.append(f"seed {number}: {said}")
                print(f"      {wrong[-1]}", flush=True)
    return played, wrong
