"""Markdown's blocks as lines: paragraphs, headings, lists, quotes, code, tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.parser_block import RuleFuncBlockType
from markdown_it.rules_block import StateBlock, lheading, table
from markdown_it.token import Token
from rich.segment import Segment
from rich.style import Style

from .code import code_block, language_of
from .inline import inline_runs, plain_runs
from .lines import Line, Run, blank, prefix_lines, wrap
from .look import Look
from .table import Row, Table, table_lines

LONGEST = 8_000
"""Characters of one paragraph whose inline markdown is read."""
_MARKS = (("[", 250), ("*", 600), ("_", 1_200), ("`", 600), ("<", 1_000), ("~", 600))  # more of these in it is no prose
_ROOM = 14  # cells below which nesting indents no further
LISTS = frozenset({"bullet_list_open", "ordered_list_open"})
"""Token types of lists."""
_CHECKS = {"[ ] ": False, "[x] ": True, "[X] ": True}


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


@dataclass(slots=True)
class Node:
    token: Token
    children: list[Node] = field(default_factory=list)

    @property
    def start(self) -> int:
        """Its first line in the source. Of a list that is cut inside: that of the items that are left."""
        if self.token.type in LISTS and self.children:
            return self.children[0].start
        return self.token.map[0] if self.token.map else 0

    @property
    def stop(self) -> int:
        if self.token.type in LISTS and self.children:
            return self.children[-1].stop
        return self.token.map[1] if self.token.map else 0


@lru_cache(maxsize=1)
def parser() -> MarkdownIt:
    """CommonMark with tables and strikethrough; HTML is text. Blocks only: inline is read when a block is rendered."""
    md = MarkdownIt("commonmark", {"html": False, "maxNesting": 60}).enable(["table", "strikethrough"])
    md.core.ruler.enableOnly(["block"])
    md.block.ruler.at("lheading", _of_short_lines(lheading))
    md.block.ruler.at("table", _of_short_lines(table), {"alt": ["paragraph", "reference"]})
    return md


def _of_short_lines(rule: RuleFuncBlockType) -> RuleFuncBlockType:
    """A line that is too long to have its inline markdown read is text, whatever comes below it: it need not be kept for that."""

    def checked(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        return state.eMarks[start] - state.bMarks[start] <= LONGEST and rule(state, start, end, silent)

    return checked


def parse(source: str, env: dict[str, Any]) -> list[Node]:
    """The blocks of ``source``; ``env`` takes and gives the link references."""
    root: list[Node] = []
    stack = [root]
    for token in parser().parse(source, env):
        if token.nesting < 0:
            stack.pop()
            continue
        node = Node(token)
        stack[-1].append(node)
        if token.nesting > 0:
            stack.append(node.children)
    return root


class Blocks:
    """Renders nodes of one parse. ``source``: its lines (blank ones decide how lists are spaced)."""

    def __init__(self, look: Look, env: dict[str, Any], source: Sequence[str]) -> None:
        self.look = look
        self._env = env
        self._source = source
        self._codes: list[tuple[str, str]] = []
        self._items: list[tuple[int, int, int]] = []  # of the outermost list
        self._nested = 0  # lists around
        self._depth = 0  # of bullet lists

    def block(self, node: Node, width: int, base: Style, first: int | None = None) -> Block:
        """``first``: the number of an ordered list's first item, where the list began earlier."""
        self._codes, self._items = [], []
        lines = self._list(node, width, base, first) if node.token.type in LISTS else self._lines(node, width, base)
        return Block(node.token.type, lines, 1, tuple(self._codes), node.start, node.stop, tuple(self._items))

    def gap_before(self, node: Node) -> int:
        """1 where a blank line stands before the node in the source."""
        line = node.start - 1
        return int(0 <= line < len(self._source) and not self._source[line].strip(" \t>"))

    def inline(self, content: str, base: Style) -> list[Run]:
        if len(content) > LONGEST or any(content.count(mark) > most for mark, most in _MARKS):
            return plain_runs(content, self.look, base)
        tokens: list[Token] = []
        md = parser()
        md.inline.parse(content, md, self._env, tokens)
        return inline_runs(tokens, self.look, base)

    def plain(self, content: str, base: Style) -> list[Run]:
        """What ``inline`` gives of a very long text; so it can be read in pieces."""
        return plain_runs(content, self.look, base)

    def table(self, node: Node, base: Style) -> Table:
        rows: list[Row] = []
        aligns: tuple[str, ...] = ()
        for part in node.children:
            for tr in part.children:
                rows.append([self.inline(cell.children[0].token.content, base) for cell in tr.children])
                aligns = aligns or tuple(str(cell.token.attrGet("style") or "").removeprefix("text-align:") for cell in tr.children)
        return Table(rows[0], rows[1:], aligns)

    # -- one block of each kind ------------------------------------------------------------------------------------

    def _lines(self, node: Node, width: int, base: Style) -> list[Line]:
        renderer = _RENDERERS.get(node.token.type)
        return renderer(self, node, max(1, width), base) if renderer else []

    def _flow(self, nodes: list[Node], width: int, base: Style, loose: bool) -> list[Line]:
        lines: list[Line] = []
        for index, node in enumerate(nodes):
            if index and (loose or self.gap_before(node)):
                lines.append(blank(base))
            lines.extend(self._lines(node, width, base))
        return lines

    def _paragraph(self, node: Node, width: int, base: Style) -> list[Line]:
        return wrap(self.inline(node.children[0].token.content, base), width, base)

    def _heading(self, node: Node, width: int, base: Style) -> list[Line]:
        level = int(node.token.tag[1:])
        style = base + (self.look.heading1, self.look.heading2)[level - 1] if level < 3 else base + self.look.heading3
        lines = wrap(self.inline(node.children[0].token.content, style), width, base)
        if level == 1:
            glyph = self.look.glyphs.heavy
            lines.append(Line([Segment(glyph * max(1, *(line.width for line in lines)), base + self.look.rule)], base))
        return lines

    def _quote(self, node: Node, width: int, base: Style) -> list[Line]:
        bar = [Segment(self.look.glyphs.quote, base + self.look.bullet), Segment(" ", base)] if width >= _ROOM else []
        room = width - len(bar)
        inner = self._flow(node.children, room, base + self.look.quote, loose=True)
        return prefix_lines(inner or self._too_deep(node, room, base) or [blank(base)], bar, bar)

    def _list(self, node: Node, width: int, base: Style, first: int | None = None) -> list[Line]:
        ordered = node.token.type == "ordered_list_open"
        start = node.token.attrGet("start")
        number = first if first is not None else 1 if start is None else int(start)
        depth, self._depth = self._depth, self._depth + (not ordered)
        nested, self._nested = self._nested, self._nested + 1
        lines: list[Line] = []
        for index, item in enumerate(node.children):
            if index and self.gap_before(item):
                lines.append(blank(base))
            bullets = self.look.glyphs.bullets
            marker = f"{number + index}." if ordered else bullets[depth % len(bullets)]
            if not nested:
                self._items.append((len(lines), item.start, item.stop))
            lines.extend(self._item(item, marker, width, base))
        self._depth, self._nested = depth, nested
        return lines

    def _item(self, item: Node, marker: str, width: int, base: Style) -> list[Line]:
        checked = _checked(item)
        glyphs = self.look.glyphs
        if checked is not None:
            marker = glyphs.checked_box if checked else glyphs.open_box
        indent = max(2, len(marker) + 1) if width >= _ROOM else 0
        lines = self._flow(item.children, width - indent, base + self.look.muted if checked else base, loose=False)
        lines = lines or self._too_deep(item, width - indent, base) or [blank(base)]
        if not indent:
            return lines
        first = [Segment(marker.ljust(indent), base + self.look.bullet)]
        return prefix_lines(lines, first, [Segment(" " * indent, base)])

    def _too_deep(self, node: Node, width: int, base: Style) -> list[Line]:
        """What the parser left out since it is nested too deeply, as it stands in the source."""
        text = "\n".join(self._source[node.start : node.stop]).rstrip().lstrip(" \t\n>-*+.)0123456789")
        return wrap([(text.expandtabs(4), base)], max(1, width), base) if text and not node.children else []

    def _code(self, node: Node, width: int, base: Style) -> list[Line]:
        language = language_of(node.token.info)
        self._codes.append((language, node.token.content))
        return code_block(node.token.content, language, self.look, width)

    def _table(self, node: Node, width: int, base: Style) -> list[Line]:
        return table_lines(self.table(node, base), self.look, width, base)

    def _rule(self, node: Node, width: int, base: Style) -> list[Line]:
        return [Line([Segment(self.look.glyphs.rule * width, base + self.look.rule)], base)]


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


_RENDERERS: dict[str, Callable[[Blocks, Node, int, Style], list[Line]]] = {
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
