"""Keys of servers: from an environment variable, or printed by a command of the user's."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable, Mapping, Sequence

from ..core.ports import KeyFailure, Secret
from ..core.safe_text import safe_line

TIMEOUT = 30.0
"""Seconds for a command that prints a key; a password manager may ask for a finger meanwhile."""


_seen: set[str] = set()


def seen() -> frozenset[str]:
    """Every key that this program has had in its hands, for masking it in what is written down."""
    return frozenset(_seen)


def from_env(name: str, env: Mapping[str, str] = os.environ) -> Secret:
    """Raises: KeyFailure: it is not there, or cannot go into a header."""
    if not env.get(name, "").strip():
        raise KeyFailure(f"The environment variable {name}, which should hold the key, is empty.")
    return _checked(env[name], f"The environment variable {name}")


def from_command(command: Sequence[str], timeout: float = TIMEOUT) -> Secret:
    """The first line that the command prints. Raises: KeyFailure: with what the command said on stderr."""
    shown = shlex.join(command[:1])
    try:
        done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=timeout, check=False, start_new_session=True)
    except subprocess.TimeoutExpired:
        raise KeyFailure(f"The command for the key ({shown}) printed nothing for {timeout:.0f} seconds and was ended.") from None
    except OSError as error:
        raise KeyFailure(f"The command for the key ({shown}) cannot be started: {(error.strerror or 'unknown error').lower()}.") from None
    if done.returncode:
        said = safe_line(done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2])[:200]
        raise KeyFailure(f"The command for the key ({shown}) failed with {done.returncode}{f': {said}' if said else ''}.")
    return _checked(done.stdout.decode("utf-8", "replace").strip().partition("\n")[0], f"What the command for the key ({shown}) printed")


def source(key_env: str, key_command: Sequence[str]) -> Callable[[], Secret]:
    """How to get the key, each time anew."""
    if key_env:
        return lambda: from_env(key_env)
    if key_command:
        return lambda: from_command(key_command)
    return lambda: Secret("")


def _checked(value: str, whose: str) -> Secret:
    value = value.strip()
    if not value:
        raise KeyFailure(f"{whose} is empty.")
    if not (value.isascii() and value.isprintable()):
        raise KeyFailure(f"{whose} is no key: it holds characters that cannot be sent in a header.")
    _seen.add(value)
    return Secret(value)
