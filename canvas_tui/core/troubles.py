"""Failures in a person's words: what is wrong, and what to do about it."""

from __future__ import annotations

from .model import Failure, FailureKind
from .safe_text import safe_line

_SHORT: dict[FailureKind, str] = {
    FailureKind.DNS: "the name {where} cannot be found",
    FailureKind.REFUSED: "cannot reach {where} (connection refused)",
    FailureKind.TIMEOUT: "cannot reach {where} (no answer to the connection)",
    FailureKind.TLS: "the certificate of {where} cannot be trusted",
    FailureKind.PROXY: "the proxy {where} does not let us through ({detail})",
    FailureKind.CUT: "the connection to the server was cut",
    FailureKind.NO_ANSWER: "the server took the request and does not answer",
    FailureKind.SILENT: "the server has fallen silent",
    FailureKind.AUTH: "the server wants a key, or refuses this one ({status})",
    FailureKind.MISSING: "the server does not know it (404)",
    FailureKind.BUSY: "the thread is busy with another run",
    FailureKind.REJECTED: "the server refuses it ({status}): {detail}",
    FailureKind.LIMITED: "the server asks to wait (too many requests)",
    FailureKind.SERVER: "the server or a proxy before it answers {status}",
    FailureKind.STRANGE: "this is not a LangGraph server's answer: {detail}",
    FailureKind.REDIRECT: "the server sends us to another place ({detail}), which is not followed with the key",
    FailureKind.TOO_BIG: "what the server sent was too big to take",
    FailureKind.LOCAL: "this machine cannot do it: {detail}",
    FailureKind.SETTINGS: "the configuration has to be mended: {detail}",
}

_ADVICE: dict[FailureKind, str] = {
    FailureKind.DNS: "Check the address and this machine's network (or proxy settings).",
    FailureKind.REFUSED: "Is the server running, and is the port right? It is tried again by itself.",
    FailureKind.TIMEOUT: "A firewall or a wrong address drops the connection, or that machine is away. It is tried again by itself.",
    FailureKind.TLS: "Trust its issuer on this machine (SSL_CERT_FILE), or correct the address. It is not tried by itself.",
    FailureKind.PROXY: "The environment names it: check HTTP_PROXY, HTTPS_PROXY and NO_PROXY. It is tried again by itself.",
    FailureKind.CUT: "The run goes on at the server; the stream is joined again where it stopped.",
    FailureKind.NO_ANSWER: "Whether it was carried out is looked up before anything is sent again.",
    FailureKind.SILENT: "The path between here and the server has died without a word; a new connection is made.",
    FailureKind.AUTH: "Set the key of this server (key_env or key_command in config.toml), then try again.",
    FailureKind.MISSING: "The thread, run or assistant is gone or belongs to another server.",
    FailureKind.BUSY: "Wait for that run, or stop it.",
    FailureKind.REJECTED: "The server's words tell what it did not like.",
    FailureKind.LIMITED: "It is tried again when the time is over.",
    FailureKind.SERVER: "It is tried again by itself; the server's log, or its proxy's, tells more.",
    FailureKind.STRANGE: "Check the address: it may be a login page, a proxy or another program.",
    FailureKind.REDIRECT: "If that is where the server really is, put that address into the configuration.",
    FailureKind.TOO_BIG: "Of a stream the thread's saved state is shown instead; what is too big itself is asked for again on your word.",
    FailureKind.SETTINGS: "Correct it in config.toml (canvas-tui config path tells where that is) or in the environment, then try again.",
    FailureKind.LOCAL: "Check the disk and the permissions of the program's folders.",
}


UNASKED = (FailureKind.AUTH, FailureKind.REJECTED)
"""Where no status came, the reason is ours and nothing was asked: the key was not to be had, or there is nothing to fork from."""


def describe(failure: Failure | None) -> str:
    """One clause, clean: "cannot reach host:port (connection refused)"."""
    if failure is None:
        return "the connection was cut"
    if failure.kind in UNASKED and failure.status is None and failure.detail:
        said = safe_line(failure.detail)[:300]
        return f"{said[:1].lower()}{said[1:]}".removesuffix(".")
    return _SHORT[failure.kind].format(
        where=safe_line(failure.where) or "the server",
        status=failure.status or "no status",
        detail=safe_line(failure.detail)[:200] or "no reason given",
    )


def explain(failure: Failure) -> str:
    """Some lines, for opening: what, the server's own words, what to do. Not yet clean of the words' control characters."""
    lines = [describe(failure)[:1].upper() + describe(failure)[1:] + "."]
    if failure.detail and failure.kind not in (FailureKind.REJECTED, FailureKind.STRANGE):
        lines.append(f"It said: {failure.detail[:1000]}")
    return "\n".join((*lines, _ADVICE[failure.kind]))
