"""A canvas in memory: tests read what the screen asked of it, and set what the assistant's store holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from canvas_tui.core.artifact import PLAIN, CustomAction, Document, Keep, Reflections, Turn, Version
from canvas_tui.core.canvas_port import Canvas, StoreFailure
from canvas_tui.core.inputs import WhenBusy


@dataclass
class FakeCanvas:
    """``calls`` lists every action as (name, arguments …). ``broken``: the store cannot be reached."""

    calls: list[tuple[object, ...]] = field(default_factory=list)
    kept: dict[str, Version] = field(default_factory=dict)
    memory: Reflections = field(default_factory=Reflections)
    customs: list[CustomAction] = field(default_factory=list)
    papers: list[Document] = field(default_factory=list)
    broken: str = ""
    begun_from: list[Version | None] = field(default_factory=list)

    def called(self, name: str) -> list[tuple[object, ...]]:
        return [call[1:] for call in self.calls if call[0] == name]

    def act(self, thread_id: str, turn: Turn, text: str = "", how: WhenBusy = WhenBusy.QUEUE) -> None:
        self.calls.append(("act", thread_id, turn, text, how))

    def save(self, thread_id: str, version: Version, base: int, of: Version | None = None) -> None:
        self.calls.append(("save", thread_id, version, base))
        self.begun_from.append(of)

    def choose(self, thread_id: str, index: int) -> None:
        self.calls.append(("choose", thread_id, index))

    def resolve(self, thread_id: str, keep: Keep) -> None:
        self.calls.append(("resolve", thread_id, keep))

    def keep_partial(self, thread_id: str) -> None:
        self.calls.append(("keep_partial", thread_id))

    def drop_partial(self, thread_id: str) -> None:
        self.calls.append(("drop_partial", thread_id))

    def regenerate(self, thread_id: str) -> None:
        self.calls.append(("regenerate", thread_id))

    def resend(self, thread_id: str, message_id: str, text: str, turn: Turn = PLAIN) -> None:
        self.calls.append(("resend", thread_id, message_id, text, turn))

    def branch(self, thread_id: str, message_id: str, step: int) -> None:
        self.calls.append(("branch", thread_id, message_id, step))

    def edit_kept(self, thread_id: str) -> Version | None:
        return self.kept.get(thread_id)

    def keep_edit(self, thread_id: str, version: Version | None) -> None:
        self.calls.append(("keep_edit", thread_id, version))
        if version is None:
            self.kept.pop(thread_id, None)
        else:
            self.kept[thread_id] = version

    async def reflections(self) -> Reflections:
        self._reach()
        return self.memory

    async def save_reflections(self, reflections: Reflections) -> None:
        self._reach()
        self.memory = reflections

    async def custom_actions(self) -> Sequence[CustomAction]:
        self._reach()
        return list(self.customs)

    async def save_custom_actions(self, actions: Sequence[CustomAction]) -> None:
        self._reach()
        self.customs = list(actions)

    async def documents(self) -> Sequence[Document]:
        self._reach()
        return list(self.papers)

    async def save_documents(self, documents: Sequence[Document]) -> None:
        self._reach()
        self.papers = list(documents)

    def _reach(self) -> None:
        if self.broken:
            raise StoreFailure(self.broken)


def _fits(canvas: FakeCanvas) -> Canvas:
    """mypy proves here that the fake fulfils the Protocol."""
    return canvas
