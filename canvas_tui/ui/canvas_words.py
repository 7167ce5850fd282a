"""What the canvas shows of a session, and what it says of it."""

from __future__ import annotations

from enum import StrEnum

from canvas_tui.core.artifact import Artifact, ArtifactKind, Draft, DraftStanding, SaveStanding, Saving, Version
from canvas_tui.core.differ import Change
from canvas_tui.core.frozen import frozen
from canvas_tui.core.model import Session
from canvas_tui.core.safe_text import safe_line
from canvas_tui.core.troubles import describe

from .widgets.offers import Told

LONG = 100_000
"""Characters from which the words of a version that is being written are not counted."""


class Mode(StrEnum):
    """What is done with the canvas."""

    READ = "read"
    INLINE = "inline"
    BESIDE = "side by side"
    EDIT = "edit"

    @property
    def diff(self) -> bool:
        return self in (Mode.INLINE, Mode.BESIDE)


@frozen
class Looked:
    """What is looked at: the thread, the version (None: what is newest), how, and which other version it is compared with (None: the
    one before it; of a conflict, theirs)."""

    thread_id: str
    at: int | None = None
    mode: Mode = Mode.READ
    against: int | None = None


@frozen
class Canvasing:
    """What there is of a thread's artifact."""

    artifact: Artifact | None = None
    draft: Draft | None = None
    saving: Saving | None = None

    @classmethod
    def of(cls, session: Session) -> Canvasing:
        return cls(session.state.artifact, session.draft, session.saving)

    def __bool__(self) -> bool:
        return self.artifact is not None or self.draft is not None or self.saving is not None

    @property
    def versions(self) -> tuple[Version, ...]:
        return self.artifact.versions if self.artifact is not None else ()

    @property
    def writing(self) -> bool:
        return self.draft is not None and self.draft.standing is DraftStanding.WRITING

    @property
    def newest(self) -> Version:
        """What stands on the canvas unless the user looks at another version: what is written, else what is being saved, else the
        current one. While nothing of a new version has come, the one before stands."""
        if self.draft is not None and (self.draft.version.text or self.artifact is None):
            return self.draft.version
        if self.saving is not None and not self.saving.choose and self.saving.standing is not SaveStanding.CONFLICT:
            return self.saving.mine
        return self.artifact.version if self.artifact is not None else Version(1)

    def at(self, index: int | None) -> Version:
        """The version that the user looks at; ``newest`` where that is None or not there any more."""
        found = self.artifact.find(index) if self.artifact is not None and index is not None else None
        return found or self.newest

    def pair(self, at: int | None, against: int | None) -> tuple[Version, Version] | None:
        """The versions that are compared, the older one first; None where there is but one."""
        if self.saving is not None and not self.saving.choose and at is None and against is None and self.artifact is not None:
            return self.artifact.version, self.saving.mine
        looked = self.at(at)
        other = self.artifact.find(against) if self.artifact is not None and against is not None else None
        if other is None:
            place = next((at for at, one in enumerate(self.versions) if one is looked), len(self.versions))
            others = self.versions[place - 1 : place] or self.versions[place + 1 : place + 2]
            other = others[0] if others else None
        if other is None or other is looked:
            return None
        return (other, looked) if other.index <= looked.index else (looked, other)

    def step(self, index: int | None, step: int) -> int | None:
        """The index of the version before or after; None: what is newest. The same where there is none."""
        indexes: list[int | None] = [version.index for version in self.versions]
        if self.newest not in self.versions:
            indexes.append(None)
        now = self.at(index)
        place = next((at for at, version in enumerate(self.versions) if version is now), len(indexes) - 1)
        wanted = indexes[max(0, min(len(indexes) - 1, place + step))]
        return None if wanted is not None and self.at(wanted) is self.newest else wanted


def count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def size(version: Version, rough: bool = False) -> str:
    """In words, or lines of code; ``rough``: in characters where counting words would take long."""
    if version.kind is ArtifactKind.CODE:
        return count(version.text.count("\n") + bool(version.text and version.text[-1] != "\n"), "line")
    if rough and len(version.text) > LONG:
        return count(len(version.text), "character")
    return count(len(version.text.split()), "word")


def title(version: Version) -> str:
    return safe_line(version.title).strip() or ("Code" if version.kind is ArtifactKind.CODE else "Document")


def which(canvas: Canvasing, version: Version) -> str:
    """ "version 2 of 3"."""
    known = len(canvas.versions)
    place = next((at for at, one in enumerate(canvas.versions, 1) if one is version), known + 1)
    return f"version {place} of {max(known, place)}"


def facts(canvas: Canvasing, version: Version, ellipsis: str, brief: bool = False) -> list[str]:
    """Language, which version, its size, and whether it is written now. ``brief``: that it is the only version is left out."""
    now = canvas.draft is not None and version is canvas.draft.version
    language = [safe_line(version.language)] if version.kind is ArtifactKind.CODE and version.language.strip() else []
    state = []
    if now and canvas.draft is not None:
        state = [{DraftStanding.WRITING: f"writing{ellipsis}"}.get(canvas.draft.standing, "partial")]
    elif canvas.writing:
        state = [f"the next one is written{ellipsis}"]
    only = all(one is version for one in canvas.versions)
    return [*language, *([] if brief and only else [which(canvas, version)]), size(version, now), *state]


def compared(pair: tuple[Version, Version], changes: list[Change] | None, mode: Mode, ellipsis: str, *, mine: bool = False) -> str:
    """ "version 1 and 2: 4 changes, inline". ``mine``: the second one is a change by hand that is not saved yet."""
    told = f"comparing{ellipsis}" if changes is None else count(len(changes), "change")
    return f"version {pair[0].index} and {'yours' if mine else pair[1].index}: {told}, {mode}"


# -- what there is to decide -------------------------------------------------------------------------------------------

KEEP, DROP = "canvas.keep", "canvas.drop"
WARNING, QUIET = "$text-warning", "$foreground 75%"


def told(canvas: Canvasing, version: Version, kept: Version | None) -> list[Told]:
    """What the user should know or decide, the weightiest alone. ``kept``: an unsaved edit of an earlier life of the program."""
    draft, saving = canvas.draft, canvas.saving
    if saving is not None:
        return [_saving(saving)]
    if draft is not None and draft.standing is not DraftStanding.WRITING:
        why = "You stopped it" if draft.standing is DraftStanding.STOPPED else "The run failed"
        return [Told(f"{why}: this version is partial.", ((KEEP, "keep it"), (DROP, "drop it")), WARNING)]
    if kept is not None:
        return [Told("An edit was not saved the last time.", ((KEEP, "go on with it"), (DROP, "drop it")), WARNING)]
    if canvas.artifact is not None and version is not canvas.newest:
        return [Told("The agent works on another version.", ((KEEP, "go on from this one"), (DROP, "back to that one")))]
    return []


def _saving(saving: Saving) -> Told:
    if saving.standing is SaveStanding.WAITING:
        return Told("Saved as soon as the run is over.", ((DROP, "drop the change"),))
    if saving.standing is SaveStanding.SAVING:
        return Told("Saving.")
    if saving.standing is SaveStanding.CONFLICT:
        keys = ((KEEP, "keep mine too"), (DROP, "drop mine"), ("canvas.diff", "compare"))
        return Told("There is a newer version from elsewhere; yours is not saved yet.", keys, WARNING)
    return Told(f"Not saved: {describe(saving.failure)}.", ((KEEP, "try again"), (DROP, "drop it")), "$text-error")
