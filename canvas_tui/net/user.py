"""Who uses the program, for servers that keep threads by user."""

from __future__ import annotations

import getpass
import platform
import uuid


def machine_user() -> str:
    """A stable id for this user on this machine, telling nothing about either."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):
        name = ""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{name}@{platform.node()}.canvas-tui"))
