"""A request that brought nothing. Apart from `failures`, so that who only hears of it need not load the HTTP client."""

from __future__ import annotations

from urllib.parse import urlsplit

from canvas_tui.core.model import Failure


class RequestFailed(Exception):
    """``failure`` says why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.kind.value)
        self.failure = failure


def host_port(url: str) -> str:
    """ "host:port" of an address for reading; the port is left out where the address has none."""
    parts = urlsplit(url)
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return parts.netloc
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{port}" if port else host
