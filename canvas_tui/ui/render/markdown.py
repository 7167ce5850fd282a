"""Markdown as it streams: finished blocks are kept as lines, only the open end is read and rendered again.

A block is finished once a later one has begun on lines that are complete: CommonMark reads blocks line by line, so what
stands before that place cannot change any more, but for link references defined later (the text is then rendered once more
when it is complete). Long open blocks are cut inside: a list at its items, a table at its rows, a fence at its lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rich.style import Style

from canvas_tui.core.safe_text import safe

from .blocks import LONGEST, Block, Blocks, Node, parse
from .code import AT_ONCE, GrowingCode, Highlighting, code_label, code_rows, language_of
from .lines import Line, blank, breaks, wrap
from .look import Look
from .table import GrowingTable

_PIECE = 2_000  # characters that are read at once where a long text is rendered in slices
_PIECE_LINES = 60
_ROWS = 100  # rows of code that are made into lines at once

_HALF = re.compile(r" {0,3}(-+|=+|[*+]|\d{1,9}[.)]?|#{1,6}|`+|~+|>|\|) *")  # a line that may yet become anything
_DELIMITERS = re.compile(r"[-:| \t]+")


@dataclass(slots=True)
class _Carry:
    """What of the open block is finished already: ``kind`` is its token's type."""

    kind: str = ""
    prefix: str = ""  # source before the tail, so that it is read as what it is
    number: int = 1  # of a list's next item
    gap: int = 1  # blank lines before the list's next item
    table: GrowingTable | None = None
    code: str = ""  # of a fence
    start: int = 0  # of a table or fence: its first line in the source
    growing: GrowingCode | None = None
    lines: list[Line] = field(default_factory=list)  # of a paragraph


class MarkdownLines:
    """The lines of one markdown text at one width. ``patience``: characters of an open block before it is cut inside."""

    def __init__(self, look: Look, width: int, base: Style, patience: int = 600) -> None:
        self._look = look
        self._width = max(1, width)
        self._base = base
        self._patience = patience
        self._clear()

    def _clear(self) -> None:
        self._raw = ""  # all that was given
        self._held = ""  # its end that cannot be cleaned yet
        self._waiting = ""  # clean, not yet read
        self._tail = ""  # of the open blocks
        self._line = 0  # of the source, where the tail begins
        self._zero = 0  # of the source, where what is parsed now begins
        self._refs: dict[str, Any] = {}
        self._linked = False  # the references are those of the whole text
        self._again: MarkdownLines | None = None
        self._carry = _Carry()
        self._jobs: list[_CodeJob] = []
        self.finished = False
        self.blocks: list[Block] = []
        """Finished ones."""
        self.open: list[Block] = []
        """The end, rendered anew each time."""

    @property
    def text(self) -> str:
        return self._raw

    @property
    def settled(self) -> int:
        """So many of the first blocks stay as they are, unless ``blocks`` becomes another list."""
        return self._jobs[0].at if self._jobs else len(self.blocks)

    def set(self, text: str) -> None:
        """Make it ``text``; costs what was appended where it goes on from before."""
        if text == self._raw:
            return
        if self.finished or not text.startswith(self._raw):
            self._clear()
        delta, self._raw = text[len(self._raw) :], text
        self._wait(delta)

    def feed(self, delta: str) -> None:
        """Append; ``work`` reads it."""
        self._raw += delta
        self._wait(delta)

    def _wait(self, delta: str) -> None:
        delta = self._held + delta
        keep = len(delta)
        while keep and (delta[keep - 1] in "\r\U0001f3f4" or "\U000e0000" <= delta[keep - 1] <= "\U000e007f"):
            keep -= 1
        self._held = delta[keep:]
        self._waiting += safe(delta[:keep])

    def work(self, enough: Callable[[], bool] = lambda: False) -> bool:
        """Read what waits, in pieces; True when nothing is left to do, False when ``enough`` said so before."""
        return self._drain(enough) and self._link(enough) and self._highlight(enough)

    def _drain(self, enough: Callable[[], bool]) -> bool:
        while self._waiting:
            cut = self._piece()
            self._tail += self._waiting[:cut]
            self._waiting = self._waiting[cut:]
            self._read(final=False)
            if self._waiting and enough():
                return False
        return True

    def _piece(self) -> int:
        """How much of what waits is read next: whole lines where they are short enough."""
        if len(self._waiting) <= 2 * _PIECE and self._waiting.count("\n", 0, 2 * _PIECE) <= _PIECE_LINES:
            return len(self._waiting)
        cut = 0
        for _ in range(_PIECE_LINES):
            end = self._waiting.find("\n", cut, 4 * _PIECE) + 1
            if not end:
                break
            cut = end
            if cut > _PIECE:
                break
        return cut or min(len(self._waiting), 4 * _PIECE)

    def finish(self) -> None:
        """The text is complete: nothing stays open. (``work`` may be left: links defined after their use, colours of long code.)"""
        if self.finished:
            return
        self._waiting += safe(self._held)
        self._held = ""
        self._drain(lambda: False)
        self._read(final=True)
        self.finished = True
        if self._refs and not self._linked:
            self._again = MarkdownLines(self._look, self._width, self._base, self._patience)
            self._again._refs, self._again._linked = dict(self._refs), True
            self._again.feed(self._raw)
            self._jobs = []

    def _link(self, enough: Callable[[], bool]) -> bool:
        """Once more, with the link references known from the start: they may be defined after their use."""
        again = self._again
        if again is not None:
            if not again._drain(enough):
                return False
            again.finish()
            self.blocks, self._jobs, self._again = again.blocks, again._jobs, None
        return True

    def lines(self) -> list[Line]:
        """All lines as they stand."""
        lines: list[Line] = []
        for index, block in enumerate([*self.blocks, *self.open]):
            if index:
                lines.extend(blank(self._base) for _ in range(block.gap))
            lines.extend(block.lines)
        return lines

    # -- reading ---------------------------------------------------------------------------------------------------

    def _read(self, final: bool) -> None:
        carry = self._carry
        source = carry.prefix + self._tail
        self._zero = self._line - carry.prefix.count("\n")
        lines = source.split("\n")
        complete = len(lines) if final else len(lines) - 1
        if not final and _HALF.fullmatch(lines[-1]):
            lines[-1] = ""
            source = "\n".join(lines)
        env: dict[str, Any] = {"references": dict(self._refs)}
        nodes = parse(source, env)
        found = env["references"]
        blocks = Blocks(self._look, env, lines)
        fresh = [ref for name, ref in found.items() if name not in self._refs] + env.get("duplicate_refs", [])
        if final:
            self._close(nodes, blocks)
            self._refs.update(found)
            self.open, self._tail = [], ""
            return
        cut = self._cut(nodes, lines, complete, fresh)
        start = nodes[cut].start if cut is not None else 0
        if cut is not None:
            self._refs.update({name: ref for name, ref in found.items() if ref["map"][1] <= start})
            env["references"] = self._refs  # others may yet turn out to be none: what is finished does not use them
            self._close(nodes[:cut], blocks)
            env["references"] = found
            fresh = [ref for ref in fresh if ref["map"][1] > start]
            self._tail = "\n".join((carry.prefix + self._tail).split("\n")[start:])
            self._line = self._zero + start
            nodes = nodes[cut:]
        if len(nodes) == 1 and len(self._tail) > self._patience and not fresh:
            cutter = _CUTTERS.get(nodes[0].token.type)
            if cutter is not None:
                nodes = cutter(self, nodes[0], blocks, lines, start)
        self._show(nodes, blocks)

    def _cut(self, nodes: list[Node], lines: list[str], complete: int, references: list[dict[str, Any]]) -> int | None:
        """The first node that stays open: what is before it is finished, since its first two lines are complete (or it is text)."""
        for index in range(len(nodes) - 1, -1, -1):
            start = nodes[index].start
            sure = start <= complete - 2 or _endless(nodes[index], lines)
            if start > 0 and sure and all(ref["map"][1] != start for ref in references):
                return index
        return None

    def _close(self, nodes: list[Node], blocks: Blocks) -> None:
        for node in nodes:
            self.blocks.append(self._block(node, blocks))
            token = node.token
            if token.type in ("fence", "code_block"):
                code = (self._carry.code + token.content).removesuffix("\n")
                if len(code) > AT_ONCE or self._carry.kind:
                    self._jobs.append(_CodeJob(self.blocks, code, language_of(token.info), self._look, self._width))
            self._carry = _Carry()

    def _show(self, nodes: list[Node], blocks: Blocks) -> None:
        carry, self.open = self._carry, []
        for node in nodes:
            self.open.append(self._block(node, blocks))
            self._carry = _Carry()
        self._carry = carry

    def _block(self, node: Node, blocks: Blocks) -> Block:
        """Rendered, as what goes on from the carry; where it stands is told of the whole source."""
        block = self._rendered(node, blocks)
        kept = self._carry.growing is not None or self._carry.table is not None
        goes_on = kept and self._carry.kind == node.token.type
        zero = self._zero
        block.start, block.stop = self._carry.start if goes_on else zero + node.start, zero + node.stop
        block.items = tuple((row, zero + start, zero + stop) for row, start, stop in block.items)
        return block

    def _rendered(self, node: Node, blocks: Blocks) -> Block:
        carry, token = self._carry, node.token
        if carry.kind != token.type:
            return blocks.block(node, self._width, self._base)
        if carry.growing is not None:
            return self._fence(node, carry.growing, carry.code)
        if carry.table is not None:
            return Block(token.type, carry.table.lines(blocks.table(node, self._base).rows))
        if carry.lines:
            rest = node.children[0].token.content[len(carry.prefix) :]
            return Block(token.type, carry.lines + wrap(blocks.plain(rest, self._base), self._width, self._base))
        block = blocks.block(node, self._width, self._base, carry.number)
        block.gap = carry.gap
        return block

    def _fence(self, node: Node, growing: GrowingCode, before: str) -> Block:
        language = language_of(node.token.info)
        code = before + node.token.content
        return Block("fence", growing.lines(code.removesuffix("\n"), hasty=bool(self._waiting)), codes=((language, code),))

    # -- long open blocks: what is finished in them goes to ``blocks`` or the carry; gives what is left to show ------

    def _cut_paragraph(self, node: Node, blocks: Blocks, lines: list[str], start: int) -> list[Node]:
        """A line without end: what stands before one of its last breaks."""
        carry = self._carry
        if node.start < len(lines) - 1 or not (carry.lines or _endless(node, lines)):
            return [node]
        content = node.children[0].token.content[len(carry.prefix) :]
        at = self._tail.find(content)
        spans = list(breaks(content, self._width))[:-2]
        while spans and spans[-1][2] != " " and "://" in content:
            spans.pop()  # an address is not cut
        if not spans or at < 0:
            return [node]
        end = spans[-1][1] + len(content[spans[-1][1] :]) - len(content[spans[-1][1] :].lstrip(" "))
        self._carry = _Carry(
            node.token.type,
            "x" * (LONGEST + 1),
            lines=carry.lines + wrap(blocks.plain(content, self._base), self._width, self._base)[: len(spans)],
        )
        self._tail = self._tail[at + end :]
        node.children[0].token.content = self._carry.prefix + content[end:]
        return [node]

    def _cut_list(self, node: Node, blocks: Blocks, lines: list[str], start: int) -> list[Node]:
        items, complete = node.children, len(lines) - 1
        for count in range(len(items) - 1, 0, -1):
            cut = items[count].start
            if cut + 2 <= complete and not _DELIMITERS.fullmatch(lines[cut + 1]):
                break
        else:
            return [node]
        number = node.token.attrGet("start")
        first = self._carry.number if self._carry.kind else 1 if number is None else int(number)
        self.blocks.append(self._block(Node(node.token, items[:count]), blocks))
        self._carry = _Carry(node.token.type, "", first + count, blocks.gap_before(items[count]))
        self._tail = "\n".join(self._tail.split("\n")[cut - start :])
        self._line += cut - start
        return [Node(node.token, items[count:])]

    def _cut_fence(self, node: Node, blocks: Blocks, lines: list[str], start: int) -> list[Node]:
        token = node.token
        closing = re.compile(rf" {{0,3}}{re.escape(token.markup[0])}{{{len(token.markup)},}}[ \t]*")
        begun = node.start < len(lines) - 1
        closed = node.stop < len(lines) - 1 or (node.stop - 1 > node.start and closing.fullmatch(lines[node.stop - 1]))
        if closed or not begun:
            return [node]
        if self._carry.growing is None:
            growing = GrowingCode(language_of(token.info), self._look, self._width)
            self._carry = _Carry("fence", lines[node.start] + "\n", start=self._zero + node.start, growing=growing)
        finished, newline, token.content = token.content.rpartition("\n")
        self._carry.code += finished + newline
        done = self._tail.rfind("\n") + 1
        self._line += self._tail.count("\n", 0, done)
        self._tail = self._tail[done:]
        return [node]

    def _cut_table(self, node: Node, blocks: Blocks, lines: list[str], start: int) -> list[Node]:
        body = node.children[1].children if len(node.children) > 1 else []
        count = min(len(body) - 1, len(lines) - 1 - node.start - 2)
        if count <= 0:
            return [node]
        done = blocks.table(Node(node.token, [node.children[0], Node(node.children[1].token, body[:count])]), self._base)
        growing = self._carry.table or GrowingTable(done.header, done.aligns, self._look, self._width, self._base)
        growing.finish(done.rows)
        rows = node.start - start + 2 + count
        kept = (self._carry.prefix + self._tail).split("\n")[rows:]
        self._line += rows - self._carry.prefix.count("\n")
        prefix = "\n".join(lines[node.start : node.start + 2]) + "\n"
        first = self._carry.start if self._carry.table is not None else self._zero + node.start
        self._carry = _Carry(node.token.type, prefix, start=first, table=growing)
        self._tail = "\n".join(kept)
        node.children[1].children[:] = body[count:]
        return [node]

    # -- long code -------------------------------------------------------------------------------------------------

    def _highlight(self, enough: Callable[[], bool]) -> bool:
        while self._jobs:
            if not self._jobs[0].work(enough):
                return False
            self._jobs.pop(0)
        return True


def _endless(node: Node, lines: list[str]) -> bool:
    """The last line, so long that it is text whatever comes below it."""
    last = node.token.type == "paragraph_open" and node.start == len(lines) - 1
    return last and len(lines[-1]) > 2 * LONGEST and not lines[-1].lstrip().startswith("[")


class _CodeJob:
    """Gives a block of long code, the last so far, its exact highlighting, in slices. ``at``: its index."""

    def __init__(self, blocks: list[Block], code: str, language: str, look: Look, width: int) -> None:
        self.at = len(blocks) - 1
        self._block = blocks[-1]
        self._look = look
        self._width = width
        self._job = Highlighting(code, language, look)
        self._lines = code_label(language, look, width)
        self._next = 0

    def work(self, enough: Callable[[], bool]) -> bool:
        if not self._job.work(enough):
            return False
        rows = self._job.lines
        while self._next < len(rows):
            self._lines.extend(code_rows(rows[self._next : self._next + _ROWS], self._look, self._width))
            self._next += _ROWS
            if self._next < len(rows) and enough():
                return False
        self._block.lines = self._lines
        return True


_CUTTERS: dict[str, Callable[[MarkdownLines, Node, Blocks, list[str], int], list[Node]]] = {
    "paragraph_open": MarkdownLines._cut_paragraph,
    "bullet_list_open": MarkdownLines._cut_list,
    "ordered_list_open": MarkdownLines._cut_list,
    "fence": MarkdownLines._cut_fence,
    "table_open": MarkdownLines._cut_table,
}
