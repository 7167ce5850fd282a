"""What Open Canvas keeps in a server's store: where it lies and how it is spelled.

GET /store/items takes the namespace with dots between its labels, so that no label may hold one (the servers refuse it, measured).
"""

from __future__ import annotations

from collections.abc import Sequence

from canvas_tui.core.artifact import CustomAction, Document, Reflections
from canvas_tui.core.frozen import frozen
from canvas_tui.core.model import Json

from .jsontext import items, mapping, text

ITEMS_PATH = "/store/items"
ITEMS_SEARCH_PATH = "/store/items/search"


@frozen
class Place:
    """An item's namespace and key."""

    labels: tuple[str, ...]
    key: str

    @property
    def unusable(self) -> str:
        """A label that no server takes, or an empty string."""
        return next((label or "(empty)" for label in self.labels if not label or "." in label), "")

    def query(self) -> dict[str, str | int]:
        return {"namespace": ".".join(self.labels), "key": self.key}

    def body(self) -> dict[str, Json]:
        return {"namespace": list(self.labels), "key": self.key}


def reflections_place(assistant_id: str) -> Place:
    return Place(("memories", assistant_id), "reflection")


def actions_place(user_id: str) -> Place:
    return Place(("custom_actions", user_id), "actions")


def documents_place(assistant_id: str) -> Place:
    return Place(("context_documents",), assistant_id)


# -- values


def read_reflections(value: Json) -> Reflections:
    kept = mapping(value)
    return Reflections(_lines(kept.get("styleRules")), _lines(kept.get("content")))


def _lines(value: Json) -> tuple[str, ...]:
    """A list of strings; Open Canvas has kept one string as well."""
    found = value.splitlines() if isinstance(value, str) else [text(item) for item in items(value)]
    return tuple(line for line in found if line.strip())


def reflections_json(reflections: Reflections) -> dict[str, Json]:
    return {"styleRules": list(reflections.style), "content": list(reflections.facts)} if reflections != Reflections() else {}


def read_actions(value: Json) -> tuple[CustomAction, ...]:
    """In the order in which they were made."""
    return tuple(_action(id, mapping(item)) for id, item in mapping(value).items() if isinstance(item, dict))


def _action(id: str, item: dict[str, Json]) -> CustomAction:
    def wanted(key: str) -> bool:
        return item.get(key) is not False

    return CustomAction(
        text(item.get("id")) or id,
        text(item.get("title")) or id,
        text(item.get("prompt")),
        include_reflections=wanted("includeReflections"),
        include_prefix=wanted("includePrefix"),
        include_history=wanted("includeRecentHistory"),
    )


def actions_json(actions: Sequence[CustomAction]) -> dict[str, Json]:
    return {
        action.id: {
            "id": action.id,
            "title": action.title,
            "prompt": action.prompt,
            "includeReflections": action.include_reflections,
            "includePrefix": action.include_prefix,
            "includeRecentHistory": action.include_history,
        }
        for action in actions
    }


def read_documents(value: Json) -> tuple[Document, ...]:
    found = (mapping(item) for item in items(mapping(value).get("documents")))
    return tuple(Document(text(item.get("name")), text(item.get("data")), text(item.get("type")) or "text") for item in found if item)


def documents_json(documents: Sequence[Document]) -> dict[str, Json]:
    return {"documents": [{"name": d.name, "type": d.type, "data": d.data} for d in documents]} if documents else {}
