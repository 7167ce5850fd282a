"""Going from branch to branch: which ends there are, and the thread as it stands at another one."""

from __future__ import annotations

from dataclasses import replace

from . import saving
from .branches import head_of, keep, relate, sibling
from .effects import ReadBranch
from .inputs import BranchFailed, BranchRead, HeadsRead, Switched
from .model import NoticeKind, Session
from .moves import Next, drop_notices, tell
from .settling import merge, put_history


def heads_read(s: Session, i: HeadsRead, now: float) -> Next:
    return relate(replace(s, heads=keep(s.heads, *i.heads))), ()


def switched(s: Session, i: Switched, now: float) -> Next:
    """The thread rests: read it as it stands at the end of the other branch."""
    if s.active or s.reading or not s.loaded:
        return s, ()
    shown = head_of(s.state)
    wanted = sibling(shown, s.heads, i.message_id, i.step)
    if wanted is None:
        return s, ()
    if s.saving is not None:
        return _stays(s, now), ()
    return replace(s, heads=keep(s.heads, shown), reading=True), (ReadBranch(wanted.checkpoint_id),)


def branch_read(s: Session, i: BranchRead, now: float) -> Next:
    """Shown, unless a turn has begun meanwhile, or a change to the branch that is shown."""
    s = replace(s, reading=False)
    if s.active:
        return s, ()
    if s.saving is not None:
        return saving.go_on(_stays(s, now), now)
    newest = s.tip or s.state.checkpoint_id
    state = replace(i.state, status=s.state.status)
    s = replace(s, state=state, tip="" if state.checkpoint_id == newest else newest)
    history, kept = merge(state.messages, s.leftovers)
    s = put_history(replace(s, leftovers=kept), history)
    s = relate(replace(s, interrupts=state.interrupts, can_continue=bool(state.next) and not state.interrupts))
    return saving.go_on(s, now)


def branch_failed(s: Session, i: BranchFailed, now: float) -> Next:
    return saving.go_on(tell(replace(s, reading=False), NoticeKind.THREAD, now, failure=i.failure, over=True), now)


def _stays(s: Session, now: float) -> Session:
    """What is to be saved belongs to the branch that is shown."""
    return tell(drop_notices(s, NoticeKind.BRANCH), NoticeKind.BRANCH, now, over=True)
