"""Which of a server's threads are the user's, and how they stand in the list."""

from __future__ import annotations

from collections.abc import Collection

from canvas_tui.core.frozen import frozen
from canvas_tui.core.model import Json, ThreadRow, ThreadStatus
from canvas_tui.core.titles import title_of

from .jsontext import epoch, mapping, text
from .messages import read_messages
from .state import thread_status, title_from

OWNER_KEY = "canvas_tui"
"""The user's id in the metadata of threads that this program made."""
OPEN_CANVAS_OWNER = "supabase_user_id"
UPDATED_KEY = "canvas_tui_updated"
"""Epoch seconds of the last change, on rows that were made again after the server had lost them."""

HELPER_GRAPHS = frozenset({"reflection", "thread_title", "summarizer", "web_search"})
"""Open Canvas's own graphs: every turn leaves a thread of theirs behind (measured)."""

SELECT = ("thread_id", "metadata", "status", "interrupts", "created_at", "updated_at", "state_updated_at")
_REMADE = 2.0


@frozen
class Owner:
    """Whose threads are shown: ``ids`` are the user's, ``graphs`` count where a thread names no owner."""

    ids: Collection[str]
    graphs: Collection[str]


def is_ours(thread: Json, owner: Owner) -> bool:
    metadata = mapping(mapping(thread).get("metadata"))
    graph = text(metadata.get("graph_id"))
    if graph in HELPER_GRAPHS and graph not in owner.graphs:
        return False
    told = [text(metadata.get(key)) for key in (OWNER_KEY, OPEN_CANVAS_OWNER) if metadata.get(key)]
    if told:
        return any(id in owner.ids for id in told)
    return graph in owner.graphs


def read_row(thread: Json) -> ThreadRow | None:
    """A thread of POST /threads/search. ``title`` is empty where the server tells none."""
    row = mapping(thread)
    id = text(row.get("thread_id"))
    if not id:
        return None
    status = text(row.get("status"))
    return ThreadRow(
        id=id,
        title=_title(row),
        updated=updated_at(row),
        status=thread_status(status) or ThreadStatus.IDLE,
        running=status == ThreadStatus.BUSY,
        waiting=status == ThreadStatus.INTERRUPTED and _asks(row),
        failed=status == ThreadStatus.ERROR,
    )


def _asks(row: dict[str, Json]) -> bool:
    """A cancelled thread is interrupted as well, but asks nothing; without the server's word it may."""
    asked = row.get("interrupts")
    return any(asked.values()) if isinstance(asked, dict) else True


def updated_at(row: dict[str, Json]) -> float:
    """When the conversation last changed; renaming does not count where the server tells the two apart."""
    changed = epoch(row.get("state_updated_at")) or epoch(row.get("updated_at")) or epoch(row.get("created_at"))
    kept = mapping(row.get("metadata")).get(UPDATED_KEY)
    if isinstance(kept, (int, float)) and changed - epoch(row.get("created_at")) < _REMADE:
        return float(kept)
    return changed


def _title(row: dict[str, Json]) -> str:
    metadata = mapping(row.get("metadata"))
    for key in ("thread_title", "title"):
        if title := title_of(text(metadata.get(key))):
            return title
    return title_from(read_messages(mapping(row.get("values")).get("messages")))
