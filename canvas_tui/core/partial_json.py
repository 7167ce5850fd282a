"""The strings of a JSON object while it streams: fed piece by piece, cut anywhere, each piece read once.

Read leniently, as models write: what stands before the object is passed over, control characters and unknown escapes are taken as
they are. Half of a surrogate pair becomes U+FFFD, as everywhere on the wire; its first half waits for the second.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum

from .frozen import frozen


class Place(StrEnum):
    BEFORE = "before"  # the object has not begun
    KEY = "key"  # a key, or the end, comes next
    IN_KEY = "in key"
    VALUE = "value"
    IN_VALUE = "in value"
    SCALAR = "scalar"  # a number, true, false, null
    NESTED = "nested"  # an object or a list, passed over
    NESTED_STRING = "nested string"
    END = "end"


@frozen
class PartialObject:
    """``members`` are those whose value is a string, as far as it has come; of a key that comes twice the last."""

    members: tuple[tuple[str, str], ...] = ()
    place: Place = Place.BEFORE
    key: str = ""
    escape: str = ""  # begun and not whole: "\\", "\\u12"
    high: int = 0  # the first half of a surrogate pair
    depth: int = 0  # of what is passed over

    def get(self, key: str) -> str | None:
        return next((text for name, text in self.members if name == key), None)


NOTHING = PartialObject()


def feed(before: PartialObject, piece: str) -> PartialObject:
    """Total for any text."""
    return _Reader(before, piece).read() if piece and before.place is not Place.END else before


MOST = 64
"""Members that are kept; whoever sends more has something else in mind."""

_PLAIN = re.compile(r'[^"\\]*')
_HEX = frozenset("0123456789abcdefABCDEF")
_SHORT: Mapping[str, str] = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_LOST = "\ufffd"


class _Reader:
    """One piece on its way; ``new`` is what it adds to the string that is open."""

    def __init__(self, before: PartialObject, piece: str) -> None:
        self._before, self._piece, self._at = before, piece, 0
        self._members = dict(before.members)
        self._place, self._key, self._depth = before.place, before.key, before.depth
        self._escape, self._high = before.escape, before.high
        self._new: list[str] = []

    def read(self) -> PartialObject:
        while self._at < len(self._piece) and self._place is not Place.END:
            _STEPS[self._place](self)
        self._flush()
        return replace(
            self._before,
            members=tuple(self._members.items()),
            place=self._place,
            key=self._key,
            escape=self._escape,
            high=self._high,
            depth=self._depth,
        )

    def _char(self) -> str:
        self._at += 1
        return self._piece[self._at - 1]

    # -- between strings

    def _begin(self) -> None:
        found = self._piece.find("{", self._at)
        self._at = found + 1 if found >= 0 else len(self._piece)
        if found >= 0:
            self._place = Place.KEY

    def _before_key(self) -> None:
        char = self._char()
        if char == '"':
            self._place, self._key = Place.IN_KEY, ""
        elif char == "}":
            self._place = Place.END

    def _before_value(self) -> None:
        char = self._char()
        if char == '"':
            self._place = Place.IN_VALUE
            self._members.pop(self._key, None)
            if len(self._members) < MOST:
                self._members[self._key] = ""
        elif not char.isspace() and char != ":":
            self._members.pop(self._key, None)
            nested = char in "{["
            self._place, self._depth = (Place.NESTED, 1) if nested else (Place.SCALAR, 0)
            if char in "},":
                self._at -= 1

    def _scalar(self) -> None:
        char = self._char()
        if char in ",}":
            self._place = Place.KEY if char == "," else Place.END

    def _nested(self) -> None:
        char = self._char()
        if char == '"':
            self._place = Place.NESTED_STRING
        elif char in "{[":
            self._depth += 1
        elif char in "}]":
            self._depth -= 1
            if self._depth == 0:
                self._place = Place.SCALAR

    # -- strings

    def _string(self) -> None:
        if self._escape:
            self._in_escape(self._char())
            return
        found = _PLAIN.match(self._piece, self._at)
        assert found is not None
        if found.end() > self._at:
            self._give(found.group())
            self._at = found.end()
            return
        if self._char() == "\\":
            self._escape = "\\"
            return
        self._give("")
        self._flush()
        self._place = _AFTER[self._place]

    def _in_escape(self, char: str) -> None:
        if self._escape == "\\" and char != "u":
            self._escape = ""
            self._give(_SHORT.get(char, char))
        elif self._escape == "\\":
            self._escape = "\\u"
        elif char not in _HEX:
            self._escape = ""
            self._give(_LOST)
            self._at -= 1
        elif len(self._escape) < 5:
            self._escape += char
        else:
            code, self._escape = int(self._escape[2:] + char, 16), ""
            self._unit(code)

    def _unit(self, code: int) -> None:
        """One UTF-16 unit that was written as an escape."""
        if self._high and 0xDC00 <= code < 0xE000:
            whole = 0x10000 + ((self._high - 0xD800) << 10) + (code - 0xDC00)
            self._high = 0
            self._new.append(chr(whole))
            return
        self._give("")
        if 0xD800 <= code < 0xDC00:
            self._high = code
        else:
            self._new.append(_LOST if 0xDC00 <= code < 0xE000 else chr(code))

    def _give(self, text: str) -> None:
        """A first half that is still waiting stays alone."""
        if self._high:
            self._new.append(_LOST)
            self._high = 0
        self._new.append(text)

    def _flush(self) -> None:
        text = "".join(self._new)
        self._new.clear()
        if not text:
            return
        if self._place is Place.IN_KEY:
            self._key += text
        elif self._place is Place.IN_VALUE and self._key in self._members:
            self._members[self._key] += text


_AFTER = {Place.IN_KEY: Place.VALUE, Place.IN_VALUE: Place.SCALAR, Place.NESTED_STRING: Place.NESTED}

_STEPS: Mapping[Place, Callable[[_Reader], None]] = {
    Place.BEFORE: _Reader._begin,
    Place.KEY: _Reader._before_key,
    Place.IN_KEY: _Reader._string,
    Place.VALUE: _Reader._before_value,
    Place.IN_VALUE: _Reader._string,
    Place.SCALAR: _Reader._scalar,
    Place.NESTED: _Reader._nested,
    Place.NESTED_STRING: _Reader._string,
}
