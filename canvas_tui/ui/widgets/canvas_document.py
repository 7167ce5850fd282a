"""What a long text needs to be edited without pauses, and to come out as it went in. Touches what textual keeps to itself: pinned, and
tested against textual's own."""

from __future__ import annotations

import re
from bisect import bisect_right

from textual._wrap import compute_wrap_offsets
from textual.document._document import Document
from textual.document._wrapped_document import WrappedDocument
from textual.expand_tabs import get_tab_widths

_WORD = re.compile(r"\s(?=\S)")


class ExactDocument(Document):
    """Lines end at newlines alone. (Textual's own also parts them at form feeds, U+2028 and others, and would write newlines there.)"""

    def __init__(self, text: str) -> None:
        super().__init__("")
        self._newline = "\r\n" if text.count("\r\n") == text.count("\n") > 0 else "\n"
        self._lines = text.split(self._newline)


class QuickWrapped(WrappedDocument):
    """Wraps ASCII without measuring each word: 200 kB in some 20 ms instead of 600 (measured); and not again where the width stays."""

    def wrap(self, width: int, tab_width: int | None = None) -> None:
        same = (width, tab_width or self._tab_width) == (self._width, self._tab_width)
        if same and len(self._wrap_offsets) == self.document.line_count:  # what is edited is wrapped by `wrap_range`
            return
        self._width, self._tab_width = width, tab_width or self._tab_width
        self._wrap_offsets, self._tab_width_cache = [], []
        self._offset_to_line_info, self._line_index_to_offsets = [], []
        row = 0
        for index, line in enumerate(self.document.lines):
            tabs = [0] if line else []  # as textual has it for a line without tabs
            if (not width or len(line) <= width) and line.isascii() and line.isprintable():
                self._wrap_offsets.append([])
                self._tab_width_cache.append(tabs)
                self._offset_to_line_info.append((index, 0))
                self._line_index_to_offsets.append([row])
                row += 1
                continue
            offsets = breaks(line, width) if line.isascii() and line.isprintable() else None
            if offsets is None:
                sections = get_tab_widths(line, self._tab_width)
                tabs = [size for _, size in sections]
                offsets = compute_wrap_offsets(line, width, self._tab_width, precomputed_tab_sections=sections) if width else []
            count = len(offsets) + 1
            self._wrap_offsets.append(offsets)
            self._tab_width_cache.append(tabs)
            self._offset_to_line_info.extend((index, section) for section in range(count))
            self._line_index_to_offsets.append(list(range(row, row + count)))
            row += count

    @property
    def height(self) -> int:
        return len(self._offset_to_line_info)


def breaks(line: str, width: int) -> list[int] | None:
    """Where textual would break a line of printable ASCII; None where a word is longer than the width."""
    if not width or len(line) <= width:
        return []
    words = [match.end() for match in _WORD.finditer(line)]
    found: list[int] = []
    start = 0
    while len(line) - start > width:
        at = bisect_right(words, start + width) - 1
        if at < 0 or words[at] <= start:
            return None
        start = words[at]
        found.append(start)
    return found
