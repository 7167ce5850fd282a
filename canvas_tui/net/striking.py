"""Keys are struck out of a recording's lines, also where one lies across several reads of a stream."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace

from canvas_tui.core.inputs import Disconnected
from canvas_tui.core.recording import Line, Opening, Part, part, write_line

STRUCK = "***"


class Striking:
    """The text of the lines that it is given, in their order. Bytes that may be the beginning of a key wait for those behind them.

    Args:
        secrets: the keys; some may be added while lines are given.
    """

    def __init__(self, secrets: Collection[str]) -> None:
        self._secrets = secrets
        self._held: dict[str, tuple[Line, int, bytes]] = {}  # by thread: the read that they came with, its connection
        self._at = 0.0  # of the newest line: times never fall

    def text(self, line: Line, data: bytes) -> str:
        """``data`` are the bytes of a `Part`."""
        self._at = line.at
        if isinstance(line.item, Part):
            return self._part(line, line.item.conn, data)
        before = self._let_go(line.thread) if isinstance(line.item, (Opening, Disconnected)) else ""
        return before + self._written(line)

    def rest(self) -> str:
        """Nothing comes any more."""
        return "".join(self._let_go(thread) for thread in [*self._held])

    def _part(self, line: Line, conn: int, data: bytes) -> str:
        before = ""
        if line.thread in self._held and self._held[line.thread][1] != conn:
            before = self._let_go(line.thread)
        if line.thread in self._held:
            data = self._held.pop(line.thread)[2] + data
        keys = [secret.encode() for secret in [*self._secrets]]
        for key in keys:
            data = data.replace(key, STRUCK.encode())
        if begun := max((_begun(data, key) for key in keys), default=0):
            self._held[line.thread] = (line, conn, data[-begun:])
            data = data[:-begun]
        return before + (self._written(replace(line, item=part(conn, data))) if data else "")

    def _let_go(self, thread: str) -> str:
        if thread not in self._held:
            return ""
        line, conn, data = self._held.pop(thread)
        return self._written(replace(line, at=self._at, item=part(conn, data)))

    def _written(self, line: Line) -> str:
        text = write_line(line)
        for secret in [*self._secrets]:
            text = text.replace(json.dumps(secret)[1:-1], STRUCK)
        return text


def _begun(data: bytes, key: bytes) -> int:
    """So many bytes at the end are the beginning of the key, and not all of it."""
    return next((size for size in range(min(len(key) - 1, len(data)), 0, -1) if data.endswith(key[:size])), 0)
