"""The line to the terminal: what goes between the app and its driver.

The terminal is not always the program's: an editor may have it, or the shell. Textual's writer thread has ended then, and what is written
would never be taken, or block the loop once the thread's queue is full.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual import constants, events
from textual.driver import Driver
from textual.message import Message

from .. import textual_parts as parts
from .answers import FRAME
from .gauge import ROW, Gauge
from .patience import Patience

_TAKES, _LEAVES = "\x1b[?1049h", "\x1b[?1049l"  # what the driver writes when it takes the terminal (again), and leaves it
_KIND = 4  # characters that tell what a sequence sets


class Line:
    """``file`` is the terminal. ``taken`` is called when it is ours (again). Without a gauge nothing is measured."""

    def __init__(self, driver: Driver, file: Any, gauge: Gauge | None, taken: Callable[[], None]) -> None:
        self.away = False
        """Somebody else has the terminal."""
        self._driver = driver
        self._gauge = gauge
        self._taken = taken
        self._kept: dict[str, str] = {}  # the newest of each kind: a title, a bell, a copy
        self._to_driver, self._close_driver = driver.write, driver.close
        self._patience = Patience(constants.ESCAPE_DELAY)
        self._disable = driver.disable_input
        parts.wait_with(self._patience.make)
        parts.wire(driver, write=self._write, close=self._close, disable_input=self._leave, file=file if gauge is None else gauge)
        if gauge is not None:
            self._process = driver.process_message
            parts.wire(driver, process_message=self._hear)

    def come_back(self) -> None:
        """The process was stopped, by whomever, and goes on: the terminal is taken again, as others may have left it otherwise.

        Textual does so without leaving it first, where it has not left it itself: two threads read the terminal then, of which the end
        finds one, and the other turns round and round for ever. A terminal that hangs up wakes a process too (SIGHUP comes with SIGCONT).
        """
        if parts.restarts(self._driver) and parts.has_terminal(self._driver):
            if not self.away:
                self._driver.suspend_application_mode()
            self._driver.resume_application_mode()

    def _write(self, data: str) -> None:
        if _TAKES in data:
            self._take(data)
        elif self.away:
            self._kept.pop(data[:_KIND], None)
            self._kept[data[:_KIND]] = data
        else:
            self._to_driver(f"\x1b[m{data}" if _LEAVES in data else data)

    def _take(self, data: str) -> None:
        if self.away and self._gauge is not None:
            self._gauge.begin()
        self.away = False
        self._taken()
        for each in (data, *self._kept.values()):
            self._to_driver(each)
        self._kept.clear()

    def _close(self) -> None:
        self.away = True
        self._close_driver()

    def _hear(self, message: Message) -> None:
        """In the thread that reads."""
        assert self._gauge is not None
        if isinstance(message, events.Key) and message.key == FRAME:
            self._gauge.answered()
        elif not (isinstance(message, events.CursorPosition) and message.y == ROW - 1 and self._gauge.answered(message.x + 1)):
            self._process(message)

    def _leave(self) -> None:
        if self._gauge is not None:
            self._gauge.all_answered()
        self._patience.hurry()
        self._disable()
