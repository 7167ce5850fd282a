"""Pens: how cells look to the terminal, and the shortest way from one to another."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from rich.color import ColorSystem
from rich.style import Style

from ..textual_parts import attribute_bits

_CODES = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "21", "51", "52", "53")  # by the bit in rich's attributes
_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "6": "25", "7": "27", "8": "28", "9": "29", "21": "24"}
_VISIBLE_ON_BLANKS = frozenset({"4", "7", "9", "21", "51", "52", "53"})


class Pen(NamedTuple):
    """SGR parameters by kind; empty colours are the terminal's default."""

    attributes: tuple[str, ...] = ()
    foreground: str = ""
    background: str = ""

    @property
    def whole(self) -> str:
        """All parameters after a reset."""
        return ";".join(part for part in (*self.attributes, self.foreground, self.background) if part)

    @property
    def erases(self) -> bool:
        """Whether a blank of this pen looks like an erased cell of its background."""
        return _VISIBLE_ON_BLANKS.isdisjoint(self.attributes)


@lru_cache(maxsize=8192)
def pen_of(style: Style, colors: ColorSystem) -> Pen:
    bits = attribute_bits(style)
    attributes = tuple(code for bit, code in enumerate(_CODES) if bits & (1 << bit))
    color, background = style.color, style.bgcolor
    return _interned(
        Pen(
            attributes,
            ";".join(color.downgrade(colors).get_ansi_codes()) if color is not None and not color.is_default else "",
            ";".join(background.downgrade(colors).get_ansi_codes(False)) if background is not None and not background.is_default else "",
        )
    )


@lru_cache(maxsize=8192)
def _interned(pen: Pen) -> Pen:
    """One object for pens that are equal, so that comparing rows of them is comparing pointers."""
    return pen


@lru_cache(maxsize=8192)
def change(old: Pen | None, new: Pen) -> str:
    """The escape sequence from ``old`` (None: unknown) to ``new``; empty where nothing changes."""
    if old == new:
        return ""
    fresh = f"\x1b[0;{new.whole}m" if new.whole else "\x1b[m"
    if old is None:
        return fresh
    gone = [code for code in old.attributes if code not in new.attributes]
    offs = list(dict.fromkeys(_OFF.get(code, "0") for code in gone))
    if "0" in offs:
        return fresh
    kept = [code for code in new.attributes if code in old.attributes and _OFF.get(code) in offs]  # switched off along with others
    codes = [*offs, *kept, *(code for code in new.attributes if code not in old.attributes)]
    if old.foreground != new.foreground:
        codes.append(new.foreground or "39")
    if old.background != new.background:
        codes.append(new.background or "49")
    short = f"\x1b[{';'.join(codes)}m"
    return short if len(short) <= len(fresh) else fresh
