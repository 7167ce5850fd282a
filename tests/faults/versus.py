"""This program's engine beside the official ``langgraph-sdk``, under the same cuts on the same server. ``make faults-vs-sdk``.

Each run asks for numbered words, so that what is lost and what comes twice can be counted. Paced: 60 words at 40 a second; burst: 240
words as fast as they come. Cut once or four times, in three ways. The SDK streams and joins again by itself as its documentation has it,
once as it comes and once with ``stream_resumable=True``.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import re
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeAlias

from langgraph_sdk import get_client

from canvas_tui.lab.proxy import Proxy
from tests.support.agent import running_agent

from .trial import Case, Trial, truth_at

PATIENCE = 60.0
HOWS = {"RST": "reset", "FIN": "cut", "clean end": "end"}
PACES = {"paced": (60, "/speed 40"), "burst": (240, "/speed 100000")}
CUTS = (1, 4)


def prompt(pace: str) -> tuple[str, list[str]]:
    """The message, and the words that have to come back."""
    count, speed = PACES[pace]
    words = [f"w{n:03}" for n in range(count)]
    return f"{speed} /echo {' '.join(words)}", words


def script(how: str, cuts: int) -> str:
    return f"(pass 6..14; {HOWS[how]}) x{cuts}"


@dataclass
class Result:
    """Of one run: what the client had when it said that it was done."""

    exact: bool = False
    lost: int = 0
    doubled: int = 0
    raised: str = ""


def judged(text: str, words: Sequence[str], truth: str) -> Result:
    seen = Counter(re.findall(r"w\d{3}", text))
    return Result(text == truth, sum(word not in seen for word in words), sum(max(0, n - 1) for n in seen.values()))


Client: TypeAlias = Callable[[str, Path, str, int, int, str], Awaitable[Result]]
"""(server, folder, how, cuts, seed, pace) -> what came of it."""


async def ours(server: str, folder: Path, how: str, cuts: int, seed: int, pace: str) -> Result:
    """Exact means: held as the state has it, and nothing painted was ever taken back."""
    text, words = prompt(pace)
    trial = Trial(Case(f"{how}-{cuts}-{pace}", text, script(how, cuts), patience=PATIENCE), server, folder, seed)
    out = await trial.run()
    if out.removed:
        return Result(False, *(lambda r: (r.lost, r.doubled))(judged(out.removed[0].split(" -> ")[0], words, "")))
    if out.good:
        return Result(exact=True)
    held = " ".join(said for role, said, _ in out.held if role == "ai")
    result = judged(held, words, "")
    result.raised = out.wrong[0][:60] if out.ended else "not over"
    return result


def sdk(resumable: bool) -> Client:
    async def run(server: str, folder: Path, how: str, cuts: int, seed: int, pace: str) -> Result:
        text, words = prompt(pace)
        got: list[str] = []
        raised = ""
        async with Proxy(server, seed=seed) as lab:
            client = get_client(url=lab.url, api_key=None)
            thread = (await client.threads.create())["thread_id"]
            lab.apply(script(how, cuts))
            asked: Any = {"messages": [{"role": "user", "content": text}]}
            try:
                async with asyncio.timeout(PATIENCE):
                    stream: Any = client.runs.stream(thread, "agent", input=asked, stream_mode="messages-tuple", stream_resumable=resumable)
                    async for part in stream:
                        if part.event == "messages" and part.data[0]["type"] == "AIMessageChunk":
                            got.append(part.data[0]["content"])
                        elif part.event == "error":
                            raised = "error event"
            except Exception as error:
                raised = type(error).__name__
        for _ in range(600):  # the run may still be on, where the client has left it
            truth, _ = await asyncio.to_thread(truth_at, server, thread)
            if len(truth) > 1:
                break
            await asyncio.sleep(0.1)
        result = judged("".join(got), words, truth[-1][1])
        result.raised = raised
        result.exact = result.exact and not raised
        return result

    return run


@dataclass
class Tally:
    runs: int = 0
    exact: int = 0
    losing: int = 0
    lost: int = 0
    doubling: int = 0
    doubled: int = 0
    raised: Counter[str] = field(default_factory=Counter)

    def add(self, result: Result) -> None:
        self.runs += 1
        self.exact += result.exact
        self.losing += result.lost > 0
        self.lost += result.lost
        self.doubling += result.doubled > 0
        self.doubled += result.doubled
        self.raised.update([result.raised] if result.raised else [])

    def __add__(self, other: Tally) -> Tally:
        pairs = ((getattr(self, n), getattr(other, n)) for n in ("runs", "exact", "losing", "lost", "doubling", "doubled", "raised"))
        return Tally(*(a + b for a, b in pairs))

    def line(self) -> str:
        raised = ", ".join(f"{name} {count}" for name, count in self.raised.most_common()) or "-"
        return f"{self.runs:4} {self.exact:6} {self.losing:5} ({self.lost:4}) {self.doubling:5} ({self.doubled:4})  {raised}"


HEADER = f"{'client':22} {'cut':9} {'pace':6} {'cuts':>4} {'runs':>4} {'exact':>6} {'lost (words)':>12} {'twice (words)':>13}  raised"


async def compare(server: str, folder: Path, runs: int, at_once: int) -> bool:
    """Prints the table; whether ours were all exact."""
    clients: dict[str, Client] = {"canvas-tui": ours, "sdk": sdk(False), "sdk, resumable": sdk(True)}
    room = asyncio.Semaphore(at_once)
    totals = {name: Tally() for name in clients}

    async def one(client: Client, *args: Any) -> Result:
        async with room:
            return await client(server, folder, *args)

    print(f"langgraph-sdk {version('langgraph-sdk')}, langgraph-api {version('langgraph-api')}; {runs} runs each")
    print(HEADER)
    for how in HOWS:
        for pace in PACES:
            for cuts in CUTS:
                for name, client in clients.items():
                    tally = Tally()
                    for result in await asyncio.gather(*(one(client, how, cuts, seed, pace) for seed in range(1, runs + 1))):
                        tally.add(result)
                    totals[name] += tally
                    print(f"{name:22} {how:9} {pace:6} {cuts:4} {tally.line()}", flush=True)
    for name, tally in totals.items():
        print(f"{name:22} {'all':21} {tally.line()}")
    return totals["canvas-tui"].exact == totals["canvas-tui"].runs


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.versus", description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=25)
    parser.add_argument("--at-once", type=int, default=5)
    parser.add_argument("--server", default="", help="a LangGraph server with the scripted model that runs already")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")  # the SDK's word about runs that are not resumable; what comes of it is counted
    with tempfile.TemporaryDirectory() as name:
        if options.server:
            exact = asyncio.run(compare(options.server, Path(name), options.runs, options.at_once))
        else:
            with running_agent(Path(name)) as agent:
                exact = asyncio.run(compare(agent.url, Path(name), options.runs, options.at_once))
    return 0 if exact else 1


if __name__ == "__main__":
    sys.exit(main())
