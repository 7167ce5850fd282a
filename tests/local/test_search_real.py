"""Web search through the providers' real packages, where they are installed; the services are stood in for on loopback.

pip install langchain-tavily langchain-exa
"""

from __future__ import annotations

import importlib
import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from canvas_tui.local.agent import search
from canvas_tui.local.agent.search import SearchFailure


class Service(ThreadingHTTPServer):
    """Answers every request alike, and notes what it is asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.answer = 200, dict[str, Any]()
        self.asked: list[tuple[str, dict[str, Any], dict[str, str]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.asked.append((self.path, body, {name.lower(): value for name, value in self.headers.items()}))
        told = json.dumps(self.server.answer).encode()
        self.send_response(self.server.status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    for each in search.PROVIDERS:
        monkeypatch.delenv(each.key, raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with Service() as service:
        threading.Thread(target=service.serve_forever, args=(0.01,), daemon=True).start()
        yield service
        service.shutdown()


@pytest.fixture
def tavily(monkeypatch: pytest.MonkeyPatch, service: Service) -> Service:
    pytest.importorskip("langchain_tavily")
    monkeypatch.setattr(importlib.import_module("langchain_tavily._utilities"), "TAVILY_API_URL", service.url)
    monkeypatch.setenv("TAVILY_API_KEY", "tvly-secret")
    return service


@pytest.fixture
def exa(monkeypatch: pytest.MonkeyPatch, service: Service) -> Service:
    pytest.importorskip("langchain_exa")
    utilities = importlib.import_module("langchain_exa._utilities")
    monkeypatch.setattr(utilities, "Exa", partial(utilities.Exa, base_url=service.url))
    monkeypatch.setenv("EXA_API_KEY", "exa-secret")
    return service


async def test_tavily(tavily: Service) -> None:
    page = {"url": "https://t.example", "title": "T", "content": "Tea is hot.", "score": 0.9, "raw_content": None}
    more: dict[str, Any] = {"follow_up_questions": None, "answer": None, "images": [], "response_time": 1.2, "request_id": "r"}
    tavily.answer = {"query": "hot tea", "results": [page], **more}
    about = {"id": "https://t.example", "url": "https://t.example", "title": "T", "author": "", "publishedDate": ""}
    assert await search.search("hot tea") == [{"pageContent": "Tea is hot.", "metadata": about}]
    ((path, body, headers),) = tavily.asked
    assert (path, body["query"], body["max_results"]) == ("/search", "hot tea", search.MOST)
    assert headers["authorization"] == "Bearer tvly-secret"


async def test_tavily_finds_nothing(tavily: Service) -> None:
    tavily.answer = {"query": "x", "results": [], "images": []}
    assert await search.search("x") == []


async def test_tavily_refuses(tavily: Service) -> None:
    tavily.status, tavily.answer = 401, {"detail": {"error": "Unauthorized: invalid key tvly-secret."}}
    with pytest.raises(SearchFailure, match=r"^Tavily failed: .*401") as told:
        await search.search("hot tea")
    assert "tvly-secret" not in str(told.value)


async def test_exa(exa: Service) -> None:
    page = {
        "id": "https://e.example",
        "url": "https://e.example",
        "title": "E",
        "publishedDate": "2026-01-02",
        "author": "A",
        "text": "Tea.",
    }
    bare = {"id": "https://b.example", "url": "https://b.example", "title": None}
    exa.answer = {"requestId": "r", "resolvedSearchType": "neural", "results": [page, bare], "costDollars": {"total": 0.01}}
    about = {"id": "https://e.example", "url": "https://e.example", "title": "E", "author": "A", "publishedDate": "2026-01-02"}
    first, second = await search.search("hot tea")
    assert first == {"pageContent": "Tea.", "metadata": about}
    assert (second["pageContent"], second["metadata"]["title"]) == ("", "https://b.example")
    ((path, body, headers),) = exa.asked
    assert (path, body["query"], body["numResults"]) == ("/search", "hot tea", search.MOST)
    assert body["contents"]["text"]["maxCharacters"] == search.LONGEST and headers["x-api-key"] == "exa-secret"


async def test_exa_finds_nothing(exa: Service) -> None:
    exa.answer = {"requestId": "r", "results": []}
    assert await search.search("x") == []


async def test_exa_refuses(exa: Service) -> None:
    exa.status, exa.answer = 401, {"error": "Invalid API key exa-secret"}
    with pytest.raises(SearchFailure, match=r"^Exa failed: .*401") as told:
        await search.search("hot tea")
    assert "exa-secret" not in str(told.value)
