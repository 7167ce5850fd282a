"""The quick part of the fault matrix: the engine through the lab against the scripted server, in all its kinds."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.cases import CASES
from tests.faults.trial import Case, Outcome, Trial
from tests.support.scripted import scripted_server
from tests.support.scripted_steps import Ask, Fail, Pause, Say, Step, Turn, say

TOKENS = tuple(f"token-{n} " if n % 7 else "ha " for n in range(60))
OTHERS = {"F36": "/pause", "F39": "/silence", "F44": "/silence"}
"""What is asked instead: pauses between the tokens, or one before them, so that the first join does not come late."""
QUICK = {
    "F01": "down 400ms",
    "F10": "create: 429 1s",
    "F36": "idle 300ms; cut; loop",
    "F37": "pass 300ms; cut; loop",
    "F48": "pass 5..20; down 1s",
}
"""Shorter than they are by name."""
EVERYWHERE = (
    "F06",
    "F07",
    "F08",
    "F09",
    "F21",
    "F21b",
    "F22",
    "F22b",
    "F23",
    "F23b",
    "F24",
    "F25",
    "F39",
    "F40",
    "F41",
    "F44",
    "F50",
    "F53",
    "F54",
)
PYTHON = (
    "F11",
    "F12",
    "F13",
    "F14",
    "F15",
    "F16",
    "F17",
    "F34",
    "F45",
    "F51",
    "F52",
    "F55",
    "F56",
    "F63",
    "F01",
    "F10",
    "F36",
    "F37",
    "F48",
)
FEW = 8
"""Trials at once."""


def script(turn: Turn) -> list[Step]:
    """Answers the prompts of the cases, in a second."""
    if turn.text.startswith("/ask"):
        return [Ask("How?"), say("So.", 60)]
    if "/error" in turn.text:
        return [Say(TOKENS[:20], 60), Fail()]
    if "/pause" in turn.text:
        return [Say(TOKENS[:20], 60), Pause(0.5), Say(TOKENS[20:40], 60), Pause(0.5), Say(TOKENS[40:], 60)]
    return [Pause(0.4), Say(TOKENS, 60)] if "/silence" in turn.text else [Say(TOKENS, 60)]


def chosen(ids: tuple[str, ...]) -> list[Case]:
    return [
        replace(
            case,
            prompt=OTHERS.get(case.id, case.prompt),
            script=QUICK.get(case.id, case.script),
            names="" if case.id in QUICK else case.names,  # so short a period is not named
            patience=20,
            within=20,  # how soon it is told: in `make faults`, and in test_named in time that passes at once
        )
        for case in CASES
        if case.id in ids
    ]


@pytest.mark.parametrize(
    ("kind", "ids", "siblings", "overlap"),
    [("python", (*EVERYWHERE, *PYTHON), 3, 1), ("js", EVERYWHERE, 1, 0), ("aegra", EVERYWHERE, 1, 0)],
    ids=["python", "js", "aegra"],
)
async def test_the_engine_is_exact_and_says_so(kind: str, ids: tuple[str, ...], siblings: int, overlap: int, tmp_path: Path) -> None:
    room = asyncio.Semaphore(FEW)
    async with scripted_server(script, kind=kind, siblings=siblings, overlap=overlap) as server:

        async def play(case: Case) -> Outcome:
            async with room:
                return await Trial(case, server.url, tmp_path, seed=1).run()

        outcomes = await asyncio.gather(*(play(case) for case in chosen(ids)))
    assert len(outcomes) == len(ids)
    assert [(outcome.case.id, outcome.wrong) for outcome in outcomes if not outcome.good] == []
