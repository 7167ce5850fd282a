"""The server's log beside the wire, in the real program: the local agent's own, and a command that ends with the program."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from pathlib import Path

import pytest

from .program import LIMIT, Home, program

READY = re.compile("You talk to")
LOG = """
import os, sys, time
open(sys.argv[1], "w").write(str(os.getpid()))
print("the log is up", flush=True)
time.sleep(600)
"""


def test_the_local_agents_log_tells_of_the_run_on_the_screen(home: Home) -> None:
    with program(home, columns=200) as terminal:
        terminal.wait_for(READY, timeout=60)
        terminal.send("please /echo The early bird")
        terminal.wait_for("/echo The early bird")
        terminal.press("enter")
        terminal.wait_for(re.compile("done in"), timeout=60)
        terminal.send("\x1bw")
        terminal.wait_for("L log")
        terminal.send("lff")
        terminal.wait_for(re.compile(r"-?0:\d\d\.\d\d\s+│ \[info\] Starting background run"), timeout=30)
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0


@pytest.mark.parametrize("end", ["ctrl+q", signal.SIGTERM, signal.SIGHUP], ids=str)
def test_the_users_command_ends_with_the_program(home: Home, tmp_path: Path, end: str | signal.Signals) -> None:
    trace = tmp_path / "pid"
    command = ", ".join(f"'''{part}'''" for part in (sys.executable, "-c", LOG, str(trace)))
    home.configure(f'server = "work"\n[servers.work]\nurl = "http://127.0.0.1:9"\nlog_command = [{command}]\n')
    with program(home) as terminal:
        terminal.wait_for("127.0.0.1:9", timeout=60)
        terminal.send("\x1bw")
        terminal.wait_for("L log")
        assert not trace.exists(), "not to look at the wire"
        terminal.send("l")
        terminal.wait_for("the log is up")
        if isinstance(end, str):
            terminal.press(end)
        else:
            terminal.kill(end)
        terminal.exit_code()
        pid, deadline = int(trace.read_text()), time.monotonic() + LIMIT
        while _runs(pid):
            assert time.monotonic() < deadline, "the command outlives the program"
            time.sleep(0.02)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (ProcessLookupError, FileNotFoundError):
        return False
