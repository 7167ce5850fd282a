"""What a view of lines is made of: entries, each rendered once and kept until it changes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from rich.segment import Segment
from rich.style import Style

from ..render.lines import Line
from ..render.look import Look

MARGIN = 2
"""Cells left and right of the text."""


@dataclass
class Context:
    """What rendering depends on beside the entry: ``width`` of the whole row, what the reader has opened (keys), how what can
    be chosen is called (``words``), and whether this slice of work is over (``enough``)."""

    look: Look
    width: int
    opened: set[str] = field(default_factory=set)
    words: Mapping[str, str] = field(default_factory=dict)
    enough: Callable[[], bool] = lambda: False

    @property
    def room(self) -> int:
        """Cells of the text between the margins."""
        return max(8, self.width - 2 * MARGIN)


class Entry(ABC):
    """``lines`` is None until it is rendered; ``height`` is an estimate until then. ``partial``: rendering goes on.

    ``key`` is its own among the view's entries and holds no slash: ``key/part`` names a part of it.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self.lines: Sequence[Line] | None = None
        self.height = 1
        self.partial = False

    close = False
    """Stands close to its like, without a blank line between."""
    aside = False
    """What changes in it is nothing new to read."""

    def render(self, context: Context) -> None:
        self.lines = self.build(context)
        self.height = len(self.lines)

    @abstractmethod
    def build(self, context: Context) -> Sequence[Line]: ...

    @abstractmethod
    def estimate(self, width: int) -> int:
        """Rows, roughly, at a width."""

    def stale(self) -> None:
        """Render it again when it is seen."""
        self.lines = None

    def drop(self) -> None:
        """Free what can be made again; the height stays."""
        self.lines = None

    @property
    def source(self) -> str:
        """Its text as it came: for copying and finding."""
        return ""

    def covers(self, place: int) -> list[str]:
        """Keys of what is to be opened for this place of its source to be shown."""
        return []


def margin(lines: Sequence[Line], context: Context, fill: Style | None = None) -> list[Line]:
    """Moved right by the margin; to the right of them the background of the whole row."""
    base = fill or context.look.text
    space = Segment(" " * MARGIN, base)
    return [Line((space, *line.segments), base, line.soft, line.skip + MARGIN, line.width + MARGIN, line.pad) for line in lines]
