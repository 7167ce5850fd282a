"""What is measured: the program in its layouts, the reference and the floors, each a command that opens on a server and takes prompts."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.pty import Terminal

from .asking import READY

ROOT = Path(__file__).parent.parent
COLUMNS, ROWS = 120, 40


@dataclass(frozen=True, slots=True)
class Subject:
    """``ready`` stands on the screen once it can be used; ``threads``: it lists threads, which can be opened by a click.

    ``kept`` is what the program has remembered of its panes; ``margins``: the terminal has left and right margins (DECSLRM).
    """

    name: str
    module: Sequence[str]
    ready: re.Pattern[str]
    threads: bool = False
    kept: Mapping[str, str] | None = None
    margins: bool = False

    def open(self, url: str, home: Path, link: int | None = None) -> Terminal:
        """In a pty of its own that takes ``link`` bytes a second; enter it to start."""
        if self.kept:
            file = home / "state" / "canvas-tui" / "preferences.json"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(self.kept))
        command = [sys.executable, "-m", *(part.replace("{url}", url) for part in self.module)]
        return Terminal(command, env=environment(home), cwd=ROOT, columns=COLUMNS, rows=ROWS, link=link, margins=self.margins)


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


_MODULE = ("canvas_tui", "--server", "{url}")
_READY = re.compile("F1 |What would you like")

PROGRAM = Subject("three panes", _MODULE, _READY, threads=True)
ALONE = Subject("alone", _MODULE, _READY, kept={"pane.threads": "off", "pane.run": "off"})
MARGINS = Subject("margins", _MODULE, _READY, margins=True)
REFERENCE = Subject("reference", ("bench.reference", "{url}"), re.compile(READY))
RECEIVES = Subject("receives", ("bench.floors", "receives", "{url}"), re.compile(READY))
PRINTS = Subject("prints", ("bench.floors", "prints", "{url}"), re.compile(READY))

LAYOUTS = (ALONE, PROGRAM, MARGINS)
SUBJECTS = (*LAYOUTS, REFERENCE, RECEIVES, PRINTS)
