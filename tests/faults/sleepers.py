"""F27 with a real process: its path dies, it is stopped as a lid stops it (SIGSTOP), and goes on (SIGCONT).

A signal stops the program, and not the machine: its clocks go on together. That the wall clock alone goes on, as in a real sleep, is
played in process (`named`, tests/net).
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
import uuid
from pathlib import Path
from random import Random
from typing import Any

from canvas_tui.lab.proxy import Proxy

from .cases import CUT, LONG, PACED, QUIET
from .trial import SLACK, Case, Outcome, truth_at

ASLEEP = 9.0
"""Seconds: less than the silence after which a connection is renewed anyway."""
PATIENCE = 60.0
SLEEPS = (
    Case(
        "F27",
        LONG,
        "pass 5..30; hole",
        told=CUT | QUIET,
        within=3,
        note="half-open, the program stopped for 9 s (SIGSTOP); its run goes on",
    ),
    Case("F27b", PACED, "pass 5..30; hole", told=CUT | QUIET, within=3, note="the same; its run ends meanwhile"),
)


async def sleep(case: Case, server: str, folder: Path, seed: int) -> Outcome:
    """One turn of a client that sleeps in it."""
    out, thread = Outcome(case, seed), str(uuid.uuid4())
    async with Proxy(server, seed=seed) as lab:
        dead = asyncio.Event()
        lab.listen(lambda told: dead.set() if told.fault and not told.text.startswith("from now on") else None)
        command = ("-m", "tests.faults.client", lab.url, str(folder / f"{case.id}-{seed}.db"), thread, case.prompt, "tell")
        client = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.PIPE)
        assert client.stdout is not None
        try:
            await client.stdout.readline()
            lab.apply(case.script)
            await asyncio.wait_for(dead.wait(), 30)
            await asyncio.sleep(Random(f"sleep/{seed}").uniform(0, 1.5))
            client.send_signal(signal.SIGSTOP)
            await asyncio.sleep(ASLEEP)
            client.send_signal(signal.SIGCONT)
            woken = time.monotonic()
            said = await asyncio.wait_for(client.stdout.readline(), PATIENCE)
        except TimeoutError:
            said = b""
        finally:
            if client.returncode is None:
                client.kill()
            await client.wait()
    if not said:
        out.wrong.append("A5: not over")
        return out
    _judge(out, json.loads(said), woken, *await asyncio.to_thread(truth_at, server, thread))
    return out


def _judge(out: Outcome, said: dict[str, Any], woken: float, truth: object, runs: int) -> None:
    out.ended, out.runs = True, runs
    out.exact = said["held"] == json.loads(json.dumps(truth))
    out.removed = [str(each) for each in said["removed"]]
    told = [(kind, at - woken) for kind, at in said["told"] if kind in out.case.told and at > woken - ASLEEP]
    out.told, out.told_after = told[0] if told else ("", None)
    out.again_after = next((at - woken for at in said["grew"] if at > woken), None)
    if not out.exact:
        out.wrong.append(f"A1: held {said['held']} is not the state's {truth}")
    if out.removed:
        out.wrong.append(f"A2: painted text went: {out.removed[0][:300]}")
    if runs != 1:
        out.wrong.append(f"A4: {runs} runs for a message")
    if out.told_after is None or out.again_after is None or out.again_after > out.case.within + SLACK:
        out.wrong.append(f"A3: told {said['told']}, text came {out.again_after} s after it was woken at {woken:.1f}")


async def sleepers(server: str, folder: Path, seeds: list[int]) -> list[list[Outcome]]:
    """By case; all of a case sleep at once."""
    return [list(await asyncio.gather(*(sleep(case, server, folder, seed) for seed in seeds))) for case in SLEEPS]
