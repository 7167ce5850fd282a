"""The files through which clients and the local agent's server find one another, and the locks that tell who lives.

Locks are ``flock``: the kernel frees them when their process dies, however it dies. No file is trusted for who is alive.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from dataclasses import asdict
from pathlib import Path
from types import TracebackType

from canvas_tui.core.frozen import frozen

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

SUPPORTED = fcntl is not None


class Lock:
    """An exclusive lock on a file, held until ``release`` or the end of the process; children do not inherit it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    @property
    def held(self) -> bool:
        return self._fd is not None

    def sign(self) -> None:
        """Write our process id into the file that we hold."""
        if self._fd is not None:
            os.truncate(self._fd, 0)
            os.pwrite(self._fd, str(os.getpid()).encode(), 0)

    def take(self) -> bool:
        """Whether it is ours now; never waits."""
        if self._fd is not None:
            return True
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(fd)
            return False
        self._fd = fd
        return True

    def release(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def __enter__(self) -> Lock:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.release()


@frozen
class Address:
    """Where the server listens and what it is; ``model_key`` tells two models, or two keys of one, apart without telling the key."""

    instance: str  # random; the server answers with it, so that a stranger on the port is not taken for ours
    url: str
    pid: int
    started: float  # seconds since the epoch
    version: str
    model: str  # in words
    model_key: str
    foreground: bool = False  # started by ``canvas-tui serve``: nobody's lease ends it


@frozen
class Folder:
    """The server's working folder and the folder of its run-time files."""

    data: Path
    state: Path

    @property
    def log(self) -> Path:
        return self.state / "agent.log"

    @property
    def address_file(self) -> Path:
        return self.state / "address.json"

    @property
    def leases(self) -> Path:
        return self.state / "leases"

    def start_lock(self) -> Lock:
        """Held while a server is looked for, started, or about to stop by itself."""
        return Lock(self.state / "start.lock")

    def server_lock(self) -> Lock:
        """Held, and signed, by the server as long as it lives."""
        return Lock(self.state / "server.lock")

    def server_pid(self) -> int:
        """The server's process id; to be trusted only while its lock is held. 0 where it has not signed."""
        try:
            return int((self.state / "server.lock").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0

    def make(self) -> None:
        for folder in (self.data, self.state, self.leases):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def read_address(self) -> Address | None:
        try:
            return Address(**json.loads(self.address_file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def write_address(self, address: Address) -> None:
        part = self.address_file.with_suffix(f".{os.getpid()}.part")
        part.write_text(json.dumps(asdict(address)), encoding="utf-8")
        part.chmod(0o600)
        part.replace(self.address_file)

    def forget_address(self, instance: str = "") -> None:
        """Remove the address, where it is still that of ``instance``."""
        found = self.read_address()
        if not instance or found is None or found.instance == instance:
            self.address_file.unlink(missing_ok=True)


class Lease:
    """A client's sign of life: a locked file. Left cleanly it is gone; after a crash it stays, unlocked."""

    def __init__(self, folder: Folder, name: str) -> None:
        self._lock = Lock(folder.leases / name)

    def take(self) -> None:
        """The server looks at leases by locking them for a moment: try again until it has looked."""
        self._lock.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        while not self._lock.take():
            time.sleep(0.002)

    def leave(self) -> None:
        if self._lock.held:
            self._lock.path.unlink(missing_ok=True)
            self._lock.release()


@frozen
class Leases:
    held: int
    dropped: int  # left by clients that died


def count_leases(folder: Folder, own: str = "") -> Leases:
    """Those of others than ``own``."""
    held = dropped = 0
    for path in _lease_files(folder):
        if path.name == own:
            continue
        with Lock(path) as lock:
            if _take_existing(lock):
                dropped += 1
            else:
                held += path.exists()
    return Leases(held, dropped)


def clear_dropped(folder: Folder) -> None:
    for path in _lease_files(folder):
        with Lock(path) as lock:
            if _take_existing(lock):
                path.unlink(missing_ok=True)


def _take_existing(lock: Lock) -> bool:
    return lock.path.exists() and lock.take()


def _lease_files(folder: Folder) -> list[Path]:
    with contextlib.suppress(OSError):
        return list(folder.leases.iterdir())
    return []
