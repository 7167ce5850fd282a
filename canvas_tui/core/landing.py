"""A thread's versions as a change by hand finds them: its own, there already, others' that are not known here, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from .artifact import Artifact, Own, SaveStanding, Saving, Version, same
from .frozen import frozen
from .model import Session

MOST_OWN = 20
"""Versions posted from here that are remembered."""


def newest(artifact: Artifact | None) -> int:
    return max(version.index for version in artifact.versions) if artifact is not None else 0


def versions_of(artifact: Artifact | None) -> tuple[Version, ...]:
    return artifact.versions if artifact is not None else ()


def _find(versions: Iterable[Version], wanted: Version) -> Version | None:
    """The last of this content."""
    return next((version for version in reversed([*versions]) if same(version, wanted)), None)


def lacking(artifact: Artifact | None, versions: Iterable[Version]) -> tuple[Version, ...]:
    """Those that are not in the artifact, each once."""
    there = versions_of(artifact)
    return tuple({replace(version, index=0): version for version in versions if _find(there, version) is None}.values())


def landed(saving: Saving, artifact: Artifact | None) -> int | None:
    """As which version it is there already: an answer was lost, or an earlier life of the program got as far."""
    if artifact is None:
        return None
    if saving.choose:
        return saving.base if artifact.current == saving.mine.index and choosable(saving, artifact) else None
    later = (version for version in artifact.versions if version.index > saving.base)
    return next((version.index for version in later if same(version, saving.mine)), None)


def choosable(saving: Saving, artifact: Artifact | None) -> bool:
    """Whether the version that is to be the current one is there; another branch has another one of its number."""
    found = artifact.find(saving.mine.index) if artifact is not None else None
    return found is not None and same(found, saving.mine)


def unknown(s: Session, saving: Saving, artifact: Artifact | None) -> tuple[Version, ...]:
    """Versions that were not there when the change was begun, and come from nobody here."""
    ours = [own.version for own in s.own] + [each for each in (saving.mine, saving.of) if each is not None]
    known = max(saving.base, saving.seen)
    return tuple(version for version in versions_of(artifact) if version.index > known and _find(ours, version) is None)


def conflicts(s: Session, saving: Saving) -> bool:
    """The thread has a version that was not known where the change was begun, or (another branch is shown) none that it goes on from."""
    artifact = s.state.artifact
    return bool(unknown(s, saving, artifact) or (saving.of is not None and _find(versions_of(artifact), saving.of) is None))


def appended(artifact: Artifact | None, *fresh: Version) -> Artifact:
    """The last of them is the current one."""
    top = newest(artifact)
    numbered = tuple(replace(version, index=top + place) for place, version in enumerate(fresh, 1))
    return Artifact(numbered[-1].index, (*versions_of(artifact), *numbered))


def restored(artifact: Artifact, theirs: tuple[Version, ...], saving: Saving) -> Artifact:
    """With versions that it lacks: theirs, then mine, where that is the current one or lacks too."""
    if saving.choose:
        current = saving.mine.index if choosable(saving, artifact) else artifact.current
        return replace(appended(artifact, *theirs), current=current)
    others = not_mine(theirs, saving)
    *before, last = artifact.versions
    if len(others) < len(theirs):
        return appended(artifact, *others, saving.mine)
    if artifact.current == last.index and same(last, saving.mine):
        return appended(Artifact(0, tuple(before)) if before else None, *others, last)
    return replace(appended(artifact, *others), current=artifact.current)


def not_mine(versions: Iterable[Version], saving: Saving) -> tuple[Version, ...]:
    return tuple(version for version in versions if saving.choose or not same(version, saving.mine))


# -- looking back ------------------------------------------------------------------------------------------------------


@frozen
class Lain:
    """A checkpoint as far as looking back needs to know it."""

    id: str
    artifact: Artifact | None
    messages: tuple[str, ...] = ()


def looked_back(lain: Sequence[Lain], at: str, artifact: Artifact, since: str) -> tuple[Artifact, str, tuple[Version, ...]]:
    """(artifact, its checkpoint, versions that it lacks) where several were saved at once: of them the newest counts, ours or not.

    Servers do not put one behind the other: two that were saved at once may both go on from the one that was there before. So it is not
    the parents that count, but what else was saved since, on the same branch.

    Args:
        lain: the newest checkpoints, newest first.
        at: where ours lies.
    """
    ours = next((each for each in lain if each.id == at), None)
    begun = ours.messages if ours is not None else ()
    beside = [each for each in lain if each.id > since and each.messages[: len(begun)] == begun and each.artifact is not None]
    last = beside[0].artifact if beside else None
    if ours is None or last is None:
        return artifact, at, ()
    lacks = lacking(last, (*(version for each in reversed(beside) for version in versions_of(each.artifact)), *artifact.versions))
    return (last, beside[0].id, lacks) if lacks else (artifact, at, ())


# -- what was posted from here ---------------------------------------------------------------------------------------


def posted(s: Session, version: Version) -> Session:
    before = next((own for own in s.own if same(own.version, version)), Own(version))
    own = replace(before, version=version, after=_ids(s))
    return replace(s, own=(*(each for each in s.own if each is not before), own)[-MOST_OWN:])


def raised(s: Session, base: int) -> int:
    """The same, after what was posted from here upon it: nobody else has changed anything."""
    ours = {own.version.index: own.version for own in s.own if own.there}
    for version in sorted(versions_of(s.state.artifact), key=lambda version: version.index):
        if version.index > base:
            if ours.get(version.index) != version:
                break
            base = version.index
    return base


def compared(s: Session) -> Session:
    """The state is another one: what was posted from here and is in it is there; what was there and is not any more is not saved."""
    seen = tuple(_seen(s, own) for own in s.own)
    for before, now in zip(s.own, seen, strict=True):
        if before.there and not now.there and not any(same(each.mine, now.version) for each in chain(s.saving)):
            mine = Saving(now.version, now.version.index - 1, standing=SaveStanding.CONFLICT)
            s = replace(s, saving=after(s.saving, mine))
    return replace(s, own=seen) if seen != s.own else s


def _seen(s: Session, own: Own) -> Own:
    found, at = _find(versions_of(s.state.artifact), own.version), s.state.checkpoint_id
    if found is not None:
        return replace(own, version=found, there=True, at=max(own.at, at))
    older, elsewhere = at < own.at, _ids(s)[: len(own.after)] != own.after
    return own if older or elsewhere or not s.state.exists else replace(own, there=False)


def _ids(s: Session) -> tuple[str, ...]:
    return tuple(message.id for message in s.state.messages)


# -- one after the other ---------------------------------------------------------------------------------------------


def chain(saving: Saving | None) -> list[Saving]:
    found: list[Saving] = []
    while saving is not None:
        found.append(saving)
        saving = saving.then
    return found


def after(current: Saving | None, new: Saving) -> Saving:
    return new if current is None else replace(current, then=after(current.then, new))
