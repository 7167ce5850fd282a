"""Every sign that the screen draws, twice: for terminals with Unicode, and for those without."""

from __future__ import annotations

from canvas_tui.core.frozen import frozen


@frozen
class Glyphs:
    """One cell each, except ``ellipsis`` and ``spark`` (levels from low to high)."""

    running: str = "●"
    running_low: str = "○"
    waiting: str = "◆"
    failed: str = "✗"
    unread: str = "•"
    dot: str = "·"
    ellipsis: str = "…"
    down: str = "↓"
    up: str = "↑"
    search: str = "⌕"
    prompt: str = "›"
    log: str = "│"
    spark: str = "▁▂▃▄▅▆▇█"


UNICODE = Glyphs()
ASCII = Glyphs(
    running="*",
    running_low="o",
    waiting="?",
    failed="x",
    unread="+",
    dot="-",
    ellipsis="...",
    down="v",
    up="^",
    search="/",
    prompt=">",
    log="|",
    spark="_.-~=+*#",
)


def glyphs(ascii_only: bool) -> Glyphs:
    return ASCII if ascii_only else UNICODE
