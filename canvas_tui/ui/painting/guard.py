"""The last guard: no control character of a text reaches the terminal, whoever draws it.

Everything that Textual draws passes ``Strip.render`` or the writer's cells (measured: this closes all places where a text's
escape sequence got through). Texts are cleaned, and made visible, on their way in; what still comes here is taken out. Control
characters have no width for Textual, so nothing moves.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from ..textual_parts import is_rendered, keep_rendered, render_strips_with, textual_render

_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_GONE = {0x2028: " ", 0x2029: " ", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}


def harmless(text: str) -> str:
    """Without control characters, of the same width."""
    return _UNSAFE.sub(lambda match: _GONE.get(ord(match.group()), ""), text) if _UNSAFE.search(text) else text


@lru_cache(maxsize=1024)
def without_link(style: Style) -> Style:
    """Hyperlinks (OSC 8) carry text to the terminal that nobody sees."""
    return style.update_link(None) if style.link else style


def clean(segments: list[Segment]) -> list[Segment]:
    if any(_UNSAFE.search(text) or (style is not None and style.link) for text, style, control in segments if not control):
        return [
            segment if segment.control else Segment(harmless(segment.text), segment.style and without_link(segment.style))
            for segment in segments
        ]
    return segments


def _guarded(self: Strip, console: Console) -> str:
    if not is_rendered(self):
        segments = list(self)
        safe = clean(segments)
        if safe is not segments:
            keep_rendered(self, textual_render(Strip(safe, self.cell_length), console))
    return textual_render(self, console)


def install() -> None:
    """Put the guard before Textual's own painting (once)."""
    render_strips_with(_guarded)
