"""What widgets tell the main screen."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from canvas_tui.core.model import Json


@dataclass
class Typed(Message):
    """Enter in the composer; ``text`` may be empty."""

    text: str


@dataclass
class DraftChanged(Message):
    """The composer's text stands still."""

    text: str


@dataclass
class Say(Message):
    """A sentence for the user, as a toast."""

    text: str
    warning: bool = False


@dataclass
class CopyAsked(Message):
    text: str
    what: str


@dataclass
class ThreadChosen(Message):
    thread_id: str


@dataclass
class MoreWanted(Message):
    """The end of the list is in sight."""


@dataclass
class RenameDone(Message):
    thread_id: str
    title: str


@dataclass
class AnswersReady(Message):
    """(interrupt id, value) of every open interrupt."""

    answers: tuple[tuple[str, Json], ...]


@dataclass
class EditWanted(Message):
    """An answer begins from this text; it goes into the composer."""

    text: str


@dataclass
class ContinueChosen(Message): ...


@dataclass
class DoAction(Message):
    """A click on something that a key does as well: the table's action."""

    action: str


@dataclass
class FindAsked(Message):
    query: str


@dataclass
class FindMoved(Message):
    step: int


@dataclass
class FindClosed(Message): ...
