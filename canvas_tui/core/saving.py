"""Changes by hand on their way into the thread's state: read, compared, posted; never twice, and never over a version not seen.

What is to be saved waits while a run is on. Then the thread is read, and what was read decides: there already (an earlier answer was
lost), a newer version than the one that was known when the change was made (the user decides), or it is appended and posted.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from . import policy
from .artifact import Artifact, DraftStanding, Keep, SaveStanding, Saving, Version
from .branches import relate
from .effects import PostArtifact, ReadThread
from .inputs import ArtifactSaved, Chosen, Edited, PartialDropped, PartialFound, PartialKept, Resolved, SaveFailed
from .model import Failure, FailureKind, Session, ThreadState
from .moves import Next
from .open_canvas import LAST_NODE
from .sending import send_next

TRIES = 6
"""How often a server that answers, but does not take it, is asked by itself."""

_HELD_UP = frozenset({FailureKind.BUSY, FailureKind.SERVER, FailureKind.REJECTED})


# -- the user ------------------------------------------------------------------------------------------------------


def edited(s: Session, i: Edited, now: float) -> Next:
    return _go(_add(s, Saving(i.version, i.base)), now)


def chosen(s: Session, i: Chosen, now: float) -> Next:
    artifact = s.state.artifact
    version = artifact.find(i.index) if artifact is not None else None
    if artifact is None or version is None or (artifact.version is version and s.saving is None):
        return s, ()
    return _go(_add(s, Saving(version, newest(artifact), choose=True)), now)


def resolved(s: Session, i: Resolved, now: float) -> Next:
    """On a conflict, or on a change that could not be saved."""
    saving = s.saving
    if saving is None or saving.posting:
        return s, ()
    if i.keep is Keep.THEIRS:
        return _after(s, now)
    base = newest(s.state.artifact) if saving.standing is SaveStanding.CONFLICT else saving.base
    return _go(_with(s, base=base, standing=SaveStanding.WAITING, failure=None, attempt=0, retry_at=None), now)


def retry(s: Session, now: float) -> Next:
    """Do not wait any longer."""
    if s.saving is None or s.saving.standing is SaveStanding.CONFLICT:
        return s, ()
    return resolved(s, Resolved(Keep.MINE), now)


def partial_kept(s: Session, i: PartialKept, now: float) -> Next:
    """What a run left of a version becomes one."""
    if s.draft is None or s.draft.standing is DraftStanding.WRITING:
        return s, ()
    saving = Saving(s.draft.version, newest(s.state.artifact), apart=True)
    return _go(_add(replace(s, draft=None), saving), now)


def partial_dropped(s: Session, i: PartialDropped, now: float) -> Next:
    if s.draft is None or s.draft.standing is DraftStanding.WRITING:
        return s, ()
    return replace(s, draft=None), ()


def partial_found(s: Session, i: PartialFound, now: float) -> Next:
    """What is there by now is the newer."""
    return (replace(s, draft=i.draft) if s.draft is None else s), ()


def _add(s: Session, new: Saving) -> Session:
    return replace(s, saving=_behind(s.saving, new))


def _behind(current: Saving | None, new: Saving) -> Saving:
    """One after the other; what is still waiting gives way to the newer word on the same matter."""
    if current is None:
        return new
    alike = current.choose == new.choose and not (current.apart or new.apart)
    if alike and not current.posting and current.standing is not SaveStanding.CONFLICT:
        return replace(new, then=current.then)
    return replace(current, then=_behind(current.then, new))


# -- reading and posting ---------------------------------------------------------------------------------------------


def _go(s: Session, now: float) -> Next:
    """Begin, where the thread is free: it is read first. An older branch is shown as nobody else changes it."""
    saving = s.saving
    if saving is None or saving.posting or not saving.pending:
        return s, ()
    if s.active or s.interrupts or not s.loaded:
        return _with(s, standing=SaveStanding.WAITING), ()
    s = _with(s, standing=SaveStanding.SAVING, retry_at=None)
    if s.tip:
        return _decide(s, now)
    if s.reading:
        return s, ()
    return replace(s, reading=True, read_retry_at=None), (ReadThread(),)


def due(s: Session, now: float) -> Next:
    return _go(s, now)


def wait(s: Session) -> Session:
    """A run has begun."""
    if s.saving is None or not s.saving.pending or s.saving.posting:
        return s
    return _with(s, standing=SaveStanding.WAITING)


def advance(s: Session, now: float) -> Next:
    """The thread has been read, and nothing runs on it."""
    saving = s.saving
    if saving is None or saving.posting or not saving.pending or s.active:
        return s, ()
    if s.interrupts:
        return wait(s), ()
    if saving.retry_at is not None and now < saving.retry_at:
        return s, ()
    return _decide(_with(s, standing=SaveStanding.SAVING, retry_at=None), now)


def unread(s: Session, failure: Failure) -> Session:
    """The thread could not be read; what only the user can mend is told of the change too."""
    if s.saving is None or not s.saving.pending or s.saving.posting or policy.transient(failure):
        return s
    return _with(s, standing=SaveStanding.FAILED, failure=failure)


def _decide(s: Session, now: float) -> Next:
    saving, artifact = s.saving, s.state.artifact
    assert saving is not None
    if (there := _landed(saving, artifact)) is not None:
        return _after(s, now, there)
    if saving.choose:
        if artifact is None or artifact.find(saving.mine.index) is None:
            return _after(s, now)
        return _post(s, replace(artifact, current=saving.mine.index))
    if newest(artifact) > saving.base:
        return send_next(_with(s, standing=SaveStanding.CONFLICT, failure=None), now)
    version = replace(saving.mine, index=newest(artifact) + 1)
    return _post(s, Artifact(version.index, (*(artifact.versions if artifact is not None else ()), version)))


def _post(s: Session, artifact: Artifact) -> Next:
    """Where the thread rests, as if its last node had written it, so that nothing is left to run behind it."""
    plain = s.saving is not None and s.saving.plain
    node = "" if s.state.next or plain else LAST_NODE
    return _with(s, posting=True), (PostArtifact(artifact, node, s.state.checkpoint_id if s.tip else ""),)


def newest(artifact: Artifact | None) -> int:
    return max(version.index for version in artifact.versions) if artifact is not None else 0


def _landed(saving: Saving, artifact: Artifact | None) -> int | None:
    """As which version it is there already: an answer was lost, or an earlier life of the program got as far."""
    if artifact is None:
        return None
    if saving.choose:
        return saving.base if artifact.current == saving.mine.index else None
    later = (version for version in artifact.versions if version.index > saving.base)
    return next((version.index for version in later if _same(version, saving.mine)), None)


def _same(one: Version, other: Version) -> bool:
    return replace(one, index=0) == replace(other, index=0)


# -- answers ---------------------------------------------------------------------------------------------------------


def saved(s: Session, i: ArtifactSaved, now: float) -> Next:
    if s.saving is None or not s.saving.posting:
        return s, ()
    at = i.checkpoint_id or s.state.checkpoint_id
    s = replace(s, state=replace(s.state, artifact=i.artifact, checkpoint_id=at, exists=True), tip="")
    return _after(relate(s), now, newest(i.artifact))


def save_failed(s: Session, i: SaveFailed, now: float) -> Next:
    """Whether it got there or not, the thread is read again before anything else is posted."""
    saving, kind = s.saving, i.failure.kind
    if saving is None or not saving.posting:
        return s, ()
    s = _with(s, posting=False, failure=i.failure, attempt=saving.attempt + 1)
    if kind in (FailureKind.REJECTED, FailureKind.SERVER) and not saving.plain:
        return _go(_with(s, plain=True), now)  # a graph without such a node
    again = policy.transient(i.failure) or kind is FailureKind.BUSY
    if not again or (kind in _HELD_UP and saving.attempt >= TRIES):
        return send_next(_with(s, standing=SaveStanding.FAILED), now)
    standing = SaveStanding.WAITING if kind is FailureKind.BUSY else SaveStanding.SAVING
    return _with(s, standing=standing, retry_at=now + policy.backoff(saving.attempt, s.thread_id, i.failure)), ()


def from_elsewhere(s: Session, state: ThreadState) -> int:
    """Index of the newest version that somebody else saved by hand while nothing of ours was on its way here; 0 where there is none."""
    if not state.by_hand or not s.loaded or s.tip or s.active or s.saving is not None:
        return 0
    return newest(state.artifact) if newest(state.artifact) > newest(s.state.artifact) else 0


def _after(s: Session, now: float, known: int = 0) -> Next:
    """This one is settled, as version ``known``: the next one, or the message that waits behind it."""
    then = s.saving.then if s.saving is not None else None
    if then is None:
        return send_next(replace(s, saving=None), now)
    return _go(replace(s, saving=replace(then, base=max(then.base, known))), now)


def _with(s: Session, **changes: Any) -> Session:
    return s if s.saving is None else replace(s, saving=replace(s.saving, **changes))
