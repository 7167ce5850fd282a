"""The local agent's server process: ``python -m canvas_tui.local.server``; its settings come as JSON in the environment.

Started by ``LocalAgent`` in a session of its own, so that the terminal's closing does not reach it, or in the foreground by ``serve``.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
from pathlib import Path
from urllib.parse import urlsplit

from .files import Folder
from .launch import SERVER_ENV
from .server_secrets import scrub_output

WORKERS = 16
"""Runs at once. The server's own default is one (measured), whatever its help says."""
GOODBYE = 3
"""Seconds that open streams get when the server stops."""
TAKEN = 3
"""Exit code: another server lives in this folder already."""


def main() -> int:
    given = json.loads(os.environ[SERVER_ENV])
    folder = Folder(Path(given["data"]), Path(given["state"]))
    lock = folder.server_lock()
    if not lock.take():
        print("another server of this folder is running", file=sys.stderr)
        return TAKEN
    lock.sign()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    scrub_output()
    os.chdir(folder.data)
    at = urlsplit(given["address"]["url"])

    from langgraph_api.cli import run_server  # type: ignore[import-untyped]

    logging.getLogger("langgraph_api.cli").setLevel(logging.WARNING)  # it greets with a page of its maker
    logging.getLogger("langgraph_api.worker").setLevel(logging.INFO)  # a line as each run begins and ends, for the log beside the wire
    logging.getLogger("langgraph_runtime_inmem.queue").setLevel(logging.ERROR)  # it warns of what we mean to do (allow_blocking)
    run_server(
        host=given["host"],
        port=at.port,
        reload=False,
        graphs={"agent": "canvas_tui.local.agent.graph:graph"},
        n_jobs_per_worker=WORKERS,
        open_browser=False,
        checkpointer={"backend": "custom", "path": "canvas_tui.local.agent.checkpoints.checkpointer"},
        store={"path": "canvas_tui.local.agent.checkpoints.store"},
        http={
            "app": "canvas_tui.local.server_app:app",
            "cors": {"allow_origins": []},
            "disable_mcp": True,
            "disable_a2a": True,
        },
        # A provider's package that blocks the loop for a moment must not fail the user's run.
        allow_blocking=True,
        timeout_graceful_shutdown=GOODBYE,
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
