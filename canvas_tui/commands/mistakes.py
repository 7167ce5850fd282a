"""Exit codes, and the one exception for whatever the user can put right."""

from __future__ import annotations

DONE, CRASHED, USAGE, WAITING, FAILED, UNREACHABLE, STOPPED, BROKEN_PIPE = 0, 1, 2, 3, 4, 5, 130, 141


class Mistake(Exception):
    """Something the user can put right, told on stderr. ``str()`` is a sentence (or a line for each mistake); the exit code is 2."""
