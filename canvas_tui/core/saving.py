"""Changes by hand on their way into the thread's state: read, compared, posted; never twice, and never over a version not seen.

What is to be saved waits while a run is on. Then the thread is read, and what was read decides: there already (an earlier answer was
lost), a newer version than the one that was known when the change was made (the user decides), or it is appended and posted. Between
the reading and the posting somebody else may have saved a version, whose place ours then takes: so each POST looks back, and puts
back what it has displaced. What is displaced by others is missed when the thread is read next (`landing`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from . import drafting, landing, policy
from .artifact import Artifact, Draft, DraftStanding, Keep, SaveStanding, Saving, Version, same
from .branches import relate
from .effects import LookBack, PostArtifact, ReadThread
from .inputs import ArtifactSaved, Chosen, Edited, PartialDropped, PartialFound, PartialKept, Resolved, SaveFailed, SavingFound
from .landing import newest
from .model import Failure, FailureKind, NoticeKind, Session, ThreadState
from .moves import Next, tell
from .open_canvas import LAST_NODE
from .sending import send_next

TRIES = 6
"""How often a server that answers, but does not take it, is asked by itself."""

_HELD_UP = frozenset({FailureKind.BUSY, FailureKind.SERVER, FailureKind.REJECTED})


# -- the user ------------------------------------------------------------------------------------------------------


def edited(s: Session, i: Edited, now: float) -> Next:
    return _add(s, Saving(i.version, landing.raised(s, i.base), of=_begun_from(s, i.of)), now)


def chosen(s: Session, i: Chosen, now: float) -> Next:
    artifact = s.state.artifact
    version = artifact.find(i.index) if artifact is not None else None
    if artifact is None or version is None or (artifact.version is version and s.saving is None):
        return s, ()
    return _add(s, Saving(version, newest(artifact), choose=True), now)


def resolved(s: Session, i: Resolved, now: float) -> Next:
    """On a conflict, or on a change that could not be saved."""
    saving = s.saving
    if saving is None or saving.posting:
        return s, ()
    if i.keep is Keep.THEIRS and not saving.theirs:
        return _after(s, now)
    if saving.standing is SaveStanding.CONFLICT:
        s = _with(s, seen=newest(s.state.artifact), of=None)
    return _go(_anew(s), now)


def retry(s: Session, now: float) -> Next:
    """Do not wait any longer."""
    if s.saving is None or s.saving.standing is SaveStanding.CONFLICT:
        return s, ()
    return resolved(s, Resolved(Keep.MINE), now)


def partial_kept(s: Session, i: PartialKept, now: float) -> Next:
    """What a run left of a version becomes one."""
    if (left := _partial(s)) is None:
        return s, ()
    return _add(drafting.uncovered(replace(s, draft=None)), Saving(left.version, newest(s.state.artifact)), now)


def partial_dropped(s: Session, i: PartialDropped, now: float) -> Next:
    return (drafting.uncovered(replace(s, draft=None)), ()) if _partial(s) is not None else (s, ())


def partial_found(s: Session, i: PartialFound, now: float) -> Next:
    """What is there by now is the newer."""
    return (replace(s, draft=i.draft) if s.draft is None else replace(s, left=(i.draft, *s.left))), ()


def found(s: Session, i: SavingFound, now: float) -> Next:
    return _go(replace(s, saving=landing.after(s.saving, i.saving)), now)


def _partial(s: Session) -> Draft | None:
    return s.draft if s.draft is not None and s.draft.standing is not DraftStanding.WRITING else None


def _begun_from(s: Session, of: Version | None) -> Version | None:
    """None for what is no version of the thread: a blank page, or what a run left of one."""
    left = (*s.left, s.draft) if s.draft is not None else s.left
    return None if of is None or not of.text or any(same(of, draft.version) for draft in left) else of


def _add(s: Session, new: Saving, now: float) -> Next:
    """Whoever saves again wants what could not be saved to be tried again, too."""
    s = replace(s, saving=_behind(s.saving, new))
    failed = s.saving is not None and s.saving.standing is SaveStanding.FAILED
    return _go(_anew(s) if failed else s, now)


def _behind(current: Saving | None, new: Saving) -> Saving:
    """One after the other; what is still waiting gives way to what goes on from it."""
    if current is None:
        return new
    if not _gives_way(current, new):
        return replace(current, then=_behind(current.then, new))
    if not new.choose:
        new = replace(new, base=min(new.base, current.base), of=current.of)
    return landing.after(current.then, new)


def _gives_way(current: Saving, new: Saving) -> bool:
    if current.posting or current.theirs or current.standing is SaveStanding.CONFLICT or current.choose != new.choose:
        return False
    return new.choose or (new.of is not None and same(new.of, current.mine))


# -- reading and posting ---------------------------------------------------------------------------------------------


def _go(s: Session, now: float) -> Next:
    """Begin, where the thread is free: it is read first. An older branch is shown as nobody else changes it."""
    saving = s.saving
    if saving is None or saving.posting or not saving.pending:
        return s, ()
    if s.active or s.interrupts or not s.loaded:
        return _with(s, standing=SaveStanding.WAITING), ()
    s = _with(s, standing=SaveStanding.SAVING, retry_at=None)
    if s.reading:
        return s, ()  # the end of that goes on with it
    if s.tip:
        return _decide(s, now)
    return replace(s, reading=True, read_retry_at=None), (ReadThread(),)


def due(s: Session, now: float) -> Next:
    return _go(s, now)


def go_on(s: Session, now: float) -> Next:
    """A reading is over that was not of the thread as it is now: what has waited for it goes on."""
    if s.saving is not None and (s.saving.retry_at is None or now >= s.saving.retry_at):
        s, effects = _go(s, now)
        if effects:
            return s, effects
    return (s, ()) if s.interrupts else send_next(s, now)


def wait(s: Session) -> Session:
    """A run has begun."""
    if s.saving is None or not s.saving.pending or s.saving.posting:
        return s
    return _with(s, standing=SaveStanding.WAITING)


def advance(s: Session, now: float) -> Next:
    """The thread has been read, and nothing runs on it."""
    s = landing.compared(s)
    saving = s.saving
    if saving is None or saving.posting or s.active:
        return s, ()
    if _put_back(s, saving):
        return _after(s, now, newest(s.state.artifact))
    if not saving.pending:
        return s, ()
    if s.interrupts:
        return wait(s), ()
    if saving.retry_at is not None and now < saving.retry_at:
        return s, ()
    return _decide(_with(s, standing=SaveStanding.SAVING, retry_at=None), now)


def _put_back(s: Session, saving: Saving) -> bool:
    """Whoever had displaced it has done so: there is nothing to decide any more."""
    return saving.standing is SaveStanding.CONFLICT and landing.landed(saving, s.state.artifact) is not None


def unread(s: Session, failure: Failure) -> Session:
    """The thread could not be read; what only the user can mend is told of the change too."""
    if s.saving is None or not s.saving.pending or s.saving.posting or policy.transient(failure):
        return s
    return _with(s, standing=SaveStanding.FAILED, failure=failure)


def _decide(s: Session, now: float) -> Next:
    saving, artifact = s.saving, s.state.artifact
    assert saving is not None
    theirs = landing.lacking(artifact, saving.theirs)
    there = landing.landed(saving, artifact)
    if artifact is not None and there is not None:
        if theirs:
            return _post(s, landing.restored(artifact, theirs, saving))
        return _after(s, now, there) if s.tip else _look_back(s, artifact)
    if saving.choose:
        if artifact is None or not landing.choosable(saving, artifact):
            return _after(s, now)
        return _post(s, replace(landing.restored(artifact, theirs, saving) if theirs else artifact, current=saving.mine.index))
    if landing.conflicts(s, saving):
        return send_next(_with(s, standing=SaveStanding.CONFLICT, failure=None), now)
    return _post(s, landing.appended(artifact, *theirs, saving.mine))


def _post(s: Session, artifact: Artifact) -> Next:
    """Where the thread rests, as if its last node had written it, so that nothing is left to run behind it."""
    saving = s.saving
    assert saving is not None
    node = "" if s.state.next or saving.plain else LAST_NODE
    s = replace(s, since=s.since or s.state.checkpoint_id)
    s = s if saving.choose else landing.posted(s, artifact.version)
    return _with(s, posting=True), (PostArtifact(artifact, node, s.state.checkpoint_id if s.tip else "", s.since),)


def _look_back(s: Session, artifact: Artifact) -> Next:
    """It got there, and nobody has seen yet what it has displaced."""
    saving = s.saving
    assert saving is not None
    s = s if saving.choose else landing.posted(s, saving.mine)
    return _with(s, posting=True), (LookBack(artifact, s.state.checkpoint_id, s.since),)


# -- answers ---------------------------------------------------------------------------------------------------------


def saved(s: Session, i: ArtifactSaved, now: float) -> Next:
    saving = s.saving
    if saving is None or not saving.posting:
        return s, ()
    at = i.checkpoint_id or s.state.checkpoint_id
    s = replace(s, state=replace(s.state, artifact=i.artifact, checkpoint_id=at, exists=True), tip="", since="")
    s = _with(relate(s), posting=False)
    theirs = landing.lacking(i.artifact, (*saving.theirs, *i.missed))
    if not theirs:
        return _after(landing.compared(s), now, newest(i.artifact))
    whole = landing.restored(i.artifact, theirs, saving)
    if i.missed and (others := landing.unknown(s, saving, whole)):
        s = tell(s, NoticeKind.BOTH, now, detail=", ".join(str(version.index) for version in others), over=True)
    s = _with(s, theirs=landing.not_mine(theirs, saving))
    return (wait(s), ()) if s.active else _post(s, whole)


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
    if not state.by_hand or not s.loaded or s.tip or s.active or (s.saving is not None and s.saving.pending):
        return 0
    return newest(state.artifact) if newest(state.artifact) > newest(s.state.artifact) else 0


def _after(s: Session, now: float, known: int = 0) -> Next:
    """This one is settled, as version ``known``: the next one, or the message that waits behind it."""
    then = s.saving.then if s.saving is not None else None
    if then is None or not then.pending:
        s = replace(s, saving=then)
        return _after(s, now, known) if then is not None and _put_back(s, then) else send_next(s, now)
    return _go(replace(s, saving=replace(then, base=max(then.base, known))), now)


def _anew(s: Session) -> Session:
    return _with(s, standing=SaveStanding.WAITING, failure=None, attempt=0, retry_at=None)


def _with(s: Session, **changes: Any) -> Session:
    return s if s.saving is None else replace(s, saving=replace(s.saving, **changes))
