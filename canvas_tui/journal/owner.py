"""Which running program a flight belongs to: a lock that the kernel lets go of when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_OPENING = 0
"""The byte that is locked while the journal is being opened or set aside."""


class Owner:
    """One byte of a lock file, held from the first claim until this process ends. Where the file system has no locks, nobody is alive.

    Such locks are a process's own: two owners in one process do not see each other.
    """

    def __init__(self, file: Path) -> None:
        self.id = secrets.randbits(40) + 1
        self._file = file
        self._handle = -1

    @contextmanager
    def opening(self) -> Iterator[None]:
        """No other program opens or sets aside the journal meanwhile."""
        handle = self._open()
        locked = handle >= 0 and self._lock(_OPENING, wait=True)
        try:
            yield
        finally:
            if locked:
                fcntl.lockf(handle, fcntl.LOCK_UN, 1, _OPENING)

    def claim(self) -> None:
        self._lock(self.id, wait=False)

    def alive(self, owner: int) -> bool:
        """Another running program holds this owner's lock."""
        if owner == self.id or self._open() < 0:
            return False
        if not self._lock(owner, wait=False):
            return True
        fcntl.lockf(self._handle, fcntl.LOCK_UN, 1, owner)
        return False

    def close(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _open(self) -> int:
        if self._handle < 0:
            try:
                self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._handle = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            except OSError:
                return -1
        return self._handle

    def _lock(self, byte: int, wait: bool) -> bool:
        if self._open() < 0:
            return False
        try:
            fcntl.lockf(self._handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB), 1, byte)
        except OSError:
            return False
        return True
