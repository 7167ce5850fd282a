"""Where one character ends for the person who reads: several code points may be one (skin tones, joined emoji, flags, accents)."""

from __future__ import annotations

import unicodedata

_JOINER = "\u200d"


def inside(text: str, at: int) -> bool:
    """Whether the place before ``text[at]`` lies within a character. After UAX #29, without the rules of Indic conjuncts."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if after < "\u0300":
        return before == "\r" and after == "\n"
    if _extends(after):
        return before not in "\r\n"
    if before == _JOINER:
        return unicodedata.category(after) in ("So", "Sm")
    if _is_flag(after):
        first = at
        while first and _is_flag(text[first - 1]):
            first -= 1
        return (at - first) % 2 == 1
    return "\u1160" <= after <= "\u11ff" and ("\u1100" <= before <= "\u11ff" or "\uac00" <= before <= "\ud7a3")  # Hangul in parts


def whole(text: str, start: int, end: int) -> tuple[int, int]:
    """Both ends moved outwards to where characters end. What is empty stays empty."""
    if start >= end:
        return start, end
    while inside(text, start):
        start -= 1
    while inside(text, end):
        end += 1
    return start, end


def _extends(char: str) -> bool:
    """Belongs to the character before it: accents, variation selectors, joiners, skin tones, the letters of a flag's tag."""
    category = unicodedata.category(char)
    return (
        category in ("Mn", "Me", "Mc")
        or char in "\u200c\u200d"
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"
    )


def _is_flag(char: str) -> bool:
    """Half of one: a regional indicator."""
    return "\U0001f1e6" <= char <= "\U0001f1ff"
