"""A port behind which nobody answers: the system drops the SYNs of new connections, so that they time out."""

from __future__ import annotations

import contextlib
import socket

FILLERS = 4
"""Connections that fill the queue of a listener that accepts none (Linux takes one for a backlog of 0)."""


class Darkness:
    """Holds the port from its making until `lift`."""

    def __init__(self, host: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._sockets = [socket.socket(family)]
        listener = self._sockets[0]
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(0)
        for _ in range(FILLERS):
            filler = socket.socket(family)
            filler.setblocking(False)
            self._sockets.append(filler)
            with contextlib.suppress(OSError):
                filler.connect((host, port))

    def lift(self) -> None:
        for sock in self._sockets:
            sock.close()
