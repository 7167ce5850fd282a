"""Exact resumption of an event stream: what to ask for, what to take, what to leave.

Servers number events carelessly: the Python server gives several events of one millisecond the same id, replays only what is
*greater* than the id asked for (siblings would be lost), and lets replay and live queue overlap (events come twice, ids step
backwards). The rule, measured exact over hundreds of cut runs:

1. The cursor is the id before the newest, the newest id, and how many events were taken under the newest.
2. Resume with the *earlier* id (``-1``: everything, where there is none) and leave that many events under the newest id.
3. On a connection that began with a replay (a resumed one, or a first one that joined a run in full flight), when ids step
   backwards the server repeats the replay's tail: leave everything below the highest id and, under the highest, as many as were
   taken there; beside that leave at most one immediate repeat of a single event a connection (more would be guessing). Words of a
   burst share a millisecond, and some come twice in it: in the long replay of a run that is taken up late, where events have shared
   ids, such a repeat is held until the next event tells by its id whether the burst goes on or the server took a breath behind the
   replay's end. A short replay holds hardly any such words, and of a fast stream the next event may follow the tail as soon.
4. On a resumed connection the newest id must come again. If something newer comes first, the server has lost the middle: a gap.

What stays ambiguous (an overlap of identical events within one millisecond) is put right by the thread's state at the end.
Ids are compared by the numbers they end in where they share what stands before (``…-0``, ``7``, ``{run}_event_12``).
"""

from __future__ import annotations

import re
from enum import Enum, auto

from .changing import replace
from .model import Cursor, Json
from .policy import BURST, OVERLAP

EVERYTHING = "-1"
"""The Last-Event-ID that replays all (the Python and the JS server; Aegra takes it too)."""


class Verdict(Enum):
    TAKE = auto()
    LEAVE = auto()
    HOLD = auto()  # `decide` tells what it is when the next event is there
    GAP = auto()


def ask(cursor: Cursor) -> str:
    """The Last-Event-ID to resume with."""
    return cursor.before if cursor.before is not None else EVERYTHING


def reopen(cursor: Cursor) -> Cursor:
    """The cursor at the beginning of a connection that resumes an earlier one."""
    resumed = cursor.newest is not None
    return replace(cursor, skip=cursor.taken, resumed=resumed, overlaps=resumed, late=cursor.held, repeat_used=False, held=False)


def timed(cursor: Cursor, age: float, *, replayed: bool, late: bool = False) -> Cursor:
    """The cursor ``age`` seconds after the connection's first event.

    ``replayed``: nothing has been taken before, and what comes was there before us: this connection began with a replay too. The replay's
    tail comes again right behind it: later, an immediate repeat is a token that is the same again, at least in a run whose events share
    ids. In one whose events never did, it is the tail, however late (a busy server lets a second pass). ``late``: the run had been on
    for some time.
    """
    if replayed and not cursor.resumed:
        return replace(cursor, overlaps=True, late=late)
    if cursor.overlaps and not cursor.repeat_used and cursor.collides and age > OVERLAP:
        return replace(cursor, repeat_used=True)
    return cursor


def again(cursor: Cursor) -> Cursor:
    """The first event under the newest id has come again: so do all that were taken under it."""
    return replace(cursor, skip=cursor.taken)


def decide(cursor: Cursor, id: str | None) -> tuple[Cursor, bool]:
    """Whether the held repeat of ``cursor.last`` is an event of its own, now that ``id`` comes behind it. Nothing held: it is not.

    Measured: of repeats under one id those of their own had the next event within 3 ms, a repeated tail 8 ms and more behind it.
    """
    if not cursor.held:
        return cursor, False
    cursor = replace(cursor, held=False)
    next_one, newest = (_NUMBERS.match(each or "") for each in (id, cursor.newest))
    if next_one is not None and newest is not None and int(next_one[2]) - int(newest[2]) <= BURST:
        return replace(cursor, taken=cursor.taken + 1), True
    return replace(cursor, repeat_used=True), False


def take(cursor: Cursor, id: str | None, body: Json) -> tuple[Cursor, Verdict]:
    """Judge one complete event; what is held has been decided. ``body`` is compared only with the event before it. Total for any id."""
    if not id:
        return cursor, Verdict.TAKE
    if id != cursor.newest:
        if cursor.overlaps and _older(id, cursor.newest):
            return replace(cursor, skip=cursor.taken), Verdict.LEAVE
        if cursor.resumed and cursor.skip and cursor.skip == cursor.taken:
            return cursor, Verdict.GAP
        return replace(cursor, before=cursor.newest, newest=id, taken=1, skip=0, last=body), Verdict.TAKE
    if cursor.skip:
        return replace(cursor, skip=cursor.skip - 1), Verdict.LEAVE
    if not _SHARED.match(id):
        return cursor, Verdict.LEAVE
    if cursor.overlaps and not cursor.repeat_used and body == cursor.last:
        if cursor.late and cursor.collides:
            return replace(cursor, held=True), Verdict.HOLD
        return replace(cursor, repeat_used=True), Verdict.LEAVE
    return replace(cursor, taken=cursor.taken + 1, collides=True, last=body), Verdict.TAKE


_SHARED = re.compile(r"^\d+-\d+$")
"""Ids that several events may share: the Python server's milliseconds. Of any other shape, an id names one event."""

_NUMBERS = re.compile(r"^(.*?)(\d{1,20})(?:-(\d{1,20}))?$", re.DOTALL)


def _older(id: str, newest: str | None) -> bool:
    """Whether ``id`` stands before ``newest``; ids of unlike shape are never older."""
    left, right = _NUMBERS.match(id), _NUMBERS.match(newest or "")
    if left is None or right is None or left[1] != right[1]:
        return False
    return (int(left[2]), int(left[3] or 0)) < (int(right[2]), int(right[3] or 0))
