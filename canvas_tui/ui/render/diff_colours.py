"""The colours of code in a comparison: both texts highlighted in slices, laid over what marks the change."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from canvas_tui.core.artifact import ArtifactKind, Version
from canvas_tui.core.differ import Kind
from canvas_tui.core.safe_text import safe

from .code import AT_ONCE, Highlighting, bare
from .lines import Run
from .look import Look

_AHEAD = 200  # lines that one text may be highlighted further than the other


class Colours:
    """``work`` until it returns True; until then lines far below have no colours of their own. Short texts have them at once."""

    def __init__(self, old: Version, new: Version, look: Look) -> None:
        self.look = look
        self._texts = {Kind.GONE: _highlighting(old, look), Kind.NEW: _highlighting(new, look)}
        self._todo = list(self._texts.values())
        self._told = 0  # lines that had their colours when `news` was asked
        if len(old.text) + len(new.text) <= AT_ONCE:
            self.work(lambda: False)

    def work(self, enough: Callable[[], bool]) -> bool:
        """Go on from both texts' beginnings until done (True) or ``enough`` says so (False)."""
        while self._todo and not enough():
            reach = min(len(text.lines) for text in self._todo) + _AHEAD
            self._todo = [text for text in self._todo if not text.work(partial(_until, text, reach, enough))]
        return not self._todo

    @property
    def ready(self) -> bool:
        return not self._todo

    def news(self) -> bool:
        """Whether so many lines have their colours now that it is worth drawing again."""
        reach = min((len(text.lines) for text in self._todo), default=0)
        if self._todo and reach < 2 * self._told + _AHEAD // 2:
            return False
        self._told = reach
        return True

    def over(self, kind: Kind, number: int, runs: list[Run]) -> list[Run]:
        """The runs of a line (from 1) of the old text (GONE) or the new one (NEW), in its colours; their backgrounds stay."""
        lines = self._texts[kind].lines
        row = lines[number - 1] if 0 < number <= len(lines) else []
        if "".join(text for text, _ in row) != "".join(text for text, _ in runs):
            return runs  # shown otherwise than it was highlighted: hostile characters that were cut apart
        merged: list[Run] = []
        colours = iter(row)
        code, style = "", self.look.code
        for text, base in runs:
            at = 0
            while at < len(text):
                while not code:
                    code, style = next(colours)
                part = text[at : at + len(code)]
                merged.append((part, base if style == self.look.code else base + bare(style)))
                at, code = at + len(part), code[len(part) :]
        return merged or runs


def _until(text: Highlighting, reach: int, enough: Callable[[], bool]) -> bool:
    return len(text.lines) >= reach or enough()


def _highlighting(version: Version, look: Look) -> Highlighting:
    return Highlighting(safe(version.text), version.language if version.kind is ArtifactKind.CODE else "", look)
