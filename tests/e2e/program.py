"""The program as a user starts it: in a pty, or as a command; nothing of the user's own files is read or written."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.painting import WAY
from tests.support.pty import Terminal

ROOT = Path(__file__).parents[2]
LIMIT = 60.0
"""Seconds for a command; generous, since the machine may be busy."""


@dataclass(frozen=True, slots=True)
class Home:
    """A user's home, empty at first but for a configuration that names the scripted model."""

    path: Path

    @property
    def env(self) -> dict[str, str | None]:
        return {
            "HOME": str(self.path),
            "XDG_CONFIG_HOME": str(self.path / "config"),
            "XDG_DATA_HOME": str(self.path / "data"),
            "XDG_STATE_HOME": str(self.path / "state"),
            "XDG_CACHE_HOME": str(self.path / "cache"),
            "XDG_RUNTIME_DIR": None,
            "CANVAS_TUI_SERVER": None,
            "CANVAS_TUI_CONFIG": None,
            "OPENAI_API_KEY": None,
            "ANTHROPIC_API_KEY": None,
            "NO_PROXY": "127.0.0.1",
        }

    @property
    def config(self) -> Path:
        return self.path / "config" / "canvas-tui" / "config.toml"

    def wait_kept(self, text: str) -> None:
        """Until this text is on the disk, in the journal."""
        end = time.monotonic() + LIMIT
        while not any(text.encode() in file.read_bytes() for file in self.path.glob("state/**/*") if file.is_file()):
            assert time.monotonic() < end, f"{text!r} was never written"
            time.sleep(0.05)

    def configure(self, text: str) -> None:
        self.config.parent.mkdir(parents=True, exist_ok=True)
        self.config.write_text(text)


@dataclass(frozen=True, slots=True)
class Finished:
    code: int
    out: str
    err: str

    def json(self) -> list[dict[str, Any]]:
        """The lines of ``--json``."""
        return [json.loads(line) for line in self.out.splitlines()]


def program(
    home: Home, *args: str, columns: int = 120, rows: int = 40, light: bool = False, below: Sequence[str] = (), **env: str | None
) -> Terminal:
    """The screen; enter it to start. It paints in the way that is tried (`tests.support.painting`). ``below``: what starts it."""
    command = [*below, sys.executable, "-m", "canvas_tui", *args, *(["--no-own-painting"] if WAY == "textual" else [])]
    return Terminal(command, env={**home.env, **env}, cwd=ROOT, columns=columns, rows=rows, light=light, margins=WAY == "margins")


async def start(home: Home, *args: str, **env: str) -> asyncio.subprocess.Process:
    """A command with its output in pipes; the caller ends it."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "canvas_tui",
        *args,
        cwd=ROOT,
        env=plain(home, env),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def finish(process: asyncio.subprocess.Process, stdin: str = "") -> Finished:
    """Its end, or the process's."""
    try:
        out, err = await asyncio.wait_for(process.communicate(stdin.encode()), LIMIT)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return Finished(process.returncode, out.decode(), err.decode())


async def command(home: Home, *args: str, stdin: str = "", **env: str) -> Finished:
    """A command to its end."""
    return await finish(await start(home, *args, **env), stdin)


def plain(home: Home, env: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with the home's in its place."""
    merged: dict[str, str | None] = {**os.environ, **home.env, **env}
    return {name: value for name, value in merged.items() if value is not None}
