"""``canvas-tui serve``: the server in the foreground."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from canvas_tui.core.ports import LocalFailure
from canvas_tui.local import LocalAgent, ModelSettings, launch, serve
from canvas_tui.local.files import Folder
from tests.local.talk import until

SCRIPTED = ModelSettings("scripted")


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    code = (
        "import sys; from pathlib import Path; from canvas_tui.local import ModelSettings, serve; "
        "sys.exit(serve(Path(sys.argv[1]), Path(sys.argv[2]), ModelSettings('scripted'), port=0, told=lambda s: print(s, flush=True)))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "data"), str(tmp_path / "state")],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as process:
        yield process
        if process.poll() is None:
            process.terminate()
            process.wait(30)


async def test_clients_attach_to_it_and_do_not_end_it(serving: subprocess.Popen[str], tmp_path: Path) -> None:
    assert serving.stdout is not None
    told = serving.stdout.readline()
    url = told.split(" at ")[1].split(" ")[0]
    assert told == f"The local agent listens at {url} with the scripted model. Ctrl+C ends it.\n"
    client = LocalAgent(tmp_path / "data", tmp_path / "state", SCRIPTED)
    assert (await client.ensure(lambda sentence: None)).url == url
    with pytest.raises(LocalFailure, match=f"runs already at {url}"):
        serve(tmp_path / "data", tmp_path / "state", SCRIPTED, port=0)
    other = LocalAgent(tmp_path / "data", tmp_path / "state", ModelSettings("openai-compatible", "m", "http://127.0.0.1:9/v1"))
    address = await other.ensure(lambda sentence: None)
    assert address.url == url and "is in use" in address.note
    await other.release()
    await client.release()
    assert launch.get_json(f"{url}/ok")["ok"]
    serving.send_signal(signal.SIGTERM)
    assert serving.wait(30) == 0
    folder = Folder(tmp_path / "data" / "agent", tmp_path / "state" / "agent")
    with folder.server_lock() as lock:
        until(lock.take, "the server outlived its foreground process")


def test_ctrl_c_ends_it(serving: subprocess.Popen[str]) -> None:
    assert serving.stdout is not None
    url = serving.stdout.readline().split(" at ")[1].split(" ")[0]
    until(lambda: launch.get_json(f"{url}/ok") is not None, "it never answered")
    os.killpg(serving.pid, signal.SIGINT)
    assert serving.wait(30) == 0
    assert launch.get_json(f"{url}/ok") is None


def test_it_ends_with_the_foreground_process_even_where_that_is_killed(serving: subprocess.Popen[str], tmp_path: Path) -> None:
    assert serving.stdout is not None
    assert serving.stdout.readline()
    serving.kill()
    serving.wait(30)
    folder = Folder(tmp_path / "data" / "agent", tmp_path / "state" / "agent")
    with folder.server_lock() as lock:
        until(lock.take, "the server outlived its foreground process")


def test_a_port_in_use_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LocalFailure, match=f"Port {port} of 127.0.0.1 is in use"):
            serve(tmp_path / "data", tmp_path / "state", SCRIPTED, port=port)
