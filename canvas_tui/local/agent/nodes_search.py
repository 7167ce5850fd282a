"""The graph's node ``webSearch``: a query, its results for the turn, and who goes on with them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableConfig

from . import prompts
from .calls import ask, text_of
from .nodes import conversation_of, decide
from .search import Result, search
from .state import State
from .tasks import Kind, Task

RESULTS = "web-search-results-"
"""How the id of a message begins that only holds what was found; clients fold or hide it."""


async def web_search(state: State, config: RunnableConfig) -> dict[str, Any]:
    """What was found serves this turn. Then the model decides as without a search: a thread with an artifact gets a new version of it,
    never another one in its place."""
    conversation = conversation_of(state)
    messages = prompts.query(conversation, datetime.now(UTC).date().isoformat())
    query = text_of(await ask(Task(Kind.QUERY, messages, conversation, quiet=True), config))
    found = await search(" ".join(query.split()).strip("\"'")[:400])
    return {"webSearchResults": found, "next": await decide(state, config), "messages": [shown(found)]}


def shown(found: list[Result]) -> AIMessage:
    """The results as a message of the conversation, in Open Canvas's form."""
    sources = "\n".join(f"- {link}" for link in prompts.links(found))
    extra = {"webSearchResults": found, "webSearchStatus": "done"}
    return AIMessage(sources or "Nothing was found.", id=f"{RESULTS}{uuid4()}", additional_kwargs=extra)
