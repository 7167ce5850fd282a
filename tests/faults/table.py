"""The outcomes as a table."""

from __future__ import annotations

from collections.abc import Sequence

from tests.support.diagnosing import Found

from .trial import Case, Outcome

_COLUMNS = f"{'fault':9} {'runs':>4} {'exact':>5} {'told within':>12} {'corrections':>11} {'again':>7} {'keys':>4}"
HEADER = f"{_COLUMNS} {'A7':>4} {'A8 (doctor)':>19}    what"


def line(case: Case, outcomes: Sequence[Outcome], verdicts: Sequence[Found] = ()) -> str:
    """``verdicts``: what doctor said of the fault."""
    told = [o.told_after for o in outcomes if o.told_after is not None]
    again = [o.again_after for o in outcomes if o.again_after is not None]
    kind = next((o.told for o in outcomes if o.told), "")
    words = f"{max(told):.1f} s" if told else "no alarm" if case.quiet else "-"
    exact = sum(o.exact for o in outcomes)
    removed = sum(len(o.removed) for o in outcomes)
    keys = max((o.keys for o in outcomes), default=0)
    mark = " " if all(o.good for o in outcomes) and all(found.right for found in verdicts) else "!"
    clean = "ok" if all(o.clean for o in outcomes) else "!"
    said = ", ".join(dict.fromkeys(found.verdict.code.word for found in verdicts)) or "-"
    came = f"{max(again):.1f} s" if again else "-"
    what = f"{case.note}{f' [{kind}]' if kind else ''}"
    return f"{case.id:9} {len(outcomes):4} {exact:5} {words:>12} {removed:11} {came:>7} {keys:4} {clean:>4} {said:>19} {mark}  {what}"


def summary(outcomes: Sequence[Outcome]) -> str:
    good = sum(o.good for o in outcomes)
    exact = sum(o.exact for o in outcomes)
    runs, sent = sum(o.runs for o in outcomes), sum(o.sent for o in outcomes)
    return f"{len(outcomes)} runs: {exact} exact, {good} good in everything; {runs} runs on the server for {sent} messages"
