"""``canvas-tui serve``: the local agent in the foreground."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ..core.ports import LocalFailure
from . import launch
from .files import SUPPORTED, Folder
from .settings import ModelSettings, decide

DEFAULT_PORT = 2024
LOOK_EVERY = 0.1
STDERR = 2


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
    with folder.start_lock() as starting:
        if not starting.take():
            raise LocalFailure("A canvas-tui is starting or stopping the local agent just now. Try again in a moment.")
        with folder.server_lock() as lock:
            if not lock.take():
                running = folder.read_address()
                where = f" at {running.url}" if running else ""
                raise LocalFailure(f"The local agent runs already{where}; it ends when the last canvas-tui that uses it is closed.")
        if port and not launch.port_is_free(host, port):
            raise LocalFailure(f"Port {port} of {host} is in use. Give another one with --port, or 0 for any that is free.")
        address = launch.new_address(chosen, environ, host=host, port=port, foreground=True)
        child = subprocess.Popen(
            [sys.executable, "-m", "canvas_tui.local.server"],
            env=launch.environment(environ, folder, address, chosen, host=host),
            cwd=Path(__file__).parents[2],
            stdout=STDERR,
        )
        with _signals(child):
            while child.poll() is None and not launch.answers(address):
                time.sleep(LOOK_EVERY)
            starting.release()
            if child.returncode is None:
                told(f"The local agent listens at {address.url} with the {chosen.label}. Ctrl+C ends it.")
            code = child.wait()
    return 0 if code in (0, -signal.SIGINT, -signal.SIGTERM) else code


@contextmanager
def _signals(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """The server shares our terminal and so hears Ctrl+C itself; SIGTERM, and SIGHUP which it ignores, are passed on as SIGTERM."""
    before = {number: signal.signal(number, lambda number, frame: child.terminate()) for number in (signal.SIGTERM, signal.SIGHUP)}
    before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
