"""Searching the web through LangChain's integrations, with whichever provider there is a key for."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypedDict

from canvas_tui.core.frozen import frozen

from ..server_secrets import scrub
from ..settings import SCRIPTED, SEARCH_KEYS
from .models import chosen
from .tools import NOTES

MOST = 5
"""Results of one search."""
LONGEST = 3_000
"""Characters of one result."""


class Result(TypedDict):
    """One result, in the shape that Open Canvas keeps."""

    pageContent: str
    metadata: dict[str, str]  # id, url, title, author, publishedDate


class SearchFailure(RuntimeError):
    """The web cannot be searched. ``str()`` is a sentence for the user."""


def result(content: object, url: object, title: object, author: object = "", published: object = "") -> Result:
    address = str(url or "")
    about = {
        "id": address,
        "url": address,
        "title": str(title or address),
        "author": str(author or ""),
        "publishedDate": str(published or ""),
    }
    return Result(pageContent=str(content or "")[:LONGEST], metadata=about)


async def _tavily(query: str) -> list[Result]:
    def tool() -> Any:  # off the event loop, as the package takes its time to import
        from langchain_tavily import TavilySearch

        return TavilySearch(max_results=MOST)

    found = await (await asyncio.to_thread(tool)).ainvoke({"query": query})
    if not isinstance(found, Mapping):  # its tool says in words that there is nothing
        return []
    if "results" not in found:
        raise RuntimeError(str(found.get("error")))
    return [result(each.get("content"), each.get("url"), each.get("title")) for each in found["results"]]


async def _exa(query: str) -> list[Result]:
    """By its tool: its retriever fails as a whole where one of the pages has no text (measured of langchain-exa 1.1.0)."""

    def tool() -> Any:
        from langchain_exa import ExaSearchResults

        return ExaSearchResults()

    asked = {"query": query, "num_results": MOST, "text_contents_options": {"max_characters": LONGEST}}
    found = await (await asyncio.to_thread(tool)).ainvoke(asked)
    if isinstance(found, str):  # an exception, as Python writes it
        raise RuntimeError(re.sub(r"""^\w+\(["'](.*)["']\)$""", r"\1", found, flags=re.DOTALL))
    return [result(each.text, each.url, each.title, each.author, each.published_date) for each in found.results]


async def _scripted(query: str) -> list[Result]:
    """The scripted model's own few notes, so that a search can be shown without any key."""
    words = set(query.lower().split())
    terms = [term for term in NOTES if words & {term, f"{term}s"}] or list(NOTES)[:3]
    return [result(NOTES[term], f"https://example.com/notes/{term}", f"Scripted note: {term}") for term in terms]


@frozen
class Provider:
    name: str
    key: str  # the environment variable
    package: str
    search: Callable[[str], Awaitable[list[Result]]]


PROVIDERS = (
    Provider("Tavily", SEARCH_KEYS[0], "langchain-tavily", _tavily),
    Provider("Exa", SEARCH_KEYS[1], "langchain-exa", _exa),
)


def provider(environ: Mapping[str, str] = os.environ) -> Provider | None:
    return next((each for each in PROVIDERS if environ.get(each.key)), None)


async def search(query: str) -> list[Result]:
    """What the web says.

    Raises:
        SearchFailure: where no key is set, the provider's package is missing, or it failed.
    """
    found = provider()
    if found is None:
        if chosen().provider == SCRIPTED:
            return await _scripted(query)
        keys = " or ".join(each.key for each in PROVIDERS)
        raise SearchFailure(f"The web cannot be searched without a key: set {keys} and start again, or send without web search.")
    try:
        return await found.search(query)
    except SearchFailure:
        raise
    except ImportError as error:
        raise SearchFailure(f"The package for {found.name} is not installed: pip install {found.package}, then start again.") from error
    except Exception as error:
        told = scrub((str(error).strip().splitlines() or [type(error).__name__])[0])[:200]
        raise SearchFailure(f"{found.name} failed: {told}") from error
