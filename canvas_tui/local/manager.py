"""The local agent as a client sees it: found or started, held by a lease, let go."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from .. import __version__
from ..core.ports import LocalAddress, LocalFailure
from . import launch, log
from .files import SUPPORTED, Address, Folder, Lease, Lock, count_leases
from .settings import Model, ModelSettings, Probe, decide

Told = Callable[[str], None]
Clock = Callable[[], float]

ASSISTANT = "agent"
START_WITHIN = 90.0
"""Seconds for a server to answer: 4 on an idle machine, 12 on a busy one (measured); then something is wrong."""
LOCK_WITHIN = 120.0
"""Seconds to wait for another client that is starting the server."""
ANSWER_WITHIN = 30.0
"""Seconds for a server that another client has started, or that is ending."""
STOP_WITHIN = 15.0
"""Seconds for a server to end after it was asked to."""
LOOK_EVERY = 0.05


class LocalAgent:
    """Fulfils ``core.ports.LocalServer``. ``data_dir`` keeps threads, ``state_dir`` the log and what belongs to one run of the server.

    ``clock`` is a monotonic one, in seconds.
    """

    def __init__(
        self,
        data_dir: Path,
        state_dir: Path,
        model: ModelSettings,
        *,
        environ: Mapping[str, str] = os.environ,
        clock: Clock = time.monotonic,
        probe: Probe = launch.ollama_models,
        python: str = "",
    ) -> None:
        self._folder = Folder(data_dir.absolute() / "agent", state_dir.absolute() / "agent")
        self._settings, self._environ, self._clock, self._probe, self._python = model, environ, clock, probe, python
        self._lease_name = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._lease = Lease(self._folder, self._lease_name)
        self._address: Address | None = None

    def log_path(self) -> str:
        return str(self._folder.log)

    async def alive(self) -> bool:
        address = self._address
        return address is not None and await asyncio.to_thread(launch.answers, address)

    async def release(self) -> None:
        self._address = None
        await asyncio.to_thread(self._lease.leave)

    async def ensure(self, told: Told) -> LocalAddress:
        if not SUPPORTED:
            raise LocalFailure("The local agent needs Linux, macOS or WSL. Give --server with the address of a LangGraph server.")
        model = await asyncio.to_thread(decide, self._settings, self._environ, self._probe)
        self._make_folders()
        with self._folder.start_lock() as lock:
            await self._wait_for(lock, told)
            await asyncio.to_thread(self._lease.take)
            try:
                address, note = await self._find(model, told) or (await self._start(model, told), "")
            except BaseException:
                self._lease.leave()
                raise
        self._address = address
        return LocalAddress(address.url, ASSISTANT, address.model, note)

    def _make_folders(self) -> None:
        try:
            self._folder.make()
        except OSError as error:
            where = error.filename or self._folder.state
            raise LocalFailure(f"The local agent cannot write to {where}: {(error.strerror or 'it failed').lower()}.") from error

    async def _wait_for(self, lock: Lock, told: Told) -> None:
        deadline, said = self._clock() + LOCK_WITHIN, False
        while not lock.take():
            if not said:
                told("another canvas-tui is starting the local agent")
                said = True
            if self._clock() > deadline:
                raise LocalFailure("Another canvas-tui has been starting the local agent for too long. End it and try again.")
            await asyncio.sleep(LOOK_EVERY)

    async def _find(self, model: Model, told: Told) -> tuple[Address, str] | None:
        """The server that runs, where there is one that will do; one that will not is stopped, if nobody else uses it."""
        address = await self._running(told)
        if address is None:
            return None
        wanted = launch.model_key(model, self._environ, address.instance)
        if address.version == __version__ and address.model_key == wanted:
            return address, "attached to the local agent that runs already"
        if await self._is_used(address):
            what = f"version {address.version}" if address.version != __version__ else f"the {address.model}"
            return address, f"the local agent runs already with {what} and is in use; your settings wait until it is not"
        told("restarting the local agent with the changed settings")
        await self._end()
        return None

    async def _running(self, told: Told) -> Address | None:
        """The server that answers, None where none lives. One that is starting or stopping is waited for, one that hangs is ended."""
        deadline, said = self._clock() + ANSWER_WITHIN, False
        while not self._is_free():
            address = self._folder.read_address()
            if address is not None and await asyncio.to_thread(launch.answers, address):
                return address
            if self._clock() > deadline:
                told("the local agent that runs does not answer: ending it")
                await self._end()
                break
            if not said:
                told("waiting for the local agent that is starting or ending")
                said = True
            await asyncio.sleep(LOOK_EVERY)
        self._folder.forget_address()
        return None

    def _is_free(self) -> bool:
        """Whether no server lives. Its lock tells, not its file: a process id may have passed to a stranger."""
        with self._folder.server_lock() as lock:
            return lock.take()

    async def _is_used(self, address: Address) -> bool:
        if address.foreground or (await asyncio.to_thread(count_leases, self._folder, self._lease_name)).held:
            return True
        metrics = await asyncio.to_thread(launch.get_json, f"{address.url}/metrics?format=json")
        queue = (metrics.get("queue") if isinstance(metrics, dict) else None) or {}
        return bool(queue.get("n_pending") or queue.get("n_running"))

    async def _end(self) -> None:
        """Ask the server to end, at last kill it, and wait until it has. Its lock is held, so the process id is still its own."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            deadline = self._clock() + STOP_WITHIN
            if (pid := self._folder.server_pid()) and not self._is_free():
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, number)
            while self._clock() < deadline:
                if self._is_free():
                    return
                await asyncio.sleep(LOOK_EVERY)
        raise self._failure("The local agent that runs does not answer and does not end.", 0)

    async def _start(self, model: Model, told: Told) -> Address:
        if missing := launch.missing_packages():
            raise LocalFailure(
                f"The local agent is not installed ({missing[0]} is missing): pip install 'canvas-tui[local]', "
                "or give --server with the address of a LangGraph server."
            )
        told(f"starting the local agent ({model.label})")
        address = launch.new_address(model, self._environ)
        environ = launch.environment(self._environ, self._folder, address, model)
        before = log.size(self._folder.log)
        try:
            child = await asyncio.to_thread(launch.spawn, environ, self._folder, **({"python": self._python} if self._python else {}))
        except OSError as error:
            raise self._failure(f"The local agent cannot be started: {(error.strerror or 'it failed').lower()}.", before) from error
        try:
            return await self._started(address.instance, child, before)
        except BaseException:
            await asyncio.shield(asyncio.to_thread(_kill, child))
            raise

    async def _started(self, instance: str, child: subprocess.Popen[bytes], before: int) -> Address:
        deadline = self._clock() + START_WITHIN
        while self._clock() < deadline:
            if (code := child.poll()) is not None:
                raise self._failure(f"The local agent ended while it was starting (exit code {code}).", before)
            address = self._folder.read_address()
            if address is not None and address.instance == instance and await asyncio.to_thread(launch.answers, address):
                return address
            await asyncio.sleep(LOOK_EVERY)
        raise self._failure(f"The local agent did not answer within {START_WITHIN:.0f} s.", before)

    def _failure(self, sentence: str, since: int) -> LocalFailure:
        return LocalFailure(sentence, log.last_lines(self._folder.log, since=since), self.log_path())


def _kill(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.wait()
