"""What can go wrong between us and a server."""

from __future__ import annotations

from enum import StrEnum

from .frozen import frozen


class FailureKind(StrEnum):
    """What went wrong between us and the server, by what can be done about it."""

    DNS = "dns"
    REFUSED = "refused"  # TCP refused
    TIMEOUT = "timeout"  # TCP connect timed out
    TLS = "tls"
    PROXY = "proxy"
    CUT = "cut"  # reset, truncated, protocol error
    NO_ANSWER = "no answer"  # sent, no response headers in time
    SILENT = "silent"  # hung up by us after silence
    AUTH = "auth"  # 401, 403
    MISSING = "missing"  # 404
    BUSY = "busy"  # 409, or 422 "already running"
    REJECTED = "rejected"  # other 4xx; detail holds the server's words
    LIMITED = "limited"  # 429
    SERVER = "server"  # 5xx
    STRANGE = "strange"  # not LangGraph: HTML, wrong content type, unreadable JSON
    REDIRECT = "redirect"  # to another origin
    TOO_BIG = "too big"
    LOCAL = "local"  # this machine: disk, permission
    SETTINGS = "settings"  # the configuration, or the environment that it names


@frozen
class Failure:
    """A failed request. ``detail`` is the server's or the system's words (hostile), ``sent`` whether the server may have acted."""

    kind: FailureKind
    detail: str = ""
    status: int | None = None
    retry_after: float | None = None  # seconds
    sent: bool = False
    where: str = ""  # host:port, or the TLS issuer
