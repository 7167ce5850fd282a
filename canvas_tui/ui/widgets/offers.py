"""Sentences with the keys that help; a click on a key does what the key does."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

from canvas_tui.core.frozen import frozen

from ..keymap import Keymap
from ..messages import DoAction
from .lines import Lines, cut


@frozen
class Told:
    """A clean sentence, and what can be done: (the table's action, what it does here)."""

    words: str
    offers: tuple[tuple[str, str], ...] = ()
    style: str = "$foreground 75%"
    short: bool = False  # in one line: the words are cut where they have no room


class Offers(Lines):
    """Hidden while there is nothing to tell."""

    def __init__(self, keymap: Keymap, ellipsis: str, id: str) -> None:
        super().__init__(id=id)
        self._keymap, self._ellipsis = keymap, ellipsis
        self._spots: list[tuple[int, int, int, str]] = []  # row, from, to, action
        self._told: tuple[object, ...] = ()
        self.display = False

    def tell(self, told: Sequence[Told]) -> None:
        """Each in a line of its own; the keys below, where one line has no room for both."""
        asked = (tuple(told), self._widest)
        if asked == self._told:
            return
        self._told = asked
        self.display = bool(told)
        lines: list[Content] = []
        self._spots = []
        for one in told:
            lines.extend(self._rows(one, self._widest, len(lines)))
        self.set_lines(lines)

    @property
    def _widest(self) -> int:
        """Of what is not on the screen yet: what it will be."""
        above = self.parent
        room = above.size.width - 4 if isinstance(above, Widget) else 0
        return max(20, self.size.width or room)

    def on_resize(self) -> None:
        self.call_later(self._tell_again)  # other lines are another height, which a layout that is on would not see

    def _tell_again(self) -> None:
        told, self._told = self._told, ()
        if told and isinstance(told[0], tuple):
            self.tell(told[0])

    def _rows(self, told: Told, width: int, row: int) -> list[Content]:
        words = Content.styled(told.words, told.style)
        keys = [(action, self._keymap.words(action), word) for action, word in told.offers]
        parts = [Content.assemble((key, "$text-primary"), (" " + word, "$foreground 60%")) for _, key, word in keys]
        if not parts:
            return [cut(Content.assemble(" ", words), width, self._ellipsis)]
        need = sum(part.cell_length for part in parts) + 2 * (len(parts) - 1)
        if told.short:
            words = cut(words, max(8, min(words.cell_length, width - need - 5)), self._ellipsis)
        below = words.cell_length + need + 4 > width
        x = 1 if below else words.cell_length + 4
        for (action, _, _), part in zip(keys, parts, strict=True):
            self._spots.append((row + below, x, x + part.cell_length, action))
            x += part.cell_length + 2
        line = Content("  ").join(parts)
        if below:
            return [cut(Content.assemble(" ", words), width, self._ellipsis), Content.assemble(" ", line)]
        return [Content.assemble(" ", words, "   ", line)]

    def on_lines_clicked(self, event: Lines.Clicked) -> None:
        event.stop()
        for row, start, end, action in self._spots:
            if row == event.y and start <= event.x < end:
                self.post_message(DoAction(action))
