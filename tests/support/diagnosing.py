"""Doctor set upon a server: makes the run, puts the fault lab in front, looks, and tells the verdict."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import httpx

from canvas_tui.core.diagnosis import Code, Verdict
from canvas_tui.core.evidence import Evidence
from canvas_tui.core.model import Json
from canvas_tui.core.ports import Secret, ServerTarget
from canvas_tui.core.verdicts import verdict
from canvas_tui.lab.proxy import Proxy
from canvas_tui.net.probes import LISTEN, Examination, Wish

MODES = ("messages-tuple", "updates", "custom")


@dataclass(frozen=True, slots=True)
class Case:
    """What is made wrong, and what doctor has to say. ``prompts``: a run for each, on one thread; the last one is looked at."""

    name: str
    codes: tuple[Code, ...]
    prompts: tuple[str, ...] = ()
    body: Mapping[str, Json] = field(default_factory=dict)  # of the last run, beside the usual
    script: str = ""  # of the fault lab
    wait: float = 0.0  # seconds between the last run's start and doctor
    thread: bool = True  # doctor is told of the thread
    direct: bool = False  # and of the way round the lab
    canary: bool = False
    listen: float = LISTEN
    thread_id: str = ""  # instead of the one that was made
    run_id: str = ""
    cancel: bool = False  # the run is cancelled before doctor looks
    url: str = ""  # instead of the server's


@dataclass(frozen=True, slots=True)
class Found:
    case: Case
    evidence: Evidence
    verdict: Verdict
    seconds: float

    @property
    def right(self) -> bool:
        return self.verdict.code in self.case.codes


async def diagnose(case: Case, server: str) -> Found:
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=server, trust_env=False, timeout=30))
        thread_id, run_id = await _runs(http, case) if case.prompts else ("", "")
        await asyncio.sleep(case.wait)
        if case.cancel:
            (await http.post(f"/threads/{thread_id}/runs/{run_id}/cancel", params={"wait": "true"})).raise_for_status()
        url = case.url or server
        if case.script:
            lab = await stack.enter_async_context(Proxy(server))
            lab.apply(case.script)
            url = lab.url
        wish = Wish(
            thread_id=case.thread_id or (thread_id if case.thread else ""),
            run_id=case.run_id or (run_id if case.thread else ""),
            canary=case.canary,
            listen=case.listen,
        )
        direct = target(server) if case.direct else None
        began = time.monotonic()
        evidence = await Examination(target(url), wish, lambda step: None, direct=direct).run()
        return Found(case, evidence, verdict(evidence), time.monotonic() - began)


@asynccontextmanager
async def made(case: Case, server: str) -> AsyncIterator[str]:
    """The case's thread, with its runs on it. It stays: the server loses threads that are made while another is deleted (measured)."""
    async with httpx.AsyncClient(base_url=server, trust_env=False, timeout=30) as http:
        thread_id, _ = await _runs(http, case)
        await asyncio.sleep(case.wait)
        yield thread_id


def target(url: str, key: str = "") -> ServerTarget:
    return ServerTarget("test", url, "agent", key=lambda: Secret(key), user_id="doctor")


async def _runs(http: httpx.AsyncClient, case: Case) -> tuple[str, str]:
    made = (await http.post("/threads", json={})).raise_for_status().json()
    thread_id, run_id = str(made["thread_id"]), ""
    for number, prompt in enumerate(case.prompts, 1):
        body: dict[str, Json] = {
            "assistant_id": "agent",
            "input": {"messages": [{"role": "user", "content": prompt}]},
            "stream_mode": list(MODES),
            "stream_resumable": True,
            "stream_subgraphs": True,
            "on_disconnect": "continue",
            **(case.body if number == len(case.prompts) else {}),
        }
        answer = (await http.post(f"/threads/{thread_id}/runs", json=body)).raise_for_status()
        run_id = str(answer.json()["run_id"])
    return thread_id, run_id
