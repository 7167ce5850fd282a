"""What Textual's parser of the terminal's input does not do: sequences that it does not know, or reads as another key (measured: ESC CR
came as Enter), and long pastes, which it takes letter by letter (measured: 10 MB kept a whole processor busy for 6 s).
"""

from __future__ import annotations

from collections.abc import Iterable
from inspect import getgeneratorlocals
from string import ascii_lowercase
from typing import NamedTuple, cast

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.keys import Keys
from textual.message import Message


class _Key(NamedTuple):
    """All that the parser asks of a key."""

    value: str


_SEQUENCES = {
    "\x1b\r": _Key("alt+enter"),  # without the kitty protocol; sent in place of a new line otherwise
    # Else it is taken for "^w" where an answer of the terminal comes right behind it (measured): no sequence begins so.
    **{f"\x1b{letter}": _Key(f"alt+{letter}") for letter in ascii_lowercase},
}


by_letter = XTermParser.feed
"""Textual's own way of reading."""


def _feed(parser: XTermParser, data: str) -> Iterable[Message]:
    """Inside a paste, what has come joins the rest in one go, unless its end may be in it."""
    between_keys = parser._awaiting.timeout is None  # else it waits for the rest of a sequence
    if data and "\x1b" not in data and between_keys and (state := getgeneratorlocals(parser._gen)).get("bracketed_paste"):
        state["paste_buffer"].append(data)
        return ()
    return by_letter(parser, data)


def teach() -> None:
    """Add what is not there to Textual's table and parser (private ones: textual is pinned, and a test feeds the parser)."""
    setattr(XTermParser, "feed", _feed)  # noqa: B010 - a type checker would not let us otherwise
    for sequence, key in _SEQUENCES.items():
        cast("dict[str, object]", ANSI_SEQUENCES_KEYS).setdefault(sequence, (cast(Keys, key),))
