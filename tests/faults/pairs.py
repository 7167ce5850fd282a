"""Two faults at once, drawn: each on its own requests, or one after the other."""

from __future__ import annotations

from random import Random

from .cases import CASES, PACED
from .trial import Case

TOO_LONG = ("F18", "F26", "F28", "F30", "F31", "F33", "F57b")
"""Their silences or rates would make one turn of minutes."""
REPLACES = ("F39", "F44", "F45", "F56")
"""What they hide from the client the state brings in the end: painted text may be corrected, with a word."""


def pairs(count: int, seed: int) -> list[Case]:
    """So many of them, the same for the same seed."""
    random = Random(seed)
    usable = [case for case in CASES if case.script and case.ends == "success" and case.id not in TOO_LONG and case.prompt == PACED]
    return [_pair(*random.sample(usable, 2)) for _ in range(count)]


def _pair(one: Case, two: Case) -> Case:
    replaced = one.corrected or two.corrected or one.id[:3] in REPLACES or two.id[:3] in REPLACES
    return Case(f"{one.id}+{two.id}", PACED, f"{one.script}\n{two.script}", corrected=replaced, ends="", note=f"{one.note}; {two.note}")
