"""Back to the shell, until ``fg``."""

from __future__ import annotations

import os
import signal


def is_a_job() -> bool:
    """Whether somebody can bring the program back once it is stopped: a shell with jobs gives each a process group of its own.

    What a session begins with (``ssh host canvas-tui``, the command of a tmux window) would stand stopped for ever.
    """
    return os.getpgrp() != os.getsid(0)


def stop() -> None:
    """With all of its job, as a terminal's Ctrl+Z does: below ``make`` the shell would go on waiting for make. Returns after ``fg``.

    The terminal has to be left before: the shell has it from then on. And nobody else is to be told of the return: the driver would take
    the terminal a second time, with a second reader.
    """
    told = signal.signal(signal.SIGCONT, signal.SIG_DFL)
    try:
        os.killpg(os.getpgrp(), signal.SIGSTOP)
    finally:
        signal.signal(signal.SIGCONT, told)
