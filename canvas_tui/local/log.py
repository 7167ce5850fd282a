"""The server's log: kept short, and its last lines read for the screen."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from ..core.safe_text import safe_line

LONGEST = 2_000_000
"""Bytes. A longer log is kept once as ``agent.log.1`` and begun anew."""


def rotate(log: Path) -> None:
    """Works while a server writes: it appends, so the emptied file goes on from its start."""
    with contextlib.suppress(OSError):
        if log.stat().st_size > LONGEST:
            shutil.copyfile(log, log.with_name(f"{log.name}.1"))
            os.truncate(log, 0)


def last_lines(log: Path, count: int = 12, since: int = 0) -> list[str]:
    """The last non-empty lines after the byte ``since``, without what could act in a terminal."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(since if since <= size else 0, size - 64_000))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return []
    return [safe_line(line.rstrip())[:400] for line in text.splitlines() if line.strip()][-count:]


def size(log: Path) -> int:
    with contextlib.suppress(OSError):
        return log.stat().st_size
    return 0
