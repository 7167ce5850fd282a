"""Cuts through all of a stream (F21 to F25), some bytes apart; ``make faults`` makes them at every byte."""

from __future__ import annotations

import pytest

from tests.faults.sweep import SIBLINGS, count

APART = 211


@pytest.mark.parametrize("kind", SIBLINGS)
async def test_nothing_is_lost_and_nothing_comes_twice_wherever_it_is_cut(kind: str) -> None:
    cuts, wrong = await count(kind, APART)
    assert wrong == []
    assert cuts > 600
