"""Which answers are streamed to whom: the matrix of sizes, rates and links, and the part of it that an ordinary call measures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from .subjects import ALONE, LAYOUTS, MARGINS, PRINTS, PROGRAM, RECEIVES, REFERENCE, SUBJECTS, Subject

TOKENS = (2_000, 10_000, 50_000)
RATES = (50, 150, 1_000)
LINKS = (None, 64_000, 16_000)


@dataclass(frozen=True, slots=True)
class Cell:
    """An answer of so many tokens, so many a second, on a link of so many bytes a second (None: as fast as it goes)."""

    tokens: int
    rate: int
    link: int | None = None

    def __str__(self) -> str:
        link = f", {self.link // 1000} kB/s" if self.link else ""
        return f"{self.tokens:,} tokens at {self.rate:,}/s{link}"


BASE = Cell(2_000, 150)
LONG = Cell(10_000, 150)
LONGEST = Cell(50_000, 500)  # at 150/s they take five and a half minutes: --long
SLOW = Cell(2_000, 150, 16_000)

Plan = Sequence[tuple[Cell, Sequence[Subject]]]

ORDINARY: Plan = (
    (BASE, SUBJECTS),
    (Cell(2_000, 150, 64_000), (PROGRAM,)),
    (SLOW, LAYOUTS),
    (Cell(2_000, 1_000), (ALONE, PROGRAM, REFERENCE)),
    (LONG, (ALONE, PROGRAM)),
    (LONGEST, (PROGRAM,)),
)
"""About nine minutes, with the starts and the opening of threads."""

QUICK: Plan = ((Cell(600, 150), (ALONE, PROGRAM, REFERENCE)), (Cell(600, 150, 16_000), (PROGRAM,)))
"""A minute; figures are rougher, and have no targets but the ratios."""

LONG_ANSWERS: Plan = (
    (Cell(2_000, 50), (*LAYOUTS, REFERENCE)),
    (Cell(50_000, 1_000), (ALONE, PROGRAM)),
    (Cell(50_000, 150), (ALONE, PROGRAM)),
)
"""About seventeen minutes: what an ordinary call has no time for."""


def whole() -> Plan:
    """The entire matrix: hours. The reference gets answers that it can show in a bearable time."""
    return [(cell, [subject for subject in SUBJECTS if _bearable(subject, cell)]) for cell in _cells()]


def _cells() -> Iterator[Cell]:
    yield from (Cell(*parts) for parts in product(TOKENS, RATES, LINKS))
    yield LONGEST


def _bearable(subject: Subject, cell: Cell) -> bool:
    if subject in (RECEIVES, PRINTS):
        return cell == BASE
    if subject is MARGINS:
        return cell.tokens < TOKENS[2]
    return subject is not REFERENCE or cell.tokens == TOKENS[0] or (cell.tokens == TOKENS[1] and not cell.link)
