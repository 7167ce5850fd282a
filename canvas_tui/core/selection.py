"""A part of a version that the user has selected, and how Open Canvas is told of it."""

from __future__ import annotations

from dataclasses import dataclass

from .artifact import ArtifactKind, Version, utf16


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
    def keys(self) -> tuple[tuple[str, object], ...]:
        """Of Open Canvas's input; offsets in UTF-16 units."""
        whole = self.version.text
        if self.version.kind is ArtifactKind.CODE:
            return (("highlightedCode", {"startCharIndex": utf16(whole, self.start), "endCharIndex": utf16(whole, self.end)}),)
        return (("highlightedText", {"fullMarkdown": whole, "markdownBlock": self.source, "selectedText": self.text}),)
