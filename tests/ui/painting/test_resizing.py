"""Another size: the widgets hear of it first, then the screen is painted, once."""

from __future__ import annotations

import pytest
from textual.geometry import Region
from textual.screen import Screen

from ..driving import LARGE, opened


async def test_at_another_size_the_screen_is_painted_once_and_with_what_is_shown_there(monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[tuple[bool, int]] = []  # whether the whole is, and the width for which the conversation was rendered
    paints = Screen._compositor_refresh

    async with opened("streaming", LARGE) as ui:

        def made_for() -> int:
            made = ui.main.transcript._made_for
            return made.width if made is not None else 0

        def noted(screen: Screen[None]) -> None:
            painted.append((screen._compositor.size.region in screen._compositor._dirty_regions, made_for()))
            paints(screen)

        monkeypatch.setattr(Screen, "_compositor_refresh", noted)
        await ui.pilot.resize_terminal(100, 30)
        await ui.pilot.pause()
        width = ui.main.transcript.scrollable_content_region.width
        assert [made_for for whole, made_for in painted if whole] == [width]
        assert ui.app.screen.size.region == Region(0, 0, 100, 30)
