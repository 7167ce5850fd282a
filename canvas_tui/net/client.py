"""Requests to one server: time limits, keys, redirects, retries. Raises `RequestFailed` and nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import ssl
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import TypeAlias

import httpx

from canvas_tui import __version__
from canvas_tui.core.frozen import frozen
from canvas_tui.core.model import Failure, FailureKind, Json
from canvas_tui.core.ports import KeyFailure, ServerTarget
from canvas_tui.wire.jsontext import loads, loads_aside

from .failed import RequestFailed, host_port
from .failures import from_exception, from_response, redirect_target, strange
from .proxies import env_proxy
from .tls import issuer_of

CONNECT = 5.0
HEADERS = 10.0
"""Seconds until the response's headers, and between two reads of a short answer's body."""
WRITE = 30.0
BODY_CAP = 256 * 1024 * 1024
STALE = 60.0
"""Seconds until connections of before a sleep are closed."""
IN_LOOP = 256 * 1024
"""Larger bodies are decoded in a thread, so that the screen goes on."""
STREAM_HEADERS = CONNECT + HEADERS

_LIMITS = httpx.Timeout(HEADERS, connect=CONNECT, write=WRITE, pool=None)
_STREAM_LIMITS = httpx.Timeout(None, connect=CONNECT, write=WRITE, pool=None)
_IDEMPOTENT = frozenset({"GET"})


@frozen
class Answer:
    status: int
    headers: Mapping[str, str]
    value: Json
    """The decoded body, None where it is empty."""


Params: TypeAlias = Mapping[str, str | int | Sequence[str]]


def server_time(headers: Mapping[str, str]) -> float:
    """The server's clock by its ``Date`` header, which knows whole seconds: the end of that second, so that ages are not negative."""
    try:
        return parsedate_to_datetime(headers.get("date", "")).timestamp() + 0.999
    except (ValueError, TypeError):
        return time.time()


class Client:
    """One server's connections. ``url`` may differ from the target's (the local agent's port)."""

    def __init__(self, target: ServerTarget, url: str) -> None:
        self.url = url.rstrip("/")
        self._target = target
        self._key = ""
        self._key_asked = False
        self._asking = asyncio.Lock()
        self._loopback = is_loopback(self.url)
        # A context that trusts nobody costs nothing to make; over plain HTTP on this machine none is used.
        bare = self._loopback and self.url.startswith("http://")
        self._verify = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if bare else httpx.create_ssl_context()
        self._http = self.connections()
        self._stale: list[httpx.AsyncClient] = []

    def connections(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            verify=self._verify,
            trust_env=not self._loopback,  # a proxy of the environment cannot reach this machine's own server
            timeout=_LIMITS,
            follow_redirects=False,
            headers={"user-agent": f"canvas-tui/{__version__}"},
        )

    async def close(self) -> None:
        for http in (*self._stale, self._http):
            with contextlib.suppress(Exception):
                await http.aclose()

    async def renew(self) -> None:
        """Use no connection that is open now for another request: after a sleep they are dead, and nothing tells."""
        stale, self._http = self._http, self.connections()
        self._stale.append(stale)
        await asyncio.sleep(STALE)  # whoever reads from one still may
        self._stale.remove(stale)
        with contextlib.suppress(Exception):
            await stale.aclose()

    # -- short requests

    async def get(self, path: str, params: Params | None = None) -> Answer:
        return await self.request("GET", path, params=params)

    async def post(self, path: str, body: Json) -> Answer:
        return await self.request("POST", path, body)

    async def request(self, method: str, path: str, body: Json = None, *, params: Params | None = None) -> Answer:
        """Raises:
        RequestFailed: no answer, or one that is not 2xx JSON.
        """
        async with self._answered(method, path, body, params, _LIMITS, "application/json") as response:
            raw = await self._read(response)
            return Answer(response.status_code, dict(response.headers), await _decode(response, raw))

    async def _read(self, response: httpx.Response) -> bytes:
        parts, size = [], 0
        try:
            async for part in response.aiter_bytes():
                parts.append(part)
                size += len(part)
                if size > BODY_CAP:
                    raise RequestFailed(Failure(FailureKind.TOO_BIG, where=host_port(str(response.url)), sent=True))
        except httpx.HTTPError as error:
            raise RequestFailed(from_exception(error, response.url)) from error
        return b"".join(parts)

    # -- streams

    @asynccontextmanager
    async def stream(
        self, path: str, last_event_id: str, *, body: Json = None, encoding: str = "identity"
    ) -> AsyncIterator[httpx.Response]:
        """An open event stream: headers have come, and say so. With a ``body`` it is started by POST.

        Raises:
            RequestFailed: no headers in time, not 200, or not an event stream.
        """
        headers = {"last-event-id": last_event_id, "cache-control": "no-store", "accept-encoding": encoding}
        method = "GET" if body is None else "POST"
        async with self._answered(method, path, body, None, _STREAM_LIMITS, "text/event-stream", headers) as response:
            if "text/event-stream" not in response.headers.get("content-type", "").lower():
                raise RequestFailed(strange(response, await self._glimpse(response)))
            yield response

    async def _glimpse(self, response: httpx.Response) -> bytes:
        """The beginning of a body that is not wanted."""
        seen = b""
        with contextlib.suppress(httpx.HTTPError, TimeoutError):
            async with asyncio.timeout(2.0):
                async for part in response.aiter_bytes():
                    seen += part
                    if len(seen) > 4096:
                        break
        return seen

    # -- one request, with its second chances

    @asynccontextmanager
    async def _answered(
        self,
        method: str,
        path: str,
        body: Json,
        params: Params | None,
        limits: httpx.Timeout,
        accept: str,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[httpx.Response]:
        url = httpx.URL(self.url + path)
        used = ""
        chances = {"key", "redirect", *({"pooled"} if method in _IDEMPOTENT else ())}
        while True:
            try:
                request = self._http.build_request(
                    method,
                    url,
                    json=body if method in ("POST", "PATCH", "PUT") or body is not None else None,
                    params=params,
                    headers={"accept": accept, **(headers or {}), **await self._credentials()},
                    timeout=limits,
                )
                used = self._key
                response = await self._send(request)
            except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
                # After a 500 the pooled connection is dead (measured): a question may be asked once more on a new one.
                if "pooled" in chances and isinstance(error, (httpx.ReadError, httpx.RemoteProtocolError)):
                    chances.discard("pooled")
                    continue
                issuer = await issuer_of(error, url)
                raise RequestFailed(from_exception(error, url, issuer, self._proxy_to(url))) from error
            try:
                if response.is_success:
                    yield response
                    return
                raw = await self._read(response) if not response.is_redirect else b""
                if response.status_code == 401 and "key" in chances and await self._fresh_key(used):
                    chances.discard("key")
                    continue
                if response.is_redirect and "redirect" in chances and self._same_origin(response):
                    chances.discard("redirect")
                    url = response.url.join(response.headers["location"])
                    continue
                failure = from_response(response, raw)
                if failure.kind is FailureKind.PROXY and (proxy := self._proxy_to(url)):
                    failure = replace(failure, where=proxy, detail=failure.detail or str(failure.status))
                raise RequestFailed(failure)
            finally:
                await response.aclose()

    def _proxy_to(self, url: httpx.URL) -> str:
        """host:port of the environment's proxy on the way there, or nothing."""
        proxy = env_proxy(url) if self._http.trust_env else None
        return proxy.where if proxy is not None else ""

    async def _send(self, request: httpx.Request) -> httpx.Response:
        async with asyncio.timeout(None) as limit:
            if request.extensions["timeout"].get("read") is None:
                limit.reschedule(asyncio.get_running_loop().time() + STREAM_HEADERS)
            return await self._http.send(request, stream=True)

    def _same_origin(self, response: httpx.Response) -> bool:
        target = response.url.join(response.headers.get("location", ""))
        mine = (response.url.scheme, response.url.host, response.url.port)
        return bool(redirect_target(response)) and (target.scheme, target.host, target.port) == mine

    # -- keys

    async def _credentials(self) -> dict[str, str]:
        async with self._asking:
            if not self._key_asked:
                self._key = await self._ask_key()
                self._key_asked = True
        given = {name: value.reveal() for name, value in self._target.headers}
        return {"x-api-key": self._key, **given} if self._key else given

    async def _fresh_key(self, refused: str) -> bool:
        """Ask for the key again (its command may print a fresh one); whether there is another than the refused one."""
        async with self._asking:
            if self._key == refused:
                self._key = await self._ask_key() or refused
            return self._key != refused

    async def _ask_key(self) -> str:
        """It may run a command: in a thread."""
        try:
            return (await asyncio.to_thread(self._target.key)).reveal()
        except KeyFailure as failed:
            raise RequestFailed(Failure(FailureKind.AUTH, detail=str(failed), where=host_port(self.url))) from failed


async def _decode(response: httpx.Response, raw: bytes) -> Json:
    if not raw.strip():
        return None
    text = raw.decode("utf-8", "replace")
    try:
        return loads(text) if len(text) < IN_LOOP else await asyncio.to_thread(loads_aside, text)
    except ValueError as error:
        raise RequestFailed(strange(response, raw)) from error


def is_loopback(url: str) -> bool:
    host = httpx.URL(url).host
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
