"""What of an open block is finished already, and where in it reading goes on."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from .blocks import PART, Blocks, Room
from .code import AT_ONCE, GrowingCode, code_rows, language_of, plain_code
from .lines import Line, breaks
from .nesting import Level, opened, prefixed
from .parsing import INDENT, LONGEST, Node
from .table import GrowingTable

_RULES = {"": "--", "left": ":-", "center": ":-:", "right": "-:"}
_DELIMITERS = re.compile(r"[-:| \t]+")


@dataclass(slots=True)
class Carry:
    """The source is read from ``start`` on behind ``head``, which puts the parser where it was."""

    path: list[Level] = field(default_factory=list)
    """Lists and quotes around it."""
    gap: bool = False  # a blank line stands before what is read now
    leaf: str = ""  # the token's type of a block that goes on within the path
    dummy: tuple[str, ...] = ()  # its lines of source, so that it is read as what it is
    inline: bool = False  # it goes on in the last of these lines
    start: int = 0  # of what is shown of it: the first line in the source
    begun: bool = False  # lines of it are in finished blocks
    table: GrowingTable | None = None
    growing: GrowingCode | None = None
    code: str = ""  # of code: what was before
    lines: list[Line] = field(default_factory=list)  # of a paragraph's line
    _made: tuple[list[Line], list[Line]] = ([], [])  # the leaf's lines, the same within the path

    def __bool__(self) -> bool:
        return bool(self.path or self.leaf)

    @property
    def head(self) -> str:
        """Source before what is read."""
        if not self:
            return ""
        lines, lead = opened(self.path)
        if self.gap:
            lines.append(lead.rstrip())
        lines += [lead + line for line in self.dummy]
        return "\n".join(lines) + ("" if self.inline else "\n")

    def rest(self, node: Node) -> str:
        """Text or code of the leaf behind the dummy."""
        content = node.children[0].token.content if node.children else node.token.content
        if self.leaf == "fence":
            return content
        return content.split("\n", 1)[-1] if not self.inline else content[len(self.dummy[0]) :]

    def leaf_lines(self, node: Node, blocks: Blocks, room: Room, hasty: bool) -> list[Line]:
        """Of the block that goes on, within the path. ``hasty``: more is there already."""
        if self.table is not None:
            lines = self.table.lines(blocks.table(node, room.base).rows)
        elif self.growing is not None:
            code = self.code + node.token.content
            blocks.codes.append((language_of(node.token.info), code))
            lines = self.growing.lines(code.removesuffix("\n"), hasty)
        elif self.leaf == "paragraph_open":
            lines = self.lines + blocks.text(self.rest(node), room)
        else:
            rest = self.rest(node)
            if PART not in node.token.meta:
                blocks.codes.append((language_of(node.token.info), self.code + rest))
            lines = code_rows(plain_code(rest.removesuffix("\n"), blocks.look), blocks.look, max(1, room.width))
        return self._within(lines)

    def _within(self, lines: list[Line]) -> list[Line]:
        """Lines that were there before are put within the path once."""
        if not self.path:
            return lines
        before, done = self._made
        same = next((at for at, (old, new) in enumerate(zip(before, lines, strict=False)) if old is not new), min(len(before), len(lines)))
        self._made = (lines, done[:same] + prefixed(lines[same:], self.path, begun=same > 0))
        return self._made[1]


class Place(NamedTuple):
    """Where a block is that may be cut: what was read, and how it came there."""

    lines: Sequence[str]  # of the source, the head before them
    complete: int  # so many of them
    first: int  # line that is no head
    zero: int  # the source's line of line 0
    path: list[Level]  # around the block
    room: Room  # within
    carry: Carry | None  # that it goes on from
    defined: frozenset[int]  # lines at which link definitions end

    def start(self, node: Node) -> int:
        return self.carry.start if self.carry is not None else self.zero + node.start


class Cut(NamedTuple):
    """``line`` (and ``column`` in it): where reading goes on, from the carry. ``emits``: the node's rest is a finished piece."""

    carry: Carry
    line: int
    column: int = 0
    emits: bool = False


def endless(node: Node, lines: Sequence[str]) -> bool:
    """The last line, so long that it is text whatever comes below it."""
    last = node.token.type == "paragraph_open" and node.start == len(lines) - 1
    return last and _is_long(content := node.children[0].token.content) and not content.startswith("[")


def _is_long(line: str) -> bool:
    return len(line) > 2 * LONGEST


def cut_leaf(node: Node, place: Place, blocks: Blocks) -> Cut | None:
    """Cuts the innermost open block: of ``node`` stays what is finished, where that is shown by itself."""
    cutter = _CUTTERS.get(node.token.type)
    return cutter(node, place, blocks) if cutter is not None else None


def _cut_paragraph(node: Node, place: Place, blocks: Blocks) -> Cut | None:
    """One that is too long for inline markdown: its lines; and a line without end at one of its last breaks."""
    token, carry, lines = node.children[0].token, place.carry, place.lines
    titled = node.start in place.defined and token.content[:1] in tuple("\"'(")  # may yet be a link definition's title
    if titled or node.stop < len(lines) - 1:
        return None
    text = token.content.split("\n")
    line = min(place.complete - 2, node.stop - 1)
    long = node.stop == len(lines) and _is_long(text[-1]) and not _DELIMITERS.fullmatch(text[-1])
    if long:
        line = len(lines) - 1
    finished = "\n".join(text[: max(0, line - node.start)])
    if line > max(place.first, node.start) and (carry is not None or long or len(finished) > LONGEST):
        token.content = finished
        node.token.meta[PART] = True
        dummy = ("x" * (LONGEST + 1),)
        return Cut(Carry(place.path, leaf=node.token.type, dummy=dummy, start=place.zero + line, begun=True), line, emits=True)
    if place.first < len(lines) - 1 or node.start > place.first:
        return None
    return _cut_line(node, place, blocks) if long or (carry is not None and carry.inline) else None


def _cut_line(node: Node, place: Place, blocks: Blocks) -> Cut | None:
    carry, content = place.carry, node.children[0].token.content
    if carry is None and not endless(node, place.lines):
        return None
    rest = carry.rest(node) if carry is not None else content
    at = place.lines[-1].rfind(rest)
    spans = list(breaks(rest, place.room.width))[:-2]
    while spans and spans[-1][2] != " " and "://" in rest:
        spans.pop()  # an address is not cut
    if not spans or at < 0 or "\n" in rest:
        return None
    end = spans[-1][1] + len(rest[spans[-1][1] :]) - len(rest[spans[-1][1] :].lstrip(" "))
    before = carry or Carry(place.path, leaf=node.token.type, start=place.start(node))
    lines = before.lines + blocks.text(rest, place.room)[: len(spans)]
    return Cut(replace(before, dummy=("x" * (LONGEST + 1),), inline=True, lines=lines), len(place.lines) - 1, at + end)


def _cut_code(node: Node, place: Place, blocks: Blocks) -> Cut | None:
    """Plain code: its lines."""
    token, carry = node.token, place.carry
    fence = token.type == "fence"
    begin = node.start + fence
    text = token.content.removesuffix("\n").split("\n")
    count = min(place.complete - 1 - begin, len(text) - 1)
    while not fence and count > 0 and not text[count].strip():
        count -= 1
    if count < 1 or begin + count <= place.first:
        return None
    finished = "".join(f"{line}\n" for line in text[:count])
    if fence and carry is None and len(finished) <= AT_ONCE:  # it may yet be coloured
        return None
    token.content = finished
    token.meta[PART] = True
    dummy = " " * token.meta[INDENT] + token.markup + token.info if fence else "    x"
    code = carry.code + carry.rest(node) if carry is not None else finished
    start = place.zero + begin + count
    return Cut(Carry(place.path, leaf=token.type, dummy=(dummy,), start=start, begun=True, code=code), begin + count, emits=True)


def _cut_fence(node: Node, place: Place, blocks: Blocks) -> Cut | None:
    """One that stands in nothing is coloured as it grows."""
    if place.path:
        return _cut_code(node, place, blocks)
    token, lines, carry = node.token, place.lines, place.carry
    closing = re.compile(rf" {{0,3}}{re.escape(token.markup[0])}{{{len(token.markup)},}}[ \t]*")
    closed = node.stop < len(lines) - 1 or (node.stop - 1 > node.start and closing.fullmatch(lines[node.stop - 1]))
    if closed or len(lines) - 1 <= max(place.first, node.start) or (carry is None and node.start > place.first):
        return None
    if carry is None:
        growing = GrowingCode(language_of(token.info), blocks.look, place.room.width)
        carry = Carry(leaf="fence", dummy=(lines[node.start],), start=place.start(node), growing=growing)
    finished, newline, _ = token.content.rpartition("\n")
    carry.code += finished + newline
    return Cut(carry, len(lines) - 1)


def _cut_table(node: Node, place: Place, blocks: Blocks) -> Cut | None:
    """Its rows are read once. How wide its columns are is known at its end."""
    body = node.children[1].children if len(node.children) > 1 else []
    count = min(len(body) - 1, place.complete - node.start - 2)
    line = node.start + 2 + count
    if count <= 0 or line <= place.first or (place.carry is None and node.start > place.first):
        return None
    base = place.room.base
    done = blocks.table(Node(node.token, [node.children[0], Node(node.children[1].token, body[:count])]), base)
    if place.carry is not None:
        carry = place.carry
    else:
        growing = GrowingTable(done.header, done.aligns, blocks.look, max(1, place.room.width), base)
        dummy = tuple("|".join(cells) + "|" * (len(cells) < 2) for cells in (["x"] * len(done.aligns), [_RULES[at] for at in done.aligns]))
        carry = Carry(place.path, leaf=node.token.type, dummy=dummy, start=place.start(node), table=growing)
    assert carry.table is not None
    carry.table.finish(done.rows)
    return Cut(carry, line)


_CUTTERS: dict[str, Callable[[Node, Place, Blocks], Cut | None]] = {
    "paragraph_open": _cut_paragraph,
    "code_block": _cut_code,
    "fence": _cut_fence,
    "table_open": _cut_table,
}
