"""Waiting for keys without a clock.

Textual's reader looks for input ten times a second, for ever: an Escape alone is told from the beginning of a sequence by the time that
follows it, and the order to leave is a flag. Both are served here by waiting so only for a moment after each input; after it the reader
sleeps until something comes, or `hurry` is called.
"""

from __future__ import annotations

import math
import selectors
import socket
from contextlib import suppress

ROUND = 0.1
"""Seconds that Textual's reader waits at a time."""


class PatientSelector(selectors.SelectSelector):
    """Args:
    unclear: seconds for which it is unclear whether an Escape stands alone.
    """

    def __init__(self, unclear: float) -> None:
        super().__init__()
        self._rounds = math.ceil(unclear / ROUND) + 1  # one more: the first may end a little early
        self._quiet = 0
        self._hurried = False
        self._ear, self._bell = socket.socketpair()
        self.register(self._ear, selectors.EVENT_READ)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """As `selectors.BaseSelector.select`; where nothing has come for some rounds, ``timeout`` does not count."""
        patient = self._quiet >= self._rounds and not self._hurried
        ready = super().select(None if patient else timeout)
        for each in ready:
            if each[0].fileobj is self._ear:
                self._ear.recv(64)
                ready.remove(each)
                break
        self._quiet = 0 if ready else self._quiet + 1
        return ready

    def hurry(self) -> None:
        """From any thread: from now on it waits no longer than it is told to."""
        self._hurried = True
        with suppress(OSError):  # it has been closed
            self._bell.send(b"\0")

    def close(self) -> None:
        super().close()
        self._ear.close()
        self._bell.close()


class Patience:
    """The selectors of one driver: it has another each time that it takes the terminal."""

    def __init__(self, unclear: float) -> None:
        self._unclear = unclear
        self._selector: PatientSelector | None = None

    def make(self) -> PatientSelector:
        self._selector = PatientSelector(self._unclear)
        return self._selector

    def hurry(self) -> None:
        if self._selector is not None:
            self._selector.hurry()
