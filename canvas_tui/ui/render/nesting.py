"""Going on inside of lists and quotes: what is finished in them is left out of what is read, and they are opened again around the rest.

CommonMark reads line by line: what a line is depends on what is open above it, and not on what was in there. So the finished
blocks of an open list item or quote are left out; a line that opens the same item or quote around a dummy stands for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.segment import Segment

from .blocks import Blocks, Room, first_number, is_ordered
from .lines import Line, blank
from .parsing import INDENT, LISTS, QUOTE, Node

_DUMMY = "#"  # a heading: nothing goes on from it, and anything may follow


@dataclass(slots=True)
class Level:
    """A quote or a list's item that is open. ``begun``: lines of it are shown already, and the dummy stands for them."""

    opener: str  # its first line in the source, as far as its contents
    inside: str  # the same of its other lines
    indent: int  # the column at which its contents begin, counted from the quote around it
    first: list[Segment]  # what stands before its first line as it is shown
    rest: list[Segment]  # before the others
    outer: Room  # of the quote or the list
    room: Room  # of its contents
    start: int  # the item's first line in the source
    number: int = 1  # of the item in its list
    over: bool = False  # nothing more comes in the item: only its list goes on
    begun: bool = False

    @property
    def is_quote(self) -> bool:
        return self.opener == self.inside


Path = Sequence[Level]
"""What is open, from the outside to the inside."""


def opened(path: Path) -> tuple[list[str], str]:
    """Lines of source that open the path again around dummies, and what is to stand before a line within."""
    lines, lead = [], ""
    for level in path:
        lines.append(lead + level.opener + _DUMMY)
        lead += level.inside
    return lines, lead


def prefixed(lines: Iterable[Line], path: Path, begun: bool = True) -> list[Line]:
    """Lines as they stand within the path."""
    rest = [segment for level in path for segment in level.rest]
    first = rest if begun else [segment for level in path for segment in (level.rest if level.begun else level.first)]
    return [line.prefixed(rest if index else first) for index, line in enumerate(lines)] if first or rest else list(lines)


@dataclass(slots=True)
class Siblings:
    """Blocks or items that follow one another, of which the last is open. ``path(index)``: what is open before this one of them."""

    nodes: list[Node]
    above: list[Level]
    room: Room
    loose: bool
    path: Callable[[int], list[Level]]

    def gap(self, blocks: Blocks) -> list[Line]:
        """The blank line before the last of them, where there is one."""
        return prefixed([blank(self.room.base)], self.above) if self.loose or blocks.gap_before(self.nodes[-1]) else []


@dataclass(slots=True)
class Open:
    """What is open at the end of a block: the siblings from the outside to the inside, and the innermost block (None: an empty item).

    ``carried``: it is one that went on from before."""

    siblings: list[Siblings]
    path: list[Level]
    leaf: Node | None
    carried: bool


def open_in(node: Node, path: Path, blocks: Blocks, room: Room, zero: int) -> Open:
    """``path``: the levels that were opened again for this block. ``zero``: the source's line of the first one that was read."""
    found: list[Siblings] = []
    above: list[Level] = []
    again = True  # nothing but what was opened again so far
    while node.token.type in LISTS or node.token.type == QUOTE:
        again = again and len(above) < len(path)
        known = path[len(above)] if again else None
        if node.token.type == QUOTE:
            holder, level = node, known or _quote(blocks, room)
        else:
            outer, number = (known.outer, known.number) if known else (room, first_number(node))
            items = _Items(blocks, node, outer, number, above, zero)
            found.append(Siblings(node.children, above, outer, False, items.path))
            last = len(node.children) - 1
            holder, again = node.children[last], again and last == 0
            if not holder.children:
                return Open(found, above, None, False)
            level = known if known is not None and again else items.level(last)
        above = [*above, level]
        room = level.room
        if not holder.children:
            return Open(found, above, None, False)
        found.append(Siblings(holder.children, above, room, level.is_quote, _same(above)))
        again = again and len(holder.children) == 2
        node = holder.children[-1]
    return Open(found, above, node, again and len(above) == len(path))


def _same(path: list[Level]) -> Callable[[int], list[Level]]:
    return lambda index: path


def _quote(blocks: Blocks, room: Room) -> Level:
    bar, inside = blocks.in_quote(room)
    return Level("> ", "> ", 0, bar, bar, room, inside, 0)


@dataclass(slots=True)
class _Items:
    """Makes levels of a list's items. ``number``: of item 0."""

    blocks: Blocks
    node: Node
    room: Room
    number: int
    above: list[Level]
    zero: int

    def level(self, index: int, over: bool = False) -> Level:
        item, ordered = self.node.children[index], is_ordered(self.node)
        around = self.above[-1].indent if self.above else 0
        marker = f"{item.token.info}{item.token.markup}" if ordered else item.token.markup
        indent = around + len(marker) + 4 if over else item.token.meta[INDENT]
        spaces = indent - around - len(marker)
        before = max(0, spaces - 4)
        first, rest, inside = self.blocks.in_item(item, ordered, self.number + index, self.room)
        opener = " " * before + marker + " " * (spaces - before)
        start = self.zero + item.start
        return Level(opener, " " * len(opener), indent, first, rest, self.room, inside, start, self.number + index, over)

    def path(self, index: int) -> list[Level]:
        return [*self.above, self.level(index - 1, over=True)]


def again(node: Node, path: Path, leaf: Callable[[Node], list[Line]] | None, blocks: Blocks, zero: int) -> list[Line]:
    """The lines of a block that goes on from a path; ``leaf`` gives those (within the path) of the block that goes on in there."""
    holders = list(_holders(node, path))
    lines = [*leaf(holders[-1][1].children[1])] if leaf is not None else []
    first = 1 if leaf is None else 2
    for depth in range(len(path) - 1, -1, -1):
        level, (of, holder) = path[depth], holders[depth]
        lines += prefixed(blocks.flow(holder.children[first:], level.room, level.is_quote, after=True), path[: depth + 1])
        first = 2
        if of is None:
            continue
        if not level.outer.lists and not level.over:
            blocks.items.append((0, level.start - zero, holder.stop))
        lines += prefixed(blocks.in_list(of, level.outer, level.number, 1, len(lines)), path[:depth])
    return lines


def _holders(node: Node, path: Path) -> Iterator[tuple[Node | None, Node]]:
    """Of each level the list (None: a quote), and what holds its contents: a dummy, then what is within."""
    for level in path:
        of, holder = (None, node) if level.is_quote else (node, node.children[0])
        yield of, holder
        node = holder.children[-1] if len(holder.children) < 2 else holder.children[1]
