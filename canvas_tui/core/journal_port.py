"""The journal as the driver sees it: what must survive the program's death."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from .artifact import PLAIN, Draft, Turn, Version
from .frozen import frozen
from .model import Message


@frozen
class Flight:
    """A run in flight as the journal keeps it, enough to rejoin after ``kill -9``."""

    server: str  # the server's key in the journal: its URL, or "local"
    thread_id: str
    submit_id: str
    message_id: str = ""
    text: str = ""
    run_id: str = ""  # empty: written before the POST left, its fate unknown
    held: bool = False  # it could not be sent, and waits for the user's word
    turn: Turn = PLAIN
    interrupt: bool = False  # it is to push out the run before it


@frozen
class Edit:
    """A change by hand as the journal keeps it: what is being edited, or (``saving``) what is on its way into the thread's state.

    ``base``, ``choose`` and ``of`` as `Saving` has them.
    """

    thread_id: str
    version: Version
    base: int = 0
    saving: bool = False
    choose: bool = False
    of: Version | None = None


@frozen
class CachedThread:
    """A thread as the journal remembers it; ``updated`` in epoch seconds."""

    id: str
    title: str
    updated: float


class Journal(Protocol):
    """Storage of what must survive the program's death. Calls are quick or run in a thread of its own; they never raise:
    a disk that cannot be written is told once through ``problem``."""

    def problem(self) -> str:
        """A sentence, where the journal cannot be written; empty while all is well."""
        ...

    async def outbox(self, flight: Flight) -> None:
        """Durable (fsync) when it returns: called before the first byte leaves, and again with the run's id."""
        ...

    def submitted(self, flight: Flight, *, typed: bool) -> None:
        """Into the outbox at once, ahead of all that is asked for later. ``typed``: it was the thread's draft, which goes in the same
        transaction: a message is never neither, and never both."""
        ...

    async def landed(self, server: str, submit_id: str) -> None:
        """The run is over and its answer shown: nothing to rejoin."""
        ...

    async def flights(self, server: str) -> Sequence[Flight]:
        """Those that programs left which are no more, oldest first; neither our own nor those of another running program.
        They are handed over: asking again does not give them again."""
        ...

    async def keep_edits(self, server: str, thread_id: str, edits: Sequence[Edit], *, saving: bool) -> None:
        """Of a thread the one that is edited, or all that are on their way, in their order: they take the place of those that this
        program kept before. Durable when it returns."""
        ...

    async def edits(self, server: str) -> Sequence[Edit]:
        """Handed over as `flights` are; of a thread in their order."""
        ...

    async def keep_partials(self, server: str, thread_id: str, drafts: Sequence[Draft]) -> None:
        """What runs left of versions, the oldest first, until the user's word on each. As `keep_edits` does."""
        ...

    async def partials(self, server: str) -> Mapping[str, Sequence[Draft]]:
        """By thread; handed over as `flights` are."""
        ...

    def keep_draft(self, server: str, thread_id: str, text: str) -> None: ...
    async def drafts(self, server: str) -> Mapping[str, str]: ...
    async def begun(self, server: str) -> Mapping[str, float]:
        """Threads with a draft of which nothing was ever sent, as programs left them which are no more, newest first: when something was
        typed last (epoch seconds). Handed over as `flights` are."""
        ...

    def add_prompt(self, text: str) -> None: ...
    async def prompts(self, limit: int = 500) -> Sequence[str]:
        """Newest first, without immediate repeats."""
        ...

    async def keep_thread(self, server: str, thread_id: str, title: str, updated: float, messages: Sequence[Message]) -> None:
        """Cache a thread for reading offline."""
        ...

    async def cached_thread(self, server: str, thread_id: str) -> Sequence[Message] | None: ...
    async def cached_threads(self, server: str) -> Sequence[CachedThread]:
        """All that are cached, newest first: a local agent that was killed has forgotten its rows, not its checkpoints."""
        ...

    async def forget_thread(self, server: str, thread_id: str) -> None:
        """The thread was deleted: nothing of it is kept (cache, draft, seen)."""
        ...

    def set_seen(self, server: str, thread_id: str, updated: float) -> None:
        """The user has read the thread as of ``updated`` (epoch seconds)."""
        ...

    async def seen(self, server: str) -> Mapping[str, float]: ...
    async def close(self) -> None: ...
