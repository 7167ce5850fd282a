"""Processes below one that we started, and what they use. Linux: read from /proc; elsewhere only the root is known."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
TAG = "CANVAS_TUI_TEST_TAG"


@dataclass(frozen=True, slots=True)
class Usage:
    """``cpu`` seconds of user and system time, ``rss`` bytes."""

    cpu: float = 0.0
    rss: int = 0


def _stat(pid: int) -> list[str]:
    """Fields of /proc/PID/stat from the third (state) on."""
    text = (_PROC / str(pid) / "stat").read_text()
    return text[text.rindex(")") + 2 :].split()


def _pids() -> Iterator[int]:
    if _PROC.is_dir():
        yield from (int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit())


def tree(root: int, tag: str = "") -> set[int]:
    """``root``, its descendants, and with ``tag`` what left the tree but carries it in its environment."""
    children: dict[int, list[int]] = {}
    tagged: set[int] = set()
    for pid in _pids():
        with suppress(OSError, IndexError, ValueError):
            children.setdefault(int(_stat(pid)[1]), []).append(pid)
            if tag and f"{TAG}={tag}".encode() in (_PROC / str(pid) / "environ").read_bytes().split(b"\0"):
                tagged.add(pid)
    found: set[int] = set()
    todo = [root, *tagged]
    while todo:
        pid = todo.pop()
        if pid not in found:
            found.add(pid)
            todo += children.get(pid, [])
    return found - {os.getpid()}


def usage(pids: set[int]) -> Usage:
    """What they use together; CPU holds that of children they have waited for."""
    cpu = rss = 0
    for pid in pids:
        with suppress(OSError, IndexError, ValueError):
            fields = _stat(pid)
            cpu += sum(int(field) for field in fields[11:15])
            rss += int((_PROC / str(pid) / "statm").read_text().split()[1])
    return Usage(cpu / os.sysconf("SC_CLK_TCK"), rss * os.sysconf("SC_PAGE_SIZE"))
