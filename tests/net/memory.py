"""A journal in memory, and a local agent that is there already."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from canvas_tui.core.artifact import Draft
from canvas_tui.core.model import Message
from canvas_tui.core.ports import CachedThread, Edit, Flight, LocalAddress


class MemoryJournal:
    """Fulfils `Journal`; ``log`` tells what was written, in order."""

    def __init__(self) -> None:
        self.inflight: dict[str, Flight] = {}
        self.kept_partials: dict[str, Sequence[Draft]] = {}
        self.kept_edits: list[Edit] = []
        self.log: list[tuple[str, str]] = []
        self.kept_drafts: dict[str, str] = {}
        self.left_begun: dict[str, float] = {}
        self.kept_prompts: list[str] = []
        self.cache: dict[str, tuple[CachedThread, tuple[Message, ...]]] = {}
        self.seen_at: dict[str, float] = {}
        self.closed = False

    def problem(self) -> str:
        return ""

    async def outbox(self, flight: Flight) -> None:
        self.log.append(("outbox", flight.run_id))
        self.inflight[flight.submit_id] = flight

    def submitted(self, flight: Flight, *, typed: bool) -> None:
        self.log.append(("submitted", flight.text))
        self.inflight[flight.submit_id] = flight
        if typed:
            self.kept_drafts.pop(flight.thread_id, None)

    async def landed(self, server: str, submit_id: str) -> None:
        self.log.append(("landed", submit_id))
        self.inflight.pop(submit_id, None)

    async def flights(self, server: str) -> Sequence[Flight]:
        return [flight for flight in self.inflight.values() if flight.server == server]

    async def keep_edits(self, server: str, thread_id: str, edits: Sequence[Edit], *, saving: bool) -> None:
        self.log += [("edit", edit.thread_id) for edit in edits]
        others = [edit for edit in self.kept_edits if (edit.thread_id, edit.saving) != (thread_id, saving)]
        self.kept_edits = [*others, *edits]

    async def edits(self, server: str) -> Sequence[Edit]:
        return [*self.kept_edits]

    async def keep_partials(self, server: str, thread_id: str, drafts: Sequence[Draft]) -> None:
        self.kept_partials.pop(thread_id, None)
        if drafts:
            self.kept_partials[thread_id] = drafts

    async def partials(self, server: str) -> Mapping[str, Sequence[Draft]]:
        return dict(self.kept_partials)

    def keep_draft(self, server: str, thread_id: str, text: str) -> None:
        self.kept_drafts[thread_id] = text
        if not text:
            del self.kept_drafts[thread_id]

    async def drafts(self, server: str) -> Mapping[str, str]:
        return dict(self.kept_drafts)

    async def begun(self, server: str) -> Mapping[str, float]:
        return dict(self.left_begun)

    def add_prompt(self, text: str) -> None:
        self.kept_prompts.insert(0, text)

    async def prompts(self, limit: int = 500) -> Sequence[str]:
        return self.kept_prompts[:limit]

    async def keep_thread(self, server: str, thread_id: str, title: str, updated: float, messages: Sequence[Message]) -> None:
        self.cache[thread_id] = (CachedThread(thread_id, title, updated), tuple(messages))

    async def cached_thread(self, server: str, thread_id: str) -> Sequence[Message] | None:
        found = self.cache.get(thread_id)
        return found[1] if found else None

    async def cached_threads(self, server: str) -> Sequence[CachedThread]:
        return sorted((cached for cached, _ in self.cache.values()), key=lambda cached: -cached.updated)

    async def forget_thread(self, server: str, thread_id: str) -> None:
        self.cache.pop(thread_id, None)

    def set_seen(self, server: str, thread_id: str, updated: float) -> None:
        self.seen_at[thread_id] = updated

    async def seen(self, server: str) -> Mapping[str, float]:
        return dict(self.seen_at)

    async def close(self) -> None:
        self.closed = True


class ReadyLocal:
    """Fulfils `LocalServer` with a server that answers at once."""

    def __init__(self, url: str, assistant: str = "") -> None:
        self.address = LocalAddress(url, assistant, "scripted model")
        self.asked = 0
        self.released = 0

    async def ensure(self, told: Callable[[str], None]) -> LocalAddress:
        self.asked += 1
        told("Starting the local agent …")
        return self.address

    def log_path(self) -> str:
        return "/nowhere/agent.log"

    async def alive(self) -> bool:
        return True

    async def release(self) -> None:
        self.released += 1
