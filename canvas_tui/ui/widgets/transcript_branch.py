"""Where a message has siblings: which of them is shown, and the way to the others."""

from __future__ import annotations

from rich.segment import Segment

from canvas_tui.core.artifact import Branch

from ..render.lines import Line
from .lines_entries import Context, margin
from .transcript_entries import Entry
from .transcript_parts import clickable

BRANCH = "branch"
"""The kind of a click, and the name of the words for the keys."""


class BranchEntry(Entry):
    """ "‹ 2/3 ›" """

    aside = True

    def __init__(self, key: str, branch: Branch) -> None:
        super().__init__(key)
        self.branch = branch

    def estimate(self, width: int) -> int:
        return 1

    def build(self, context: Context) -> list[Line]:
        look, branch = context.look, self.branch
        ends = []
        signs = look.glyphs.branches
        for sign, step, there in ((signs[0], -1, branch.at > 1), (signs[1], 1, branch.at < branch.count)):
            style = clickable(look.text + look.tool, BRANCH, branch.message_id, str(step)) if there else look.text + look.muted
            ends.append(Segment(f" {sign} ", style))
        middle = Segment(f"{branch.at}/{branch.count}", look.text + look.muted)
        keys = Segment(f"  {context.words.get(BRANCH, '')}".rstrip(), look.text + look.muted)
        return margin([Line([ends[0], middle, ends[1], keys], look.text)], context)
