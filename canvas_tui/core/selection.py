"""A part of a version that the user has selected, and how Open Canvas is told of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .artifact import ArtifactKind, Document, Turn, Version, fingerprint, utf16
from .clusters import whole as whole_characters


@dataclass(frozen=True, slots=True)
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
    def keys(self) -> tuple[tuple[str, Any], ...]:
        """Of Open Canvas's input; offsets in UTF-16 units."""
        whole = self.version.text
        if self.version.kind is ArtifactKind.CODE:
            return (("highlightedCode", {"startCharIndex": utf16(whole, self.start), "endCharIndex": utf16(whole, self.end)}),)
        block = whole[_alone(whole, self.start, self.end) : self.end]
        return (("highlightedText", {"fullMarkdown": whole, "markdownBlock": block, "selectedText": self.text}),)

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


def _alone(whole: str, start: int, end: int) -> int:
    """Where the block has to begin so that nothing before it reads the same: servers put the new text where it is found first."""
    while start and whole.find(whole[start:end]) < start:
        start = max(0, whole.rfind("\n", 0, start - 1) + 1)
    return start
