"""Markdown's source as a tree of blocks. Inline markdown is read when a block is rendered."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.parser_block import RuleFuncBlockType
from markdown_it.rules_block import StateBlock, fence, lheading, reference, table
from markdown_it.token import Token

LONGEST = 8_000
"""Characters of one paragraph whose inline markdown is read. What is longer is text and stays it, so that it need not be kept."""
LISTS = frozenset({"bullet_list_open", "ordered_list_open"})
"""Token types of lists."""
QUOTE = "blockquote_open"
INDENT = "indent"
"""In a token's meta. Of an item: the column at which its contents begin; of a fence: the columns before it."""


@dataclass(slots=True)
class Node:
    token: Token
    children: list[Node] = field(default_factory=list)

    @property
    def start(self) -> int:
        """Its first line in the source."""
        return self.token.map[0] if self.token.map else 0

    @property
    def stop(self) -> int:
        return self.token.map[1] if self.token.map else 0


@lru_cache(maxsize=1)
def parser() -> MarkdownIt:
    """CommonMark with tables and strikethrough; HTML is text."""
    md = MarkdownIt("commonmark", {"html": False, "maxNesting": 60}).enable(["table", "strikethrough"])
    md.core.ruler.enableOnly(["block"])
    ruler = md.block.ruler
    ruler.at("lheading", _of_short_text(_of_short_lines(lheading)))
    ruler.at("table", _of_short_lines(table), {"alt": ["paragraph", "reference"]})
    ruler.at("reference", _of_short_span(reference))
    ruler.at("fence", _noting_indent(fence), {"alt": ["paragraph", "reference", "blockquote", "list"]})
    ruler.before("table", "item", _note_item)
    return md


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


# -- rules: what no later line may change, however long the text before it is, and what is noted for going on inside of a block


def _of_short_lines(rule: RuleFuncBlockType) -> RuleFuncBlockType:
    """A line that is too long to have its inline markdown read is text, whatever comes below it: it need not be kept for that."""

    def checked(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        length = state.eMarks[start] - state.bMarks[start] - state.tShift[start]
        return length <= LONGEST and rule(state, start, end, silent)

    return checked


def _of_short_text(rule: RuleFuncBlockType) -> RuleFuncBlockType:
    """Nor is a paragraph of many lines made a heading by what comes below it."""

    def checked(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        count, parent = len(state.tokens), state.parentType
        if not rule(state, start, end, silent):
            return False
        if len(state.tokens[count + 1].content) <= LONGEST:
            return True
        del state.tokens[count:]
        state.line, state.parentType = start, parent
        return False

    return checked


def _of_short_span(rule: RuleFuncBlockType) -> RuleFuncBlockType:
    """Nor a link reference: a title that ends after very many lines is none."""

    def checked(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        count = len(state.env.get("references", ()))
        if not rule(state, start, end, silent):
            return False
        lines = range(start, state.line)
        if len(lines) < 2 or sum(state.eMarks[line] - state.bMarks[line] for line in lines) <= LONGEST:
            return True
        if len(state.env["references"]) > count:
            state.env["references"].popitem()
        else:
            state.env["duplicate_refs"].pop()
        state.line = start
        return False

    return checked


def _noting_indent(rule: RuleFuncBlockType) -> RuleFuncBlockType:
    def noting(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        if not rule(state, start, end, silent):
            return False
        if not silent:
            state.tokens[-1].meta[INDENT] = state.sCount[start] - state.blkIndent
        return True

    return noting


def _note_item(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Is no block; asked first of all where an item's first block begins."""
    if state.tokens and state.tokens[-1].type == "list_item_open":
        state.tokens[-1].meta[INDENT] = state.blkIndent
    return False
