"""Key sequences that Textual's parser does not know, or reads as another key (measured: ESC CR came as Enter)."""

from __future__ import annotations

from string import ascii_lowercase
from typing import NamedTuple, cast

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.keys import Keys


class _Key(NamedTuple):
    """All that the parser asks of a key."""

    value: str


_SEQUENCES = {
    "\x1b\r": _Key("alt+enter"),  # without the kitty protocol; sent in place of a new line otherwise
    # Else it is taken for "^w" where an answer of the terminal comes right behind it (measured): no sequence begins so.
    **{f"\x1b{letter}": _Key(f"alt+{letter}") for letter in ascii_lowercase},
}


def teach() -> None:
    """Add what is not there to Textual's table (a private one: textual is pinned, and a test feeds the parser)."""
    for sequence, key in _SEQUENCES.items():
        cast("dict[str, object]", ANSI_SEQUENCES_KEYS).setdefault(sequence, (cast(Keys, key),))
