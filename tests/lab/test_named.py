"""Every fault of the matrix by its name: none is missing, each is exact, told, sent once, ends, and survives a kill."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from bench.doctor_cases import CASES as DOCTOR_CASES
from canvas_tui.core.model import NoticeKind
from canvas_tui.lab.faults import FAULTS
from tests.faults.cases import CASES
from tests.faults.matrix import DOCTOR, NOTHING_LEFT, SHOWN
from tests.faults.named import KILLS, NAMED
from tests.faults.schedules import Schedule, play
from tests.faults.written import on_canvas
from tests.support.scripted_faults import PASS, Fault
from tests.support.scripted_steps import Pause, Say

ROOT = Path(__file__).parents[2]
HOUR = 3600.0
ALL = [f"F{number:02}" for number in range(1, 65)]


@pytest.mark.parametrize("id", NAMED)
def test_every_fault(id: str) -> None:
    """A1 to A5, and A7 for what is told."""
    named = NAMED[id]
    assert named.judge(play(named)) == []


@pytest.mark.parametrize("id", NAMED)
def test_every_fault_survives_a_kill(id: str) -> None:
    """A6: A1 to A5 hold for what the next life of the program finds. ``make faults`` kills each at every one of the moments."""
    assert play(NAMED[id], KILLS[[*NAMED].index(id) % len(KILLS)]).wrong == []


@pytest.mark.parametrize("id", NAMED)
def test_every_fault_while_an_artifact_is_written(id: str) -> None:
    """A1 to A5: each version too is what the thread has, and what was painted of it goes only with a word."""
    named = replace(NAMED[id], script=on_canvas(NAMED[id].script))
    assert named.judge(play(named)) == []


@pytest.mark.parametrize("id", NAMED)
def test_every_fault_while_an_artifact_is_written_survives_a_kill(id: str) -> None:
    assert play(replace(NAMED[id], script=on_canvas(NAMED[id].script)), KILLS[[*NAMED].index(id) % len(KILLS)]).wrong == []


@pytest.mark.parametrize(
    ("kind", "fault", "joins"),
    [("python", PASS, 1), ("python", Fault(beats=False), HOUR / 45 + 1), ("js", PASS, HOUR / 45 + 1), ("aegra", PASS, HOUR / 45 + 1)],
)
def test_a_quiet_hour_makes_no_storm_and_no_wrong_word(kind: str, fault: Fault, joins: float) -> None:
    """Heartbeats only, or none at all, and the run alive: it is told to be quiet, and nothing else."""
    seen = play(Schedule(kind=kind, script=(Say(("one ",)), Pause(HOUR), Say(("two ",))), joins=(fault,) * 100))
    assert seen.wrong == []
    assert seen.kinds == {NoticeKind.QUIET}
    assert seen.joins <= joins
    assert HOUR / 65 <= seen.asks <= HOUR / (55 if joins == 1 else 14)


def test_none_is_missing() -> None:
    assert [fault.id for fault in FAULTS] == ALL
    tried = {id[:3] for id in NAMED} | {case.id[:3] for case in CASES} | set(SHOWN)
    assert [id for id in ALL if id not in tried] == []


@pytest.mark.parametrize("place", sorted({place for places in SHOWN.values() for place in places}))
def test_what_shows_it_is_there(place: str) -> None:
    file, _, name = place.partition("::")
    names = {
        node.name for node in ast.walk(ast.parse((ROOT / file).read_text())) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    assert name in names


def test_doctor_has_a_case_for_each_or_nothing_to_name() -> None:
    names = {case.name for case in DOCTOR_CASES}
    by_number = {name[:3] for name in names}
    assert [id for id in ALL if id not in by_number and id not in DOCTOR and id not in NOTHING_LEFT] == []
    assert {name for each in DOCTOR.values() for name in each} <= names
