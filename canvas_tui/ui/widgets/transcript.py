"""The conversation: messages, notices and questions of one thread, kept as lines."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView

from canvas_tui.core.model import Notice, Session
from canvas_tui.core.notices import Act


class Transcript(ScrollView, can_focus=True):
    """Shows the newest Session it is given; costs what changed since the one before."""

    following: reactive[bool] = reactive(True)
    """The view sticks to the end (until the reader scrolls up)."""
    below: reactive[bool] = reactive(False)
    """Something new stands below the view."""

    @dataclass
    class Acted(Message):
        """A notice's action was chosen by key or click."""

        act: Act
        notice: Notice

    @dataclass
    class LinkChosen(Message):
        """A link was chosen: http, https or mailto only. Show the whole address before opening it."""

        href: str

    @dataclass
    class Copied(Message):
        """``text`` is to go to the clipboard; ``what`` names it in words ("message", "code")."""

        text: str
        what: str

    def show(self, session: Session, now: float) -> None:
        """The newest state of the thread at ``now`` (the driver's clock)."""

    def copy_message(self) -> None:
        """Post Copied with the selected (or last) message."""

    def copy_code(self) -> None:
        """Post Copied with the last code block of the selected (or last) message; again: the one before."""

    def toggle_fold(self) -> None:
        """Open or close what is folded in the selected (or last foldable) message."""

    def find(self, query: str) -> int:
        """Mark every place of ``query`` (case does not count) and go to the newest; returns their number."""
        return 0

    def find_next(self) -> None: ...

    def find_previous(self) -> None: ...

    def clear_find(self) -> None: ...

    def move_message(self, step: int) -> None:
        """Select the message ``step`` further down (negative: up)."""

    def to_end(self) -> None:
        """Go to the end and follow it."""
