"""Rules about the way to the server and the server itself: each looks at the evidence and gives its verdict, or None."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median

from .diagnosis import Code, Sure, Verdict, said, span
from .evidence import Asked, Evidence, Server, Way
from .model import Failure, FailureKind

SLOW = 2.0
"""Seconds that /ok takes beyond the way there: the server's event loop does not get to it."""
LAG = 1.0
"""Seconds that this program's own event loop may be late."""

GATEWAYS = frozenset({502, 503, 504})


def way_there(e: Evidence) -> Verdict | None:
    """Name, connection and encryption, up to the first thing that fails."""
    failure = e.way.failure
    if failure is None:
        return None
    if e.way.proxy:
        return _proxy(e, failure)
    told = _WAY.get(failure.kind)
    return told(e.way, failure) if told else None


def _dns(way: Way, failure: Failure) -> Verdict:
    return Verdict(
        Code.DNS,
        f"The name {said(way.host)} leads to no address.",
        (f"the system's resolver says: {said(failure.detail) or 'no answer'}",),
        Sure.CERTAIN,
        "The name resolves on this machine at another moment, or on another network (VPN).",
        ("Check the address for a typing mistake.", "Connect the VPN that knows this name.", f"Try: getent hosts {said(way.host)}"),
    )


def _refused(way: Way, failure: Failure) -> Verdict:
    start = ("Start the server, or the container, and look at which port it listens.",) if way.loopback else ()
    return Verdict(
        Code.REFUSED,
        f"Nothing listens at {_where(way)}: the connection was refused.",
        (f"the system says: {said(failure.detail) or 'connection refused'}",),
        Sure.CERTAIN,
        f"Something accepts connections there: nc -vz {said(way.host)} {way.port}",
        (*start, "Check the port in the address.", "In a container, the server must listen on 0.0.0.0, not on 127.0.0.1."),
    )


def _timeout(way: Way, failure: Failure) -> Verdict:
    return Verdict(
        Code.CONNECT_TIMEOUT,
        f"No answer from {_where(way)}: the connection was neither accepted nor refused.",
        (f"the name resolved in {span(way.dns)}" if way.dns is not None else "", "not one packet came back within 5 s"),
        Sure.CERTAIN,
        f"A connection from this machine comes through: nc -vz -w 5 {said(way.host)} {way.port}",
        ("Look for a firewall or a security group on the way.", "Check that the host is up and the VPN connected."),
    )


def _tls(way: Way, failure: Failure) -> Verdict:
    if not any(word in failure.detail.lower() for word in ("certificate", "mismatch", "expired", "verify")):
        return _no_tls(way, failure)
    signed = f"the certificate is signed by {said(failure.where)}" if failure.where and failure.where != way.host else ""
    return Verdict(
        Code.TLS,
        f"The certificate of {_where(way)} cannot be trusted: {said(failure.detail) or 'the encrypted connection failed'}.",
        (signed, f"TCP connected in {span(way.tcp)}" if way.tcp is not None else ""),
        Sure.CERTAIN,
        f"This machine trusts it: openssl s_client -connect {said(way.host)}:{way.port} -servername {said(way.host)}",
        (
            "Where a company's proxy signs the certificates: point SSL_CERT_FILE at its CA.",
            "Otherwise renew the certificate, or use the name that it is made for.",
        ),
    )


def _no_tls(way: Way, failure: Failure) -> Verdict:
    return Verdict(
        Code.TLS,
        f"{_where(way)} does not speak https: {said(failure.detail) or 'the encrypted connection failed'}.",
        (f"TCP connected in {span(way.tcp)}" if way.tcp is not None else "",),
        Sure.CERTAIN,
        f"An encrypted connection succeeds: openssl s_client -connect {said(way.host)}:{way.port}",
        ("If the server speaks http there, begin the address with http://.", "Otherwise look at the TLS settings of the proxy before it."),
    )


def _where(way: Way) -> str:
    return f"{said(way.host)}:{way.port}"


_WAY: dict[FailureKind, Callable[[Way, Failure], Verdict]] = {
    FailureKind.DNS: _dns,
    FailureKind.REFUSED: _refused,
    FailureKind.TIMEOUT: _timeout,
    FailureKind.TLS: _tls,
}


def _proxy(e: Evidence, failure: Failure) -> Verdict:
    way = e.way
    around = way.around_proxy
    past = f"past it, {_where(way)} answers in {span(around)}" if around is not None else f"past it, {_where(way)} does not answer either"
    return Verdict(
        Code.ENV_PROXY,
        f"The proxy of the environment, {said(way.proxy)}, does not let the request through.",
        (f"{said(way.proxy_variable)} is set", f"the proxy: {said(failure.detail) or failure.kind.value}", past),
        Sure.CERTAIN if around is not None else Sure.LIKELY,
        "The same request works through the proxy from another program.",
        (f"export NO_PROXY={said(way.host)}   (then start again)", f"Or correct {said(way.proxy_variable)}."),
    )


# -- the server ------------------------------------------------------------------------------------------------------------


def answers(server: Server) -> Iterator[Asked]:
    yield from (each for each in (server.info, *server.ok, server.auth) if each is not None)


def server_refuses(e: Evidence) -> Verdict | None:
    """What the server answers instead of what it was asked for."""
    first = next((each for each in answers(e.server) if each.good), None)
    if first is not None and e.server.langgraph is not False:
        failure = e.server.auth.failure if e.server.auth else None
        return refusal(e, failure) if failure and failure.kind in (FailureKind.AUTH, FailureKind.LIMITED) else None
    if e.server.langgraph is False and first is not None:
        return _wrong(e, Failure(FailureKind.STRANGE))
    failures = [each.failure for each in answers(e.server) if each.failure is not None]
    # The most telling one: what an answer says goes before a connection that brought none.
    failures.sort(key=lambda failure: failure.status is None)
    return refusal(e, failures[0]) if failures else None


def refusal(e: Evidence, failure: Failure) -> Verdict | None:
    """The verdict on a request that was refused in this way."""
    if failure.status in GATEWAYS:
        return _gateway(e, failure)
    told = _REFUSALS.get(failure.kind)
    return told(e, failure) if told else None


def _status(failure: Failure) -> str:
    words = said(failure.detail)
    return f"HTTP {failure.status}{f': {words}' if words else ''}" if failure.status is not None else words


def _direct(e: Evidence) -> str:
    """What the address of --direct says to it."""
    if e.direct is None:
        return ""
    good = any(each.good for each in answers(e.direct)) and e.direct.langgraph is not False
    return f"{said(e.direct_url)} answers as it should" if good else f"{said(e.direct_url)} does not answer as it should either"


def _auth(e: Evidence, failure: Failure) -> Verdict:
    return Verdict(
        Code.AUTH,
        "The server wants a key, or does not take the one that it was given."
        if failure.status != 403
        else "The server knows the key and forbids the request.",
        (_status(failure),),
        Sure.CERTAIN,
        "The same key is taken: curl -H 'x-api-key: …' " + said(e.url) + "/threads/search -d '{}'",
        (
            'Name the key\'s environment variable in config.toml: [servers.NAME] key_env = "…"',
            'Some servers want another header: [servers.NAME.headers] Authorization = { env = "…" }',
        ),
    )


def _wrong(e: Evidence, failure: Failure) -> Verdict:
    told = [_status(failure), _direct(e)]
    return Verdict(
        Code.WRONG_SERVER,
        f"Something answers at {said(e.url)}, but it is no LangGraph server.",
        (*told, "GET /info and /ok do not bring what a LangGraph server answers"),
        Sure.CERTAIN,
        f"LangGraph answers there: curl {said(e.url)}/info",
        (
            "Check host, port and path: a LangGraph server listens on 2024 (langgraph dev), 8123 (langgraph up) or 54367 (Open Canvas).",
            "Behind a proxy the path may need a prefix, such as https://host/api.",
        ),
    )


def _gateway(e: Evidence, failure: Failure) -> Verdict:
    means = {502: "cannot reach the server behind it", 503: "has no server ready behind it", 504: "waits for the server behind it in vain"}
    return Verdict(
        Code.GATEWAY,
        f"A proxy in front of the server answers, and {means[failure.status or 502]} (HTTP {failure.status}).",
        (_status(failure), *hop_hints(e), _direct(e)),
        Sure.CERTAIN if e.direct is not None else Sure.LIKELY,
        "The server itself gives this answer: ask it without the proxy (--direct URL).",
        (
            "See whether the server runs, and whether the proxy points at its port (nginx: proxy_pass).",
            "nginx's own account: tail /var/log/nginx/error.log",
        ),
    )


def _server_error(e: Evidence, failure: Failure) -> Verdict:
    return Verdict(
        Code.SERVER_ERROR,
        "The server fails at simple questions.",
        (_status(failure), _direct(e)),
        Sure.CERTAIN,
        "The same question works a moment later.",
        ("Look at the server's log of this moment.", "Start it again where the log says no more."),
    )


def _limited(e: Evidence, failure: Failure) -> Verdict:
    wait = f"Wait {span(failure.retry_after)}, as it says." if failure.retry_after else "Wait a little and try again."
    return Verdict(Code.LIMITED, "The server answers that there were too many requests.", (_status(failure),), now=(wait,))


def _redirected(e: Evidence, failure: Failure) -> Verdict:
    where = said(failure.detail) or "another address"
    return Verdict(
        Code.REDIRECTED,
        f"The server sends every request on to {where}, where the key is not sent.",
        (_status(failure),),
        Sure.CERTAIN,
        "The redirect leads to the same server, and its address can be used.",
        (f"If you trust it, use this address: {where}", "A login page there means that a gateway wants you to sign in first."),
    )


def _no_answer(e: Evidence, failure: Failure) -> Verdict:
    how = "takes the request and does not answer" if failure.kind is FailureKind.NO_ANSWER else "hangs up without an answer"
    connected = f"TCP connected in {span(e.way.tcp)}" if e.way.tcp is not None else ""
    failed = sum(1 for each in answers(e.server) if each.failure is not None)
    return Verdict(
        Code.NO_ANSWER,
        f"Whatever listens at {said(e.way.host)}:{e.way.port} {how}.",
        (connected, f"{failed} of {failed} questions without an answer", _direct(e)),
        Sure.CERTAIN,
        f"It answers: curl -m 10 {said(e.url)}/ok",
        (
            "The server hangs, or its event loop is blocked: look at its log and its load, then start it again.",
            "https where it speaks http (or the reverse) looks the same: check the address.",
        ),
    )


_REFUSALS: dict[FailureKind, Callable[[Evidence, Failure], Verdict]] = {
    FailureKind.AUTH: _auth,
    FailureKind.PROXY: _proxy,
    FailureKind.STRANGE: _wrong,
    FailureKind.MISSING: _wrong,
    FailureKind.REJECTED: _wrong,
    FailureKind.SERVER: _server_error,
    FailureKind.LIMITED: _limited,
    FailureKind.REDIRECT: _redirected,
    FailureKind.NO_ANSWER: _no_answer,
    FailureKind.CUT: _no_answer,
    FailureKind.TIMEOUT: _no_answer,
    FailureKind.DNS: lambda e, failure: _dns(e.way, failure),
    FailureKind.REFUSED: lambda e, failure: _refused(e.way, failure),
    FailureKind.TLS: lambda e, failure: _tls(e.way, failure),
}


def server_blocked(e: Evidence) -> Verdict | None:
    """Slow at /ok although the way is quick: three times the way is left to it, for encryption and a slow link."""
    times = [each.seconds for each in e.server.ok if each.good]
    way = e.way.tcp
    if len(times) < 2 or way is None or e.own.loop_lag > LAG:
        return None
    usual = median(times)
    if usual <= SLOW + 3 * way:
        return None
    return Verdict(
        Code.SERVER_BLOCKED,
        "The server is so busy, or blocked, that it answers even the simplest question late.",
        (f"GET /ok took {', '.join(map(span, times))}; the way there only {span(way)}", _direct(e)),
        Sure.LIKELY,
        "/ok is quick while the run goes on.",
        (
            "Look for blocking calls in the graph (time.sleep, requests, a synchronous client): its log calls them BlockingError.",
            "Give the server more CPU, or run the graph with BG_JOB_ISOLATED_LOOPS=true.",
        ),
    )


def no_graph(e: Evidence) -> Verdict | None:
    if e.server.assistants != 0:
        return None
    return Verdict(
        Code.NO_GRAPH,
        "The server runs, but serves no graph.",
        ("its list of assistants is empty",),
        Sure.LIKELY,
        "It lists an assistant for another user: the key decides what is seen.",
        ('Check "graphs" in its langgraph.json, and the server\'s log of its start.',),
    )


def client_busy(e: Evidence) -> Verdict | None:
    if e.own.loop_lag <= LAG:
        return None
    return Verdict(
        Code.CLIENT_BUSY,
        "This machine itself was too busy to look: the times that were measured cannot be trusted.",
        (f"this program's own clockwork stood still for up to {span(e.own.loop_lag)}",),
        Sure.CERTAIN,
        "The same verdict comes on a machine at rest.",
        ("See what loads this machine (top), and ask doctor again.",),
    )


# -- who stands between ------------------------------------------------------------------------------------------------------

_HINTS = ("server", "via", "x-served-by", "cf-ray", "x-amz-cf-id", "x-amzn-trace-id", "x-envoy-upstream-service-time", "x-cache")


def hop_hints(e: Evidence) -> tuple[str, ...]:
    """What the headers tell of a proxy on the way."""
    newest = next((each.headers for each in e.lines if each.headers and not each.direct), None)
    newest = newest or next((each.headers for each in answers(e.server) if each.headers), ())
    told = [f"{key}: {said(value, 60)}" for key, value in newest if key in _HINTS and not (key == "server" and value == "uvicorn")]
    hints = [f"the answers carry {', '.join(told)}"] if told else []
    streams = [each for each in e.lines if each.headers and not each.direct]
    if e.server.beats and streams and not any(key == "x-accel-buffering" for key, _ in streams[0].headers):
        hints.append("the server's header x-accel-buffering does not arrive: a proxy has consumed it")
    return tuple(hints)
