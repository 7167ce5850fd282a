"""``canvas-tui``: the program on the screen."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
from argparse import Namespace
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from threading import Thread

from ..core.ports import Change, ScreenOptions
from ..net.doctor import ProgramDoctor
from ..toml_schema import did_you_mean
from ..ui.app import CanvasApp
from .compose import Parts, compose
from .crash import log_file
from .mistakes import DONE, Mistake
from .pauses import keep_pauses_short
from .recording import recorded
from .settings import screen_options, screen_settings


def has_screen() -> bool:
    """Whether somebody can see and type."""
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def run(args: Namespace) -> int:
    if not has_screen():
        raise Mistake("The program needs a terminal. Without one: canvas-tui send TEXT.")
    settings = screen_settings()
    options = replace(screen_options(settings, args), crash_log=log_file())
    parts = recorded(compose(args, settings), args)
    try:
        return asyncio.run(_run(parts, options))
    finally:
        parts.close()


async def _run(parts: Parts, options: ScreenOptions) -> int:
    backend = parts.backend(gather=1 / options.fps)
    doctor = ProgramDoctor(parts.target, backend)
    app = CanvasApp(backend, options, parts.preferences, doctor=doctor, recordings=parts.recorder, canvas=backend.canvas)
    if options.theme and options.theme not in app.available_themes:
        near = did_you_mean(options.theme, app.available_themes, f"; there are {', '.join(sorted(app.available_themes))}")
        raise Mistake(f"There is no theme {options.theme!r}{near}")
    backend.listen(_Notes(app, parts))
    hung_up = leave_when_asked(app)
    keep_pauses_short(asyncio.get_running_loop())
    try:
        await app.run_async()
    except OSError:
        if not hung_up.is_set():
            raise  # a terminal that is gone takes no farewell
    finally:
        await backend.close()
    return app.return_code or DONE


def _write_to_nobody() -> None:
    """What is still written would fail, at the interpreter's very end too, and make a clean leave look like an error."""
    nobody = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nobody, stream)
    os.close(nobody)


def leave_when_asked(app: CanvasApp) -> asyncio.Event:
    """The terminal is gone (told by the event), or the machine goes down: leave cleanly. Runs go on at the server."""
    loop, hung_up = asyncio.get_running_loop(), asyncio.Event()

    def leave(number: signal.Signals) -> None:
        if number is signal.SIGHUP:
            if hung_up.is_set():
                return
            hung_up.set()
            _write_to_nobody()
        app.call_later(app.action_quit_program)

    for number in (signal.SIGHUP, signal.SIGTERM):
        loop.add_signal_handler(number, leave, number)
    _when_hung_up(lambda: loop.call_soon_threadsafe(leave, signal.SIGHUP))
    return hung_up


def _when_hung_up(tell: Callable[[], object]) -> None:
    """The signal goes to the session's leader alone: below another program (``make run``) nobody else tells that the terminal is gone,
    and its reader would turn round and round. Waiting for that costs nothing."""

    def wait() -> None:
        with suppress(OSError, RuntimeError):  # a system that cannot tell, a loop that has ended
            terminal = select.poll()
            terminal.register(sys.stdin.fileno(), 0)
            if any(what & select.POLLHUP for _, what in terminal.poll()):
                tell()

    Thread(target=wait, name="hang-up", daemon=True).start()


class _Notes:
    """Says once what the user should know of this machine: notes of the start, and the journal's or the recording's trouble."""

    def __init__(self, app: CanvasApp, parts: Parts) -> None:
        self._app = app
        self._parts = parts
        self._waiting = list(parts.notes)
        self._told = ""

    def __call__(self, change: Change, thread_id: str) -> None:
        if (problem := self._parts.problem()) != self._told:
            self._told = problem
            self._waiting.append(problem)
        while self._waiting and self._app.is_running:
            self._app.say(self._waiting.pop(0), warning=True)
