"""What the program remembers between starts (theme, panes, its own id): a small JSON file in the state folder."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ..paths import write_private

LIMIT = 100_000
"""Bytes; what is bigger was not written by this program."""


class FilePreferences:
    """Fulfils `core.ports.Preferences`. Writing happens in a thread of its own; a file that cannot be read or written is no error."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._values = self._read()
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="preferences")

    def recall(self, name: str) -> str:
        return self._values.get(name, "")

    def remember(self, name: str, value: str) -> None:
        if self._values.get(name) != value:
            self._values[name] = value
            self._writer.submit(self._write, name, value)

    def flush(self) -> None:
        """Wait until all is written."""
        self._writer.shutdown(wait=True)

    def user_id(self, fresh: Callable[[], object] = uuid.uuid4) -> str:
        """A stable id of this machine's user, for servers that file threads by user."""
        if not self.recall("user_id"):
            self.remember("user_id", str(fresh()))
        return self.recall("user_id")

    def _read(self) -> dict[str, str]:
        try:
            with self._file.open("rb") as source:
                values = json.loads(source.read(LIMIT))
        except (OSError, ValueError, RecursionError):
            return {}
        return {name: value for name, value in values.items() if isinstance(value, str)} if isinstance(values, dict) else {}

    def _write(self, name: str, value: str) -> None:
        """Another window may have written meanwhile: only this value is ours to change."""
        try:
            write_private(self._file, json.dumps({**self._read(), name: value}, indent=1, sort_keys=True) + "\n")
        except OSError:
            pass
