"""The two single lines of the screen: the thread's heading above, the keys and the state below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from textual.content import Content

from canvas_tui.core.model import Session, Standing, ThreadRow
from canvas_tui.core.safe_text import safe_line

from ..glyphs import Glyphs
from ..messages import DoAction
from .lines import Lines, cut
from .thread_list import mark_of


class Heading(Lines):
    """The thread's title, and beside it the server where no pane tells it."""

    def __init__(self, signs: Glyphs) -> None:
        super().__init__(id="heading")
        self._signs = signs
        self._title = self._server = ""

    def show(self, row: ThreadRow | None, server: str) -> None:
        self._title = safe_line(row.title).strip() if row is not None else ""
        self._server = safe_line(server)
        self.on_resize()

    def on_resize(self) -> None:
        """Also where it comes back after the canvas stood in its place."""
        left = Content.assemble(" ", (self._title or "New thread", "bold"))
        right = Content.styled(self._server + " ", "$foreground 60%") if self._server else Content("")
        self.set_lines([beside(left, right, self.size.width, self._signs.ellipsis)])


class Status(Lines):
    """State in words on the left, the few most useful keys on the right; a click on a key does what the key does."""

    def __init__(self, signs: Glyphs) -> None:
        super().__init__(id="status")
        self._signs = signs
        self._spots: list[tuple[int, int, str]] = []

    def show(self, state: Content, keys: Sequence[tuple[str, str, str]]) -> None:
        """``keys``: (action, key in words, word), the most useful first; those that have no room are left out. No action: no click."""
        width = self.size.width
        room = width - state.cell_length - 2
        shown: list[tuple[str, str, str]] = []
        for action, key, word in keys:
            need = cell_len(key) + 1 + cell_len(word) + (2 if shown else 1)
            if need > room:
                break
            room -= need
            shown.append((action, key, word))
        parts = [Content.assemble((key, "$text-primary"), (" " + word, "$foreground 60%")) for _, key, word in shown]
        right = Content("  ").join(parts) if parts else Content("")
        right = Content.assemble(right, " ")
        x = width - right.cell_length
        self._spots = []
        for (action, _, _), part in zip(shown, parts, strict=True):
            self._spots.append((x, x + part.cell_length, action))
            x += part.cell_length + 2
        self.set_lines([beside(Content.assemble(" ", state), right, width, self._signs.ellipsis)])

    def on_lines_clicked(self, event: Lines.Clicked) -> None:
        event.stop()
        for start, end, action in self._spots:
            if action and start <= event.x < end:
                self.post_message(DoAction(action))


class NewBelow(Lines):
    """A strip over the composer: something stands below what is seen."""

    def __init__(self, down: str, key: str) -> None:
        super().__init__(id="below")
        self._words = Content.assemble((f"{down} New below  ", "bold"), (key, "$foreground 60%"))
        self.display = False

    def on_resize(self) -> None:
        left = max(0, self.size.width - self._words.cell_length) // 2
        self.set_lines([Content.assemble(" " * left, self._words)])

    def on_lines_clicked(self, event: Lines.Clicked) -> None:
        event.stop()
        self.post_message(DoAction("conversation.end"))


def beside(left: Content, right: Content, width: int, ellipsis: str) -> Content:
    """One line with ``left`` at its left and ``right`` at its right end; the left is cut where both have no room."""
    return Content.assemble(cut(left, max(0, width - right.cell_length), ellipsis), right)


def elsewhere(rows: Iterable[ThreadRow], open_id: str, signs: Glyphs) -> list[Content]:
    """How many of the other threads ask, run or have news, by the list's own signs: said where the list itself is not seen."""
    found = Counter(mark_of(row, signs) for row in rows if row.id != open_id)
    told = (signs.waiting, signs.running, signs.unread)
    return [Content.styled(f"{sign}{number}", colour) for wanted in told for (sign, colour), number in found.items() if sign == wanted]


def waiting_line(session: Session) -> str:
    """How many messages wait to be sent, or could not be, in words; empty where none does."""
    unsent = sum(outgoing.message.standing is Standing.UNSENT for outgoing in session.queue)
    waits = len(session.queue) - unsent
    told = [f"{waits} message{'' if waits == 1 else 's'} wait{'s' if waits == 1 else ''}"] if waits else []
    told += [f"{unsent} message{'' if unsent == 1 else 's'} not sent"] if unsent else []
    return ", ".join(told)
