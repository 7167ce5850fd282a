"""Whoever waits for the end of others can be cancelled meanwhile."""

from __future__ import annotations

import asyncio

import pytest

from canvas_tui.lab.tasks import race, stop


async def _slow_to_end(ending: asyncio.Event, may_end: asyncio.Event) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        ending.set()
        await may_end.wait()


async def test_a_race_that_is_cancelled_while_the_slower_one_ends_is_cancelled() -> None:
    ending, may_end = asyncio.Event(), asyncio.Event()
    racing = asyncio.create_task(race(asyncio.sleep(0), _slow_to_end(ending, may_end)))
    await ending.wait()
    racing.cancel()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await racing


async def test_stopping_waits_for_the_end_and_wants_no_result() -> None:
    async def breaks() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise ValueError("on its way out")

    tasks = [asyncio.create_task(breaks()), asyncio.create_task(asyncio.Event().wait()), asyncio.create_task(asyncio.sleep(0))]
    await asyncio.sleep(0)
    await stop(*tasks)
    assert all(task.done() for task in tasks)
