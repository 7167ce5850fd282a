"""The artifact as one turn without a screen tells it: each piece once as it comes, each version whole once it is in the thread."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from canvas_tui.core.artifact import Artifact, Draft, Version
from canvas_tui.core.frozen import frozen
from canvas_tui.core.model import Session


@frozen
class Piece:
    """A piece of a version: it stands at the offset ``at`` (code points), what stood there follows it."""

    version: Version  # as far as it has come
    at: int
    text: str


@frozen
class Void:
    """What was told of this version in pieces is void."""

    index: int


@frozen
class Finished:
    """A version that the turn has made, as it lies in the thread."""

    version: Version
    count: int  # of versions


ArtifactEvent: TypeAlias = Piece | Void | Finished


class ArtifactTelling:
    """What has been told so far."""

    def __init__(self) -> None:
        self._before: frozenset[Version] = frozenset()
        self._index = 0
        self._told = ""
        self._start = 0

    def begin(self, artifact: Artifact | None) -> None:
        """The artifact as it is when the turn begins."""
        self._before = frozenset(artifact.versions) if artifact is not None else frozenset()

    def pieces(self, draft: Draft | None) -> Iterator[ArtifactEvent]:
        """While the run is on."""
        if draft is None:
            yield from self.void()
            return
        own = draft.version.text[draft.start : draft.grown]
        if (draft.version.index, draft.start) != (self._index, self._start) or not own.startswith(self._told):
            yield from self.void()
        if len(own) > len(self._told):
            yield Piece(draft.version, draft.start + len(self._told), own[len(self._told) :])
        self._index, self._start, self._told = draft.version.index, draft.start, own

    def void(self) -> Iterator[ArtifactEvent]:
        if self._told:
            yield Void(self._index)
        self._told = ""

    def end(self, session: Session) -> Iterator[ArtifactEvent]:
        """The thread's state has the last word: its new versions replace the pieces."""
        artifact = session.state.artifact
        fresh = [version for version in artifact.versions if version not in self._before] if artifact is not None else []
        if self._told and all(version.index != self._index for version in fresh):
            yield from self.void()
        for version in fresh:
            yield Finished(version, len(artifact.versions) if artifact is not None else 0)
