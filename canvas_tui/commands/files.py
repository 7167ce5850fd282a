"""Files that a person names: read, written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from canvas_tui.core.artifact import Document
from canvas_tui.core.file_text import MOST, Unreadable, document_of, text_of, why

from .mistakes import Mistake

T = TypeVar("T")


def write_whole(path: Path, text: str) -> None:
    """The file has all of it, or is as it was: written beside it first. What the name points to is written, its rights are kept.

    Raises:
        Mistake: it cannot be written.
    """
    target = path.resolve() if path.is_symlink() else path
    try:
        if target.exists() and not target.is_file():  # such as /dev/stdout or a pipe: nothing can take its place
            target.write_text(text, encoding="utf-8", errors="replace", newline="")
            return
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        handle, beside = tempfile.mkstemp(prefix=f".{target.name[:40]}.", dir=target.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(beside, mode)
            os.replace(beside, target)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(beside)
            raise
    except OSError as error:
        raise Mistake(f"{path} cannot be written ({why(error)}).") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def read_text(path: Path) -> str:
    """Without its mark; line ends become newlines. Raises: Mistake."""
    return _read(path, text_of).replace("\r\n", "\n")


def read_document(path: Path) -> Document:
    """Text or PDF, to go with a message. Raises: Mistake."""
    return _read(path, document_of)


def _read(path: Path, of: Callable[[str, bytes], T]) -> T:
    try:
        with path.open("rb") as file:  # also of a pipe: <(command)
            return of(path.name, file.read(MOST + 1))
    except OSError as error:
        raise Mistake(f"{path} cannot be read ({why(error)}).") from None
    except Unreadable as what:
        raise Mistake(f"{path} {what}.") from None
