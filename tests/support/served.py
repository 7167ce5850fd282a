"""``tests/support/graphs/chat.py`` on the real server as ``langgraph dev`` starts it, with as few workers as a test wants."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from canvas_tui.local.launch import QUIET, free_port

GRAPH = Path(__file__).parent / "graphs" / "chat.py"


@contextmanager
def served_graph(folder: Path, *, workers: int = 1) -> Iterator[str]:
    """Its address; the server is ended afterwards. It takes about four seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    config = {"dependencies": ["."], "graphs": {"agent": f"{GRAPH}:graph"}}
    (folder / "langgraph.json").write_text(json.dumps(config))
    told = ["--no-browser", "--no-reload", "--host", "127.0.0.1", "--port", str(port), "--n-jobs-per-worker", str(workers)]
    with open(folder / "server.log", "wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "langgraph_cli", "dev", *told], cwd=folder, env={**os.environ, **QUIET}, stdout=log, stderr=log
        )
    try:
        deadline = time.monotonic() + 60
        while not _answers(f"http://127.0.0.1:{port}/ok"):
            if child.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((folder / "server.log").read_text())
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        child.kill()
        child.wait()


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
