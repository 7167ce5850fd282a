"""Markdown as it streams: finished blocks are kept as lines, only the open end is read and rendered again.

A block is finished once a later one has begun on lines that are complete: CommonMark reads blocks line by line, so what
stands before that place cannot change any more, but for link references defined later (the text is then rendered once more
when it is complete). Long open blocks are cut inside, so that none costs more than what came: lists and quotes where a block
within them is finished (`nesting`), what is innermost at its lines or rows (`carry`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from rich.style import Style

from canvas_tui.core.safe_text import safe

from .blocks import Block, Blocks, Room
from .carry import Carry, Place, cut_leaf, endless
from .code import AT_ONCE, Highlighting, code_label, code_rows, language_of
from .lines import Line, blank
from .look import Look
from .nesting import Level, Open, again, open_in
from .parsing import Node, parse

_PIECE = 2_000  # characters that are read at once where a long text is rendered in slices
_PIECE_LINES = 60
_CLEANED = 32_000  # characters that are cleaned at once
_ROWS = 100  # rows of code that are made into lines at once

_HALF = re.compile(r" {0,3}(-+|=+|[*+]|\d{1,9}[.)]?|#{1,6}|`+|~+|>|\|) *")  # a line that may yet become anything


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
        self._given = ""  # of it, what is not cleaned yet
        self._at = 0  # where that begins
        self._held = ""  # the end of the rest, which cannot be cleaned yet
        self._waiting = ""  # clean, not yet read
        self._tail = ""  # of the open blocks
        self._line = 0  # of the source, where the tail begins
        self._zero = 0  # of the source, where what is parsed now begins
        self._refs: dict[str, Any] = {}
        self._linked = False  # the references are those of the whole text
        self._again: MarkdownLines | None = None
        self._carry = Carry()
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
        self._given, self._at = self._given[self._at :] + delta, 0

    def _clean(self) -> None:
        """Some more of what was given: a megabyte at once takes 30 ms."""
        end = min(len(self._given), self._at + _CLEANED)
        delta, self._at = self._held + self._given[self._at : end], end
        keep = len(delta)
        while keep and (delta[keep - 1] in "\r\U0001f3f4" or "\U000e0000" <= delta[keep - 1] <= "\U000e007f"):
            keep -= 1
        self._held = delta[keep:]
        self._waiting += safe(delta[:keep])

    def work(self, enough: Callable[[], bool] = lambda: False) -> bool:
        """Read what waits, in pieces; True when nothing is left to do, False when ``enough`` said so before."""
        return self._drain(enough) and self._link(enough) and self._highlight(enough)

    def _drain(self, enough: Callable[[], bool]) -> bool:
        while self._waits:
            if len(self._waiting) < 4 * _PIECE:
                self._clean()
            cut = self._piece()
            self._tail += self._waiting[:cut]
            self._waiting = self._waiting[cut:]
            self._read(final=False)
            if self._waits and enough():
                return False
        return True

    @property
    def _waits(self) -> bool:
        return bool(self._waiting) or self._at < len(self._given)

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
        self._drain(lambda: False)
        self._waiting, self._held = safe(self._held), ""
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
        while self._read_once(final):
            pass

    def _read_once(self, final: bool) -> bool:
        """Whether something that was finished has been taken away, and the rest is to be read."""
        head = self._carry.head
        first = head.count("\n")
        source = head + self._tail
        self._zero = self._line - first
        lines = source.split("\n")
        complete = len(lines) if final else len(lines) - 1
        if not final and _HALF.fullmatch(lines[-1]):
            lines[-1] = ""
            source = "\n".join(lines)
        env: dict[str, Any] = {"references": dict(self._refs)}
        nodes = parse(source, env)
        found = env["references"]
        blocks = Blocks(self._look, env, lines)
        if final:
            self._close(nodes, blocks)
            self._refs.update(found)
            self.open, self._tail = [], ""
            return False
        fresh = [ref["map"] for name, ref in found.items() if name not in self._refs]
        fresh += [ref["map"] for ref in env.get("duplicate_refs", ())]
        cut = self._cut(nodes, lines, complete, fresh)
        if cut is not None:
            count, start = cut
            self._define(env, start)
            self._close(nodes[:count], blocks)
            env["references"] = found
            self._advance(head, first, start)
            nodes = nodes[count:]
        if len(self._tail) > self._patience:
            if cut is not None:
                return True
            if len(nodes) == 1 and self._cut_inside(nodes[0], blocks, lines, head, fresh):
                return True
        self.open = [self._block(node, blocks, self._carry if not index else Carry()) for index, node in enumerate(nodes)]
        return False

    def _cut(self, nodes: list[Node], lines: list[str], complete: int, fresh: list[list[int]]) -> tuple[int, int] | None:
        """How many nodes are finished, and the line from which on it is open: its first two lines are complete (or it is text)."""
        defined = [begin for begin, _ in fresh if 0 < begin <= complete - 2 and begin >= (nodes[-1].stop if nodes else 0)]
        if defined and len(self._tail) > self._patience:
            return len(nodes), max(defined)
        for index in range(len(nodes) - 1, -1, -1):
            start = nodes[index].start
            sure = start <= complete - 2 or endless(nodes[index], lines)
            if start > 0 and sure and all(end != start for _, end in fresh):
                return index, start
        return None

    def _define(self, env: dict[str, Any], line: int) -> None:
        """What is finished uses the definitions before this line: others may yet turn out to be none."""
        self._refs.update({name: ref for name, ref in env["references"].items() if ref["map"][1] <= line})
        env["references"] = self._refs

    def _advance(self, head: str, first: int, line: int, column: int = 0) -> None:
        """Reading goes on at a line of what was read."""
        kept = (head + self._tail).split("\n")[line:]
        kept[0] = kept[0][column:]
        self._tail = "\n".join(kept)
        self._line = self._zero + line

    def _close(self, nodes: list[Node], blocks: Blocks) -> None:
        for node in nodes:
            carry, self._carry = self._carry, Carry()
            self.blocks.append(self._block(node, blocks, carry))
            token = node.token
            if token.type == "fence":
                code = (carry.code + token.content).removesuffix("\n")
                if len(code) > AT_ONCE or carry.growing is not None:
                    self._jobs.append(_CodeJob(self.blocks, code, language_of(token.info), self._look, self._width))

    @property
    def _room(self) -> Room:
        return Room(self._width, self._base)

    def _block(self, node: Node, blocks: Blocks, carry: Carry) -> Block:
        """Rendered, as what goes on from the carry; where it stands is told of the whole source."""
        zero = self._zero
        if not carry:
            block = blocks.block(node, self._width, self._base)
            block.start += zero
        else:
            blocks.codes, blocks.items = [], []
            room = carry.path[-1].room if carry.path else self._room

            def leaf(node: Node) -> list[Line]:
                return carry.leaf_lines(node, blocks, room, self._waits)

            lines = again(node, carry.path, leaf if carry.leaf else None, blocks, zero) if carry.path else leaf(node)
            block = blocks.made(node, lines)
            block.gap = int(not carry.begun)
            block.start = carry.start
        block.stop += zero
        block.items = tuple((row, zero + start, zero + stop) for row, start, stop in block.items)
        return block

    # -- inside of a long open block ---------------------------------------------------------------------------------

    def _cut_inside(self, node: Node, blocks: Blocks, lines: list[str], head: str, fresh: list[list[int]]) -> bool:
        """What is finished in it goes to ``blocks`` or the carry."""
        first, complete, carry = head.count("\n"), len(lines) - 1, self._carry
        inside = open_in(node, carry.path, blocks, self._room, self._zero)
        for siblings in reversed(inside.siblings):
            for index in range(len(siblings.nodes) - 1, 0, -1):
                child = siblings.nodes[index]
                if child.start <= first:
                    break
                sure = child.start <= complete - 2 or endless(child, lines)
                if sure and all(end != child.start for _, end in fresh):
                    path, gap = siblings.path(index), bool(blocks.gap_before(child))
                    del siblings.nodes[index:]
                    self._emit(node, blocks, child.start, path)
                    self._carry = Carry(path, gap, start=self._zero + child.start, begun=True)
                    self._advance(head, first, child.start)
                    return True
        if inside.leaf is None:
            return False
        carried = carry if inside.carried and carry.leaf == inside.leaf.token.type else None
        room = inside.path[-1].room if inside.path else self._room
        defined = frozenset(end for _, end in fresh)
        cut = cut_leaf(inside.leaf, Place(lines, complete, first, self._zero, inside.path, room, carried, defined), blocks)
        if cut is None:
            return False
        if cut.emits:
            self._emit(node, blocks, cut.line, inside.path)
        elif carried is None and carry.begun:
            self._space(inside, blocks, node, first)
        cut.carry.begun = cut.carry.begun or carry.begun
        self._carry = cut.carry
        self._advance(head, first, cut.line, cut.column)
        return True

    def _emit(self, node: Node, blocks: Blocks, line: int, path: list[Level]) -> None:
        """The node, cut off at a line: what comes within the path goes on from it."""
        self._define(blocks.env, line)
        block = self._block(node, blocks, self._carry)
        block.stop = self._zero + line
        self.blocks.append(block)
        for level in path:
            level.begun = True

    def _space(self, inside: Open, blocks: Blocks, node: Node, first: int) -> None:
        """The blank line before a block that goes on by itself from now on."""
        for siblings in inside.siblings:
            if len(siblings.nodes) > 1 and siblings.nodes[-1].start >= first and (gap := siblings.gap(blocks)):
                start = self._carry.start
                self.blocks.append(Block(node.token.type, gap, 0, start=start, stop=start))

    # -- long code -------------------------------------------------------------------------------------------------

    def _highlight(self, enough: Callable[[], bool]) -> bool:
        while self._jobs:
            if not self._jobs[0].work(enough):
                return False
            self._jobs.pop(0)
        return True


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
            if enough():  # behind the last ones too: whoever shows them has work of its own with all of them
                return False
        self._block.lines = self._lines
        return True
