"""``threads list``: pages, waiting for the server, and what is written."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from canvas_tui.commands import threads
from canvas_tui.core.model import ServerPhase, ServerState, ThreadRow
from canvas_tui.core.ports import Backend

from .fakes import FakeBackend


def rows(first: int, last: int) -> tuple[ThreadRow, ...]:
    return tuple(ThreadRow(f"t{number}", f"Thread {number}", 0.0) for number in range(first, last))


async def listed(fake: FakeBackend, limit: int) -> tuple[list[str], str]:
    fake.more_threads()  # what the backend does by itself at the start
    async with asyncio.timeout(10):
        found, problem = await threads.newest(cast(Backend, fake), limit)
    return [row.id for row in found], problem


@pytest.mark.parametrize(("limit", "count"), [(1, 1), (3, 3), (4, 4), (5, 5), (50, 8)])
async def test_as_many_pages_as_are_needed(limit: int, count: int) -> None:
    fake = FakeBackend(pages=(rows(0, 3), rows(3, 6), rows(6, 8)))
    assert await listed(fake, limit) == ([f"t{number}" for number in range(count)], "")


async def test_a_draft_is_no_thread() -> None:
    fake = FakeBackend(pages=((ThreadRow("d", "New thread", 9.0, draft=True), *rows(0, 2)),))
    assert await listed(fake, 10) == (["t0", "t1"], "")


async def test_a_list_that_cannot_be_read_is_told() -> None:
    fake = FakeBackend()
    asyncio.get_running_loop().call_soon(lambda: fake.change_threads(problem="The threads could not be listed: why."))
    async with asyncio.timeout(10):
        assert await threads.newest(cast(Backend, fake), 5) == ([], "The threads could not be listed: why.")


async def test_no_threads_at_all() -> None:
    assert await listed(FakeBackend(pages=((),)), 10) == ([], "")


@pytest.mark.parametrize(
    ("phases", "told"),
    [
        ([ServerPhase.UP], ""),
        ([ServerPhase.STARTING, ServerPhase.UP], ""),
        ([ServerPhase.DOWN, ServerPhase.UP], ""),
        ([ServerPhase.STARTING, ServerPhase.FAILED], "It cannot be started."),
    ],
)
async def test_the_server_is_waited_for(phases: list[ServerPhase], told: str) -> None:
    fake = FakeBackend(ServerState(ServerPhase.STARTING))

    async def life() -> None:
        for phase in phases:
            await asyncio.sleep(0)
            fake.change_server(phase, "It cannot be started." if phase is ServerPhase.FAILED else "…")

    async with asyncio.timeout(10):
        sentence, _ = await asyncio.gather(threads.away(cast(Backend, fake)), life())
    assert sentence == told
    assert fake.heard == 0


async def test_a_server_that_stays_away_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "PATIENCE", 0.0)
    fake = FakeBackend(ServerState(ServerPhase.DOWN, sentence="Cannot reach it."))
    assert await threads.away(cast(Backend, fake)) == "Cannot reach it."


def test_a_row() -> None:
    row = ThreadRow("t", "bad \x1b[2J\ntitle", 1_700_000_000.0, waiting=True)
    assert threads.as_json(row) == {"thread_id": "t", "title": "bad \x1b[2J\ntitle", "updated": 1_700_000_000.0, "state": "waiting"}
    line = threads.as_line(row)
    assert line.startswith("t  2023-11-1")
    assert line.endswith("waiting bad ␛[2J title")


@pytest.mark.parametrize(("flags", "state"), [({}, "idle"), ({"failed": True}, "failed"), ({"failed": True, "running": True}, "running")])
def test_states(flags: dict[str, bool], state: str) -> None:
    assert threads.state_of(ThreadRow("t", "", 0.0, **flags)) == state  # type: ignore[arg-type]
