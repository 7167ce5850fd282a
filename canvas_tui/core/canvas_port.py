"""The Protocol through which the screen and the commands act on artifacts, branches and the assistant's store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from .artifact import PLAIN, CustomAction, Document, Keep, Reflections, Turn, Version
from .inputs import WhenBusy


class Canvas(Protocol):
    """Beside `Backend`, from the same event loop. What the plain methods bring about arrives as changes of the session; none raises.

    The ``async`` ones raise `StoreFailure`.
    """

    def act(self, thread_id: str, turn: Turn, text: str = "", how: WhenBusy = WhenBusy.QUEUE) -> None:
        """Start a turn that is more than a plain message. Without ``text`` it has no message: the session tells ``turn.words``."""
        ...

    def save(self, thread_id: str, version: Version, base: int, of: Version | None = None) -> None:
        """A change by hand becomes the newest version (its ``index`` is given here).

        While a run is on it waits; a version newer than ``base``, the newest one when the change was begun (0 for none), makes it a
        conflict (`Session.saving`). ``of`` is the version that was changed: a change that still waits gives way to one of itself, and
        to no other.
        """
        ...

    def choose(self, thread_id: str, index: int) -> None:
        """Make an earlier version the current one."""
        ...

    def resolve(self, thread_id: str, keep: Keep) -> None:
        """The user's word on a conflict, or on a save that failed (MINE tries again)."""
        ...

    def keep_partial(self, thread_id: str) -> None:
        """What a failed or stopped run left of a version is saved as one."""
        ...

    def drop_partial(self, thread_id: str) -> None: ...

    def regenerate(self, thread_id: str) -> None:
        """Ask for the last answer again, from the checkpoint before it; the old answer stays a branch."""
        ...

    def resend(self, thread_id: str, message_id: str, text: str, turn: Turn = PLAIN) -> None:
        """Send an earlier message again in other words, as a branch."""
        ...

    def branch(self, thread_id: str, message_id: str, step: int) -> None:
        """Show the sibling before (-1) or after (1) at that message; the next turn goes on from it."""
        ...

    def edit_kept(self, thread_id: str) -> Version | None:
        """The unsaved edit of an earlier life of the program."""
        ...

    def keep_edit(self, thread_id: str, version: Version | None) -> None:
        """Journal what is being edited (its ``index`` is the ``base`` of the later save); None when it is saved or dropped."""
        ...

    async def reflections(self) -> Reflections: ...
    async def save_reflections(self, reflections: Reflections) -> None: ...
    async def custom_actions(self) -> Sequence[CustomAction]: ...
    async def save_custom_actions(self, actions: Sequence[CustomAction]) -> None: ...
    async def documents(self) -> Sequence[Document]:
        """The assistant's context documents."""
        ...

    async def save_documents(self, documents: Sequence[Document]) -> None: ...


class StoreFailure(Exception):
    """The server's store cannot be read or written. ``str()`` is a sentence for the user."""
