"""``canvas-tui replay``: a recording on the screen, without a server."""

from __future__ import annotations

import asyncio
import os
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from ..core import recording
from ..core.ports import ScreenOptions
from ..core.recording import NoRecording, Recording
from ..net.replay import Replay
from ..ui.replay import ReplayApp
from .chat import has_screen, leave_when_asked
from .crash import log_file
from .demo import NoPreferences
from .mistakes import DONE, Mistake
from .settings import screen_options, screen_settings


def run(args: Namespace) -> int:
    recorded = read(args.file)
    if not 0 < args.speed < float("inf"):
        raise Mistake("--speed takes a number above 0, such as 4.")
    if not has_screen():
        raise Mistake("A replay needs a terminal.")
    options = replace(screen_options(screen_settings(), args), crash_log=log_file())
    return asyncio.run(_run(recorded, args.speed, options))


def read(name: str) -> Recording:
    """Raises: Mistake: it cannot be read, or is no recording."""
    try:
        with Path(name).expanduser().open(encoding="utf-8", newline="\n") as file:
            if os.fstat(file.fileno()).st_size > recording.CAP:
                raise Mistake(f"{name} is too big for a recording.")
            return recording.read(file)
    except OSError as error:
        raise Mistake(f"{name} cannot be read ({(error.strerror or 'an error of the disk').lower()}).") from None
    except UnicodeDecodeError:
        raise Mistake(f"{name}: This file is no recording of canvas-tui.") from None
    except NoRecording as problem:
        raise Mistake(f"{name}: {problem}") from None


async def _run(recorded: Recording, speed: float, options: ScreenOptions) -> int:
    backend = Replay(recorded, speed)
    app = ReplayApp(backend, replace(options, first_thread=backend.first_thread), NoPreferences(), backend.line)
    backend.refused, backend.opened = app.refuse, app.follow
    leave_when_asked(app)
    try:
        await app.run_async()
    finally:
        await backend.close()
    return app.return_code or DONE
