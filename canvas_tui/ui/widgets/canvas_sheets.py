"""A version as entries of a view: a document or code, whole or while it is written, made in slices."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from itertools import pairwise

from canvas_tui.core.artifact import ArtifactKind, Version
from canvas_tui.core.frozen import frozen

from ..render.blocks import Block
from ..render.look import Look
from ..render.markdown import MarkdownLines
from ..render.sheet import CodeSheet
from .canvas_entries import ROWS, BlockEntry, CodeEntry, SheetEntry, Source


@frozen
class Shown:
    """A version as it is to be shown. Of one that is written: what is being written stands from ``start`` to ``grown``."""

    version: Version
    writing: bool = False
    start: int = 0
    grown: int = 0

    @property
    def bounds(self) -> tuple[int, ...]:
        """Where the text is parted: what stands before and after the place that grows does not change."""
        text = self.version.text
        if not self.writing or (self.start <= 0 and self.grown >= len(text)):
            return (0, len(text))
        start = min(max(0, self.start), len(text))
        return (0, start, min(max(start, self.grown), len(text)), len(text))


class Sheet(ABC):
    """``set`` what is to be shown, ``work`` until it returns True; ``entries`` are what is ready. ``lowest``: the first that changed."""

    def __init__(self) -> None:
        self.entries: list[SheetEntry] = []
        self.lowest = 0

    @abstractmethod
    def takes(self, shown: Shown) -> bool:
        """Whether it goes on from what it shows."""

    @abstractmethod
    def set(self, shown: Shown) -> None: ...

    @abstractmethod
    def work(self, enough: Callable[[], bool]) -> bool: ...

    @property
    def grown(self) -> int:
        """Index of the entry in which something was written last."""
        return len(self.entries) - 1

    def taken(self) -> int:
        """The first entry that changed since this was asked before."""
        lowest, self.lowest = self.lowest, len(self.entries)
        return lowest


def sheet(shown: Shown, look: Look, width: int, room: int) -> Sheet:
    """An empty one for this kind of version. ``room``: cells between the margins."""
    if shown.version.kind is ArtifactKind.CODE:
        return CodeLines(shown.version.language, look)
    return Document(look, room)


class CodeLines(Sheet):
    def __init__(self, language: str, look: Look) -> None:
        super().__init__()
        self._language = language
        self._sheet = CodeSheet(language, look)
        self._source = Source()
        self._complete = False

    def takes(self, shown: Shown) -> bool:
        return shown.version.kind is ArtifactKind.CODE and shown.version.language == self._language

    def set(self, shown: Shown) -> None:
        text = shown.version.text
        self._source.set(text)
        self._sheet.set(text, complete=not shown.writing)
        self._fill()

    def work(self, enough: Callable[[], bool]) -> bool:
        rows = self._sheet.rows
        done = self._sheet.work(enough)
        if self._sheet.rows is not rows:
            self._fill()
        return done

    def _fill(self) -> None:
        lines, rows = self._sheet.lines, self._sheet.rows
        if len(lines) > 1 and not lines[-1]:  # a newline at the end begins no line
            lines, rows = lines[:-1], rows[:-1]
        entries = self.entries
        count = -(-len(lines) // ROWS)
        if len(entries) > count:
            del entries[count:]
            self.lowest = min(self.lowest, count)
        for index in range(count):
            if index == len(entries):
                entries.append(CodeEntry(f"c{index}", index * ROWS, self._source))
                self.lowest = min(self.lowest, index)
            entry, span = entries[index], slice(index * ROWS, (index + 1) * ROWS)
            if isinstance(entry, CodeEntry) and entry.take(lines[span], rows[span], len(lines)):
                self.lowest = min(self.lowest, index)


class _Part:
    """A part of the text that is read by itself."""

    def __init__(self, look: Look, room: int) -> None:
        self._markdown = MarkdownLines(look, room, look.text)
        self.source = Source()

    def set(self, base: int, text: str) -> None:
        self.source.base = base
        self.source.set(text)
        self._markdown.set(text)

    def work(self, enough: Callable[[], bool], complete: bool) -> bool:
        if not self._markdown.work(enough):
            return False
        if complete and not self._markdown.finished:
            self._markdown.finish()
        return self._markdown.work(enough)

    @property
    def blocks(self) -> Sequence[Block]:
        return (*self._markdown.blocks, *self._markdown.open)


class Document(Sheet):
    """Markdown. Where a part in the middle is written anew, what stands before and after it is read once."""

    def __init__(self, look: Look, room: int) -> None:
        super().__init__()
        self._look, self._room = look, room
        self._parts: list[_Part] = []
        self._grown = 0
        self._complete = False

    def takes(self, shown: Shown) -> bool:
        bounds = shown.bounds
        if shown.version.kind is not ArtifactKind.TEXT or (self._parts and len(bounds) != len(self._parts) + 1):
            return False
        texts = [shown.version.text[start:stop] for start, stop in pairwise(bounds)]
        fixed = [index for index in range(len(self._parts)) if len(self._parts) == 3 and index != 1]
        grows = all(text.startswith(part.source.text) for text, part in zip(texts[:1], self._parts, strict=False))
        return all(texts[index] == self._parts[index].source.text for index in fixed) if fixed else grows

    def set(self, shown: Shown) -> None:
        bounds = shown.bounds
        if not self._parts:
            self._parts = [_Part(self._look, self._room) for _ in bounds[1:]]
        for part, (start, stop) in zip(self._parts, pairwise(bounds), strict=True):
            part.set(start, shown.version.text[start:stop])
        self._complete = not shown.writing
        self.work(lambda: True)

    def work(self, enough: Callable[[], bool]) -> bool:
        done = True
        for index, part in enumerate(self._parts):
            whole = self._complete or (len(self._parts) == 3 and index != 1)
            done = part.work(enough, whole) and done
            if not done:
                break
        self._fill()
        return done

    @property
    def grown(self) -> int:
        return self._grown

    def _fill(self) -> None:
        at = 0
        for number, part in enumerate(self._parts):
            for block in part.blocks:
                if at == len(self.entries):
                    self.entries.append(BlockEntry(f"b{at}", block, part.source, first=at == 0))
                    self.lowest = min(self.lowest, at)
                else:
                    entry = self.entries[at]
                    if isinstance(entry, BlockEntry) and entry.take(block, part.source):
                        self.lowest = min(self.lowest, at)
                at += 1
            if number <= 1:
                self._grown = at - 1
        if at < len(self.entries):
            del self.entries[at:]
            self.lowest = min(self.lowest, at)
