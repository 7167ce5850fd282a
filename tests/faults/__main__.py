"""Every fault on the real LangGraph server, through the lab, by the program's engine. Prints a table.

make faults                                  every fault three times, 24 pairs of them, 200 deaths of the client and 21 of the server,
                                             cuts at every byte, 20,000 random schedules, every fault by name in process, huge
                                             events, a burst: three quarters of an hour on two cores
make faults ARGS="--only F23 --runs 20"      one of them
make faults ARGS="--kills 20 --deaths 1 --sweep 7 --schedules 2000"     a quick round
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bench.doctor_cases import CASES as DOCTOR_CASES
from tests.support.agent import running_agent
from tests.support.diagnosing import Case as DoctorCase
from tests.support.diagnosing import Found, diagnose

from .canvas_cases import CANVAS
from .cases import CASES, ELSEWHERE
from .deaths import DEATHS, kill_clients, kill_servers
from .heavy import burst, huge_events
from .many import many
from .matrix import DOCTOR
from .named import KILLS, NAMED
from .pairs import pairs
from .schedules import play as played
from .sleepers import SLEEPS, sleepers
from .sweep import SIBLINGS
from .sweep import run as sweep
from .table import HEADER, line, summary
from .trial import Case, Outcome, Trial
from .written import on_canvas

SERVERS = 3
"""That run, die and start again at once."""


def tell(case: Case, outcomes: Sequence[Outcome], verdicts: Sequence[Found] = ()) -> list[Outcome]:
    """A line for the case, and one for all that is wrong with it."""
    print(line(case, outcomes, verdicts), flush=True)
    for found in verdicts:
        if not found.right:
            print(f"      doctor, {found.case.name}: {found.verdict.sentence}", flush=True)
    for outcome in outcomes:
        for wrong in outcome.wrong:
            print(f"      seed {outcome.seed}: {wrong}", flush=True)
    return list(outcomes)


def doctors(id: str) -> list[DoctorCase]:
    """Doctor's cases of a fault."""
    names = DOCTOR.get(id, ())
    return [case for case in DOCTOR_CASES if case.name in names or case.name.startswith(f"{id} ")]


async def play(
    cases: Sequence[Case], server: str, folder: Path, seeds: Sequence[int], at_once: int, *, doctor: bool = False
) -> list[Outcome]:
    """All of them, so many at once, each told when all its runs are in; ``doctor``: and what doctor says of the fault."""
    room = asyncio.Semaphore(at_once)

    async def one(case: Case, seed: int) -> Outcome:
        async with room:
            return await Trial(case, server, folder, seed).run()

    async def ask(case: DoctorCase) -> Found:
        async with room:
            return await diagnose(case, server)

    async def all_of(case: Case) -> list[Outcome]:
        asked = asyncio.gather(*map(ask, doctors(case.id) if doctor else ()))
        return tell(case, await asyncio.gather(*(one(case, seed) for seed in seeds)), await asked)

    return [outcome for group in await asyncio.gather(*(all_of(case) for case in cases)) for outcome in group]


async def on_one_server(options: argparse.Namespace, server: str, folder: Path) -> list[Outcome]:
    wanted = [case for case in (*CASES, *CANVAS) if not options.only or case.id in options.only or case.id[:3] in options.only]
    seeds = range(options.seed, options.seed + options.runs)
    outcomes = await play(wanted, server, folder, seeds, options.at_once, doctor=True)
    if options.pairs:
        outcomes += await play(pairs(options.pairs, options.seed), server, folder, seeds[:1], options.at_once)
    if any(not options.only or case.id in options.only or case.id[:3] in options.only for case in SLEEPS):
        for slept in await sleepers(server, folder, list(seeds)):
            outcomes += tell(slept[0].case, slept)
    if options.kills:
        killed = await kill_clients(server, folder, options.kills, options.at_once)
        outcomes += tell(killed[0].case, killed)
    return outcomes


def swept(stride: int) -> bool:
    """A line for each framing: cuts at every ``stride``-th byte of a stream, in process."""
    good = True
    for kind in SIBLINGS:
        cuts, wrong = sweep(kind, stride)
        print(
            f"sweep     {cuts:,} cuts (RST, FIN, clean end) through a stream of the {kind} kind: {len(wrong)} wrong {wrong[:3] or ''}",
            flush=True,
        )
        good = good and not wrong
    return good


def scheduled(count: int, seed: int) -> bool:
    """A line for random schedules of faults, in process."""
    played, wrong = many(count, seed)
    kinds = ", ".join(f"{number:,} with {ids}" for ids, number in sorted(played.items()))
    print(f"schedules {played.total():,} drawn at random over core and net ({kinds}): {len(wrong)} wrong", flush=True)
    return not wrong


def named() -> bool:
    """Every fault by its name in process, in a message and in an artifact, and again with the program killed in it."""
    turns = NAMED | {f"{id} on the canvas": replace(one, script=on_canvas(one.script)) for id, one in NAMED.items()}
    wrong = [f"{id}: {each}" for id, one in turns.items() for each in one.judge(played(one))]
    wrong += [f"{id}, killed after {at:g} s: {each}" for id, one in turns.items() for at in KILLS for each in played(one, at).wrong]
    print(
        f"named     {len(NAMED)} faults in process (A1 to A5, A7), in a message and in an artifact, {len(turns) * len(KILLS)} kills in "
        f"them (A6): {len(wrong)} wrong",
        flush=True,
    )
    for each in wrong:
        print(f"      {each}", flush=True)
    return not wrong


def heavily() -> bool:
    """F57 and F58 in the real program."""
    good = True
    for measure in (huge_events, burst):
        well, lines = measure()
        print("\n".join(lines), flush=True)
        good = good and well
    return good


async def on_dying_servers(options: argparse.Namespace, folder: Path) -> list[Outcome]:
    return [o for case in DEATHS for o in tell(case, await kill_servers(folder, case, options.deaths, SERVERS))] if options.deaths else []


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", action="append", default=[], metavar="F23", help="only these, and neither pairs nor deaths unless named")
    parser.add_argument("--runs", type=int, default=3, help="of each, with the seeds from --seed on")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pairs", type=int, metavar="N", help="so many pairs of faults (24)")
    parser.add_argument("--kills", type=int, metavar="N", help="so many deaths of the client (200)")
    parser.add_argument("--deaths", type=int, metavar="N", help="so many deaths of the server, of each of three kinds (7)")
    parser.add_argument("--sweep", type=int, metavar="N", help="cuts at every N-th byte of a stream (1; 0: none)")
    parser.add_argument("--schedules", type=int, metavar="N", help="so many random schedules of faults, in process (20000)")
    parser.add_argument("--at-once", type=int, default=6)
    parser.add_argument("--server", default="", help="a LangGraph server with the scripted model that runs already")
    options = parser.parse_args()
    for name, usual in (("pairs", 24), ("kills", 200), ("deaths", 7), ("sweep", 1), ("schedules", 20_000)):
        if getattr(options, name) is None:
            setattr(options, name, 0 if options.only else usual)
    return options


def main() -> int:
    options = arguments()
    good = swept(options.sweep) if options.sweep else True
    good = (not options.schedules or scheduled(options.schedules, options.seed)) and good
    good = (bool(options.only) or named()) and good
    print(HEADER)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.server:
            outcomes = asyncio.run(on_one_server(options, options.server, folder))
        else:
            with running_agent(folder) as agent:
                outcomes = asyncio.run(on_one_server(options, agent.url, folder))
        outcomes += asyncio.run(on_dying_servers(options, folder))
    if not options.only:
        for id, words in ELSEWHERE.items():
            print(f"{id:5} {words}")
    good = (bool(options.only) or heavily()) and good
    print(summary(outcomes))
    return 0 if good and all(outcome.good for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
