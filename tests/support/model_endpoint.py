"""As much of OpenAI's chat protocol as a chat needs, on loopback: it answers, refuses, or takes the question and says nothing."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Endpoint(ThreadingHTTPServer):
    """``status`` other than 200 refuses; while ``answers`` is not set, a question is taken and nothing comes back.

    ``deltas`` gives what is streamed for a request's body, as OpenAI's deltas; a number refuses that request with it,
    words with status 400 and themselves.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.asked = 200, list[tuple[str, str, dict[str, Any]]]()
        self.answers = threading.Event()
        self.answers.set()
        self.deltas: Callable[[dict[str, Any]], Iterable[dict[str, Any]] | int | str] = lambda body: words(
            "<think>", "hm", "</think>", "An", " answer"
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.asked.append((self.path, self.headers["authorization"], body))
        self.server.answers.wait()
        with suppress(ConnectionError):  # whoever asked may be gone by now
            self._answer(self.server.deltas(body) if self.server.status == 200 else self.server.status)

    def _answer(self, deltas: Iterable[dict[str, Any]] | int | str) -> None:
        status, refusal = (
            (400, deltas) if isinstance(deltas, str) else (deltas, "no, said the server") if isinstance(deltas, int) else (200, "")
        )
        self.send_response(status)
        self.send_header("content-type", "application/json" if refusal else "text/event-stream")
        self.end_headers()
        if isinstance(deltas, int | str):
            self.wfile.write(json.dumps({"error": {"message": refusal}}).encode())
        else:
            self.wfile.write(b"".join(_chunks(deltas)))

    def log_message(self, format: str, *args: Any) -> None:
        pass


def words(*pieces: str) -> list[dict[str, Any]]:
    return [{"content": piece} for piece in pieces]


def a_call(name: str, *pieces: str) -> list[dict[str, Any]]:
    """A tool's call whose arguments come in pieces."""
    first = {"index": 0, "id": "call_1", "type": "function", "function": {"name": name, "arguments": ""}}
    return [{"tool_calls": [first]}, *({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]} for piece in pieces)]


def _chunks(deltas: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    for delta in deltas:
        choice = {"choices": [{"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": None}]}
        yield f"data: {json.dumps({'id': 'c', 'object': 'chat.completion.chunk', 'created': 1, 'model': 'm', **choice})}\n\n".encode()
    usage = {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}}
    yield f"data: {json.dumps({'id': 'c', 'object': 'chat.completion.chunk', 'created': 1, 'model': 'm', **usage})}\n\n".encode()
    yield b"data: [DONE]\n\n"


@contextmanager
def model_endpoint() -> Iterator[Endpoint]:
    with Endpoint() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield server
        finally:
            server.answers.set()
            server.shutdown()
