"""The canvas's side of the backend: turns that are more than a message, changes by hand, branches and the store."""

from __future__ import annotations

from canvas_tui.core.artifact import Keep, Turn, Version
from canvas_tui.core.inputs import Chosen, Edited, Input, Opened, PartialDropped, PartialFound, PartialKept, Resolved, WhenBusy
from canvas_tui.core.ports import Edit
from canvas_tui.core.turns import meant_for

from .branching import Branching
from .desk import Desk
from .store import AssistantStore


class HubCanvas(Branching, AssistantStore):
    """Fulfils `Canvas`, over the drivers of a hub; `Hub.canvas` is the one to use."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._edits: dict[str, Version] = {}

    def act(self, thread_id: str, turn: Turn, text: str = "", how: WhenBusy = WhenBusy.QUEUE) -> None:
        self._desk.begin(thread_id, text, meant_for(self._desk.session(thread_id), turn), how)

    # -- changes by hand

    def save(self, thread_id: str, version: Version, base: int, of: Version | None = None) -> None:
        self._desk.touched(thread_id, version.title)
        self._take(thread_id, Edited(version, base, of))

    def choose(self, thread_id: str, index: int) -> None:
        self._take(thread_id, Chosen(index))

    def resolve(self, thread_id: str, keep: Keep) -> None:
        self._take(thread_id, Resolved(keep))

    def keep_partial(self, thread_id: str) -> None:
        self._take(thread_id, PartialKept())

    def drop_partial(self, thread_id: str) -> None:
        self._take(thread_id, PartialDropped())

    def _take(self, thread_id: str, input: Input) -> None:
        driver = self._desk.driver(thread_id)
        if not (driver.session.loaded or driver.session.reading):
            driver.take(Opened())
        driver.take(input)

    # -- while it is edited

    def edit_kept(self, thread_id: str) -> Version | None:
        return self._edits.get(thread_id)

    def keep_edit(self, thread_id: str, version: Version | None) -> None:
        journal, server = self._desk.journal, self._desk.link.key
        if version is not None:
            self._edits[thread_id] = version
            edit = Edit(thread_id, version, version.index)
            self._desk.writes.spawn(journal.keep_edits(server, thread_id, (edit,), saving=False))
        elif self._edits.pop(thread_id, None) is not None:
            self._desk.writes.spawn(journal.keep_edits(server, thread_id, (), saving=False))

    async def recall(self) -> None:
        """Changes that an earlier life of the program left: those on their way go on, the others wait for the user."""
        on_their_way: dict[str, list[Edit]] = {}
        for edit in await self._desk.journal.edits(self._desk.link.key):
            if edit.saving:
                on_their_way.setdefault(edit.thread_id, []).append(edit)
            else:
                self._edits.setdefault(edit.thread_id, edit.version)
        for thread_id, edits in on_their_way.items():
            self._take(thread_id, self._desk.driver(thread_id).edits.found(edits))
        for thread_id, drafts in (await self._desk.journal.partials(self._desk.link.key)).items():
            for draft in reversed(drafts):
                self._desk.driver(thread_id).take(PartialFound(draft))
