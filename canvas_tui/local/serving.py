"""``canvas-tui serve``: the local agent in the foreground."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from ..core.ports import LocalFailure
from . import launch
from .files import SUPPORTED, Folder
from .settings import ModelSettings, decide

DEFAULT_PORT = 2024


def serve(
    data_dir: Path,
    state_dir: Path,
    model: ModelSettings,
    *,
    host: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
    environ: Mapping[str, str] = os.environ,
    told: Callable[[str], None] = print,
) -> int:
    """Run the server until Ctrl+C or SIGTERM; its log goes to stderr. Returns the exit code.

    Raises:
        LocalFailure: where it cannot be started.
    """
    if not SUPPORTED:
        raise LocalFailure("The local agent needs Linux, macOS or WSL.")
    chosen = decide(model, environ, launch.ollama_models)
    if missing := launch.missing_packages():
        raise LocalFailure(f"The local agent is not installed ({missing[0]} is missing): pip install 'canvas-tui[local]'.")
    folder = Folder(data_dir.absolute() / "agent", state_dir.absolute() / "agent")
    try:
        folder.make()
    except OSError as error:
        raise LocalFailure(f"The local agent cannot write to {error.filename}: {(error.strerror or 'it failed').lower()}.") from error
    with folder.server_lock() as lock:
        if not lock.take():
            running = folder.read_address()
            where = f" at {running.url}" if running else ""
            raise LocalFailure(f"The local agent runs already{where}; it ends when the last canvas-tui that uses it is closed.")
    if port and not launch.port_is_free(host, port):
        raise LocalFailure(f"Port {port} of {host} is in use. Give another one with --port, or 0 for any that is free.")
    address = launch.new_address(chosen, environ, host=host, port=port, foreground=True)
    told(f"The local agent listens at {address.url} with the {chosen.label}. Ctrl+C ends it.")
    return _run(launch.environment(environ, folder, address, chosen, host=host))


def _run(environ: Mapping[str, str]) -> int:
    """Wait for the server, which shares our terminal and so hears Ctrl+C itself; end it at SIGTERM and SIGHUP."""
    child = subprocess.Popen([sys.executable, "-m", "canvas_tui.local.server"], env=dict(environ), cwd=Path(__file__).parents[2])
    before = {number: signal.signal(number, lambda number, frame: child.terminate()) for number in (signal.SIGTERM, signal.SIGHUP)}
    before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        code = child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0 if code in (0, -signal.SIGINT, -signal.SIGTERM) else code
