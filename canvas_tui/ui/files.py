"""Files that the user names: read, written whole, and over another one only after asking. Nothing here runs in the event loop."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from canvas_tui.core.file_text import MOST, Unreadable, why
from canvas_tui.core.safe_text import safe_line

T = TypeVar("T")


class FileProblem(Exception):
    """``str()`` is a sentence for the user."""


class Exists(Exception):
    """There is such a file already."""


def full_path(typed: str) -> Path:
    """As a person types it: ``~`` is the home folder."""
    return Path(os.path.abspath(os.path.expanduser(typed.strip())))


def shown(path: Path) -> str:
    """As a person would write it; clean."""
    home = str(Path.home())
    text = str(path)
    return safe_line(f"~{text[len(home) :]}" if text.startswith(home + os.sep) else text)


def read(path: Path, of: Callable[[str, bytes], T]) -> T:
    """What the file holds, ``of`` its name and its bytes. Raises: FileProblem."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise FileProblem(f"{shown(path)} is not a file.")
        with path.open("rb") as file:
            return of(path.name, file.read(MOST + 1))
    except OSError as error:
        raise FileProblem(f"{shown(path)} cannot be read: {why(error)}.") from None
    except Unreadable as what:
        raise FileProblem(f"{shown(path)} {what}.") from None


def write_text(path: Path, text: str, over: bool = False) -> None:
    """The whole text or none of it; ``over`` another file only where the user said so, and never through a link.

    Raises: Exists, FileProblem.
    """
    data = text.encode("utf-8", "replace")
    try:
        if over and not path.is_symlink():
            _replace(path, data)
        else:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644), "wb") as file:
                file.write(data)
    except FileExistsError:
        if over:
            raise FileProblem(f"{shown(path)} is a link; it is not written through.") from None
        raise Exists from None
    except OSError as error:
        raise FileProblem(f"{shown(path)} cannot be written: {why(error)}.") from None


def _replace(path: Path, data: bytes) -> None:
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o644
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".canvas-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
