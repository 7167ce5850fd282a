"""What doctor prints: a checklist that fills in, then the verdict."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import TextIO

from ..core.diagnosis import Standing, Step, Verdict, held, let_go
from ..core.evidence import Evidence
from ..core.model import Json
from ..core.safe_text import safe_line

WIDTH = 100
NAME = 20
MARKS = {Standing.DOING: "…", Standing.GOOD: "✓", Standing.BAD: "✗", Standing.SKIPPED: "–"}
PLAIN = {Standing.DOING: ".", Standing.GOOD: "+", Standing.BAD: "x", Standing.SKIPPED: "-"}


class Checklist:
    """On a terminal lines change where they stand; elsewhere each is printed once it is known."""

    def __init__(self, out: TextIO, *, quiet: bool = False) -> None:
        self._out = out
        self._quiet = quiet
        self._live = out.isatty()
        self._marks = MARKS if "utf" in (getattr(out, "encoding", "") or "").lower() else PLAIN
        self._steps: dict[str, Step] = {}

    def take(self, step: Step) -> None:
        if self._quiet:
            return
        known = len(self._steps)
        self._steps[step.name] = step
        if self._live:
            if known:
                self._out.write(f"\x1b[{known}A")
            self._out.writelines(f"\r\x1b[2K{self._line(each)}\n" for each in self._steps.values())
        elif step.standing is not Standing.DOING:
            self._out.write(self._line(step) + "\n")
        self._out.flush()

    def say(self, sentence: str) -> None:
        if not self._quiet:
            self._out.write(f"  {sentence}\n")

    def close(self) -> None:
        if not self._quiet:
            self._out.write("\n")
            self._out.flush()

    def _line(self, step: Step) -> str:
        line = f"  {self._marks[step.standing]} {step.name:<{NAME}} {safe_line(step.told)}"
        return line[: WIDTH - 1] if self._live else line


def report(told: Verdict) -> str:
    """The verdict for a person."""
    return "\n".join(_lines(told))


def _lines(told: Verdict) -> Iterator[str]:
    yield f"{told.code.word}  ({told.sure})"
    yield from _wrapped(told.sentence, WIDTH)
    if told.instead:
        yield f"It could as well be {' or '.join(code.word for code in told.instead)}."
    yield from _list("What was found", told.evidence)
    yield from _list("What would refute it", [told.refuted_by] if told.refuted_by else [])
    yield from _list("What to do", told.now)


def _list(title: str, lines: Sequence[str]) -> Iterator[str]:
    if not lines:
        return
    yield ""
    yield f"{title}:"
    for line in lines:
        yield from (f"  {'-' if number == 0 else ' '} {each}" for number, each in enumerate(_wrapped(line, WIDTH - 4)))


def _wrapped(words: str, width: int) -> list[str]:
    """Words of commands stay whole, so that they can be copied; numbers stay beside their units."""
    return [let_go(line) for line in textwrap.wrap(held(words), width, break_long_words=False, break_on_hyphens=False)]


def as_json(evidence: Evidence, told: Verdict) -> dict[str, Json]:
    """The verdict for a program."""
    return {
        "type": "verdict",
        "verdict": told.code.word,
        "sentence": told.sentence,
        "sure": told.sure.value,
        "could_be": [code.word for code in told.instead],
        "evidence": list(told.evidence),
        "refuted_by": told.refuted_by,
        "now": list(told.now),
        "action": told.action.value or None,
        "exit_code": told.code.exit_code,
        "url": evidence.url,
        "thread_id": evidence.thread_id or None,
        "run_id": evidence.run_id or None,
        "seconds": round(evidence.seconds, 2),
    }
