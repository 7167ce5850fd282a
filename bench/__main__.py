"""``python -m bench``: every figure of the program beside the reference's, measured in this call on this machine."""

from __future__ import annotations

import argparse
import sys

from . import table
from .scenarios import QUICK, SCENARIOS, Figures, Size
from .subjects import COLUMNS, PROGRAM, REFERENCE, ROWS


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less of everything: a minute instead of several; figures are rougher")
    parser.add_argument("--only", action="append", choices=sorted(SCENARIOS), metavar="NAME", help=f"of {', '.join(SCENARIOS)}")
    parser.add_argument("--subject", choices=(PROGRAM.name, REFERENCE.name), help="measure only this one")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    options = parser.parse_args()
    size = QUICK if options.quick else Size()
    subjects = [subject for subject in (REFERENCE, PROGRAM) if options.subject in (None, subject.name)]
    results: dict[str, Figures] = {subject.name: {} for subject in subjects}
    for name, scenario in SCENARIOS.items():
        for subject in subjects if name in (options.only or SCENARIOS) else ():
            print(f"measuring {subject.name}: {name} …", file=sys.stderr, flush=True)
            results[subject.name] |= scenario(subject, size)
    names = (PROGRAM.name, REFERENCE.name)
    if options.json:
        print(table.as_json(results, names))
    else:
        threads = " and ".join(f"{count:,}" for count in size.messages)
        print(f"pty {COLUMNS}×{ROWS}; {size.tokens:,} tokens at {size.rate}/s, long {size.long_tokens:,}, threads of {threads} messages")
        print(table.text(results, names))
    return 0


if __name__ == "__main__":
    sys.exit(main())
