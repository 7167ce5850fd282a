"""What is kept of the user's typing, held in memory so that reading never waits: drafts and earlier prompts."""

from __future__ import annotations

from collections.abc import Sequence

from canvas_tui.core.ports import Journal

PROMPTS = 500


class Keepsakes:
    def __init__(self, journal: Journal, server: str) -> None:
        self._journal = journal
        self._server = server
        self._drafts: dict[str, str] = {}
        self._prompts: list[str] = []
        self._shown: set[str] = set()  # threads whose draft the user has had before him

    async def recall(self) -> None:
        """What was typed before the journal had answered stays the newer."""
        self._drafts = {**await self._journal.drafts(self._server), **self._drafts}
        old = await self._journal.prompts(PROMPTS)
        self._prompts = [*self._prompts, *(p for p in old if not self._prompts or p != self._prompts[-1])]

    def draft(self, thread_id: str) -> str:
        """For the user to write on."""
        self._shown.add(thread_id)
        return self.kept(thread_id)

    def kept(self, thread_id: str) -> str:
        return self._drafts.get(thread_id, "")

    def keep_draft(self, thread_id: str, text: str) -> None:
        self._shown.add(thread_id)
        if self.kept(thread_id) != text:
            self._drafts[thread_id] = text
            self._journal.keep_draft(self._server, thread_id, text)

    def sent(self, thread_id: str) -> bool:
        """What was typed in the thread is on its way. False where the user has not typed it here: then it is another text, and stays."""
        if thread_id in self._shown:
            self._drafts[thread_id] = ""
        return thread_id in self._shown

    def forget(self, thread_id: str) -> None:
        """The thread is deleted, its draft too."""
        self._drafts.pop(thread_id, None)

    def prompts(self) -> Sequence[str]:
        return self._prompts

    def add_prompt(self, text: str) -> None:
        if not self._prompts or self._prompts[0] != text:
            self._prompts.insert(0, text)
            del self._prompts[PROMPTS:]
            self._journal.add_prompt(text)
