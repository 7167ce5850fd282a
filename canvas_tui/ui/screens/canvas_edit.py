"""The main screen's part for changing a version by hand: in place, or in the user's own editor."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import work

from canvas_tui.core.artifact import Version
from canvas_tui.core.file_names import artifact_file_name

from ..canvas_words import Mode, which
from ..editor import NoEditor, edit
from ..focusing import focus
from ..widgets.offers import Told
from .ask import LineScreen, PickScreen, Row
from .canvas_part import CanvasPart

if TYPE_CHECKING:
    from ..widgets.canvas_editor import CanvasEditor

SAVE, STAY, DROP = "save", "stay", "drop"


class EditPart(CanvasPart):
    @property
    def editor(self) -> CanvasEditor | None:
        """While a version is edited."""
        pane = self.pane
        return pane.editor if pane is not None and self.mode is Mode.EDIT else None

    @property
    def newest_index(self) -> int:
        """Of the newest version there is now, from which a change by hand begins; 0 where there is none."""
        versions = self.canvasing.versions
        return versions[-1].index if versions else 0

    def _editable(self) -> Version | None:
        """What is looked at, unless it is being written: then the version before it."""
        canvas = self.canvasing
        if self.port is None or not canvas:
            self.canvas.say("There is no document to edit in this thread yet." if self.port is not None else "Nothing can be changed here.")
            return None
        version = self.version
        if canvas.draft is not None and version is canvas.draft.version:
            if canvas.artifact is None:
                self.canvas.say("The agent is writing it. It can be edited as soon as there is a version.")
                return None
            version = canvas.artifact.version
        return version

    @work(exclusive=True, group="canvas")
    async def action_edit_canvas(self) -> None:
        if (kept := self.kept) is not None:
            self.canvas.say("This is the edit that was not saved the last time.")
            await self._go_on(kept)
        elif (version := self._editable()) is not None and self.mode is not Mode.EDIT:
            await self._begin(version)
        elif self.editor is not None:
            focus(self.editor)

    async def _begin(self, version: Version) -> None:
        """Edit it, once another edit is saved or dropped."""
        if await self.edit_settled():
            await self._open_editor(version, version.text, self.newest_index)

    async def _open_editor(self, version: Version, text: str, base: int) -> None:
        self.mode = Mode.EDIT  # the pane is shown for it, though there be no version yet
        pane = await self.canvas_ready()
        editor = await pane.edit()
        editor.begin(version, text, base, pane.look)
        await asyncio.sleep(0)  # a long text has taken its time: the rest has its own
        self.mode, self.against = Mode.EDIT, None
        self._edited = self.thread_id
        self.paint_canvas(self.session)
        focus(editor)
        self.frames.ask()

    _edited = ""  # the thread whose version is edited

    # -- ending ----------------------------------------------------------------------------------------------------

    def action_save_canvas(self) -> None:
        """The edit becomes a version; without one, the document goes into a file."""
        editor, port = self.editor, self.port
        if editor is None or port is None:
            self.save_as_file()
        elif not editor.changed:
            self.canvas.say("Nothing has changed.")
        else:
            port.save(self.thread_id, editor.version, editor.base, editor.begun)
            if self.session.active:
                self.canvas.say("A run is on: your version is saved when it is over.")
            self._end_edit()

    def save_as_file(self) -> object:
        """What Ctrl+S does where nothing is edited."""

    def save_first(self) -> None:
        """What is being edited becomes the current version, on which the agent is to work next."""
        editor, port, artifact = self.editor, self.port, self.canvasing.artifact
        if editor is None or port is None:
            return
        if editor.changed or artifact is None:
            port.save(self.thread_id, editor.version, editor.base, editor.begun)
        elif editor.begun is not artifact.version:
            port.choose(self.thread_id, editor.begun.index)
        self._end_edit(there=False)

    def _end_edit(self, there: bool = True) -> None:
        """It is saved or dropped. ``there``: the focus stays on the canvas."""
        editor, port = self.editor, self.port
        if editor is not None and port is not None:
            editor.forget()
            port.keep_edit(self._edited, None)
        self.mode, self.looked_at, self._edited = Mode.READ, None, ""
        self.paint_canvas(self.session)
        if there and self.pane is not None and self.pane.display:
            focus(self.pane.view)
        self.frames.ask()

    def on_canvas_editor_left(self) -> None:
        if not self.drop_chips():
            self.leave_edit()

    def leave_edit(self) -> bool:
        """Esc: out of the editor, asking where something has changed."""
        editor = self.editor
        if editor is None:
            return False
        if editor.changed:
            self._ask_about_edit()
        else:
            self._end_edit()
        return True

    @work(exclusive=True, group="canvas")
    async def _ask_about_edit(self) -> None:
        await self._asked_about_edit()

    async def edit_settled(self) -> bool:
        """Before something else takes its place: what is edited, or waits to be gone on with, is saved or dropped; False: it stays."""
        if (kept := self.kept) is not None:
            await self._go_on(kept)  # one sees what one is asked about
        return self.editor is None or not self.editor.changed or await self._asked_about_edit()

    async def _asked_about_edit(self) -> bool:
        """Whether it is saved or dropped."""
        rows = (Row("Save it as a version", SAVE), Row("Go on editing", STAY), Row("Drop the changes", DROP))
        answer = await self.app.push_screen_wait(PickScreen("What you changed is not saved", rows, self.canvas.signs.ellipsis))
        choice = answer[1] if answer is not None else STAY
        if choice == SAVE:
            self.action_save_canvas()
        elif choice == DROP:
            self._end_edit()
        elif self.editor is not None:
            focus(self.editor)
        return self.editor is None

    # -- what is kept ----------------------------------------------------------------------------------------------

    def on_canvas_editor_kept(self) -> None:
        self._keep_edit()

    def _keep_edit(self) -> None:
        editor, port = self.editor, self.port
        if editor is not None and port is not None and self._edited:
            port.keep_edit(self._edited, editor.version if editor.changed else None)

    def keep_draft(self) -> None:
        super().keep_draft()
        self._keep_edit()

    def put_edit_aside(self) -> None:
        self._keep_edit()
        if self.editor is not None:
            self.editor.forget()
        self._edited = ""

    def canvas_thread_left(self) -> None:
        self.put_edit_aside()

    @property
    def kept(self) -> Version | None:
        """An unsaved edit from before, which waits to be gone on with."""
        return self.port.edit_kept(self.thread_id) if self.port is not None and self.mode is not Mode.EDIT else None

    @work(exclusive=True, group="canvas")
    async def go_on_with(self, kept: Version) -> None:
        await self._go_on(kept)

    async def _go_on(self, kept: Version) -> None:
        """Its kind, title and language are its own: it may have been begun from an earlier version than the newest one of its time."""
        found = self.canvasing.artifact.find(kept.index) if self.canvasing.artifact is not None else None
        begun = found if found is not None and replace(found, text=kept.text) == kept else replace(kept, text="")
        await self._open_editor(begun, kept.text, kept.index)

    def told_of_edit(self) -> list[Told]:
        """What stands below the editor."""
        editor = self.editor
        if editor is None:
            return []
        waits = "A run is on: what you save waits for it." if self.session.active else f"Editing {which(self.canvasing, editor.begun)}."
        keys = (("canvas.save", "saves"), ("canvas.actions", "actions"), ("run.stop", "leaves"), ("canvas.editor", "$EDITOR"))
        return [Told(waits, keys)]

    # -- the user's own editor, and the title ----------------------------------------------------------------------

    @work(exclusive=True, group="canvas")
    async def action_canvas_editor(self) -> None:
        """The screen stands still while the editor has the terminal."""
        kept = self.kept
        if (version := kept or self._editable()) is None or self.port is None:
            return
        inside, base = self.editor, kept.index if kept is not None else self.newest_index
        before = inside.text if inside is not None else version.text
        try:
            with self.canvas.lend_terminal():
                text = await edit(before, artifact_file_name(version))
        except NoEditor as problem:
            self.canvas.say(str(problem), warning=True)
            text = before
        if text == before.removesuffix("\n") or text == before:
            return
        text += "\n" if before.endswith("\n") else ""
        if inside is not None:
            inside.replace(text, (0, 0), inside.document.end)
            focus(inside)
        else:
            self.port.save(self.thread_id, replace(version, text=text), base, version if kept is None else None)
            if kept is not None:
                self.port.keep_edit(self.thread_id, None)

    @work(exclusive=True, group="canvas")
    async def rename_canvas(self) -> None:
        if (version := self._editable()) is None or self.port is None:
            return
        base = self.newest_index
        title = await self.app.push_screen_wait(LineScreen("Title of the document", version.title))
        if title is not None and title.strip() and title != version.title:
            self.port.save(self.thread_id, replace(version, title=title.strip()), base, version)
