"""``python -m tests.faults``: every fault on the real LangGraph server, through the lab, by the program's engine. Prints a table.

python -m tests.faults                     every fault, three seeds each
python -m tests.faults --only F23 --runs 20
python -m tests.faults --pairs 20          two faults at once, drawn
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.support.agent import running_agent

from .cases import CASES, ELSEWHERE
from .table import HEADER, line, summary
from .trial import Case, Outcome, Trial


async def play(cases: Sequence[Case], server: str, folder: Path, seeds: Sequence[int], at_once: int) -> list[Outcome]:
    """All of them, so many at once, each told when all its runs are in."""
    room = asyncio.Semaphore(at_once)

    async def one(case: Case, seed: int) -> Outcome:
        async with room:
            return await Trial(case, server, folder, seed).run()

    async def all_of(case: Case) -> list[Outcome]:
        outcomes = await asyncio.gather(*(one(case, seed) for seed in seeds))
        print(line(case, outcomes), flush=True)
        for outcome in outcomes:
            for wrong in outcome.wrong:
                print(f"      seed {outcome.seed}: {wrong}", flush=True)
        return list(outcomes)

    return [outcome for group in await asyncio.gather(*(all_of(case) for case in cases)) for outcome in group]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", action="append", default=[], metavar="F23", help="only these")
    parser.add_argument("--runs", type=int, default=3, help="of each, with the seeds from --seed on")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=6)
    parser.add_argument("--server", default="", help="a LangGraph server with the scripted model that runs already")
    options = parser.parse_args()
    print(HEADER)
    wanted = [case for case in CASES if not options.only or case.id in options.only or case.id[:3] in options.only]
    seeds = range(options.seed, options.seed + options.runs)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.server:
            outcomes = asyncio.run(play(wanted, options.server, folder, seeds, options.at_once))
        else:
            with running_agent(folder) as agent:
                outcomes = asyncio.run(play(wanted, agent.url, folder, seeds, options.at_once))
    if not options.only:
        for id, words in ELSEWHERE.items():
            print(f"{id:5} {words}")
    print(summary(outcomes))
    return 0 if all(outcome.good for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
