"""What stands on the canvas: title, language, which version, how long."""

from __future__ import annotations

from textual.content import Content

from canvas_tui.core.artifact import Version

from ..canvas_words import Canvasing, facts, title
from ..glyphs import Glyphs
from .lines import Lines, cut


class CanvasHead(Lines):
    def __init__(self, signs: Glyphs) -> None:
        super().__init__(id="canvas-head")
        self._signs = signs
        self._of: tuple[object, ...] = ()

    def show(self, canvas: Canvasing, version: Version, low: bool, mode: str) -> None:
        """``low``: in one line. ``mode``: what is done with it beside reading it, in words."""
        asked = (canvas, version, low, mode, self.size.width)
        if len(asked) == len(self._of) and all(one is other or one == other for one, other in zip(asked, self._of, strict=True)):
            return
        self._of = asked
        parts = [mode] if mode else facts(canvas, version, self._signs.ellipsis)
        told = Content.styled(f" {self._signs.dot} ".join(parts), "$foreground 60%")
        name = Content.styled(title(version), "bold")
        width, end = self.size.width, self._signs.ellipsis
        if low:
            room = max(8, width - told.cell_length - 4)
            name = cut(name, room, end) if name.cell_length > room else name
            self.set_lines([cut(Content.assemble(" ", name, "  ", told), width, end)])
        else:
            self.set_lines([cut(Content.assemble(" ", name), width, end), cut(Content.assemble(" ", told), width, end)])
