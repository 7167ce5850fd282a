"""The terminal's window: its size is its own, its title tells the open thread and whether it runs, and it rings where that is wished."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress

from canvas_tui.core.model import Session, ThreadList
from canvas_tui.core.safe_text import safe_line

from .glyphs import Glyphs

NAME = "canvas-tui"
LONGEST = 80
"""Characters of a thread's title."""
KEEP, GIVE_BACK = "\x1b[22;2t", "\x1b[23;2t"
"""XTWINOPS: the terminal keeps the title that it has; it takes it back."""


def heed_size() -> None:
    """COLUMNS and LINES that somebody exported are as old as that: where the terminal tells its size, they would hold it for ever."""
    with suppress(AttributeError, ValueError, OSError):
        os.get_terminal_size(sys.__stdout__.fileno())  # type: ignore[union-attr]
        for name in ("COLUMNS", "LINES"):
            os.environ.pop(name, None)


class Window:
    """Writes only where something has changed. ``write`` goes to the terminal past the painting."""

    def __init__(self, write: Callable[[str], None], signs: Glyphs, *, titled: bool, rings: bool) -> None:
        self._write, self._signs, self._titled, self._rings = write, signs, titled, rings
        self._title = ""
        self._running: frozenset[str] = frozenset()

    def show(self, threads: ThreadList, session: Session, seen: bool) -> None:
        """``seen``: the terminal's window has the focus, so that nobody need be called."""
        running = frozenset(row.id for row in threads.rows if row.running)
        if self._rings and not seen and self._running - running:
            self._write("\a")
        self._running = running
        if self._titled and (title := self._words(threads, session)) != self._title:
            self._write(f"{'' if self._title else KEEP}\x1b]2;{title}\x07")
            self._title = title

    def leave(self) -> None:
        if self._title:
            self._write(GIVE_BACK)
            self._title = ""

    def _words(self, threads: ThreadList, session: Session) -> str:
        row = threads.row(session.thread_id)
        title = safe_line(row.title).strip()[:LONGEST] if row is not None else ""
        mark = self._signs.running if session.active else self._signs.waiting if session.interrupts else ""
        return " ".join(part for part in (mark, f"{title} {self._signs.dot} {NAME}" if title else NAME) if part)
