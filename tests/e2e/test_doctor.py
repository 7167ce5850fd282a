"""Doctor on the real LangGraph server: through nginx, through the fault lab, and as a command."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from bench.doctor_cases import CASES, EIGHT_WAYS
from canvas_tui.core.diagnosis import HARMLESS, Code
from canvas_tui.local.launch import free_port
from tests.support import nginx
from tests.support.agent import RunningAgent
from tests.support.diagnosing import Case, Found, diagnose, made
from tests.support.pty import seen

from .program import Home, program

LONG = ("/length 400 /speed 20",)
ALT_W, F8 = "\x1bw", "\x1b[19~"
LAB = ("healthy, no run", "healthy, run at work", "F20 model silent", "F32 bursts", "F36 idle cut at 3 s", "F26 half-open", "F49 run fails")


@pytest.fixture
def server(agent: RunningAgent) -> str:
    return agent.url


async def _all(cases: list[Case], server: str) -> list[Found]:
    return list(await asyncio.gather(*(diagnose(case, server) for case in cases)))


def _wrong(found: list[Found]) -> list[str]:
    return [f"{each.case.name}: {each.verdict.code.word}, {each.verdict.evidence}" for each in found if not each.right]


async def test_names_the_ways_to_get_no_answer_and_some_faults(server: str) -> None:
    found = await _all([*EIGHT_WAYS, *(case for case in CASES if case.name in LAB)], server)
    assert not _wrong(found)
    slow = [each.case.name for each in found if each.verdict.code not in HARMLESS and each.case in EIGHT_WAYS and each.seconds > 8]
    assert not slow, "the server's own words need no long listening"


@pytest.mark.skipif(nginx.NGINX is None, reason="nginx is not installed (Debian: apt install nginx-light)")
async def test_names_what_nginx_does(server: str, tmp_path: Path) -> None:
    with ExitStack() as stack:

        def behind(name: str, lines: str, upstream: str = server) -> str:
            return stack.enter_context(nginx.nginx(tmp_path / name, upstream, lines))

        healthy, buffering, short = behind("healthy", nginx.HEALTHY), behind("buffering", nginx.BUFFERING), behind("short", nginx.SHORT)
        dead = behind("dead", nginx.HEALTHY, f"http://127.0.0.1:{free_port()}")
        found = await _all(
            [
                Case("nginx as it comes", (Code.HEALTHY,), url=healthy),
                Case("nginx as it comes, a run at work", (Code.WORKING,), LONG, url=healthy, wait=1.0),
                Case("buffering", (Code.BUFFERED_BY_GZIP,), url=buffering, direct=True),
                Case("buffering, a run at work", (Code.BUFFERED_BY_GZIP,), ("/silence 40",), url=buffering, wait=1.0),
                Case("cut when idle", (Code.IDLE_TIMEOUT,), ("/silence 40",), url=short, wait=1.0),
                Case("cut when idle, no run", (Code.IDLE_TIMEOUT,), url=short),
                Case("nothing behind it", (Code.GATEWAY,), url=dead),
            ],
            server,
        )
    assert not _wrong(found)
    told = {each.case.name: each.verdict for each in found}
    assert "nginx" in " ".join(told["buffering"].evidence) and any("gzip" in line for line in told["buffering"].now)
    assert "3.0 s" in told["cut when idle"].sentence and any("proxy_read_timeout" in line for line in told["cut when idle"].now)
    assert "502" in told["nothing behind it"].sentence


async def test_in_the_program_the_wire_and_doctor_tell_of_a_silent_model(server: str, home: Home) -> None:
    with program(home, "--server", server) as terminal:
        await seen(terminal, "You talk to")
        terminal.send("hello /silence 60")
        terminal.press("enter")
        terminal.send(ALT_W)
        await seen(terminal, "metadata")
        await seen(terminal, "heartbeat ")
        terminal.send(F8)
        await seen(terminal, "Why does nothing come?")
        await seen(terminal, re.compile(r"WORKING|RUN_SILENT"))
        assert "heartbeats came meanwhile" in terminal.text()
        terminal.press("escape")
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0


def _doctor(*args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "canvas_tui", "doctor", *args]
    return subprocess.run(command, check=False, capture_output=True, text=True, env=dict(os.environ), timeout=60)


async def test_the_command_tells_judges_offline_and_helps(server: str, tmp_path: Path) -> None:
    """A breakpoint: told with its exit code, kept in a bundle, judged again from it, continued on our word."""
    keep = tmp_path / "found.json"
    case = Case("breakpoint", (Code.STATIC_BREAKPOINT,), ("do tell /length 5",), {"interrupt_before": "*"}, wait=2.0)
    async with made(case, server) as thread_id:
        told = await asyncio.to_thread(_doctor, server, "--thread", thread_id, "--bundle", str(keep))
        assert told.returncode == Code.STATIC_BREAKPOINT.exit_code, told.stderr
        assert "STATIC_BREAKPOINT  (certain)" in told.stdout and "continue" in told.stdout.lower()
        assert "do tell" not in keep.read_text() and keep.stat().st_mode & 0o777 == 0o600

        again = await asyncio.to_thread(_doctor, "--from", str(keep), "--json")
        assert again.returncode == told.returncode
        assert json.loads(again.stdout)["verdict"] == "STATIC_BREAKPOINT"

        done = await asyncio.to_thread(_doctor, server, "--thread", thread_id, "--yes")
        assert "The thread goes on" in done.stdout
        over = await diagnose(replace(case, codes=(), prompts=(), thread_id=thread_id, wait=2.0), server)
        assert over.verdict.code is Code.ANSWERED, over.verdict
