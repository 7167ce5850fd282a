"""``canvas-tui lab`` as a process: before any server, for any client."""

from __future__ import annotations

import asyncio
import sys
import urllib.request

import pytest

from canvas_tui import cli
from canvas_tui.lab.faults import FAULTS
from canvas_tui.lab.vocabulary import WORDS

from .upstream import BEAT, event, streaming, upstream


async def test_it_stands_before_a_server_and_says_what_it_does() -> None:
    async with upstream(streaming(*(event(n) for n in range(9)), BEAT)) as server:
        command = (sys.executable, "-m", "canvas_tui", "lab", "--upstream", server.url, "--script", "pass 2; end")
        lab = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        try:
            assert lab.stdout is not None
            url = (await lab.stdout.readline()).split()[0].decode()
            body = await asyncio.to_thread(lambda: urllib.request.urlopen(f"{url}/threads/t/runs/r/stream", timeout=10).read())
            assert body == event(0) + event(1)
            lines = [(await lab.stdout.readline()).decode().rstrip() for _ in range(3)]
        finally:
            lab.terminate()
        assert await lab.wait() == 0
    assert lines[0].endswith("! from now on: pass 2; end")
    assert lines[1].endswith("  #1 GET /threads/t/runs/r/stream: answered 200, an event stream")
    assert lines[2].endswith(f"! #1 GET /threads/t/runs/r/stream: ended cleanly after 2 events, {len(body):,} bytes")


def test_everything_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["lab", "--list"]) == 0
    shown = capsys.readouterr().out
    assert all(fault.id in shown and fault.name in shown for fault in FAULTS)
    assert all(word.usage in shown for word in WORDS.values())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "Which server?"),
        (["--upstream", "x:y"], "no address of a server"),
        (["--upstream", "h:1", "--script", "pas 5"], "did you mean 'pass'?"),
        (["--upstream", "h:1", "--fault", "F99"], "There is no fault 'F99'"),
        (["--upstream", "h:1", "--fault", "F03"], "nothing a proxy can make"),
        (["--upstream", "h:1", "--fault", "F21", "--script", "cut"], "not allowed with"),
    ],
)
def test_a_mistake_is_a_sentence(given: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["lab", *given]) == 2
    assert said in capsys.readouterr().err
