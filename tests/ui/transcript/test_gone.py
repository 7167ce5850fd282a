"""What is not shown any more goes a little at a time."""

from __future__ import annotations

import asyncio
from itertools import count, pairwise

from canvas_tui.ui.widgets.lines_gone import let_go
from tests.faults.virtual import run


def test_many_things_go_in_slices_and_keys_get_their_turn() -> None:
    async def play() -> list[int]:
        ticks = count()
        things: list[object] = [object() for _ in range(1_000)]
        left = [len(things)]
        let_go(things, clock=lambda: 0.001 * next(ticks))
        while left[-1] and len(left) < 2_000:
            await asyncio.sleep(0.002)
            left.append(len(things))
        return left

    left = run(play())
    assert left[-1] == 0
    assert max(before - after for before, after in pairwise(left)) < 10


async def test_a_few_are_left_to_whoever_has_them() -> None:
    things: list[object] = [1, 2, 3]
    let_go(things)
    await asyncio.sleep(0)
    assert things == [1, 2, 3]


def test_without_a_loop_nothing_is_put_off() -> None:
    things: list[object] = [*range(1_000)]
    let_go(things)
    assert len(things) == 1_000
