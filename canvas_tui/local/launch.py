"""Starting the server's process: its port, its environment, its place outside of the terminal's session."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .. import __version__
from . import log
from .files import Address, Folder
from .settings import OLLAMA, Model

SERVER_ENV = "CANVAS_TUI_AGENT_SERVER"
"""Environment variable of the server's process: JSON of its folders, its address and the host it listens on."""
MODEL_ENV = "CANVAS_TUI_AGENT_MODEL"
"""Environment variable of the server's process: the decided model as JSON."""

QUIET = {
    "LANGGRAPH_CLI_NO_ANALYTICS": "1",
    "LANGGRAPH_NO_VERSION_CHECK": "true",
    "LANGSMITH_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "LANGSMITH_TRACING_V2": "false",
    "OTEL_SDK_DISABLED": "true",
    "LOG_LEVEL": "WARNING",
    "LOG_COLOR": "false",
    "PYTHONUNBUFFERED": "1",
    "PYTHONIOENCODING": "utf-8",
}
"""Offline and without telemetry. (Without a licence key, the server's own reports are off too: measured.)"""
UNWANTED = (
    "LANGGRAPH_",
    "LANGSERVE_",
    "LANGSMITH_",
    "MOUNT_PREFIX",
    "DATABASE_URI",
    "POSTGRES_",
    "REDIS_URI",
    "N_JOBS_PER_WORKER",
    "BG_JOB_",
    "CORS_",
)
"""Prefixes of variables that would steer the server elsewhere; those of ``QUIET`` are set after their removal."""
NEEDED = ("langgraph_api", "langgraph_runtime_inmem", "aiosqlite", "langchain", "langchain_openai")
"""Top-level packages that the extra ``local`` brings: asking for one that lies deeper would import its parents."""


def missing_packages() -> list[str]:
    """Those of ``NEEDED`` that are not installed; nothing is imported."""
    return [name for name in NEEDED if find_spec(name) is None]


def free_port(host: str = "127.0.0.1") -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def port_is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def model_key(model: Model, environ: Mapping[str, str], salt: str) -> str:
    """Equal for the same model with the same key, under one salt; does not give the key away."""
    key = environ.get(model.key_env, "") if model.key_env else ""
    return sha256("\0".join((salt, model.to_json(), key)).encode()).hexdigest()[:24]


def new_address(model: Model, environ: Mapping[str, str], *, host: str = "127.0.0.1", port: int = 0, foreground: bool = False) -> Address:
    """The address of a server that is about to be started; a port of 0 takes a free one."""
    instance = secrets.token_hex(12)
    shown = f"[{host}]" if ":" in host else host
    return Address(
        instance=instance,
        url=f"http://{shown}:{port or free_port(host)}",
        pid=0,  # the server fills it in
        started=time.time(),
        version=__version__,
        model=model.label,
        model_key=model_key(model, environ, instance),
        foreground=foreground,
    )


def environment(environ: Mapping[str, str], folder: Folder, address: Address, model: Model, *, host: str = "127.0.0.1") -> dict[str, str]:
    """The server's environment: the user's, without what would steer it elsewhere."""
    kept = {name: value for name, value in environ.items() if not name.startswith(UNWANTED)}
    given = {
        "data": str(folder.data),
        "state": str(folder.state),
        "address": asdict(address),
        "host": host,
        "any_host": host not in ("127.0.0.1", "::1"),
        "parent": os.getpid(),
    }
    names = ("NO_PROXY", "no_proxy")
    # A model on this machine is not reached through a proxy.
    direct = dict.fromkeys(names, ",".join([*filter(None, map(environ.get, names)), "localhost,127.0.0.1,::1"]))
    return {**kept, **QUIET, **direct, SERVER_ENV: json.dumps(given), MODEL_ENV: model.to_json()}


def spawn(environ: Mapping[str, str], folder: Folder, *, python: str = sys.executable) -> subprocess.Popen[bytes]:
    """The server as a child with a session of its own: neither Ctrl+C nor the terminal's closing reaches it."""
    log.rotate(folder.log)
    fd = os.open(folder.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        return subprocess.Popen(
            [python, "-m", "canvas_tui.local.server"],
            env=dict(environ),
            cwd=Path(__file__).parents[2],  # so that a source tree works as well as an installation
            stdin=subprocess.DEVNULL,
            stdout=fd,
            stderr=fd,
            start_new_session=True,
        )
    finally:
        os.close(fd)


def get_json(url: str, *, timeout: float = 2.0) -> Any:
    """GET from this machine, never through a proxy; None where nothing sensible answers."""
    host, _, path = url.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host, timeout=timeout)
    try:
        connection.request("GET", f"/{path}")
        response = connection.getresponse()
        return json.loads(response.read(1_000_000)) if response.status == 200 else None
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()


def answers(address: Address) -> bool:
    """Whether the server of this address, and no stranger, answers there."""
    who = get_json(f"{address.url}/canvas-tui")
    return isinstance(who, dict) and who.get("instance") == address.instance


def ollama_models() -> list[str]:
    """The models of an Ollama on this machine."""
    found = get_json(f"{OLLAMA}/api/tags", timeout=0.5)
    models = found.get("models") if isinstance(found, dict) else None
    return [str(each["name"]) for each in models or [] if isinstance(each, dict) and each.get("name")]
