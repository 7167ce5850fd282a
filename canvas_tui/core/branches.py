"""Branches of a thread: which messages have siblings, where a turn forks off, what is shown meanwhile.

A thread's checkpoints are a tree. Two branches are the same up to a message when their messages have the same ids so far; that needs
no chain of parents, which servers may have thinned out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from .artifact import Branch
from .effects import ReadHeads
from .fork import Fork, Head, Point
from .inputs import ThreadRead
from .model import Message, Payload, SendMessage, Session, ThreadState

MOST_HEADS = 40
"""Ends of branches that are known of a thread; the oldest are forgotten first."""


def head_of(state: ThreadState) -> Head:
    return Head(state.checkpoint_id, tuple(m.id for m in state.messages))


# -- siblings ---------------------------------------------------------------------------------------------------------


def siblings(shown: Head, heads: Iterable[Head]) -> tuple[Branch, ...]:
    """The messages shown that have siblings: other messages that follow upon the same ones."""
    return tuple(
        Branch(shown.ids[at], places.index(_place(shown, at, shown)) + 1, len(places))
        for at, places in _forks(shown, heads)
        if len(places) > 1
    )


def sibling(shown: Head, heads: Iterable[Head], message_id: str, step: int) -> Head | None:
    """The newest branch with the sibling so many places on; None where there is none."""
    heads = [*heads, shown]
    for at, places in _forks(shown, heads):
        if shown.ids[at] == message_id:
            wanted = places.index(_place(shown, at, shown)) + step
            if not 0 <= wanted < len(places):
                return None
            there = [h for h in heads if h.ids[:at] == shown.ids[:at] and len(h.ids) > at and _place(h, at, shown) == places[wanted]]
            return max(there, key=lambda head: head.checkpoint_id)
    return None


def _forks(shown: Head, heads: Iterable[Head]) -> Iterable[tuple[int, list[tuple[str, str]]]]:
    """(index of a message shown, what stands there in all branches that are the same up to it, the oldest first)."""
    there = sorted({head.checkpoint_id: head for head in (*heads, shown)}.values(), key=lambda head: head.checkpoint_id)
    for at, id in enumerate(shown.ids):
        there = [head for head in there if len(head.ids) > at]
        yield at, list(dict.fromkeys(_place(head, at, shown) for head in there))
        there = [head for head in there if head.ids[at] == id]


def _place(head: Head, at: int, shown: Head) -> tuple[str, str]:
    """What tells siblings apart. Where the shown branch ends (a turn failed), what others have after its end counts as well."""
    ends = at == len(shown.ids) - 1 and head.ids[at] == shown.ids[at]
    return head.ids[at], head.ids[at + 1] if ends and len(head.ids) > at + 1 else ""


def keep(heads: tuple[Head, ...], *fresh: Head) -> tuple[Head, ...]:
    """The same and these, sorted by time; a checkpoint's newest account counts."""
    known = {head.checkpoint_id: head for head in (*heads, *fresh) if head.checkpoint_id}
    return tuple(sorted(known.values(), key=lambda head: head.checkpoint_id)[-MOST_HEADS:])


def relate(s: Session) -> Session:
    """Tell anew which messages have siblings."""
    found = siblings(head_of(s.state), s.heads) if s.heads else ()
    return s if found == s.branches else replace(s, branches=found)


# -- a turn forks off ---------------------------------------------------------------------------------------------------


def forked(s: Session, payload: Payload) -> tuple[Session, Payload]:
    """A turn begins: where it does not go on from the newest checkpoint, the conversation is shown as far as the turn keeps it."""
    before = payload.turn.before if isinstance(payload, SendMessage) else ""
    again = payload.fork is not None and payload.fork.again
    shown = head_of(s.state)
    if before not in shown.ids:
        before = ""
    if not (before or again or s.tip):
        return s, payload
    s = replace(s, heads=keep(s.heads, shown))
    payload = replace(payload, fork=Fork(shown, before, again))
    if isinstance(payload, SendMessage) and before:
        payload = replace(payload, artifact=None)  # the one of the checkpoint counts
    return _cut(s, _kept(s.history, before, again)), payload


def _kept(history: Sequence[Message], before: str, again: bool) -> int:
    """How many messages stay."""
    if before:
        return next((at for at, message in enumerate(history) if message.id == before), len(history))
    return max((at + 1 for at, message in enumerate(history) if message.role.ours), default=len(history)) if again else len(history)


def _cut(s: Session, count: int) -> Session:
    history = s.history[:count]
    ids = frozenset(m.id for m in history)
    return replace(s, history=history, settled_ids=ids, leftovers=tuple(left for left in s.leftovers if left[1].id in ids))


# -- where from -----------------------------------------------------------------------------------------------------------


def fork_point(fork: Fork, points: Iterable[Point]) -> str:
    """The checkpoint from which the turn goes on, among those read so far; empty where it is none of them."""
    fits = _turn_start if fork.again else _before_message
    found = [point.checkpoint_id for point in points if point.checkpoint_id <= fork.head.checkpoint_id and fits(point, fork)]
    return max(found, default="")


def _turn_start(point: Point, fork: Fork) -> bool:
    """The turn that begins here is one of those shown."""
    after = (*point.ids, *(id for id in point.sent if id not in point.ids))
    return point.start and fork.head.ids[: len(after)] == after


def _before_message(point: Point, fork: Fork) -> bool:
    at = fork.head.ids.index(fork.before) if fork.before in fork.head.ids else -1
    return at >= 0 and point.ids == fork.head.ids[:at] and not (point.sent and fork.before not in point.sent)


def unread(s: Session, i: ThreadRead) -> tuple[ReadHeads, ...]:
    """What is not known yet of the branches that the thread's runs tell of."""
    known = {s.state.checkpoint_id, *(head.checkpoint_id for head in s.heads)}
    runs = {head.run_id for head in s.heads}
    heads = tuple(id for id in i.heads if id not in known)
    left = tuple(id for id in i.left if id not in runs)
    return (ReadHeads(heads, left),) if heads or left else ()
