"""Where things are kept, and how they are written: private folders (0700) and files (0600), each system's own places."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

APP = "canvas-tui"


def config_file(env: Mapping[str, str] = os.environ) -> Path:
    """``$CANVAS_TUI_CONFIG``, or ``config.toml`` where this system keeps configuration."""
    if named := env.get("CANVAS_TUI_CONFIG"):
        return Path(named).expanduser()
    from platformdirs import user_config_path

    return user_config_path(APP) / "config.toml"


def state_dir() -> Path:
    """Journal, preferences and logs; losing it loses no conversation."""
    from platformdirs import user_state_path

    return user_state_path(APP)


def data_dir() -> Path:
    """The local agent's threads."""
    from platformdirs import user_data_path

    return user_data_path(APP)


def private_dir(folder: Path) -> Path:
    """Make the folder, readable by its owner alone; folders above it keep the system's usual mode.

    Raises:
        OSError: it cannot be made, or cannot be written.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(13, "Permission denied", str(folder))
    return folder


def write_private(file: Path, text: str) -> None:
    """Put the text in place at once and whole, 0600 from the first byte: a reader sees the old file or the new one.

    Raises:
        OSError: it cannot be written; the old file stands as it was.
    """
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)  # 0600 by its own rule
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as new:
            new.write(text)
            new.flush()
            os.fsync(new.fileno())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def shown(path: Path) -> str:
    """The path as a person writes it, with ``~`` for the home folder."""
    try:
        return f"~/{path.relative_to(Path.home())}"
    except (ValueError, RuntimeError):
        return str(path)
