"""What Textual's parser of the terminal's input does not do: sequences that it does not know, or reads as another key (measured: ESC CR
came as Enter), and pastes. It takes them letter by letter (measured: 10 MB kept a whole processor busy for 6 s), and at any escape
sequence within one it types the rest: new lines become Enter, and half a message is sent. Terminals put such sequences there: an answer
to a question of ours, a movement of the mouse (measured in tmux: 37 answers inside a paste of 23 kB).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import ascii_lowercase
from typing import NamedTuple
from weakref import WeakKeyDictionary

from textual.message import Message

from . import textual_parts as parts
from .textual_parts import XTermParser


class _Key(NamedTuple):
    """All that the parser asks of a key."""

    value: str


_SEQUENCES = {
    "\x1b\r": _Key("alt+enter"),  # without the kitty protocol; sent in place of a new line otherwise
    # Else it is taken for "^w" where an answer of the terminal comes right behind it (measured): no sequence begins so.
    **{f"\x1b{letter}": _Key(f"alt+{letter}") for letter in ascii_lowercase},
}
_START, _END = "\x1b[200~", "\x1b[201~"
_TOLD = re.compile(
    r"\x1b\[(?:201~|0n|\d+;\d+R|\?\d+;\d\$y|[IO]|<\d+;-?\d+;-?\d+[Mm]|48;[\d:]+;[\d:]+;[\d:]+;[\d:]+t)",
)
"""What a terminal says within a paste: its end, status, places, modes, focus, mouse, size. All else is the paste's."""
_BEGUN = re.compile(r"\x1b(?:\[[?<]?[-\d;:]*\$?)?")
_LONGEST = 64

_held: WeakKeyDictionary[XTermParser, str] = WeakKeyDictionary()
"""The beginning of a sequence whose rest has not come, within a paste."""


def _feed(parser: XTermParser, data: str) -> Iterator[Message]:
    if not data:  # the input has ended
        yield from parts.textual_feed(parser, data)
    while data:
        if (paste := parts.pasting(parser)) is None:
            piece, start, data = (data[0], "", data[1:]) if parts.in_sequence(parser) else data.partition(_START)
            yield from parts.textual_feed(parser, piece + start)
            continue
        data, at = _held.pop(parser, "") + data, 0
        for told in _TOLD.finditer(data):
            paste.append(data[at : told.start()])
            at = told.end()
            if told.group() == _END:
                yield from parts.textual_feed(parser, _END)
                data = data[at:]
                break
            yield from parts.read_aside(parser, told.group())
        else:
            begun = data.rfind("\x1b", max(at, len(data) - _LONGEST))
            end = begun if begun >= 0 and _BEGUN.fullmatch(data, begun) else len(data)
            paste.append(data[at:end])
            _held[parser] = data[end:]
            return


def teach() -> None:
    """Add what is not there to Textual's table and parser."""
    parts.feed_with(_feed)
    for sequence, key in _SEQUENCES.items():
        parts.known_sequences.setdefault(sequence, (key,))
