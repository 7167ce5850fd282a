"""Web search by whichever key there is; the providers' packages are stood in for."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from canvas_tui.local.agent import search
from canvas_tui.local.agent.models import chosen
from canvas_tui.local.agent.search import SearchFailure
from canvas_tui.local.launch import MODEL_ENV
from canvas_tui.local.settings import Model


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for each in search.PROVIDERS:
        monkeypatch.delenv(each.key, raising=False)


def stand_in(monkeypatch: pytest.MonkeyPatch, package: str, name: str, answer: Any) -> list[Any]:
    """A provider's package with this one class, which notes what it is asked."""
    asked: list[Any] = []

    class Tool:
        def __init__(self, **options: Any) -> None:
            asked.append(options)

        async def ainvoke(self, query: Any) -> Any:
            asked.append(query)
            if isinstance(answer, Exception):
                raise answer
            return answer

    module = ModuleType(package)
    setattr(module, name, Tool)
    monkeypatch.setitem(sys.modules, package, module)
    return asked


async def test_tavily(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAVILY_API_KEY", "key")
    monkeypatch.setenv("EXA_API_KEY", "key too")
    found = {"results": [{"title": "T", "url": "https://t.example", "content": "c" * 9999, "score": 0.5}]}
    asked = stand_in(monkeypatch, "langchain_tavily", "TavilySearch", found)
    about = {"id": "https://t.example", "url": "https://t.example", "title": "T", "author": "", "publishedDate": ""}
    assert await search.search("tea") == [{"pageContent": "c" * search.LONGEST, "metadata": about}]
    assert asked == [{"max_results": search.MOST}, {"query": "tea"}]


async def test_a_search_may_find_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAVILY_API_KEY", "key")
    stand_in(monkeypatch, "langchain_tavily", "TavilySearch", "No search results found for 'tea'.")
    assert await search.search("tea") == []


async def test_exa(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXA_API_KEY", "key")
    page = SimpleNamespace(text="page", url="https://e.example", title=None, author=None, published_date="2026-01-02")
    bare = SimpleNamespace(text=None, url="https://b.example", title="B", author="A", published_date=None)
    asked = stand_in(monkeypatch, "langchain_exa", "ExaSearchResults", SimpleNamespace(results=[page, bare]))
    found, other = await search.search("tea")
    assert found["pageContent"] == "page" and found["metadata"]["title"] == "https://e.example"
    assert found["metadata"]["publishedDate"] == "2026-01-02" and other["pageContent"] == ""
    assert asked == [{}, {"query": "tea", "num_results": search.MOST, "text_contents_options": {"max_characters": search.LONGEST}}]


async def test_exas_tool_says_in_words_what_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXA_API_KEY", "exa-secret")
    stand_in(monkeypatch, "langchain_exa", "ExaSearchResults", "ValueError('Status code 401: exa-secret')")
    with pytest.raises(SearchFailure, match=r"^Exa failed: Status code 401: \*\*\*$"):
        await search.search("tea")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (ValueError("no such key tvly-secret\nmore"), r"^Tavily failed: no such key \*\*\*$"),
        ({"error": RuntimeError("Error 401: tvly-secret")}, r"^Tavily failed: Error 401: \*\*\*$"),
    ],
)
async def test_a_failure_is_a_sentence_without_the_key(monkeypatch: pytest.MonkeyPatch, answer: Any, words: str) -> None:
    monkeypatch.setenv("TAVILY_API_KEY", "tvly-secret")
    stand_in(monkeypatch, "langchain_tavily", "TavilySearch", answer)
    with pytest.raises(SearchFailure, match=words):
        await search.search("tea")


async def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXA_API_KEY", "key")
    monkeypatch.setitem(sys.modules, "langchain_exa", None)
    with pytest.raises(SearchFailure, match="pip install langchain-exa"):
        await search.search("tea")


async def test_without_a_key_the_scripted_model_has_its_notes_and_a_real_one_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(MODEL_ENV, raising=False)
    chosen.cache_clear()
    assert [each["metadata"]["title"] for each in await search.search("what are threads")] == ["Scripted note: thread"]
    monkeypatch.setenv(MODEL_ENV, Model("openai", "m").to_json())
    chosen.cache_clear()
    with pytest.raises(SearchFailure, match="set TAVILY_API_KEY or EXA_API_KEY"):
        await search.search("tea")
    chosen.cache_clear()
