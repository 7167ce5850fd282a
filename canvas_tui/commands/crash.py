"""A defect of this program: a sentence and a file that says where, with no local variable and no key in it."""

from __future__ import annotations

import os
import platform
import sys
import time
import traceback
from collections.abc import Mapping

from .. import __version__, paths
from . import keys
from .mistakes import CRASHED

_TELLING = ("KEY", "TOKEN", "SECRET", "PASSWORD", "AUTH")
"""Variables of the environment with one of these in their name hold what nobody else should read."""


def masked(text: str, env: Mapping[str, str] = os.environ) -> str:
    """The text without any key that this program has had in its hands, or that the environment holds."""
    secrets = {value for name, value in env.items() if any(part in name.upper() for part in _TELLING) and len(value) >= 8}
    for secret in sorted(secrets | keys.seen(), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def report(error: BaseException) -> str:
    """Versions and the way to the error. Frames name file, line and function; the source's own text is all that is quoted."""
    when = time.strftime("%Y-%m-%d %H:%M:%S")
    system = f"canvas-tui {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    return masked("".join([f"{when}  {system}\n", *traceback.format_exception(error)]))


def keep(error: BaseException) -> str:
    """Write the report; where it went, or an empty string where nothing can be written."""
    try:
        file = paths.private_dir(paths.state_dir()) / "crash.log"
        paths.write_private(file, report(error))
    except OSError:
        return ""
    return paths.shown(file)


def tell(error: BaseException) -> int:
    """The sentence on stderr, and the exit code."""
    where = keep(error)
    advice = f"What is known about it stands in {where}." if where else "Its report could not be written, as the state folder is read-only."
    print(f"canvas-tui: The program came to a point that it was not made for, and ended. {advice}", file=sys.stderr)
    return CRASHED
