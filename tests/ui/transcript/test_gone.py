"""What is not shown any more goes a little at a time."""

from __future__ import annotations

import asyncio
from itertools import count

from canvas_tui.ui.widgets.lines_gone import let_go


async def test_many_things_go_in_slices_and_keys_get_their_turn() -> None:
    ticks = count()
    things: list[object] = [object() for _ in range(1_000)]
    let_go(things, clock=lambda: 0.001 * next(ticks))
    assert len(things) == 1_000
    await asyncio.sleep(0)
    left = len(things)
    assert 900 < left < 1_000
    for _ in range(2 * 1_000 // (1_000 - left)):
        await asyncio.sleep(0.003)
    assert not things


async def test_a_few_are_left_to_whoever_has_them() -> None:
    things: list[object] = [1, 2, 3]
    let_go(things)
    await asyncio.sleep(0)
    assert things == [1, 2, 3]


def test_without_a_loop_nothing_is_put_off() -> None:
    things: list[object] = [*range(1_000)]
    let_go(things)
    assert len(things) == 1_000
