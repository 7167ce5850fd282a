"""A part of a version that the user has selected, and how Open Canvas is told of it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from .artifact import ArtifactKind, Document, Turn, Version, fingerprint, utf16
from .clusters import whole as whole_characters
from .frozen import frozen


@frozen
class Part:
    """``start`` to ``end`` in the version's text. Of code: exactly what is selected. Of a document: the blocks that it touches, and
    ``text`` is what is selected in them, as it is read (without Markdown's marks)."""

    version: Version
    start: int
    end: int
    text: str

    @property
    def source(self) -> str:
        return self.version.text[self.start : self.end]

    @property
    def before(self) -> str:
        """What is sent, and written anew, with it: what stands before it in a document that has the same blocks in another place."""
        whole = self.version.text
        return "" if self.version.kind is ArtifactKind.CODE else whole[_alone(whole, self.start, self.end) : self.start]

    @property
    def keys(self) -> tuple[tuple[str, Any], ...]:
        """Of Open Canvas's input; offsets in UTF-16 units."""
        whole = self.version.text
        if self.version.kind is ArtifactKind.CODE:
            return (("highlightedCode", {"startCharIndex": utf16(whole, self.start), "endCharIndex": utf16(whole, self.end)}),)
        told = {"fullMarkdown": whole, "markdownBlock": self.before + self.source, "selectedText": self.text}
        return (("highlightedText", told),)

    def turn(self, documents: tuple[Document, ...] = ()) -> Turn:
        """One that rewrites it."""
        return Turn(self.keys, documents=documents, of=fingerprint(self.version.text))


def part_of(version: Version, start: int, end: int) -> Part:
    """What is between two offsets (code points, in any order), no character split. Of a document: the whole blocks that it touches."""
    start, end = sorted(max(0, min(at, len(version.text))) for at in (start, end))
    start, end = whole_characters(version.text, start, end)
    text = version.text[start:end]
    if version.kind is ArtifactKind.CODE:
        return Part(version, start, end, text)
    touched = [(a, b) for a, b in _blocks(version.text) if (a < end and b > start) or (a <= start <= b and start == end)]
    if not touched:
        return Part(version, start, end, text)
    first, last = touched[0][0], touched[-1][1]
    return Part(version, first, last, version.text[max(start, first) : min(end, last)])


def highlight(version: Version, start: int, end: int) -> tuple[tuple[str, Any], ...]:
    """The keys of a turn that rewrites what is between two offsets."""
    return part_of(version, start, end).keys


_NEWLINE = re.compile("\n")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Runs of lines between blank ones; a fence of code is one block with the blank lines in it.

    The last line's end is no part of it: what a model writes in its place seldom has one, and would run into the next block.
    """
    at, begun, end, fence = 0, -1, 0, ""
    for line in text.splitlines(keepends=True):
        mark = _FENCE.match(line)
        if not fence and not line.strip() and begun >= 0:
            yield begun, end
            begun = -1
        elif line.strip() and begun < 0:
            begun = at
        if mark is not None and (not fence or (mark[1].startswith(fence) and not line[mark.end() :].strip())):
            fence = "" if fence else mark[1]
        end = at + len(line.rstrip("\r\n")) if line.strip() or fence else end
        at += len(line)
    if begun >= 0:
        yield begun, end


@lru_cache(maxsize=4)  # asked again while one types
def _alone(whole: str, start: int, end: int) -> int:
    """Where the block has to begin so that nothing before it reads the same: servers put the new text where it is found first.

    It begins there or at the last line's beginning that will do. What reads the same earlier does so too if it begins later: halving
    finds the line.
    """

    def again(at: int) -> bool:
        return whole.find(whole[at:end]) < at

    if not again(start):
        return start
    lines = [0, *(newline.end() for newline in _NEWLINE.finditer(whole, 0, start - 1))]
    return lines[bisect_left(lines, True, key=again) - 1]
