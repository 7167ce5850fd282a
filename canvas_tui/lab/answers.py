"""What the lab answers for the server: heads and bodies as such servers and the proxies before them send them. Pure."""

from __future__ import annotations

import json
from http import HTTPStatus

from .http1 import Head
from .steps import Answer

_JSON, _HTML = "application/json", "text/html; charset=utf-8"
_LOGIN = "<!doctype html><html><head><title>Sign in</title></head><body><h1>Please sign in</h1><form><input name=user></form></body></html>"
_BUSY = "Thread is already running a task. Wait for it to finish or choose a different multitask strategy."
_DETAILS = {
    401: "Missing or invalid authentication",
    403: "Forbidden",
    404: "Thread or run not found",
    409: _BUSY,
    422: "Invalid assistant: 'nobody' (put in by the fault lab)",
    429: "Too many requests",
    500: "Internal Server Error",
}


def answer(step: Answer) -> tuple[Head, bytes]:
    """The whole answer, of known length."""
    kind, body = _body(step)
    head = Head(("HTTP/1.1", str(step.status), _phrase(step.status)), (("content-type", kind), ("content-length", str(len(body)))))
    if step.wait.value:
        head = head.with_("retry-after", f"{step.wait.value:g}")
    return (head.with_("location", step.where) if step.where else head), body


def _body(step: Answer) -> tuple[str, bytes]:
    if step.kind == "html" and step.status < 300:
        return _HTML, _LOGIN.encode()
    if step.kind == "busy":
        return _JSON, json.dumps({"detail": _BUSY}).encode()
    if step.kind == "json" or (step.status in _DETAILS and step.kind != "html"):
        return _JSON, json.dumps({"detail": _DETAILS.get(step.status, "this is no event stream")}).encode()
    words = f"{step.status} {_phrase(step.status)}"
    return _HTML, f"<html><head><title>{words}</title></head><body><center><h1>{words}</h1></center></body></html>".encode()


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Made Up"
