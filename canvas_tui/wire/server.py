"""Which kind of server answers, and which of its assistants is meant."""

from __future__ import annotations

from collections.abc import Mapping

from canvas_tui.core.frozen import frozen
from canvas_tui.core.model import Json, ServerKind

from .jsontext import items, mapping, text

DEFAULT_ASSISTANT = "agent"
_NAMED = 12


def read_kind(info: Json, headers: Mapping[str, str]) -> tuple[ServerKind, str]:
    """(kind, version) from GET /info (measured: the Python server names ``langgraph_py_version``, the JS server ``langgraph_js_version``
    or at least answers without uvicorn's header, Aegra names itself)."""
    told = mapping(info)
    version = text(told.get("version"))
    if "aegra" in text(told.get("name")).lower():
        return ServerKind.AEGRA, version
    if text(told.get("langgraph_js_version")) or told.get("context") == "js":
        return ServerKind.JS, version
    if text(told.get("langgraph_py_version")) or isinstance(told.get("host"), dict):
        return ServerKind.PYTHON, version
    if isinstance(told.get("flags"), dict):
        return (ServerKind.PYTHON if headers.get("server", "").startswith("uvicorn") else ServerKind.JS), version
    return ServerKind.UNKNOWN, version


def is_langgraph_info(info: Json) -> bool:
    """Whether an answer to /info can be a LangGraph server's."""
    told = mapping(info)
    return isinstance(told.get("flags"), dict) or "langgraph_py_version" in told or "langgraph_js_version" in told


@frozen
class Assistant:
    id: str
    graph_id: str
    name: str


class NoAssistant(Exception):
    """None fits; ``str()`` is a sentence."""


def read_assistants(found: Json) -> list[Assistant]:
    rows = [mapping(item) for item in items(found)]
    return [
        Assistant(text(row.get("assistant_id")), text(row.get("graph_id")), text(row.get("name")))
        for row in rows
        if text(row.get("assistant_id"))
    ]


def choose_assistant(assistants: list[Assistant], wanted: str) -> Assistant:
    """By id, graph or name; without a wish the one called "agent", or the only one.

    Raises:
        NoAssistant: names those that are there.
    """
    if not assistants:
        raise NoAssistant("The server has no assistants: no graph is served there.")
    for asked in [wanted] if wanted else [DEFAULT_ASSISTANT]:
        for key in ("id", "graph_id", "name"):
            for assistant in reversed(assistants):
                # The newest come first; the oldest of a graph is the one that the server made itself.
                if getattr(assistant, key) == asked:
                    return assistant
    names = list(dict.fromkeys(a.graph_id or a.name for a in assistants))
    if not wanted and len(names) == 1:
        return assistants[-1]
    have = ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
    if wanted:
        raise NoAssistant(f'The server has no assistant "{wanted}". It has: {have}.')
    raise NoAssistant(f"The server has several assistants: {have}. Choose one with --assistant.")
