"""Questions of a graph (``interrupt()``) in their spellings: ``{"id", "value"}``, and older ones with ``ns`` in the id's place."""

from __future__ import annotations

from canvas_tui.core.model import Interrupt, Json

from .jsontext import items, mapping, text


def read_interrupts(value: Json, node: str = "") -> tuple[Interrupt, ...]:
    """A list of interrupts; what is none is left out."""
    return tuple(
        Interrupt(_id(item, index), item.get("value"), node or _node(item))
        for index, item in enumerate(items(value))
        if isinstance(item, dict) and ("value" in item or "id" in item)
    )


def _id(item: dict[str, Json], index: int) -> str:
    found = text(item.get("id")) or text(item.get("interrupt_id"))
    return found or "|".join(text(part) for part in items(item.get("ns"))) or f"interrupt-{index}"


def _node(item: dict[str, Json]) -> str:
    return text((items(item.get("ns")) or [""])[0]).partition(":")[0]


def thread_interrupts(thread: dict[str, Json], state: dict[str, Json]) -> tuple[Interrupt, ...]:
    """What a thread waits for: its state's tasks name the node; the thread's own account stands in where the state has none."""
    found: dict[str, Interrupt] = {}
    for task in items(state.get("tasks")):
        for asked in read_interrupts(mapping(task).get("interrupts"), text(mapping(task).get("name"))):
            found.setdefault(asked.id, asked)
    if not found:
        for group in mapping(thread.get("interrupts")).values():
            for asked in read_interrupts(group):
                found.setdefault(asked.id, asked)
    return tuple(found.values())
