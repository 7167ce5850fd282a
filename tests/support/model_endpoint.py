"""As much of OpenAI's chat protocol as a chat needs, on loopback: it answers, refuses, or takes the question and says nothing."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Endpoint(ThreadingHTTPServer):
    """``status`` other than 200 refuses; while ``answers`` is not set, a question is taken and nothing comes back."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.asked = 200, list[tuple[str, str, dict[str, Any]]]()
        self.answers = threading.Event()
        self.answers.set()

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
            self._answer(self.server.status == 200)

    def _answer(self, good: bool) -> None:
        self.send_response(self.server.status)
        self.send_header("content-type", "text/event-stream" if good else "application/json")
        self.end_headers()
        self.wfile.write(b"".join(_chunks()) if good else b'{"error": {"message": "no, said the server"}}')

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _chunks() -> Iterator[bytes]:
    for piece in ("<think>", "hm", "</think>", "An", " answer"):
        delta = {"choices": [{"index": 0, "delta": {"role": "assistant", "content": piece}, "finish_reason": None}]}
        yield f"data: {json.dumps({'id': 'c', 'object': 'chat.completion.chunk', 'created': 1, 'model': 'm', **delta})}\n\n".encode()
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
