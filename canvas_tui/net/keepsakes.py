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

    async def recall(self) -> None:
        """What was typed before the journal had answered stays the newer."""
        self._drafts = {**await self._journal.drafts(self._server), **self._drafts}
        old = await self._journal.prompts(PROMPTS)
        self._prompts = [*self._prompts, *(p for p in old if not self._prompts or p != self._prompts[-1])]

    def draft(self, thread_id: str) -> str:
        return self._drafts.get(thread_id, "")

    def keep_draft(self, thread_id: str, text: str) -> None:
        if self._drafts.get(thread_id, "") != text:
            self._drafts[thread_id] = text
            self._journal.keep_draft(self._server, thread_id, text)

    def prompts(self) -> Sequence[str]:
        return self._prompts

    def add_prompt(self, text: str) -> None:
        if not self._prompts or self._prompts[0] != text:
            self._prompts.insert(0, text)
            del self._prompts[PROMPTS:]
            self._journal.add_prompt(text)
