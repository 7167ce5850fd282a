"""What goes wrong with a request, told apart: against servers on loopback that do just that."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from canvas_tui.core.model import Failure, FailureKind
from canvas_tui.core.ports import KeyFailure, Secret, ServerTarget
from canvas_tui.core.troubles import describe
from canvas_tui.net import client as client_module
from canvas_tui.net.client import Client, is_loopback
from canvas_tui.net.failed import RequestFailed
from canvas_tui.net.failures import from_exception, from_response, retry_after
from canvas_tui.net.tls import issuer_name

HTML = b"<!doctype html><html><head><title>Sign in</title><style>x{}</style></head><body><h1>Please</h1> sign in</body></html>"


class Raw:
    """A server that answers each connection's first request with given bytes and then ends it."""

    def __init__(self) -> None:
        self.answers: list[bytes | None] = []
        self.requests: list[bytes] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
                self.requests.append(head + await reader.readexactly(length))
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if answer is None:
                    await reader.read()  # never answers
                    break
                writer.write(answer)
                await writer.drain()
                if b"content-length" not in answer:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def response(status: str, body: bytes = b"", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(body)}", *(f"{k.replace('_', '-')}: {v}" for k, v in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@asynccontextmanager
async def raw(*answers: bytes | None) -> AsyncIterator[Raw]:
    server = Raw()
    server.answers = [*answers]
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listening.close()


@asynccontextmanager
async def client(
    url: str, key: Callable[[], Secret] = lambda: Secret(""), headers: tuple[tuple[str, Secret], ...] = ()
) -> AsyncIterator[Client]:
    made = Client(ServerTarget("x", url, key=key, headers=headers), url)
    try:
        yield made
    finally:
        await made.close()


async def failure_of(url: str, method: str = "GET") -> Failure:
    async with client(url) as c:
        with pytest.raises(RequestFailed) as caught:
            await c.request(method, "/ok", {} if method == "POST" else None)
    return caught.value.failure


# -- answers ----------------------------------------------------------------------------------------------------------------

JSON = {"content_type": "application/json"}
PAGE = {"content_type": "text/html; charset=utf-8"}


@pytest.mark.parametrize(
    ("answer", "kind", "detail"),
    [
        (response("401 x", b'{"detail":"Invalid API key"}', **JSON), FailureKind.AUTH, "Invalid API key"),
        (response("403 x", HTML, **PAGE), FailureKind.AUTH, "Sign in Please sign in"),
        (response("404 x", b'{"detail":"Thread not found"}', **JSON), FailureKind.MISSING, "Thread not found"),
        (response("404 x", HTML, **PAGE), FailureKind.STRANGE, "Sign in Please sign in"),
        (response("407 x"), FailureKind.PROXY, ""),
        (
            response("409 x", b'{"detail":"Thread is already running a task."}', **JSON),
            FailureKind.BUSY,
            "Thread is already running a task.",
        ),
        (response("422 x", b"Thread is already running a task"), FailureKind.BUSY, "Thread is already running a task"),
        (response("422 x", b'{"detail":[{"msg":"field required"}]}', **JSON), FailureKind.REJECTED, "field required"),
        (response("429 x", b"", retry_after="7"), FailureKind.LIMITED, ""),
        (response("500 x", b"Internal Server Error"), FailureKind.SERVER, "Internal Server Error"),
        (response("502 x", HTML, **PAGE), FailureKind.SERVER, "Sign in Please sign in"),
        (response("200 x", HTML, **PAGE), FailureKind.STRANGE, HTML.decode()),
        (response("200 x", b"[1, 2"), FailureKind.STRANGE, "[1, 2"),
    ],
)
async def test_answers(answer: bytes, kind: FailureKind, detail: str) -> None:
    async with raw(answer) as server:
        found = await failure_of(server.url)
    assert (found.kind, found.detail) == (kind, detail)
    assert found.status == int(answer[9:12])
    assert found.sent == (found.status >= 500 or (kind is FailureKind.STRANGE and found.status == 200))
    assert found.where == server.url.removeprefix("http://")


async def test_a_wait_that_the_server_asks_for() -> None:
    async with raw(response("429 x", retry_after="7")) as server:
        assert (await failure_of(server.url)).retry_after == 7.0
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0
    assert retry_after("soon") is None


# -- no answers -----------------------------------------------------------------------------------------------------------------


async def test_nothing_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = await failure_of(f"http://127.0.0.1:{port}", "POST")
    assert (found.kind, found.sent, found.where) == (FailureKind.REFUSED, False, f"127.0.0.1:{port}")
    assert "refused" in found.detail.lower()


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 200 OK\r\nconte", b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"],
)
async def test_a_connection_that_ends_before_its_answer_is_whole(answer: bytes) -> None:
    async with raw(answer) as server:
        found = await failure_of(server.url, "POST")
        assert (found.kind, found.sent, found.detail) == (FailureKind.CUT, True, "")
        assert len(server.requests) == 1  # what was sent once is not sent again blindly


async def test_questions_are_asked_once_more_on_a_fresh_connection() -> None:
    async with raw(b"", response("200 x", b'{"ok": true}')) as server, client(server.url) as c:
        assert (await c.get("/ok")).value == {"ok": True}
        assert len(server.requests) == 2


async def test_no_answer_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "_LIMITS", httpx.Timeout(0.05))
    async with raw(None) as server:
        found = await failure_of(server.url, "POST")
    assert (found.kind, found.sent) == (FailureKind.NO_ANSWER, True)


async def test_streams_wait_for_their_headers_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "STREAM_HEADERS", 0.05)
    async with raw(None) as server, client(server.url) as c:
        with pytest.raises(RequestFailed) as caught:
            async with c.stream("/threads/t/runs/r/stream", "-1"):
                pass
    assert caught.value.failure.kind is FailureKind.NO_ANSWER


@pytest.mark.parametrize(
    ("cause", "kind", "detail"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), FailureKind.DNS, "Name or service not known"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), FailureKind.REFUSED, "Connection refused"),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), FailureKind.REFUSED, "Network is unreachable"),
        (
            ExceptionGroup("all", [ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")]),
            FailureKind.REFUSED,
            "Connection refused",
        ),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)"), FailureKind.TLS, ""),
    ],
)
def test_connections_that_cannot_be_made(cause: Exception, kind: FailureKind, detail: str) -> None:
    error = httpx.ConnectError("All connection attempts failed")
    error.__cause__ = OSError("All connection attempts failed")
    error.__cause__.__cause__ = cause
    found = from_exception(error, "https://example.test:8443/x")
    assert (found.kind, found.detail, found.sent, found.where) == (kind, detail, False, "example.test:8443")


@pytest.mark.parametrize(
    ("error", "kind", "sent"),
    [
        (httpx.ConnectTimeout(""), FailureKind.TIMEOUT, False),
        (httpx.ReadTimeout(""), FailureKind.NO_ANSWER, True),
        (httpx.ReadError(""), FailureKind.CUT, True),
        (httpx.RemoteProtocolError("peer closed"), FailureKind.CUT, True),
        (httpx.WriteError(""), FailureKind.CUT, True),
        (httpx.ProxyError(""), FailureKind.PROXY, False),
        (httpx.DecodingError(""), FailureKind.STRANGE, True),
        (httpx.UnsupportedProtocol("no scheme"), FailureKind.LOCAL, False),
        (TimeoutError(), FailureKind.NO_ANSWER, True),
    ],
)
def test_exceptions_by_type(error: Exception, kind: FailureKind, sent: bool) -> None:
    found = from_exception(error, "http://127.0.0.1:1/")
    assert (found.kind, found.sent, found.detail) == (kind, sent, "")


def test_exceptions_never_show_their_name() -> None:
    page = httpx.Response(500, content=b"", request=httpx.Request("GET", "http://h/"))
    assert from_response(page, b"").detail == ""


# -- redirects and keys --------------------------------------------------------------------------------------------------------------


async def test_a_redirect_to_another_origin_is_refused_and_the_key_stays_here() -> None:
    async with raw(response("200 x", b"{}")) as other, raw(response("302 x", location=f"{other.url}/login?next=1")) as server:
        async with client(server.url, lambda: Secret("k-17"), (("x-team", Secret("t-17")),)) as c:
            with pytest.raises(RequestFailed) as caught:
                await c.get("/ok")
        assert (caught.value.failure.kind, caught.value.failure.detail) == (FailureKind.REDIRECT, f"{other.url}/login")
        assert other.requests == []
        assert b"k-17" in server.requests[0]
        assert b"t-17" in server.requests[0]


async def test_a_redirect_within_the_server_is_followed_once() -> None:
    async with raw(response("307 x", location="/ok/"), response("200 x", b"{}")) as server, client(server.url) as c:
        assert (await c.get("/ok")).value == {}
        assert server.requests[1].startswith(b"GET /ok/ ")
    async with raw(response("307 x", location="/ok")) as server:
        assert (await failure_of(server.url)).kind is FailureKind.REDIRECT
        assert len(server.requests) == 2


async def test_the_key_is_asked_for_again_after_a_refusal() -> None:
    keys = iter(["old", "new"])
    async with raw(response("401 x"), response("200 x", b"{}")) as server, client(server.url, lambda: Secret(next(keys))) as c:
        assert (await c.post("/ok", {})).value == {}
        assert [b"x-api-key: old" in server.requests[0], b"x-api-key: new" in server.requests[1]] == [True, True]


async def test_the_same_key_is_not_tried_twice() -> None:
    async with raw(response("401 x")) as server, client(server.url, lambda: Secret("old")) as c:
        with pytest.raises(RequestFailed):
            await c.get("/ok")
        assert len(server.requests) == 1


async def test_a_key_that_cannot_be_had_is_told_in_its_own_words() -> None:
    def key() -> Secret:
        raise KeyFailure("The command for the key failed: pass: not found")

    async with raw(response("200 x", b"{}")) as server, client(server.url, key) as c:
        with pytest.raises(RequestFailed) as caught:
            await c.get("/ok")
        assert caught.value.failure.kind is FailureKind.AUTH
        assert "pass: not found" in caught.value.failure.detail
        assert server.requests == []


async def test_streams_ask_for_no_compression_and_say_where_they_stand() -> None:
    async with raw(response("200 x", b"", content_type="text/event-stream")) as server, client(server.url) as c, c.stream("/s", "17-0"):
        pass
    head = server.requests[0].lower()
    assert b"accept-encoding: identity\r\n" in head
    assert b"last-event-id: 17-0\r\n" in head
    assert b"accept: text/event-stream\r\n" in head


@pytest.mark.parametrize("headers", [PAGE, JSON])
async def test_a_stream_that_is_none_is_strange(headers: dict[str, str]) -> None:
    async with raw(response("200 x", HTML, **headers)) as server, client(server.url) as c:
        with pytest.raises(RequestFailed) as caught:
            async with c.stream("/s", "-1"):
                pass
    assert caught.value.failure.kind is FailureKind.STRANGE
    assert caught.value.failure.detail == HTML.decode()[:200]


def test_loopback_is_told_from_elsewhere() -> None:
    assert [
        is_loopback(u) for u in ("http://127.0.0.1:1", "http://localhost", "http://[::1]:2", "http://10.0.0.1", "https://example.test")
    ] == [*(True, True, True, False, False)]


def test_bytes_that_are_no_certificate_have_no_issuer() -> None:
    assert [issuer_name(b) for b in (b"", b"\x30", b"\x30\x82\xff\xff", b"garbage of some length")] == ["", "", "", ""]


# -- certificates ----------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, bytes]:
    """A certificate that nobody trusts: (PEM file with its key, DER)."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Boxes Ltd"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, "Corporate Proxy CA"),
        ]
    )
    start = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(17)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=36500))
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    pem.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return pem, made.public_bytes(serialization.Encoding.DER)


def test_the_issuer_is_read_from_a_certificate(certificate: tuple[Path, bytes]) -> None:
    der = certificate[1]
    assert issuer_name(der) == "Corporate Proxy CA"
    for cut in range(0, len(der), 7):
        issuer_name(der[:cut])  # never raises


async def test_an_untrusted_certificate_is_refused_and_its_issuer_named(certificate: tuple[Path, bytes]) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate[0])
    server = Raw()
    server.answers = [response("200 x", b"{}")]
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=context)
    try:
        found = await failure_of(f"https://127.0.0.1:{listening.sockets[0].getsockname()[1]}", "POST")
    finally:
        listening.close()
    assert (found.kind, found.where, found.sent) == (FailureKind.TLS, "Corporate Proxy CA", False)
    assert "certificate" in found.detail
    assert server.requests == []


async def test_tls_spoken_to_a_plain_server() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(response("400 x"))
        writer.close()

    listening = await asyncio.start_server(refuse, "127.0.0.1", 0)
    try:
        found = await failure_of(f"https://127.0.0.1:{listening.sockets[0].getsockname()[1]}")
    finally:
        listening.close()
    assert (found.kind, found.sent) == (FailureKind.TLS, False)


# -- a proxy of the environment ------------------------------------------------------------------------------------------------


async def test_a_proxy_that_is_away_is_named_and_not_the_server(monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int) -> None:
    """Nothing leaves this machine: the proxy is on loopback, and the server's name is only ever told to it."""
    monkeypatch.setenv("http_proxy", f"http://user:secret@127.0.0.1:{unused_tcp_port}")
    monkeypatch.delenv("no_proxy", raising=False)
    found = await failure_of("http://agents.invalid:2024")
    assert (found.kind, found.where) == (FailureKind.PROXY, f"127.0.0.1:{unused_tcp_port}")
    assert describe(found) == f"the proxy 127.0.0.1:{unused_tcp_port} does not let us through (Connection refused)"


async def test_a_proxy_that_wants_a_password_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async with raw(response("407 x")) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        found = await failure_of("http://agents.invalid:2024")
    assert (found.kind, found.where, found.detail) == (FailureKind.PROXY, proxy.url.removeprefix("http://"), "407")


async def test_a_proxy_that_refuses_the_way_to_https_is_named_with_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    async with raw(response("403 Forbidden")) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        found = await failure_of("https://agents.invalid")
    assert (found.kind, found.where, found.detail) == (FailureKind.PROXY, proxy.url.removeprefix("http://"), "403 Forbidden")
