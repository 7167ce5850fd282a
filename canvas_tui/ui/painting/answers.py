"""What the terminal answers: it comes as keys of their own, as Textual's parser reads answers and keys from the same stream."""

from __future__ import annotations

from enum import StrEnum

from .. import textual_parts as parts
from .gauge import ANSWER

ASK_MARGINS = "\x1b[?69$p"
_HAS_MARGINS = ("\x1b[?69;1$y", "\x1b[?69;2$y")  # the mode is known, and on or off; any other answer Textual's parser ignores


class _Answer(StrEnum):
    MARGINS = "<the terminal has left and right margins>"
    FRAME = "<the terminal has come to the end of a frame>"


MARGINS, FRAME = _Answer


def hear() -> None:
    """From now on (once)."""
    parts.known_sequences.update({**dict.fromkeys(_HAS_MARGINS, (MARGINS,)), ANSWER: (FRAME,)})
