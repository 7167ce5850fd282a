"""Markdown's blocks as lines: paragraphs, headings, lists, quotes, code, tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markdown_it.token import Token
from rich.segment import Segment
from rich.style import Style

from canvas_tui.core.frozen import frozen

from .code import code_block, language_of, plain_code
from .inline import inline_runs, plain_runs
from .lines import Line, Run, blank, prefix_lines, wrap
from .look import Look
from .parsing import LISTS, LONGEST, Node, parser
from .table import Row, Table, table_lines

_MARKS = (("[", 250), ("*", 600), ("_", 1_200), ("`", 600), ("<", 1_000), ("~", 600))  # more of these in it is no prose
_ROOM = 14  # cells below which nesting indents no further
_CHECKS = {"[ ] ": False, "[x] ": True, "[X] ": True}
PART = "part"
"""In a token's meta: more of it follows in another block. It is text or plain code, and its code is told there."""


@dataclass(slots=True)
class Block:
    """A finished piece: ``gap`` blank lines stand before it."""

    kind: str
    lines: list[Line]
    gap: int = 1
    codes: tuple[tuple[str, str], ...] = ()  # (language, code) of the code in it, for copying
    start: int = 0  # its lines in the source, ``stop`` exclusive
    stop: int = 0
    items: tuple[tuple[int, int, int], ...] = ()  # of a list: (row, start, stop) of each item


@frozen
class Room:
    """Where blocks stand: how wide, in which style, in how many bullet lists, and in how many lists."""

    width: int
    base: Style
    bullets: int = 0
    lists: int = 0


class Blocks:
    """Renders nodes of one parse. ``source``: its lines (blank ones decide how lists are spaced)."""

    def __init__(self, look: Look, env: dict[str, Any], source: Sequence[str]) -> None:
        self.look = look
        self.env = env
        self._source = source
        self.codes: list[tuple[str, str]] = []
        """Code that was rendered, for copying."""
        self.items: list[tuple[int, int, int]] = []
        """Of the outermost list that was rendered: (row, start, stop) of each."""

    def block(self, node: Node, width: int, base: Style) -> Block:
        self.codes, self.items = [], []
        return self.made(node, self.lines(node, Room(width, base)))

    def made(self, node: Node, lines: list[Line]) -> Block:
        """The block of what was rendered."""
        items = tuple(self.items) if node.token.type in LISTS else ()
        return Block(node.token.type, lines, 1, tuple(self.codes), node.start, node.stop, items)

    def gap_before(self, node: Node) -> int:
        """1 where a blank line stands before the node in the source."""
        line = node.start - 1
        return int(0 <= line < len(self._source) and not self._source[line].strip(" \t>"))

    def inline(self, content: str, base: Style) -> list[Run]:
        if len(content) > LONGEST or any(content.count(mark) > most for mark, most in _MARKS):
            return plain_runs(content, self.look, base)
        tokens: list[Token] = []
        md = parser()
        md.inline.parse(content, md, self.env, tokens)
        return inline_runs(tokens, self.look, base)

    def text(self, content: str, room: Room) -> list[Line]:
        """What a paragraph gives that is too long for ``inline``; so it can be read in pieces."""
        return wrap(plain_runs(content, self.look, room.base), max(1, room.width), room.base)

    def table(self, node: Node, base: Style) -> Table:
        rows: list[Row] = []
        aligns: tuple[str, ...] = ()
        for part in node.children:
            for tr in part.children:
                rows.append([self.inline(cell.children[0].token.content, base) for cell in tr.children])
                aligns = aligns or tuple(str(cell.token.attrGet("style") or "").removeprefix("text-align:") for cell in tr.children)
        return Table(rows[0], rows[1:], aligns)

    # -- what stands in what -----------------------------------------------------------------------------------------

    def lines(self, node: Node, room: Room) -> list[Line]:
        renderer = _RENDERERS.get(node.token.type)
        return renderer(self, node, replace(room, width=max(1, room.width))) if renderer else []

    def flow(self, nodes: Sequence[Node], room: Room, loose: bool, after: bool = False) -> list[Line]:
        """``loose``: a blank line between any two; else as in the source. ``after``: something stands before them."""
        lines: list[Line] = []
        for index, node in enumerate(nodes):
            if (index or after) and (loose or self.gap_before(node)):
                lines.append(blank(room.base))
            lines.extend(self.lines(node, room))
        return lines

    def in_quote(self, room: Room) -> tuple[list[Segment], Room]:
        """The bar before each line, and the room beside it."""
        look, wide = self.look, room.width >= _ROOM
        bar = [Segment(look.glyphs.quote, room.base + look.bullet), Segment(" ", room.base)] if wide else []
        return bar, replace(room, width=room.width - len(bar), base=room.base + look.quote)

    def in_item(self, item: Node, ordered: bool, number: int, room: Room) -> tuple[list[Segment], list[Segment], Room]:
        """What stands before its first line and before the others, and the room beside them. ``room``: of the list."""
        checked, glyphs = _checked(item), self.look.glyphs
        marker = f"{number}." if ordered else glyphs.bullets[room.bullets % len(glyphs.bullets)]
        if checked is not None:
            marker = glyphs.checked_box if checked else glyphs.open_box
        indent = max(2, len(marker) + 1) if room.width >= _ROOM else 0
        base = room.base + self.look.muted if checked else room.base
        inside = Room(room.width - indent, base, room.bullets + (not ordered), room.lists + 1)
        if not indent:
            return [], [], inside
        return [Segment(marker.ljust(indent), room.base + self.look.bullet)], [Segment(" " * indent, room.base)], inside

    def in_list(self, node: Node, room: Room, number: int, first: int = 0, before: int = 0) -> list[Line]:
        """Its items from the index ``first`` on, of which item 0 has the ``number``; ``before``: lines of the list above them."""
        lines: list[Line] = []
        for index, item in enumerate(node.children[first:], first):
            if index and self.gap_before(item):
                lines.append(blank(room.base))
            if not room.lists:
                self.items.append((before + len(lines), item.start, item.stop))
            lines.extend(self._item(item, is_ordered(node), number + index, room))
        return lines

    # -- one block of each kind ------------------------------------------------------------------------------------

    def _paragraph(self, node: Node, room: Room) -> list[Line]:
        content = node.children[0].token.content
        if PART in node.token.meta:
            return self.text(content, room)
        return wrap(self.inline(content, room.base), room.width, room.base)

    def _heading(self, node: Node, room: Room) -> list[Line]:
        level, base = int(node.token.tag[1:]), room.base
        style = base + (self.look.heading1, self.look.heading2)[level - 1] if level < 3 else base + self.look.heading3
        lines = wrap(self.inline(node.children[0].token.content, style), room.width, base)
        if level == 1:
            glyph = self.look.glyphs.heavy
            lines.append(Line([Segment(glyph * max(1, *(line.width for line in lines)), base + self.look.rule)], base))
        return lines

    def _quote(self, node: Node, room: Room) -> list[Line]:
        bar, inside = self.in_quote(room)
        inner = self.flow(node.children, inside, loose=True)
        return prefix_lines(inner or self._too_deep(node, inside.width, room.base) or [blank(room.base)], bar, bar)

    def _list(self, node: Node, room: Room) -> list[Line]:
        return self.in_list(node, room, first_number(node))

    def _item(self, item: Node, ordered: bool, number: int, room: Room) -> list[Line]:
        first, rest, inside = self.in_item(item, ordered, number, room)
        lines = self.flow(item.children, inside, loose=False)
        lines = lines or self._too_deep(item, inside.width, room.base) or [blank(room.base)]
        return prefix_lines(lines, first, rest) if first else lines

    def _too_deep(self, node: Node, width: int, base: Style) -> list[Line]:
        """What the parser left out since it is nested too deeply, as it stands in the source."""
        text = "\n".join(self._source[node.start : node.stop]).rstrip().lstrip(" \t\n>-*+.)0123456789")
        return wrap([(text.expandtabs(4), base)], max(1, width), base) if text and not node.children else []

    def _code(self, node: Node, room: Room) -> list[Line]:
        language, code = language_of(node.token.info), node.token.content
        if PART in node.token.meta:
            return code_block(code, language, self.look, room.width, plain_code(code.removesuffix("\n"), self.look))
        self.codes.append((language, code))
        return code_block(code, language, self.look, room.width)

    def _table(self, node: Node, room: Room) -> list[Line]:
        return table_lines(self.table(node, room.base), self.look, room.width, room.base)

    def _rule(self, node: Node, room: Room) -> list[Line]:
        return [Line([Segment(self.look.glyphs.rule * room.width, room.base + self.look.rule)], room.base)]


def is_ordered(node: Node) -> bool:
    return node.token.type == "ordered_list_open"


def first_number(node: Node) -> int:
    """Of a list's first item."""
    start = node.token.attrGet("start")
    return 1 if start is None else int(start)


def _checked(item: Node) -> bool | None:
    """Whether the item's task box ("[x] " before its text, which is taken away) is checked; None where it has none."""
    if not item.children or item.children[0].token.type != "paragraph_open":
        return None
    token = item.children[0].children[0].token
    if "checked" not in token.meta:
        token.meta["checked"] = _CHECKS.get(token.content[:4])
        if token.meta["checked"] is not None:
            token.content = token.content[4:]
    checked: bool | None = token.meta["checked"]
    return checked


_RENDERERS: dict[str, Callable[[Blocks, Node, Room], list[Line]]] = {
    "paragraph_open": Blocks._paragraph,
    "heading_open": Blocks._heading,
    "blockquote_open": Blocks._quote,
    "bullet_list_open": Blocks._list,
    "ordered_list_open": Blocks._list,
    "fence": Blocks._code,
    "code_block": Blocks._code,
    "table_open": Blocks._table,
    "hr": Blocks._rule,
}
