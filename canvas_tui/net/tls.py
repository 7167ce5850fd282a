"""Who signed a certificate that was refused. A second handshake reads it; nothing is sent on it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator

import httpx

_WAIT = 3.0
_COMMON_NAME = bytes.fromhex("0603550403")  # OID 2.5.4.3
_ORGANIZATION = bytes.fromhex("060355040a")  # OID 2.5.4.10


async def issuer_of(error: Exception, url: httpx.URL) -> str:
    """The issuer's name where ``error`` is a refused certificate, else empty. Never raises."""
    if not isinstance(error, httpx.ConnectError) or not _is_refused_certificate(error):
        return ""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        async with asyncio.timeout(_WAIT):
            _, writer = await asyncio.open_connection(url.host, url.port or 443, ssl=context, server_hostname=url.host)
            certificate = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
            writer.transport.abort()
        return issuer_name(certificate or b"")
    except (OSError, TimeoutError, ValueError):
        return ""


def _is_refused_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def issuer_name(certificate: bytes) -> str:
    """Common name (or organization) of the issuer in a DER certificate; empty where it cannot be read."""
    try:
        _, body, _ = _tlv(certificate, 0)  # Certificate
        _, signed, _ = _tlv(body, 0)  # TBSCertificate: [version], serial, algorithm, issuer, …
        fields = list(_sequence(signed))
        issuer = fields[3 if fields[0][0] == 0xA0 else 2][1]
    except (IndexError, ValueError):
        return ""
    return _value_after(issuer, _COMMON_NAME) or _value_after(issuer, _ORGANIZATION)


def _value_after(data: bytes, oid: bytes) -> str:
    at = data.find(oid)
    if at < 0:
        return ""
    try:
        return _tlv(data, at + len(oid))[1].decode("utf-8", "replace")
    except (IndexError, ValueError):
        return ""


def _sequence(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        tag, value, at = _tlv(data, at)
        yield tag, value


def _tlv(data: bytes, at: int) -> tuple[int, bytes, int]:
    tag, length = data[at], data[at + 1]
    at += 2
    if length & 0x80:
        count = length & 0x7F
        length = int.from_bytes(data[at : at + count], "big")
        at += count
    if at + length > len(data):
        raise ValueError("truncated")
    return tag, data[at : at + length], at + length
