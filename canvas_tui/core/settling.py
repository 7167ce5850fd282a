"""The end of a turn: the thread's state is read once, compared with what was painted, and wins."""

from __future__ import annotations

from dataclasses import replace

from . import drafting
from .artifact import DraftStanding
from .assemble import shown
from .held import holds
from .model import Message, NoticeKind, Phase, Role, RunStatus, SendMessage, Session, Standing, ThreadState
from .moves import LINK_NOTICES, PASSING_NOTICES, drop_notices, end_notices, idle, keep_places, painted, run, tell
from .notice import NEVER_BEGAN

Leftovers = tuple[tuple[str, Message], ...]


def leave_partial(s: Session, standing: Standing) -> Session:
    """Move the live messages to the history as they stand: what the agent had begun stays visible, marked."""
    before = s.history[-1].id if s.history else ""
    leftovers: list[tuple[str, Message]] = list(s.leftovers)
    moved: list[Message] = []
    for message in s.live:
        if message.role.ours:
            done = replace(message, standing=Standing.DONE)
            if message.role is Role.TURN:
                leftovers.append((before, done))
        elif message.standing is Standing.WRITING:
            done = replace(message, standing=standing)
            leftovers.append((before, done))
        else:
            done = message
            leftovers.append((before, done))
        moved.append(done)
        before = message.id
    s = drafting.leave(s, DraftStanding.FAILED if standing is Standing.FAILED else DraftStanding.STOPPED)
    return put_history(replace(s, leftovers=tuple(leftovers), live=()), (*s.history, *moved))


def recalled(s: Session, messages: tuple[Message, ...]) -> Session:
    """What the journal has of the thread, shown until it has been read. What is ours alone stays after that, and is put in its place where
    the thread was read first: what a stopped or failed run left, and what an action was called."""
    places = ("", *(m.id for m in messages))
    ours = [m.standing in _OURS_ALONE or m.role is Role.TURN for m in messages]
    left = tuple((place, m) for place, m, alone in zip(places, messages, ours, strict=False) if alone)
    if not s.loaded:
        return put_history(replace(s, leftovers=left), messages) if not s.history else s
    if s.active or s.leftovers or s.tip:
        return s
    merged, kept = merge(s.state.messages, left)
    return put_history(replace(s, leftovers=kept), merged) if kept else s


_OURS_ALONE = frozenset({Standing.STOPPED, Standing.FAILED, Standing.ASIDE})


def put_history(s: Session, history: tuple[Message, ...]) -> Session:
    return replace(s, history=history, settled_ids=frozenset(m.id for m in history))


def merge(state: tuple[Message, ...], leftovers: Leftovers) -> tuple[tuple[Message, ...], Leftovers]:
    """The state's messages with the leftovers in their places; those that the state has now, or whose place is gone, go."""
    ids = {m.id for m in state}
    following: dict[str, list[Message]] = {}
    kept: list[tuple[str, Message]] = []
    known = set(ids)
    for place, message in leftovers:
        if message.id in ids or (place and place not in known):
            continue
        following.setdefault(place, []).append(message)
        kept.append((place, message))
        known.add(message.id)
    if not kept:
        return state, ()
    merged: list[Message] = []

    to_come = [*reversed(state), *reversed(following.pop("", ()))]  # the next one last: a chain may be as long as the run is
    while to_come:
        message = to_come.pop()
        merged.append(message)
        to_come += reversed(following.pop(message.id, ()))
    return tuple(merged), tuple(kept)


def settled(s: Session, state: ThreadState, now: float) -> Session:
    """Take the thread's state as the truth at the end of the followed run, and tell what differed."""
    s = end_notices(s, now, *PASSING_NOTICES)
    wrote = drafting.changed(s, state)
    s = replace(s, state=state, loaded=True, reading=False, read_attempt=0, read_retry_at=None)
    s = keep_places(s, _compare(s, state, now) if state.exists else leave_partial(s, Standing.STOPPED))
    s = run(s, ended_at=now)
    over = s.run.status if s.run else RunStatus.SUCCESS
    s = replace(
        s,
        interrupts=state.interrupts,
        can_continue=bool(state.next) and not state.interrupts and state.exists,
        sending=None,
        undone=_undone(s, over, state),
    )
    return idle(_tell_end(s, over, state, now, wrote=wrote), now)


def _undone(s: Session, over: RunStatus, state: ThreadState) -> SendMessage | None:
    """What the run was to do, where it was lost or never began: the thread has nothing of it."""
    began = over is not RunStatus.LOST and (over is not RunStatus.INTERRUPTED or s.run is None or s.run.attempt > 0)
    if began or not isinstance(s.sending, SendMessage) or any(m.id == s.sending.message_id for m in state.messages):
        return None
    return s.sending


def _compare(s: Session, state: ThreadState, now: float) -> Session:
    """Painted against true, message by message: completed quietly, corrected with a word."""
    truth = {m.id: m for m in state.messages}
    old = s.settled_ids
    fresh = [m for m in state.messages if m.id not in old]
    corrected, leftovers, before = 0, list(s.leftovers), s.history[-1].id if s.history else ""
    unfinished = s.run is not None and (s.run.stopped or s.run.status is not RunStatus.SUCCESS)
    for message in s.live:
        true = truth.get(message.id)
        if true is not None:
            corrected += not message.role.ours and not holds(true, message)
            before = message.id
        elif message.role is Role.TURN or (message.role is Role.HUMAN and not state.has_messages):
            leftovers.append((before, replace(message, standing=Standing.DONE)))
            before = message.id
        elif twins := _twins(message, fresh):
            corrected += bool(painted((message,))) and not any(holds(one, message) for one in twins)
        elif painted((message,)):
            leftovers.append((before, replace(message, standing=_standing(s, unfinished))))
            before = message.id
        elif message.role is Role.HUMAN and unfinished:
            leftovers.append((before, replace(message, standing=Standing.DONE)))
            before = message.id
    had_text = any(m.role is Role.AI and m.text for m in s.live)
    brought = any(m.role is Role.AI and m.text and shown(m.node) for m in fresh) and not had_text
    history, kept = merge(state.messages, tuple(leftovers))
    s = put_history(replace(s, leftovers=kept, live=()), history)
    s, differed = drafting.settle(s, state)
    if corrected or differed:
        s = tell(s, NoticeKind.CORRECTED, now, over=True)
    return tell(s, NoticeKind.RECOVERED, now, over=True) if brought else s


def leave_unread(s: Session, now: float) -> Session:
    """The run is over, and its thread could not be read: what was painted stands as it is, until it can."""
    over, asked, failure = s.run.status if s.run else RunStatus.SUCCESS, s.link.phase is Phase.SETTLING, s.link.failure
    done = over is RunStatus.SUCCESS
    s = replace(s, notices=tuple(n for n in s.notices if n.until is not None or n.kind not in LINK_NOTICES))  # told of the reading now
    s = leave_partial(end_notices(s, now, *PASSING_NOTICES), Standing.DONE if done else _standing(s, unfinished=True))
    s = s if done else _tell_end(s, over, s.state, now, wrote=True)
    s = tell(s, NoticeKind.THREAD, now, failure=failure) if not asked else s
    return replace(idle(run(s, ended_at=now), now), sending=None, reading=asked, read_retry_at=None if asked else float("inf"))


def _twins(painted: Message, fresh: list[Message]) -> list[Message]:
    """The same under another id: it stands there already."""
    alike = [one for one in fresh if one.role is painted.role and one.text == painted.text and not painted.role.ours]
    return alike if painted.text else [one for one in alike if holds(one, painted)]


def _standing(s: Session, unfinished: bool) -> Standing:
    if not unfinished:
        return Standing.ASIDE
    return Standing.FAILED if s.run is not None and s.run.status in (RunStatus.ERROR, RunStatus.TIMEOUT) else Standing.STOPPED


def _tell_end(s: Session, status: RunStatus, state: ThreadState, now: float, *, wrote: bool) -> Session:
    if s.run is not None and s.run.stopped:
        return tell(s, NoticeKind.STOPPED, now, over=True)
    if status in (RunStatus.ERROR, RunStatus.TIMEOUT):
        detail = (s.run.error if s.run else "") or state.error
        if status is RunStatus.TIMEOUT and not detail:
            detail = "the server's time limit for the run"
        return tell(s, NoticeKind.FAILED, now, detail=detail, over=True)
    if status is RunStatus.LOST:
        return tell(s, NoticeKind.LOST, now, over=True)
    if status is RunStatus.INTERRUPTED:
        detail = NEVER_BEGAN if s.run is not None and s.run.attempt == 0 else ""
        return tell(s, NoticeKind.PUSHED_OUT, now, detail=detail, over=True)
    return tell_standing(s, now, ended=not wrote)


def tell_standing(s: Session, now: float, *, ended: bool = False) -> Session:
    """What the thread waits for, or that it has nothing to show; ``ended``: after a run that wrote no artifact."""
    s = drop_notices(s, NoticeKind.NO_MESSAGES)
    if s.state.exists and not s.state.has_messages:
        return tell(s, NoticeKind.NO_MESSAGES, now, detail=s.state.values_text, over=True)
    if s.can_continue:
        return tell(s, NoticeKind.CONTINUE, now, detail=", ".join(s.state.next), over=True)
    if ended and not s.interrupts and not _answered(s):
        return tell(s, NoticeKind.EMPTY, now, over=True)
    return s


def _answered(s: Session) -> bool:
    """Whether something of the agent stands after the last human message."""
    for message in reversed(s.history):
        if message.role.ours:
            return False
        if message.role in (Role.AI, Role.TOOL) and (message.text or message.tool_calls):
            return True
    return False
