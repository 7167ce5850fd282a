"""The main screen's part for files: the document, its versions and the thread saved; a document from a file; files for a message."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from textual import work

from canvas_tui.core.artifact import ArtifactKind, Document, Version
from canvas_tui.core.export import thread_json, thread_markdown
from canvas_tui.core.file_names import LANGUAGES, artifact_file_name, safe_name, version_file_names, version_of_file
from canvas_tui.core.file_text import document_of, text_of
from canvas_tui.core.model import Message

from ..files import Exists, FileProblem, full_path, read, shown, write_text
from ..focusing import focus
from .ask import LineScreen, PickScreen, Row
from .canvas_act import ActPart

T = TypeVar("T")
FOLDER = "export.folder"
OVER, OTHER = "over", "other"


class FilePart(ActPart):
    # -- saving ----------------------------------------------------------------------------------------------------

    @work(exclusive=True, group="files")
    async def save_as_file(self) -> None:
        if not self.canvasing:
            self.canvas.say("There is no document to save in this thread yet.")
            return
        version = self.version
        await self._save("Save the document to", artifact_file_name(version), version.text)

    @work(exclusive=True, group="files")
    async def save_all_versions(self) -> None:
        """One file a version, in a folder that the user names."""
        artifact = self.canvasing.artifact
        if artifact is None:
            self.canvas.say("There is no version to save in this thread yet.")
            return
        folder = await self.app.push_screen_wait(LineScreen("Folder for every version", self._folder()))
        if folder is None:
            return
        place = full_path(folder)
        names = version_file_names(artifact)
        there = {name for name in names if (place / name).exists()}
        if there and not await self._write_over(f"{len(there)} of them are in {shown(place)} already"):
            return
        try:
            await asyncio.to_thread(place.mkdir, parents=True, exist_ok=True)
            for name, version in zip(names, artifact.versions, strict=True):
                await asyncio.to_thread(write_text, place / name, version.text, name in there)
        except Exists:
            self.canvas.say(f"One of them has come into {shown(place)} meanwhile; it is not written over.", warning=True)
            return
        except (FileProblem, OSError) as problem:
            said = str(problem) if isinstance(problem, FileProblem) else f"{shown(place)} cannot be written."
            self.canvas.say(said, warning=True)
            return
        self.canvas.preferences.remember(FOLDER, str(place))
        self.canvas.say(f"Saved {len(names)} files in {shown(place)}.")

    @work(exclusive=True, group="files")
    async def save_thread(self, as_json: bool) -> None:
        session = self.session
        row = self.backend.threads().row(self.thread_id)
        title = row.title if row is not None else ""
        messages: Sequence[Message] = (*session.history, *session.live)
        if as_json:
            told = thread_json(self.thread_id, title, messages, session.state.artifact)
            text, end = json.dumps(told, ensure_ascii=False, indent=2) + "\n", ".json"
        else:
            text, end = thread_markdown(title, messages, session.state.artifact), ".md"
        await self._save("Save the thread to", safe_name(title, "thread") + end, text)

    def _folder(self) -> str:
        kept = self.canvas.preferences.recall(FOLDER)
        return kept if kept and Path(kept).is_dir() else os.getcwd()

    async def _save(self, question: str, name: str, text: str) -> None:
        wanted = os.path.join(self._folder(), name)
        while True:
            typed = await self.app.push_screen_wait(LineScreen(question, wanted))
            if not typed:
                return
            path = full_path(typed)
            path = path / name if path.is_dir() else path
            try:
                try:
                    await asyncio.to_thread(write_text, path, text)
                except Exists:
                    if not await self._write_over(f"{shown(path)} is there already"):
                        wanted = str(path)
                        continue
                    await asyncio.to_thread(write_text, path, text, True)
            except FileProblem as problem:
                self.canvas.say(str(problem), warning=True)
                wanted = typed
                continue
            self.canvas.preferences.remember(FOLDER, str(path.parent))
            self.canvas.say(f"Saved {shown(path)}.")
            return

    async def _write_over(self, title: str) -> bool:
        rows = (Row("Choose another name", OTHER), Row("Write over it", OVER))
        answer = await self.app.push_screen_wait(PickScreen(title, rows, self.canvas.signs.ellipsis))
        return answer is not None and answer[1] == OVER

    # -- starting from a file or from nothing ----------------------------------------------------------------------

    @work(exclusive=True, group="files")
    async def start_from_file(self) -> None:
        if (port := self.port) is None:
            self.canvas.say("Nothing can be changed here.")
            return
        found = await self._ask_for_file("Start the document from the file", _version)
        if found is not None and await self.edit_settled():
            if self.editor is not None:
                self._end_edit(there=False)
            port.save(self.thread_id, found, self.newest_index)
            self.asked = True
            self.frames.ask()

    @work(exclusive=True, group="canvas")
    async def start_blank(self, kind: ArtifactKind) -> None:
        """An empty document or code, in the editor."""
        if self.port is None:
            self.canvas.say("Nothing can be changed here.")
            return
        language = ""
        if kind is ArtifactKind.CODE:
            rows = [Row(name, name, ends[0]) for name, ends in LANGUAGES.items()]
            answer = await self.app.push_screen_wait(PickScreen("Language of the code", rows, self.canvas.signs.ellipsis, at="python"))
            if answer is None:
                return
            language = answer[1]
        title = "Untitled code" if kind is ArtifactKind.CODE else "Untitled"
        await self._begin(Version(self.newest_index, kind, title, "", language))

    # -- files for a message ---------------------------------------------------------------------------------------

    @work(exclusive=True, group="files")
    async def action_attach_file(self) -> None:
        await self._attach_asked()

    @work(exclusive=True, group="files")
    async def attach(self, path: str) -> None:
        """A file goes with the next message; without a path, it is asked for."""
        if not path:
            await self._attach_asked()
            return
        try:
            self._add_file(await asyncio.to_thread(read, full_path(path), document_of))
        except FileProblem as problem:
            self.canvas.say(str(problem), warning=True)
            self.composer.put(f"/attach {path}")

    async def _attach_asked(self) -> None:
        found = await self._ask_for_file("Attach the text file or PDF", document_of)
        if found is not None:
            self._add_file(found)
        focus(self.composer)

    def _add_file(self, document: Document) -> None:
        if self.port is None:
            self.canvas.say("Files cannot be sent here.")
            return
        self.attached = (*self.attached, document)
        self.paint_chips()

    def action_detach(self) -> None:
        """The newest file goes with no message."""
        self.attached = self.attached[:-1]
        self.paint_chips()

    async def _ask_for_file(self, question: str, of: Callable[[str, bytes], T]) -> T | None:
        """What is in a file that the user names; asked again where it cannot be read."""
        wanted = self._folder() + os.sep
        while typed := await self.app.push_screen_wait(LineScreen(question, wanted)):
            path = full_path(typed)
            try:
                return await asyncio.to_thread(read, path, of)
            except FileProblem as problem:
                self.canvas.say(str(problem), warning=True)
                wanted = typed
        return None


def _version(name: str, data: bytes) -> Version:
    return version_of_file(name, text_of(name, data))
