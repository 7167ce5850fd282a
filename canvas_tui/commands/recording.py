"""``--record FILE``, and the last minutes that a key saves: the recorder, which knows the keys that it must not tell."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from .. import paths
from ..net.recording import Recorder, RecordingFile
from .compose import Parts
from .mistakes import Mistake


def recorded(parts: Parts, args: Namespace) -> Parts:
    """The same parts, recorded. Raises: Mistake: the file is there already, or cannot be made."""
    recorder = last_minutes(_file(args.record) if args.record else None)
    for _, value in parts.target.headers:
        recorder.strike(value)
    return replace(parts, target=replace(parts.target, key=recorder.knowing(parts.target.key)), recorder=recorder)


def last_minutes(file: RecordingFile | None = None) -> Recorder:
    return Recorder(paths.state_dir() / "recordings", file, shown=paths.shown)


def _file(name: str) -> RecordingFile:
    path = Path(name).expanduser()
    try:
        return RecordingFile(path)
    except FileExistsError:
        raise Mistake(f"{name} is there already; a recording is not written over another file.") from None
    except OSError as error:
        raise Mistake(f"{name} cannot be written ({(error.strerror or 'an error of the disk').lower()}).") from None
