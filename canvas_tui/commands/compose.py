"""Puts the rooms together: target, journal, local agent and the backend over them."""

from __future__ import annotations

import tempfile
from argparse import Namespace
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from .. import config, paths
from ..core.frozen import frozen
from ..core.ports import Journal, ServerTarget
from ..journal import SqliteJournal
from ..net.hub import Hub
from ..net.recording import Recorder
from .mistakes import Mistake
from .preferences import FilePreferences
from .target import target

if TYPE_CHECKING:
    from ..local import LocalAgent

NO_LOCAL_AGENT = (
    "The local agent is not installed, and no server is named. Install canvas-tui with its extra local "
    "(in its folder: pipx install --force '.[local]'), or name a LangGraph server: canvas-tui --server http://HOST:PORT."
)


@frozen
class Parts:
    """What a command works with. ``backend`` wants the event loop that it will live in, hence a function."""

    target: ServerTarget
    journal: Journal
    preferences: FilePreferences
    local: LocalAgent | None
    notes: tuple[str, ...] = ()
    """Sentences that the user should see once."""
    recorder: Recorder | None = None

    def backend(self, gather: float = 0.0) -> Hub:
        """``gather``: seconds in which what comes of a stream may be left to be taken together."""
        return Hub(self.target, self.journal, self.local, recorder=self.recorder, gather=gather)

    def problem(self) -> str:
        """A sentence, where what should be kept cannot be."""
        return self.journal.problem() or (self.recorder.problem() if self.recorder is not None else "")

    def close(self) -> None:
        """The backend is closed: the last is written."""
        if self.recorder is not None:
            self.recorder.close()
        self.preferences.flush()


def compose(args: Namespace, settings: config.Settings) -> Parts:
    """Raises: Mistake: no such server, or no local agent to start."""
    state = paths.state_dir()
    _usable(state)
    preferences = FilePreferences(state / "preferences.json")
    wanted = target(settings, args, user_id=preferences.user_id())
    local, notes = _local(settings, state) if wanted.local else (None, ())
    return Parts(wanted, SqliteJournal(state / "journal.db"), preferences, local, notes)


def _local(settings: config.Settings, state: Path) -> tuple[LocalAgent, tuple[str, ...]]:
    """The local agent needs folders that can be written; where its own cannot be, it gets others, and that is told."""
    from ..local import LocalAgent, ModelSettings, launch  # where no other server is named

    if launch.missing_packages():
        raise Mistake(NO_LOCAL_AGENT)
    data, notes = paths.data_dir(), tuple[str, ...]()
    if unusable := [(folder, reason) for folder in (data, state) if (reason := _usable(folder))]:
        data = state = Path(tempfile.mkdtemp(prefix="canvas-tui-"))
        folder, reason = unusable[0]
        notes = (f"{paths.shown(folder)} cannot be written ({reason}): the local agent keeps its threads in {data}, for this time only.",)
    return LocalAgent(data, state, ModelSettings(**asdict(settings.local))), notes


def _usable(folder: Path, make: Callable[[Path], Path] = paths.private_dir) -> str:
    """Make the folder; why it cannot be used, or an empty string."""
    try:
        make(folder)
    except OSError as error:
        return (error.strerror or "an error of the disk").lower()
    return ""
