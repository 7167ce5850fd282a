"""Key sequences that Textual's parser does not know, or reads as another key (measured: ESC CR came as Enter)."""

from __future__ import annotations

from enum import StrEnum
from typing import cast

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.keys import Keys


class _More(StrEnum):
    AltEnter = "alt+enter"


_SEQUENCES = {
    "\x1b\r": _More.AltEnter,  # Alt+Enter without the kitty protocol; sent in place of a new line otherwise
}


def teach() -> None:
    """Add them to Textual's table (a private one: textual is pinned, and a test feeds the parser)."""
    for sequence, key in _SEQUENCES.items():
        cast("dict[str, object]", ANSI_SEQUENCES_KEYS)[sequence] = (cast(Keys, key),)
