"""Against the real LangGraph server: what only it can prove."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from canvas_tui.core.model import NoticeKind, Phase, Role, RunStatus, ServerKind, ServerPhase
from tests.support.graphs import chat

from .backends import at_rest, hub_at, texts, until

pytest.importorskip("langgraph_api")

QUIET = {
    "LANGGRAPH_CLI_NO_ANALYTICS": "1",
    "LANGGRAPH_NO_VERSION_CHECK": "true",
    "LANGSMITH_TRACING": "false",
    "LOG_LEVEL": "WARNING",
}


class Server:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "langgraph.json").write_text(json.dumps({"dependencies": ["."], "graphs": {"chat": f"{chat.__file__}:graph"}}))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "langgraph_cli", "dev", "--no-browser", "--no-reload", "--port", str(self.port)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--n-jobs-per-worker", "10"],
                cwd=self.folder,
                env={**os.environ, **QUIET},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Until it answers."""
        for _ in range(600):
            assert self.process is not None
            assert self.process.poll() is None, (self.folder / "log").read_text()[-2000:]
            try:
                urllib.request.urlopen(f"{self.url}/ok", timeout=1).read()
                return
            except (urllib.error.URLError, OSError):
                with socket.socket() as pause:
                    pause.settimeout(0.1)
                    pause.connect_ex(("127.0.0.1", 9))
                try:
                    self.process.wait(0.1)
                except subprocess.TimeoutExpired:
                    pass
        raise AssertionError("the server did not come up")

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, how)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("server"))
    made.start()
    try:
        made.wait()
        yield made
    finally:
        made.stop()


def tokens(count: int) -> str:
    return "".join(f" t{n:05d}" for n in range(count))


async def test_tokens_of_the_graph_and_of_a_subgraph(server: Server) -> None:
    async with hub_at(server.url) as hub:
        for wish in ("n=20", "n=20 sub=1"):
            thread = hub.new_thread()
            hub.submit(thread, wish)
            session = await at_rest(hub, thread)
            assert texts(session) == [tokens(20)]
            assert session.run is not None
            assert session.run.tokens == 20
            assert session.notices == ()
        assert hub.server().kind is ServerKind.PYTHON
        await until(hub, lambda: [row.title for row in hub.threads().rows] == ["n=20 sub=1", "n=20"])


async def test_a_tool_then_a_question_then_a_failure(server: Server) -> None:
    async with hub_at(server.url) as hub:
        thread = hub.new_thread()
        hub.submit(thread, "n=3 tool=1 ask=1")
        session = await at_rest(hub, thread)
        assert [x.value["question"] for x in session.interrupts] == ["Proceed?"]
        hub.answer(thread, [(session.interrupts[0].id, "yes")])
        session = await at_rest(hub, thread)
        assert (texts(session), texts(session, Role.TOOL)) == ([tokens(3)], ["result for weather"])
        hub.submit(thread, "n=5 err=2")
        session = await at_rest(hub, thread)
        assert [n.detail for n in session.notices if n.kind is NoticeKind.FAILED] == ["model exploded before token 2"]


async def test_stopping_cancels_the_run(server: Server) -> None:
    async with hub_at(server.url) as hub:
        thread = hub.new_thread()
        hub.submit(thread, "n=500 delay=0.02")
        await until(hub, lambda: any(m.role is Role.AI for m in hub.session(thread).live))
        hub.stop(thread)
        session = await at_rest(hub, thread)
        assert session.run is not None
        assert (session.run.status, session.run.stopped) == (RunStatus.INTERRUPTED, True)
        assert texts(session)[0].startswith(" t00000")


async def test_two_clients_on_one_run(server: Server) -> None:
    async with hub_at(server.url) as one, hub_at(server.url) as two:
        thread = one.new_thread()
        one.submit(thread, "n=60 delay=0.02")
        await until(one, lambda: any(m.role is Role.AI for m in one.session(thread).live))
        two.open(thread)
        await until(two, lambda: two.session(thread).link.phase is Phase.LIVE)
        assert texts(await at_rest(two, thread)) == texts(await at_rest(one, thread)) == [tokens(60)]


async def test_a_killed_server_is_waited_for_and_its_new_attempt_shown(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.start()
    try:
        await asyncio.to_thread(server.wait)
        async with hub_at(server.url) as hub:
            thread = hub.new_thread()
            hub.submit(thread, "n=40 delay=0.05")
            await until(hub, lambda: any(len(m.text) > 20 for m in hub.session(thread).live if m.role is Role.AI))
            await asyncio.to_thread(server.stop, signal.SIGTERM)
            await until(hub, lambda: hub.server().phase is ServerPhase.DOWN)
            assert {n.kind for n in hub.session(thread).notices if n.until is None} <= {NoticeKind.CUT, NoticeKind.UNREACHABLE}
            server.start()
            session = await at_rest(hub, thread)
            assert texts(session)[-1] == tokens(40)
            await until(hub, lambda: hub.server().phase is ServerPhase.UP)  # it has a wait of its own
    finally:
        server.stop()
