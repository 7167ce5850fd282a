"""Files that a person names: read as text, written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from .mistakes import Mistake

MOST = 16 * 1024 * 1024
"""Bytes of a file that goes into a message or an artifact."""


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
        raise Mistake(f"{path} cannot be written ({reason(error)}).") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def read_text(path: Path) -> str:
    """UTF-8, without its mark; line ends become newlines. Raises: Mistake."""
    try:
        if path.is_file() and path.stat().st_size > MOST:
            raise Mistake(f"{path} is larger than {MOST // 1024 // 1024} MB.")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Mistake(f"{path} cannot be read ({reason(error)}).") from None
    except UnicodeDecodeError:
        raise Mistake(f"{path} is not UTF-8 text.") from None
    return text.replace("\r\n", "\n")


def reason(error: OSError) -> str:
    return (error.strerror or "an error of the disk").lower()
