"""Watches a session as the screen would: what is painted, what is told and when, how long nothing is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from canvas_tui.core.artifact import Version
from canvas_tui.core.model import Message, Notice, NoticeKind, Phase, Role, Session, Standing
from canvas_tui.core.notices import words
from canvas_tui.core.ports import Backend, Change
from canvas_tui.core.stopping import stopping

Shown: TypeAlias = tuple[str, str, tuple[tuple[str, str], ...]]
"""Of a message: text, thinking, tool calls as (name, arguments)."""
BARE = 11.0
"""Seconds without a word or a piece of text while something is on; ten are allowed (A5), one is for this machine's pace."""
LOOK = 0.25
EXPLAINS = (NoticeKind.RESTARTED, NoticeKind.CORRECTED, NoticeKind.NOT_RESUMABLE, NoticeKind.LOST)
"""Notices under which painted text may go."""


@dataclass
class Seen:
    at: float
    notice: Notice
    text: str


@dataclass
class Witness:
    """``finish`` when the turn is over. Times in seconds of the backend's clock."""

    backend: Backend
    thread_id: str
    told: list[Seen] = field(default_factory=list)  # each notice as it first appeared
    removed: list[str] = field(default_factory=list)  # painted text that went, and what stood instead
    bare: float = 0.0  # longest time without a word
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._painted: dict[str, Shown] = {}
        self._state: tuple[Phase, object] = (Phase.IDLE, ())
        self._signed_at = self.backend.now()
        self._unlisten = self.backend.listen(self._heard)
        self._looking = asyncio.create_task(self._look())

    @property
    def session(self) -> Session:
        return self.backend.session(self.thread_id)

    def finish(self) -> None:
        self._unlisten()
        self._looking.cancel()

    def _heard(self, change: Change, thread_id: str) -> None:
        if thread_id == self.thread_id:
            self._take(self.session)
            self.changed.set()

    def _take(self, session: Session) -> None:
        now = self.backend.now()
        known = {seen.notice.id for seen in self.told}
        for notice in session.notices:
            if notice.id not in known:
                self.told.append(Seen(now, notice, words(notice, session, now).text))
                self._signed_at = now
        painted = {m.id: shown(m) for m in (*session.history, *session.live) if m.role is not Role.HUMAN} | versions(session)
        left = [_version(draft.version) for draft in session.left]
        for id, (text, thinking, calls) in self._painted.items():
            old = (text, thinking, calls)
            # What runs again may come out the same under another id: on the screen it stands where it stood.
            # What a stopped run left of a version is still offered when the next one is written in its place.
            elsewhere = id not in painted or old in left
            new = old if elsewhere and old in (*painted.values(), *left) else painted.get(id, ("", "", ()))
            if not (new[0].startswith(text) and new[1].startswith(thinking) and _grown(calls, new[2])):
                self.removed.append(f"{old!r} -> {new!r}")
        if painted != self._painted:
            self._signed_at = now
        self._painted = painted
        state = (session.link.phase, (session.run.status, session.run.node) if session.run is not None else ())
        if state != self._state:
            self._signed_at, self._state = now, state  # the run's state in words has changed

    async def _look(self) -> None:
        """Is there a word, while something is on?"""
        while True:
            await asyncio.sleep(LOOK)
            session, now = self.session, self.backend.now()
            if not session.active or any(notice.until is None for notice in session.notices):
                self._signed_at = now
            self.bare = max(self.bare, now - self._signed_at)

    async def until(self, holds: Callable[[Session], bool], patience: float) -> bool:
        """Whether this came to hold in time."""
        try:
            async with asyncio.timeout(patience):
                while not holds(self.session):
                    self.changed.clear()
                    await self.changed.wait()
        except TimeoutError:
            return False
        return True

    @property
    def explained(self) -> bool:
        """Whether what went was told to go."""
        return any(seen.notice.kind in EXPLAINS for seen in self.told)


def shown(message: Message) -> Shown:
    return message.text, message.thinking, tuple((call.name, call.args) for call in message.tool_calls)


def versions(session: Session) -> dict[str, Shown]:
    """Of the artifact, as they would stand on the canvas; the one that is written among them. White space at its end is not seen.

    What an earlier run left of a version is offered beside the finished one of the same number.
    """
    there = session.state.artifact.versions if session.state.artifact is not None else ()
    seen = {f"version {version.index}": _version(version) for version in there}
    if session.draft is not None:
        name = f"version {session.draft.version.index}"
        seen[f"left of {name}" if name in seen else name] = _version(session.draft.version)
    return seen


def _version(version: Version) -> Shown:
    return version.text.rstrip(), "", ()


def _grown(old: tuple[tuple[str, str], ...], new: tuple[tuple[str, str], ...]) -> bool:
    """Names stay as they are; arguments of a call in the making are text that grows, and are read again once they are whole."""
    return len(new) >= len(old) and all(not a or a == b for (a, _), (b, _) in zip(old, new, strict=False))


def needs_user(session: Session) -> bool:
    """Nothing goes on without a key."""
    if stopping(session) and session.link.cancel_at == float("inf"):
        return True
    waits = any(outgoing.message.standing is Standing.UNSENT for outgoing in session.queue)
    return waits or (session.link.phase is Phase.WAITING and session.link.retry_at == float("inf")) or session.read_retry_at == float("inf")


def at_rest(session: Session) -> bool:
    """The turn is over, or waits for the user."""
    return needs_user(session) or (session.loaded and not session.active and not session.reading and not session.queue)
