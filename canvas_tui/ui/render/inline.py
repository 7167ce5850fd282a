"""Inline markdown (emphasis, code, links …) as runs of styled text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rich.style import Style

from canvas_tui.core.safe_text import safe_line

from .lines import Run
from .look import Look

if TYPE_CHECKING:
    from markdown_it.token import Token

META = "canvas"
"""Key of a style's meta under which a click finds what it means: ("link", address), ("fold", key) …"""

_URL = re.compile(r"https?://[^\s<>\"'`|]+")
_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)
_OPENABLE = frozenset({"http", "https", "mailto"})
_SHOWN = 60  # cells of an address beside its text


def openable(href: str) -> bool:
    """Whether the address may be offered to the system: http, https and mailto only."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return False
    return parts.scheme.lower() in _OPENABLE and bool(parts.netloc or parts.path)


def inline_runs(tokens: Sequence[Token], look: Look, base: Style) -> list[Run]:
    """The runs of one paragraph. Hostile characters that entities bring in are made visible."""
    return _Inline(look, base).walk(tokens)


def plain_runs(text: str, look: Look, base: Style) -> list[Run]:
    """Text as it stands, with its web addresses made links."""
    runs: list[Run] = []
    start = 0
    for match in _URL.finditer(text) if "://" in text else ():
        address = _trimmed(match.group())
        if match.start() > start:
            runs.append((text[start : match.start()], base))
        runs.append((address, base + _link_style(address, look)))
        start = match.start() + len(address)
    if start < len(text):
        runs.append((text[start:], base))
    return runs


def _trimmed(address: str) -> str:
    """Without the punctuation of the sentence around it."""
    address = address.rstrip(".,;:!?*_~")
    while address.endswith(")") and address.count(")") > address.count("("):
        address = address[:-1].rstrip(".,;:!?*_~")
    return address


def _link_style(href: str, look: Look) -> Style:
    return look.link + Style(meta={META: ("link", href)}) if openable(href) else look.link


class _Inline:
    def __init__(self, look: Look, base: Style) -> None:
        self.look = look
        self.stack = [base]
        self.runs: list[Run] = []
        self.links: list[tuple[str, int]] = []  # address, number of runs before it
        self.spans = {"strong_open": look.strong, "em_open": look.emphasis, "s_open": look.strike}

    def walk(self, tokens: Sequence[Token]) -> list[Run]:
        for token in tokens:
            handler = _HANDLERS.get(token.type)
            if handler is not None:
                handler(self, token)
            elif token.type in self.spans:
                self.stack.append(self.stack[-1] + self.spans[token.type])
            elif token.type.endswith("_close"):
                self.stack.pop()
            elif token.content:
                self.text(token)
        return self.runs

    def text(self, token: Token) -> None:
        text = "\n".join(map(safe_line, _BREAK.split(token.content)))
        if self.links:
            self.runs.append((text, self.stack[-1]))
        else:
            self.runs.extend(plain_runs(text, self.look, self.stack[-1]))

    def code(self, token: Token) -> None:
        self.runs.append((safe_line(token.content), self.stack[-1] + self.look.code_inline))

    def soft_break(self, token: Token) -> None:
        self.runs.append((" ", self.stack[-1]))

    def hard_break(self, token: Token) -> None:
        self.runs.append(("\n", self.stack[-1]))

    def link_open(self, token: Token) -> None:
        href = str(token.attrGet("href") or "")
        self.links.append((href, len(self.runs)))
        self.stack.append(self.stack[-1] + _link_style(href, self.look))

    def link_close(self, token: Token) -> None:
        self.stack.pop()
        href, begin = self.links.pop()
        text = "".join(part for part, _ in self.runs[begin:])
        self.address(href, text)

    def address(self, href: str, text: str) -> None:
        """The address after a link's text, unless the text tells it already."""
        bare = safe_line(href)
        if bare.removeprefix("mailto:") == text or not href or href.startswith("#"):
            return
        if len(bare) > _SHOWN:
            bare = bare[: _SHOWN - 1] + self.look.glyphs.ellipsis
        self.runs.append((f" ({bare})", self.stack[-1] + self.look.muted))

    def image(self, token: Token) -> None:
        src = str(token.attrGet("src") or "")
        text = safe_line(token.content) or "image"
        self.runs.append((f"[{text}]", self.stack[-1] + _link_style(src, self.look)))
        self.address(src, text)


_HANDLERS = {
    "code_inline": _Inline.code,
    "softbreak": _Inline.soft_break,
    "hardbreak": _Inline.hard_break,
    "link_open": _Inline.link_open,
    "link_close": _Inline.link_close,
    "image": _Inline.image,
}
