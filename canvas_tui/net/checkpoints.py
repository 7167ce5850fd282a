"""What is asked of a thread's history: where a turn forks off, where branches end, how the thread stood there. Only when it is needed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from canvas_tui.core.branches import fork_point, head_of
from canvas_tui.core.effects import LookBack, ReadHeads, SendMessage
from canvas_tui.core.fork import Fork, Head, Point
from canvas_tui.core.inputs import ArtifactSaved
from canvas_tui.core.landing import Lain, looked_back
from canvas_tui.core.model import Failure, FailureKind, Json, Payload, ThreadState
from canvas_tui.wire import history
from canvas_tui.wire.jsontext import items
from canvas_tui.wire.requests import state_path
from canvas_tui.wire.state import read_thread_state

from .failed import RequestFailed

if TYPE_CHECKING:
    from .api import Api

SPARE = 6
"""Beginnings of turns that are asked for beside those that lie behind the one that is looked for: of other branches."""
PAGE = 20
MOST = 200
"""Checkpoints that are looked through; each carries the whole state of the thread."""
MOST_HEADS = 20
PAGE_BACK, PAGES_BACK = 3, 5
"""Looking back after a change by hand: as a rule to the checkpoint before it."""
NOT_KEPT = "the server has kept no state of the thread from before it"


async def checkpoint_of(api: Api, thread_id: str, payload: Payload) -> str:
    """The checkpoint from which the turn goes on; empty: from the newest.

    Raises:
        RequestFailed: REJECTED where there is none (any more).
    """
    fork = payload.fork or await _fork_of_an_earlier_life(api, thread_id, payload)
    if fork is None:
        return ""
    if not (fork.before or fork.again):
        return fork.head.checkpoint_id
    seen: list[Point] = []
    async for points in _points(api, thread_id, fork):
        seen += points
        if found := fork_point(fork, seen):
            return found
    raise RequestFailed(Failure(FailureKind.REJECTED, detail=NOT_KEPT))


async def _fork_of_an_earlier_life(api: Api, thread_id: str, payload: Payload) -> Fork | None:
    """The program died before it was sent: the thread as it stands now is what was shown."""
    before = payload.turn.before if isinstance(payload, SendMessage) else ""
    if not before:
        return None
    head = head_of((await api.read_thread(thread_id)).state)
    return Fork(head, before) if before in head.ids else None


async def _points(api: Api, thread_id: str, fork: Fork) -> AsyncIterator[list[Point]]:
    """First where turns begin (few, and exact), then every checkpoint: a server may have thinned the beginnings out."""
    path = history.history_path(thread_id)
    limit = min(MOST, _turns_back(fork) + SPARE)
    for source in ("fork", "input") if fork.again else ("input",):
        yield history.read_points((await api.client.post(path, history.beginnings(source, limit))).value)
    before = ""
    for _ in range(MOST // PAGE):
        points = history.read_points((await api.client.get(path, history.page(PAGE, before))).value)
        yield points
        if len(points) < PAGE or points[-1].checkpoint_id == before:
            return
        before = points[-1].checkpoint_id


def _turns_back(fork: Fork) -> int:
    """A turn is a message and its answer, seldom less."""
    ids = fork.head.ids
    return 0 if fork.again or fork.before not in ids else (len(ids) - ids.index(fork.before)) // 2


async def read_heads(api: Api, thread_id: str, effect: ReadHeads) -> tuple[Head, ...]:
    """One after the other; those that are not there any more are left out."""
    found: list[Head | None] = []
    for id in effect.heads[-MOST_HEADS:]:
        found.append(history.read_head(await _state_at(api, thread_id, id)))
    path = history.history_path(thread_id)
    for id in effect.left[-MOST_HEADS:]:
        rows = (await api.client.post(path, history.last_of_run(id))).value
        found += [history.read_head(row, id) for row in rows or []] or [Head("", (), id)]
    return tuple(head for head in found if head is not None)


async def read_branch(api: Api, thread_id: str, checkpoint_id: str) -> ThreadState:
    """Raises:
    RequestFailed: REJECTED where the checkpoint is not there any more.
    """
    snapshot = await _state_at(api, thread_id, checkpoint_id)
    if history.read_head(snapshot) is None:
        raise RequestFailed(Failure(FailureKind.REJECTED, detail="the server has not kept this branch"))
    return read_thread_state({}, snapshot)


async def look_back(api: Api, thread_id: str, effect: LookBack) -> ArtifactSaved:
    """As far back as ``effect.since``; a few checkpoints where that is not known."""
    path, before, lain = history.history_path(thread_id), "", list[Lain]()
    for _ in range(PAGES_BACK if effect.since else 1):
        rows = (await api.client.get(path, history.page(PAGE_BACK, before))).value
        states = [read_thread_state({}, row) for row in items(rows)]
        lain += [Lain(state.checkpoint_id, state.artifact, tuple(m.id for m in state.messages)) for state in states]
        if len(states) < PAGE_BACK or not lain or lain[-1].id <= effect.since or lain[-1].id == before:
            break
        before = lain[-1].id
    at = effect.checkpoint_id or next((each.id for each in lain if each.artifact == effect.artifact), "")
    return ArtifactSaved(*looked_back(lain, at, effect.artifact, effect.since))


async def _state_at(api: Api, thread_id: str, checkpoint_id: str) -> Json:
    return (await api.client.get(f"{state_path(thread_id)}/{checkpoint_id}")).value
