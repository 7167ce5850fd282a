"""Hostile text made visible and harmless: nothing that comes from outside may steer the terminal.

Every control character becomes a visible picture (ESC shows as ␛), bidirectional overrides and invisible tag characters are
shown, lone surrogates (which no terminal encoding can carry) become U+FFFD. ZWJ and ZWNJ stay: emoji and scripts need them.
Clean on the way to the screen, before widths are measured; what is stored, copied or sent stays as it came.
"""

from __future__ import annotations

import re

_BIDI = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_INVISIBLE = (0x00AD, 0x180E, 0x200B, 0x2060, 0x2061, 0x2062, 0x2063, 0x2064, 0xFEFF, *range(0xFFF9, 0xFFFC))

_PICTURES: dict[int, str] = {
    **{code: chr(0x2400 + code) for code in range(0x20)},
    0x7F: "␡",
    **dict.fromkeys(range(0x80, 0xA0), "␦"),
    **dict.fromkeys(_BIDI, "⇄"),
    **dict.fromkeys(_INVISIBLE, ""),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
    0x2028: "␤",  # a newline would break the row of a table
    0x2029: "␤",
}
_TEXT = {code: picture for code, picture in _PICTURES.items() if code not in (0x09, 0x0A)}
_LINE = {**_PICTURES, 0x09: " ", 0x0A: " ", 0x2028: " ", 0x2029: " "}

_CLASS = "".join(re.escape(chr(code)) for code in _PICTURES if code > 0x1F and not 0x80 <= code < 0xA0 and not 0xD800 <= code < 0xE000)
_BAD_TEXT = re.compile(f"[\x00-\x08\x0b-\x1f\x80-\x9f\ud800-\udfff{_CLASS}]")
_BAD_LINE = re.compile(f"[\x00-\x1f\x80-\x9f\ud800-\udfff{_CLASS}]")
_TAGS = re.compile("\U0001f3f4?[\U000e0000-\U000e007f]+")


def safe(text: str) -> str:
    """Text of several lines: newline and tab stay, CRLF becomes a newline, everything else that acts is shown."""
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if _BAD_TEXT.search(text):
        text = text.translate(_TEXT)
    return _TAGS.sub(_tags, text) if _TAGS.search(text) else text


def safe_line(text: str) -> str:
    """Text of one line: newlines and tabs become spaces as well."""
    if _BAD_LINE.search(text):
        text = text.replace("\r\n", " ").translate(_LINE)
    return _TAGS.sub(_tags, text) if _TAGS.search(text) else text


def one_for_one(line: str) -> str:
    """A line whose columns hold: each character that could act is one sign; tabs stay."""
    return line if line.isprintable() else "".join(map(_sign, line))


def _sign(char: str) -> str:
    if char == "\t" or char.isprintable():
        return char
    return (safe_line(safe(char)) or "\N{MIDDLE DOT}")[0]


def _tags(match: re.Match[str]) -> str:
    """Tag characters are kept in a flag's sequence (black flag … cancel tag), shown elsewhere: they can hide text."""
    found = match.group()
    if found[0] == "\U0001f3f4" and found[-1] == "\U000e007f":
        return found
    return "".join("\ufffd" if "\U000e0000" <= char <= "\U000e007f" else char for char in found)
