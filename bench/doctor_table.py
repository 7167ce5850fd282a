"""``python -m bench.doctor_table``: doctor tried on every fault, on the real server through the fault lab: fault, verdict, seconds."""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from canvas_tui.core import bundle
from canvas_tui.core.diagnosis import HARMLESS
from canvas_tui.local.settings import COMPATIBLE, Model
from tests.support.agent import running_agent
from tests.support.diagnosing import Case, Found, diagnose
from tests.support.model_endpoint import model_endpoint
from tests.support.scripted import scripted_server
from tests.support.scripted_steps import Gate
from tests.support.served import served_graph

from .doctor_cases import BUSY_WORKER, CASES, MODEL_DOWN, MODEL_DOWN_JS, ONE_WORKER, healthy


async def all_of(cases: Sequence[Case], server: str, at_once: int, bundles: Path | None) -> list[Found]:
    room = asyncio.Semaphore(at_once)

    async def one(case: Case) -> Found:
        async with room:
            found = await diagnose(case, server)
        print(_line(found), flush=True)
        if bundles is not None:
            _keep(bundles, found)
        return found

    return list(await asyncio.gather(*map(one, cases)))


async def with_one_worker(server: str, bundles: Path | None) -> list[Found]:
    """The second case needs the only worker taken while it is looked at."""
    first, second = ONE_WORKER
    found = await all_of((first,), server, 1, bundles)
    taking = asyncio.create_task(diagnose(BUSY_WORKER, server))
    await asyncio.sleep(1.0)
    found += await all_of((second,), server, 1, bundles)
    taking.cancel()
    await asyncio.gather(taking, return_exceptions=True)
    return found


async def with_a_model_that_is_down(folder: Path, bundles: Path | None, only: Callable[[Case], bool]) -> list[Found]:
    """With heartbeats: the local agent, whose model takes the question and says nothing. Without: a server that plays one of JavaScript."""
    found: list[Found] = []
    with model_endpoint() as endpoint, running_agent(folder, model=Model(COMPATIBLE, "down", endpoint.url)) as agent:
        endpoint.answers.clear()
        async with scripted_server([Gate("never")], kind="js", began=time.time() - 90) as scripted:
            places = [(MODEL_DOWN, agent.url), (MODEL_DOWN_JS, scripted.url)]
            for part in await asyncio.gather(*(all_of((case,), url, 1, bundles) for case, url in places if only(case))):
                found += part
    return found


def _line(found: Found) -> str:
    told = found.verdict
    mark = "ok " if found.right else "BAD"
    return f"{mark} {found.case.name:<36} {told.code.word:<18} {told.sure:<22} {found.seconds:5.1f} s"


def _keep(folder: Path, found: Found) -> None:
    """Named by the verdict that is right and the case: ``BUFFERED.f32-bursts.json``."""
    slug = re.sub(r"[^a-z0-9]+", "-", found.case.name.lower()).strip("-")
    word = found.verdict.code.word if found.right else found.case.codes[0].word
    (folder / f"{word}.{slug}.json").write_text(bundle.write(found.evidence))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.doctor_table", description=__doc__)
    parser.add_argument("--only", action="append", default=[], metavar="TEXT", help="cases whose name holds this")
    parser.add_argument("--healthy", type=int, default=0, metavar="N", help="instead: so many healthy runs, in which nobody may be accused")
    parser.add_argument("--at-once", type=int, default=5)
    parser.add_argument("--server", default="", help="a local agent with the scripted model that runs already")
    parser.add_argument("--bundles", type=Path, help="keep what was found of each in this folder")
    options = parser.parse_args()

    def only(case: Case) -> bool:
        return not options.only or any(part in case.name for part in options.only)

    cases = healthy(options.healthy) if options.healthy else [case for case in CASES if only(case)]
    if options.bundles:
        options.bundles.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.server:
            found = asyncio.run(all_of(cases, options.server, options.at_once, options.bundles))
        else:
            with running_agent(folder) as agent:
                found = asyncio.run(all_of(cases, agent.url, options.at_once, options.bundles))
        if not options.healthy and any(map(only, (MODEL_DOWN, MODEL_DOWN_JS))):
            found += asyncio.run(with_a_model_that_is_down(folder / "down", options.bundles, only))
        if not options.healthy and any(map(only, ONE_WORKER)):
            with served_graph(folder / "one") as server:
                found += asyncio.run(with_one_worker(server, options.bundles))
    wrong = [each for each in found if not each.right]
    accused = sum(1 for each in found if options.healthy and each.verdict.code not in HARMLESS)
    print(f"{len(found) - len(wrong)} of {len(found)} right" + (f"; {accused} accusations in healthy runs" if options.healthy else ""))
    for each in wrong:
        print(f"\n{each.case.name}: {each.verdict.sentence}", *(f"  - {line}" for line in each.verdict.evidence), sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
