"""An answer's markdown as lines: cut off where it is very long, its long code folded, and its finished blocks made once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style

from ..render.lines import Joined, Line, blank
from ..render.look import Look
from .lines_entries import Context, margin
from .lines_gone import let_go
from .transcript_parts import fold_text

if TYPE_CHECKING:
    from ..render.blocks import Block
    from ..render.markdown import MarkdownLines

CHUNK = 64_000
"""Characters of a message that are shown before the rest is offered."""
_CODE_ROWS = 48  # rows of a finished code block before it is folded


class Body:
    """``streamed``: seen while it grew, so that nothing of it is folded or cut off. ``partial``: rendering goes on."""

    def __init__(self, key: str, streamed: bool) -> None:
        self._key = key
        self.streamed = streamed
        self.partial = False
        self.folds: list[str] = []
        """Keys of what can be opened in it."""
        self._markdown: MarkdownLines | None = None
        self._for: tuple[Look, int, Style] | None = None
        self._made: list[tuple[list[Line], list[Line]]] = []  # a block's lines, the same with margin
        self._kept: list[Line] = []  # of the first blocks, which stay as they are
        self._kept_of: tuple[list[Block] | None, int] = (None, 0)  # whose they are, and how many

    @property
    def codes(self) -> list[str]:
        """The code blocks in it, in order."""
        if self._markdown is None:
            return []
        return [code for block in (*self._markdown.blocks, *self._markdown.open) for _, code in block.codes]

    def build(self, text: str, writing: bool, base: Style, context: Context) -> Joined:
        wanted = (context.look, context.room, base)
        if self._markdown is None or self._for != wanted:
            from ..render.markdown import MarkdownLines  # with its parser, at the first message: the start waits for none

            if self._markdown is not None:
                let_go(self._markdown.blocks)
            let_go(self._made)
            self._markdown, self._for, self._made = MarkdownLines(context.look, context.room, base), wanted, []
        markdown, blocks = self._markdown, self._markdown.blocks
        limit = len(text) if writing or self.streamed else self._limit(context)
        markdown.set(text if len(text) <= limit else text[:limit])
        self.partial = not markdown.work(context.enough)
        if not writing and not self.partial:
            markdown.finish()
            self.partial = not markdown.work(context.enough)
        if markdown.blocks is not blocks:
            let_go(blocks)
        self.folds = []
        lines = self._blocks(markdown, context)
        if len(text) > limit:
            self.folds.append(self._more(self._steps(context)))
            more = fold_text(self.folds[-1], f"{len(text) - limit:,} more characters", context, context.look.text)
            lines.add(margin([more], context))
        return lines

    # -- very long texts -----------------------------------------------------------------------------------------------

    def _more(self, step: int) -> str:
        return f"{self._key}/more{step}"

    def _steps(self, context: Context) -> int:
        return sum(key.startswith(f"{self._key}/more") for key in context.opened)

    def _limit(self, context: Context) -> int:
        """Characters to show: as many chunks as were asked for."""
        return CHUNK * (1 + self._steps(context))

    def covers(self, place: int) -> list[str]:
        """Keys to be opened so that the text is shown up to this place in it; of code that is folded, all."""
        code = [key for key in self.folds if key.startswith(f"{self._key}/code/")]
        return [] if self.streamed else code + [self._more(step) for step in range(place // CHUNK)]

    # -- blocks --------------------------------------------------------------------------------------------------------

    def _blocks(self, markdown: MarkdownLines, context: Context) -> Joined:
        empty, made = blank(context.look.text), self._made
        begin, joined, lines = 0, Joined(), list[Line]()
        if self.streamed and made:
            begin = self._keep(markdown, empty)
            joined.add(self._kept)
        for index, block in enumerate((*markdown.blocks[begin:], *markdown.open), begin):
            if index:
                lines.extend([empty] * block.gap)
            shown = self._folded(index, block, context)
            if index >= len(made) or made[index][0] is not shown:
                let_go(made[index + 1 :])
                made[index:] = [(shown, _grown(made[index], shown, context) if index < len(made) else margin(shown, context))]
            lines.extend(made[index][1])
        joined.add(lines)
        return joined

    def _keep(self, markdown: MarkdownLines, empty: Line) -> int:
        """Lines of blocks that do not change any more are put together once; their number."""
        of, count = self._kept_of
        if of is not markdown.blocks:
            self._kept, count = [], 0
        while count < min(markdown.settled, len(self._made)) and self._made[count][0] is markdown.blocks[count].lines:
            if count:
                self._kept.extend([empty] * markdown.blocks[count].gap)
            self._kept.extend(self._made[count][1])
            count += 1
        self._kept_of = (markdown.blocks, count)
        return count

    def _folded(self, index: int, block: Block, context: Context) -> list[Line]:
        """A long code block that is finished shows its beginning."""
        if block.kind != "fence" or len(block.lines) <= _CODE_ROWS or self.streamed:
            return block.lines
        key = f"{self._key}/code/{index}"
        self.folds.append(key)
        if key in context.opened:
            return block.lines
        head = block.lines[: _CODE_ROWS // 2]
        return [*head, fold_text(key, f"{len(block.lines) - len(head):,} more lines", context, context.look.code).padded(context.room)]


def _grown(made: tuple[list[Line], list[Line]], lines: list[Line], context: Context) -> list[Line]:
    """The lines with margin; those that a block had before are made already."""
    before, done = made
    same = next((at for at, (old, new) in enumerate(zip(before, lines, strict=False)) if old is not new), min(len(before), len(lines)))
    return done[:same] + margin(lines[same:], context)
