"""The main screen's part for what the server keeps beside the thread: the user's own actions, what the agent remembers, documents."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar
from uuid import uuid4

from textual import work

from canvas_tui.core.actions import custom
from canvas_tui.core.artifact import CustomAction
from canvas_tui.core.canvas_port import StoreFailure
from canvas_tui.core.file_text import document_of, length
from canvas_tui.core.safe_text import safe_line

from ..ages import size
from .ask import PickScreen, Row
from .canvas_files import FilePart
from .canvas_part import NO_DOCUMENT

T = TypeVar("T")
NEW, ADD = "new:", "add:"


class MemoryPart(FilePart):
    async def _store(self, asked: Awaitable[T]) -> T | None:
        """What the store gives; None, and a sentence, where it cannot be reached."""
        try:
            return await asked
        except StoreFailure as problem:
            self.canvas.say(safe_line(str(problem)), warning=True)
            return None

    # -- the user's own actions ------------------------------------------------------------------------------------

    @work(exclusive=True, group="memory")
    async def manage_customs(self) -> None:
        """Run, make, change or delete one."""
        from .custom_action import CustomActionScreen

        port, at = self.port, ""
        while port is not None and (customs := await self._store(port.custom_actions())) is not None:
            rows = [Row(one.title or one.prompt, one.id, safe_line(" ".join(one.prompt.split()))[:40]) for one in customs]
            rows.append(Row("New action", NEW))
            keys = (("enter", "runs"), ("e", "changes"), ("n", "new"), ("d", "deletes"))
            answer = await self.app.push_screen_wait(PickScreen("Your own actions", rows, self.canvas.signs.ellipsis, keys, at=at))
            if answer is None:
                return
            key, value = answer
            chosen = next((one for one in customs if one.id == value), None)
            if key == "enter" and chosen is not None:
                problem = self._act(custom(chosen), chosen.prompt) if self.canvasing.artifact is not None else NO_DOCUMENT
                if problem:
                    self.canvas.say(problem, warning=True)
                return
            if key == "d" and chosen is not None:
                await self._store(port.save_custom_actions([one for one in customs if one is not chosen]))
                continue
            begun = chosen if chosen is not None and key == "e" else CustomAction(str(uuid4()), "", "")
            made = await self.app.push_screen_wait(CustomActionScreen(begun))
            if made is not None:
                at = made.id
                kept = [made if one.id == made.id else one for one in customs]
                await self._store(port.save_custom_actions(kept if chosen is begun else [*customs, made]))

    # -- what the agent remembers ----------------------------------------------------------------------------------

    @work(exclusive=True, group="memory")
    async def show_reflections(self) -> None:
        from .reflections import ReflectionsScreen

        port = self.port
        if port is None or (known := await self._store(port.reflections())) is None:
            return
        changed = await self.app.push_screen_wait(ReflectionsScreen(known))
        if changed is not None and changed != known:
            try:
                await port.save_reflections(changed)
                self.canvas.say("Saved." if changed.style or changed.facts else "Everything is forgotten.")
            except StoreFailure as problem:
                self.canvas.say(safe_line(str(problem)), warning=True)

    # -- context documents -----------------------------------------------------------------------------------------

    @work(exclusive=True, group="memory")
    async def show_documents(self) -> None:
        """Documents that the assistant is given with every turn."""
        port = self.port
        while port is not None and (papers := await self._store(port.documents())) is not None:
            rows = [Row(paper.name, f"{at}", size(length(paper))) for at, paper in enumerate(papers)]
            rows.append(Row("Add a text file or PDF", ADD))
            keys = (("a", "adds"), ("d", "takes away"))
            note = "The agent is given these documents with every turn, in every thread."
            screen = PickScreen("Context documents", rows, self.canvas.signs.ellipsis, keys, note=note)
            answer = await self.app.push_screen_wait(screen)
            if answer is None:
                return
            key, value = answer
            if key == "a" or (key == "enter" and value == ADD):
                found = await self._ask_for_file("Add the text file or PDF", document_of)
                if found is not None:
                    await self._store(port.save_documents([*papers, found]))
            elif key == "d" and value.isdecimal():
                await self._store(port.save_documents([paper for at, paper in enumerate(papers) if at != int(value)]))
