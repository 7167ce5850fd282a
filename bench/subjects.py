"""What is measured: the program and the reference, each as a command that opens on a server and takes prompts."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.pty import Terminal

from .reference import READY

ROOT = Path(__file__).parent.parent
COLUMNS, ROWS = 120, 40


@dataclass(frozen=True, slots=True)
class Subject:
    """``ready`` stands on the screen once it can be used; ``threads``: it lists threads, which can be opened by a click."""

    name: str
    module: Sequence[str]
    ready: re.Pattern[str]
    threads: bool = False

    def open(self, url: str, home: Path) -> Terminal:
        """In a pty of its own; enter it to start."""
        command = [sys.executable, "-m", *(part.replace("{url}", url) for part in self.module)]
        return Terminal(command, env=environment(home), cwd=ROOT, columns=COLUMNS, rows=ROWS)


def environment(home: Path) -> Mapping[str, str | None]:
    """Nothing of the user's configuration or data is read or written; Python keeps its bytecode, as it does for users."""
    return {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "NO_PROXY": "127.0.0.1",
        "PYTHONDONTWRITEBYTECODE": None,
    }


PROGRAM = Subject("canvas-tui", ("canvas_tui", "--server", "{url}"), re.compile("F1 |What would you like"), threads=True)
REFERENCE = Subject("reference", ("bench.reference", "{url}"), re.compile(READY))
