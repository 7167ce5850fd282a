"""What httpx raises and servers answer, as `Failure`: told apart by type, never by an exception's words (a reset has none)."""

from __future__ import annotations

import errno
import os
import re
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from canvas_tui.core.model import Failure, FailureKind, Json
from canvas_tui.wire.errors import words_of
from canvas_tui.wire.jsontext import loads

from .failed import host_port

SHOWN = 200
"""Characters of a strange body that are shown."""
DETAIL = 500


_BY_TYPE: tuple[tuple[type[Exception], FailureKind, bool], ...] = (
    (httpx.ConnectTimeout, FailureKind.TIMEOUT, False),
    (httpx.PoolTimeout, FailureKind.TIMEOUT, False),
    (httpx.ProxyError, FailureKind.PROXY, False),
    (httpx.ConnectError, FailureKind.REFUSED, False),
    (httpx.ReadTimeout, FailureKind.NO_ANSWER, True),
    (httpx.WriteTimeout, FailureKind.CUT, True),
    (httpx.UnsupportedProtocol, FailureKind.LOCAL, False),
    (httpx.InvalidURL, FailureKind.LOCAL, False),
    (httpx.LocalProtocolError, FailureKind.LOCAL, False),
    (httpx.DecodingError, FailureKind.STRANGE, True),
    (httpx.TransportError, FailureKind.CUT, True),
    (TimeoutError, FailureKind.NO_ANSWER, True),
)
"""(exception, kind, whether the server may have acted), the particular before the general."""

_BY_CAUSE: tuple[tuple[type[BaseException], FailureKind], ...] = (
    (socket.gaierror, FailureKind.DNS),
    (ssl.SSLError, FailureKind.TLS),
    (ConnectionRefusedError, FailureKind.REFUSED),
    (TimeoutError, FailureKind.TIMEOUT),
)


_ON_THE_WAY = (FailureKind.DNS, FailureKind.REFUSED, FailureKind.TIMEOUT, FailureKind.PROXY)
"""Failures before the server is reached: where a proxy stands in between, they are the proxy's."""


def from_exception(error: Exception, url: httpx.URL | str, issuer: str = "", proxy: str = "") -> Failure:
    """Args:
    issuer: who signed the certificate that was refused, where it is known.
    proxy: host:port of the environment's proxy that the request takes.
    """
    kind, sent = next(((kind, sent) for type_, kind, sent in _BY_TYPE if isinstance(error, type_)), (FailureKind.LOCAL, False))
    cause: BaseException = error
    if isinstance(error, httpx.ConnectError):
        cause, kind = _cause(error)
    where = issuer if kind is FailureKind.TLS and issuer else host_port(str(url))
    words = str(error)[:100] if isinstance(error, httpx.ProxyError) else _system_words(cause)  # there: the proxy's status line
    if proxy and kind in _ON_THE_WAY:
        kind, where = FailureKind.PROXY, proxy
    return Failure(kind, detail=words, sent=sent, where=where)


def _chain(error: BaseException) -> Iterator[BaseException]:
    waiting, seen = [error], set[int]()
    while waiting:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            waiting.extend(current.exceptions)
        waiting.extend(next_ for next_ in (current.__cause__, current.__context__) if next_ is not None)


def _cause(error: httpx.ConnectError) -> tuple[BaseException, FailureKind]:
    for type_, kind in _BY_CAUSE:
        for cause in _chain(error):
            if isinstance(cause, type_):
                return cause, kind
    found = next((cause for cause in _chain(error) if isinstance(cause, OSError) and cause.errno), error)
    return found, FailureKind.REFUSED


def _system_words(error: BaseException) -> str:
    """The system's own words for what went wrong, without the exception's clothes."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, ssl.SSLError):
        return str(getattr(error, "reason", None) or "").replace("_", " ").lower()
    if isinstance(error, OSError) and error.errno is not None:
        return os.strerror(error.errno) if error.errno in errno.errorcode else error.strerror or ""
    return ""


# -- answers -----------------------------------------------------------------------------------------------------------

_BY_STATUS = {
    401: FailureKind.AUTH,
    403: FailureKind.AUTH,
    404: FailureKind.MISSING,
    407: FailureKind.PROXY,
    409: FailureKind.BUSY,
    429: FailureKind.LIMITED,
}
_BUSY_WORDS = re.compile(r"already running|is busy|currently running", re.IGNORECASE)


def from_response(response: httpx.Response, body: bytes) -> Failure:
    """Any answer that is not what was asked for. A page of HTML is no LangGraph server's, unless it is a gateway's 5xx or a login's 401."""
    status = response.status_code
    words = _words(response, body)
    kind = _BY_STATUS.get(status)
    if kind is None:
        kind = FailureKind.SERVER if status >= 500 else FailureKind.REDIRECT if 300 <= status < 400 else FailureKind.REJECTED
    if status == 422 and _BUSY_WORDS.search(words):
        kind = FailureKind.BUSY
    if kind in (FailureKind.MISSING, FailureKind.REJECTED) and is_html(response, body):
        kind = FailureKind.STRANGE
    if kind is FailureKind.REDIRECT:
        words = redirect_target(response)
    return Failure(
        kind,
        detail=words,
        status=status,
        retry_after=retry_after(response.headers.get("retry-after", "")),
        sent=status >= 500,
        where=host_port(str(response.url)),
    )


def strange(response: httpx.Response, body: bytes) -> Failure:
    """A good status, and a body that is not LangGraph's."""
    shown = body[: SHOWN * 4].decode("utf-8", "replace")[:SHOWN]
    return Failure(FailureKind.STRANGE, detail=shown, status=response.status_code, sent=True, where=host_port(str(response.url)))


def is_html(response: httpx.Response, body: bytes) -> bool:
    return "html" in response.headers.get("content-type", "") or body[:64].lstrip().lower().startswith((b"<!doctype", b"<html"))


def _words(response: httpx.Response, body: bytes) -> str:
    text = body[: 64 * 1024].decode("utf-8", "replace")
    if is_html(response, body):
        return _page_words(text)
    try:
        told: Json = loads(text)
    except ValueError:
        return text.strip()[:DETAIL]
    return (words_of(told) or text.strip())[:DETAIL]


_HIDDEN = re.compile(r"<(script|style|head)\b.*?</\1>", re.IGNORECASE | re.DOTALL)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def _page_words(page: str) -> str:
    """A page's title and first words."""
    title = _TITLE.search(page)
    body = _TAG.sub(" ", _HIDDEN.sub(" ", page))
    return " ".join(f"{title[1] if title else ''} {body}".split())[:SHOWN]


def redirect_target(response: httpx.Response) -> str:
    """Where a redirect points: origin and path, nothing secret."""
    try:
        target = response.url.join(response.headers.get("location", ""))
    except httpx.InvalidURL:
        return ""
    return f"{target.scheme}://{target.netloc.decode('ascii', 'replace')}{target.path}"[:DETAIL]


def retry_after(value: str) -> float | None:
    """Seconds, from a number or an HTTP date."""
    if value.strip().isdigit():
        return float(value)
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    return max(0.0, (at.astimezone(UTC) - datetime.now(UTC)).total_seconds())
