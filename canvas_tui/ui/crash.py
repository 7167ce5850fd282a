"""An error of our own: a sentence on the screen, the places in a file. Values of variables go nowhere, they may be keys."""

from __future__ import annotations

import os
import time
import traceback

from rich.text import Text


def report(error: BaseException | None, path: str) -> Text:
    """Write where it happened to ``path`` and tell it in words."""
    saved = bool(path) and error is not None and write(error, path)
    where = f" The details are in {path}; please send them to the authors." if saved else ""
    return Text(f"canvas-tui met an error of its own and had to stop. What you had typed is kept, and runs go on at the server.{where}")


def write(error: BaseException, path: str) -> bool:
    """Types and places only: an exception's own text can hold what it was called with."""
    lines = [time.strftime("%Y-%m-%d %H:%M:%S"), f"{type(error).__module__}.{type(error).__qualname__}"]
    lines += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8", errors="replace") as file:
            file.write("\n".join(lines) + "\n\n")
    except OSError:
        return False
    return True
