"""The real JavaScript server with ``graph.mjs``, installed by npm into a folder of its own; always stopped."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

from canvas_tui.local.launch import free_port

GRAPH = Path(__file__).parent / "graph.mjs"
PACKAGES = ("@langchain/langgraph-cli", "@langchain/langgraph", "@langchain/core")
INSTALL = 300
START = 90


class NoServer(Exception):
    """``str()`` is why it cannot be had here."""


class JsServer:
    """``start`` and ``stop`` may be repeated: it is then the same server, restarted, on the same port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._child: subprocess.Popen[bytes] | None = None

    def install(self) -> None:
        """Raises: NoServer: npm is not there, or cannot reach its registry."""
        npm = shutil.which("npm")
        if npm is None:
            raise NoServer("npm is not installed")
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(GRAPH, self.folder)
        (self.folder / "package.json").write_text(json.dumps({"name": "canvas-js", "private": True, "type": "module"}))
        graphs = {name: f"./graph.mjs:{name}" for name in ("agent", "reflection", "thread_title")}
        (self.folder / "langgraph.json").write_text(json.dumps({"node_version": "20", "graphs": graphs, "env": {}}))
        command = [npm, "install", "--no-audit", "--no-fund", *PACKAGES]
        try:
            done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=INSTALL, check=False)
        except subprocess.TimeoutExpired:
            raise NoServer("npm install took too long") from None
        if done.returncode:
            raise NoServer(f"npm install failed: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else done.returncode}")

    def start(self) -> None:
        """Returns when it answers."""
        command = [
            str(self.folder / "node_modules/.bin/langgraphjs"),
            "dev",
            "--no-browser",
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
        ]
        env = {**os.environ, "LANGGRAPH_CLI_NO_ANALYTICS": "1", "LANGSMITH_TRACING": "false"}
        with open(self.folder / "server.log", "ab") as log:
            self._child = subprocess.Popen(command, cwd=self.folder, env=env, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + START
        while not self._answers():
            if self._child.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise NoServer(f"the server did not start:\n{(self.folder / 'server.log').read_text()[-2000:]}")
            time.sleep(0.2)

    def keeps(self, word: str) -> bool:
        """Whether it has written this down for its next life."""
        file = self.folder / ".langgraph_api" / ".langgraphjs_ops.json"
        return file.exists() and word in file.read_text()

    def stop(self, *hows: int) -> None:
        """The whole group of its processes: the command starts others."""
        if self._child is None:
            return
        for how in hows or (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self._child.pid, how)
                self._child.wait(10)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
        self._child = None

    def _answers(self) -> bool:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"{self.url}/ok", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False
