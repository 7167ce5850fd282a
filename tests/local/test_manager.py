"""Starting, sharing and stopping the server, as two programs on one machine do it."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from canvas_tui.core.ports import LocalAddress, LocalFailure, LocalServer
from canvas_tui.local import LocalAgent, ModelSettings, launch
from canvas_tui.local.files import Folder
from canvas_tui.local.server_watch import LEAVE_GRACE
from canvas_tui.local.settings import Model
from tests.local.talk import new_thread, said, start, stream

SCRIPTED = ModelSettings("scripted")
OTHER = ModelSettings("openai-compatible", "m", "http://127.0.0.1:9/v1")
Make = Callable[..., LocalAgent]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "data" / "agent", tmp_path / "state" / "agent")


@pytest.fixture
async def make(tmp_path: Path, folder: Folder) -> AsyncIterator[Make]:
    """Local agents over one pair of folders; all are released and the server ended, whatever the test did."""
    made: list[LocalAgent] = []
    folder.make()

    def new(model: ModelSettings = SCRIPTED, **given: object) -> LocalAgent:
        made.append(LocalAgent(tmp_path / "data", tmp_path / "state", model, probe=list, **given))  # type: ignore[arg-type]
        return made[-1]

    yield new
    for each in made:
        await each.release()
    if not free(folder):
        with suppress(ProcessLookupError):
            os.kill(folder.server_pid(), signal.SIGKILL)
        await until(lambda: free(folder))


def free(folder: Folder) -> bool:
    with folder.server_lock() as lock:
        return lock.take()


async def until(condition: Callable[[], bool | Awaitable[bool]], seconds: float = 30.0) -> None:
    async with asyncio.timeout(seconds):
        while True:
            found = condition()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.05)


async def ensured(agent: LocalServer) -> tuple[LocalAddress, list[str]]:
    told: list[str] = []
    return await agent.ensure(told.append), told


async def test_a_second_client_attaches_and_the_last_to_leave_stops_it(make: Make, folder: Folder) -> None:
    first, second = make(), make()
    one, told = await ensured(first)
    assert one.assistant == "agent" and one.model == "scripted model" and one.note == ""
    assert told == ["starting the local agent (scripted model)"]
    assert os.getsid(folder.server_pid()) == folder.server_pid() != os.getsid(0)
    two, told = await ensured(second)
    assert two == replace(one, note="attached to the local agent that runs already") and told == []
    await first.release()
    assert not await first.alive()
    await asyncio.sleep(0)
    assert await second.alive()
    await second.release()
    await until(lambda: free(folder))
    assert folder.read_address() is None


async def test_two_starts_at_once_give_one_server(make: Make, folder: Folder) -> None:
    (one, _), (two, _) = await asyncio.gather(ensured(make()), ensured(make()))
    assert one.url == two.url and sorted([one.note, two.note])[0] == ""


async def test_a_run_goes_on_without_any_client_and_is_found_again(make: Make, folder: Folder) -> None:
    first, second = make(), make()
    address, _ = await ensured(first)
    with httpx.Client(base_url=address.url, timeout=60, trust_env=False) as client:
        thread = await asyncio.to_thread(new_thread, client)
        run = await asyncio.to_thread(start, client, thread, "/silence 3600 /echo x")
        os.kill(folder.server_pid(), signal.SIGHUP)
        await first.release()
        await asyncio.sleep(2 * LEAVE_GRACE)  # the time after which it would have stopped, had nothing been going on
        again, _ = await ensured(second)
        assert again == replace(address, note="attached to the local agent that runs already")
        assert (await asyncio.to_thread(client.get, f"/threads/{thread}/runs/{run}")).json()["status"] in ("pending", "running")
        await second.release()
        await asyncio.to_thread(client.post, f"/threads/{thread}/runs/{run}/cancel")
    await until(lambda: free(folder))


async def test_a_server_whose_folder_was_deleted_does_not_stay_for_ever(make: Make, folder: Folder) -> None:
    """As after a demonstration that died: nobody can find it any more."""
    agent = make()
    address, _ = await ensured(agent)
    pid = folder.server_pid()
    shutil.rmtree(folder.state)

    async def ended() -> bool:
        async with httpx.AsyncClient(trust_env=False) as client:
            with suppress(httpx.TransportError):
                await client.get(f"{address.url}/canvas-tui")
                return False
        return True

    await agent.release()
    try:
        await until(ended)
    except TimeoutError:
        os.kill(pid, signal.SIGKILL)  # nobody else would find it
        raise
    finally:
        folder.make()


async def test_what_a_dead_server_left_behind_does_not_matter(make: Make, folder: Folder) -> None:
    agent = make()
    before, _ = await ensured(agent)
    os.kill(folder.server_pid(), signal.SIGKILL)
    await until(lambda: free(folder))
    assert folder.read_address() is not None and not await agent.alive()
    after, told = await ensured(agent)
    assert told == ["starting the local agent (scripted model)"] and await agent.alive()
    assert after.model == before.model


async def test_a_changed_model_waits_until_nobody_else_uses_the_server(make: Make) -> None:
    first, second = make(), make(OTHER)
    old, _ = await ensured(first)
    kept, _ = await ensured(second)
    assert kept.url == old.url and kept.model == "scripted model"
    assert kept.note == "the local agent runs already with the scripted model and is in use; your settings wait until it is not"
    await first.release()
    new, told = await ensured(second)
    assert told == ["restarting the local agent with the changed settings", "starting the local agent (m at 127.0.0.1:9)"]
    assert new.model == "m at 127.0.0.1:9"
    with httpx.Client(base_url=new.url, timeout=60, trust_env=False) as client:
        *_, (name, data) = await asyncio.to_thread(lambda: list(stream(client, new_thread(client), **said("hi"))))
        assert (name, data["message"]) == ("error", "The model's server cannot be reached (m at 127.0.0.1:9).")


async def test_another_version_of_the_program_restarts_it(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = make(), make()
    old, _ = await ensured(first)
    monkeypatch.setattr("canvas_tui.local.manager.__version__", "9.9")
    kept, _ = await ensured(second)
    assert kept.url == old.url and "already with version 0.1.0 and is in use" in kept.note
    await first.release()
    new, told = await ensured(second)
    assert told[0] == "restarting the local agent with the changed settings" and new.note == ""


async def test_a_port_that_was_taken_meanwhile(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr(launch, "free_port", lambda host: taken.getsockname()[1])
        address, _ = await ensured(agent := make())
        assert not address.url.endswith(f":{taken.getsockname()[1]}") and await agent.alive()


async def test_a_key_that_the_endpoint_repeats_stays_out_of_the_log(make: Make, folder: Folder) -> None:
    class Repeats(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(418)
            self.end_headers()
            self.wfile.write(f'{{"error": {{"message": "odd key: {self.headers["authorization"]}"}}}}'.encode())

    with ThreadingHTTPServer(("127.0.0.1", 0), Repeats) as endpoint:
        threading.Thread(target=endpoint.serve_forever, args=(0.01,), daemon=True).start()
        settings = ModelSettings("openai-compatible", "m", f"http://127.0.0.1:{endpoint.server_port}/v1", "MY_KEY")
        address, _ = await ensured(make(settings, environ={**os.environ, "MY_KEY": "sk-very-secret"}))
        with httpx.Client(base_url=address.url, timeout=60, trust_env=False) as client:
            *_, (_, data) = await asyncio.to_thread(lambda: list(stream(client, new_thread(client), **said("hi"))))
        endpoint.shutdown()
    assert "odd key: Bearer ***" in data["message"]
    log = folder.log.read_text()
    assert "odd key: Bearer ***" in log and "sk-very-secret" not in log
    assert "sk-very-secret" not in folder.address_file.read_text()


async def test_a_server_that_hangs_is_ended(make: Make, folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    await ensured(first := make())
    pid = folder.server_pid()
    os.kill(pid, signal.SIGSTOP)
    monkeypatch.setattr("canvas_tui.local.manager.ANSWER_WITHIN", 0.2)
    monkeypatch.setattr("canvas_tui.local.manager.STOP_WITHIN", 1.0)
    _, told = await ensured(first)
    assert told[-2:] == ["the local agent that runs does not answer: ending it", "starting the local agent (scripted model)"]
    assert folder.server_pid() != pid


async def failure(agent: LocalServer) -> LocalFailure:
    with pytest.raises(LocalFailure) as caught:
        await agent.ensure(lambda sentence: None)
    return caught.value


async def test_a_server_that_ends_at_once_is_told_with_its_last_words(make: Make, tmp_path: Path, folder: Folder) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho earlier\necho 'the \033[31mreason' >&2\nexit 7\n")
    broken.chmod(0o700)
    told = await failure(make(python=str(broken)))
    assert str(told) == "The local agent ended while it was starting (exit code 7)."
    assert told.log[0] == "earlier" and "reason" in told.log[1] and "\x1b" not in told.log[1]
    assert told.log_path == str(folder.log)
    address, _ = await ensured(make())
    assert address.model == "scripted model"


async def test_an_interpreter_that_is_not_there(make: Make) -> None:
    assert str(await failure(make(python="/nowhere/python"))) == "The local agent cannot be started: no such file or directory."


async def test_the_extra_is_not_installed(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "NEEDED", ("langgraph_api", "no_such_package"))
    told = await failure(make())
    assert "no_such_package is missing" in str(told) and "pip install 'canvas-tui[local]'" in str(told)


async def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    agent = LocalAgent(tmp_path / "file", tmp_path / "state", SCRIPTED)
    assert str(await failure(agent)) == f"The local agent cannot write to {tmp_path / 'file' / 'agent'}: not a directory."


async def test_a_mistake_in_the_settings(make: Make) -> None:
    assert "OPENAI_API_KEY is empty" in str(await failure(make(ModelSettings("openai"))))


async def test_a_start_that_never_ends_elsewhere(make: Make, folder: Folder) -> None:
    folder.make()
    now = iter(range(0, 1000, 50))
    with folder.start_lock() as lock:
        lock.take()
        assert "has been starting" in str(await failure(make(clock=lambda: float(next(now)))))


def test_the_servers_environment_steers_it_nowhere_else(folder: Folder) -> None:
    environ = {"PATH": "/bin", "LANGSMITH_API_KEY": "x", "LANGGRAPH_AUTH": "{}", "REDIS_URI": "r", "NO_PROXY": "a", "MY_KEY": "k"}
    model = Model("openai-compatible", "m", "", "MY_KEY")
    address = launch.new_address(model, environ)
    given = launch.environment(environ, folder, address, model)
    assert given["PATH"] == "/bin" and given["MY_KEY"] == "k"
    assert not {"LANGSMITH_API_KEY", "LANGGRAPH_AUTH", "REDIS_URI"} & set(given)
    assert given["LANGSMITH_TRACING"] == "false" and given["NO_PROXY"] == "a,localhost,127.0.0.1,::1"
    assert "k" not in given[launch.SERVER_ENV].split('"')


def test_another_key_is_another_model(folder: Folder) -> None:
    model = Model("openai", "m", "", "K")
    keys = {launch.model_key(model, environ, "salt") for environ in ({"K": "a"}, {"K": "b"}, {})}
    assert len(keys) == 3


def test_the_client_loads_nothing_of_the_server() -> None:
    heavy = ("lang", "httpx", "aiosqlite", "starlette")
    code = (
        "import sys; from canvas_tui.local import LocalAgent, launch; launch.missing_packages(); "
        f"print([name for name in sys.modules if name.startswith({heavy})])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
