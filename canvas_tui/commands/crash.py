"""A defect of this program: a sentence on stderr, the places in a file. Values of variables go nowhere, they may be keys."""

from __future__ import annotations

import sys

from .. import paths
from .mistakes import CRASHED


def log_file() -> str:
    """Where the places of an unexpected error are written; empty where nothing can be."""
    try:
        return str(paths.private_dir(paths.state_dir()) / "crash.log")
    except OSError:
        return ""


def tell(error: BaseException) -> int:
    """The sentence, and the exit code."""
    from ..ui import crash

    where = log_file()
    saved = bool(where) and crash.write(error, where)
    print(f"canvas-tui: an error of its own, and it had to stop.{f' The details are in {where}.' if saved else ''}", file=sys.stderr)
    return CRASHED
