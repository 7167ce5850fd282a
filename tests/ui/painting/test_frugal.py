"""What is rendered frugally is what Textual would have rendered, wherever something has changed."""

from __future__ import annotations

import random

import pytest
from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip

from canvas_tui.ui import textual_parts
from canvas_tui.ui.painting import frugal
from canvas_tui.ui.painting.app import _chops
from tests.support.painting import WAY
from tests.ui.driving import opened


def painted(update: ChopsUpdate | None) -> dict[int, list[tuple[int, list[Strip]]]]:
    assert isinstance(update, ChopsUpdate)
    return {y: sorted(pieces, key=lambda piece: piece[0]) for y, pieces in _chops(update).items()}


@pytest.mark.parametrize("state", ["done", "streaming", "question"])
async def test_the_same_stands_where_something_has_changed(state: str) -> None:
    async with opened(state, (120, 40)) as ui:
        textual_parts.render_with(frugal._renders, frugal._partial_update)
        compositor, chance = ui.app.screen._compositor, random.Random(4)
        for _ in range(60):
            regions = {
                Region(x := chance.randrange(119), y := chance.randrange(39), chance.randrange(1, 120 - x), chance.randrange(1, 40 - y))
                for _ in range(chance.randrange(1, 5))
            }
            compositor._dirty_regions = set(regions)
            whole = painted(textual_parts.textual_partial_update(compositor))
            compositor._dirty_regions = set(regions)
            assert painted(compositor.render_partial_update()) == whole


async def test_widgets_behind_others_or_beside_what_changed_are_not_asked() -> None:
    async with opened("done", (120, 40)) as ui:
        textual_parts.render_with(frugal._renders, frugal._partial_update)
        compositor = ui.app.screen._compositor
        with frugal.only(compositor, [Region(40, 10, 20, 2)]):
            renders = [*compositor._get_renders(Region(0, 0, 120, 40))]
        ((region, _, strips),) = renders
        assert region.height == len(strips) == 2
        assert isinstance(compositor, Compositor) and not frugal._wanted


async def test_without_painting_of_our_own_textual_renders_as_it_does() -> None:
    async with opened("done", (120, 40)):
        pass
    async with opened("done", (120, 40), own_painting=False):
        assert Compositor._get_renders is textual_parts.textual_renders
        assert Compositor.render_partial_update is textual_parts.textual_partial_update
    async with opened("done", (120, 40)):
        assert (Compositor._get_renders is textual_parts.textual_renders) == (WAY == "textual")
