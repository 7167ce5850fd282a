"""Rows that were not painted while a frame was on its way are painted by the loop, outside of any of Textual's tasks."""

from __future__ import annotations

from contextvars import Context
from types import SimpleNamespace
from typing import Any

import pytest
from textual._context import active_app

from canvas_tui.ui.painting.terminal import Abilities, Terminal
from tests.ui.driving import opened


async def test_they_are_painted_in_the_apps_context(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen: the footer without colours after a quick change of size; without the app no name of a colour is understood."""
    async with opened("done", (120, 40)) as ui:
        seen: list[Any] = []
        monkeypatch.setattr(ui.app, "_write_rows", lambda rows: seen.append((active_app.get(None), list(rows))))
        monkeypatch.setattr(ui.app, "_terminal", Terminal(120, 40, Abilities()))
        monkeypatch.setattr(ui.app, "_missed", {39})
        Context().run(ui.app._frame_left)
        assert seen == [(ui.app, [39])]


async def test_what_lies_over_the_screen_is_painted_over_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen in tmux: a menu over black, where a frame was on its way as it opened."""
    async with opened("done", (120, 40)) as ui:
        await ui.press("f1")
        seen: list[str] = []

        def written(rows: Any) -> None:
            seen.extend("".join(strip.text for _, strips in parts for strip in strips) for parts in rows.values())

        monkeypatch.setattr(ui.app, "_write_rows", written)
        monkeypatch.setattr(ui.app, "_terminal", Terminal(120, 40, Abilities()))
        monkeypatch.setattr(ui.app, "_missed", {1})
        ui.app.screen.refresh()
        Context().run(ui.app._frame_left)
        assert "Tides in the North Sea" in seen[0]


async def test_what_leaves_during_a_batch_is_followed_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened("done", (120, 40)) as ui:
        seen: list[list[int]] = []
        monkeypatch.setattr(ui.app, "_write_rows", lambda rows: seen.append(list(rows)))
        monkeypatch.setattr(ui.app, "_terminal", Terminal(120, 40, Abilities()))
        monkeypatch.setattr(ui.app, "_gauge", SimpleNamespace(busy=False))
        monkeypatch.setattr(ui.app, "_missed", {39})
        with ui.app.batch_update():
            Context().run(ui.app._frame_left)
            assert not seen
        assert seen == [[39]]


async def test_a_whole_frame_is_not_rendered_again_where_nothing_is_known_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """After another size, or with rows that were missed."""
    async with opened("done", (120, 40)) as ui:
        written: list[list[int]] = []
        monkeypatch.setattr(ui.app, "_write_rows", lambda rows: written.append(list(rows)))
        monkeypatch.setattr(ui.app, "_whole_rows", lambda screen, ys: pytest.fail("rendered twice"))
        monkeypatch.setattr(ui.app, "_gauge", SimpleNamespace(busy=False))
        for missed in (None, {3}):
            monkeypatch.setattr(ui.app, "_terminal", None if missed is None else Terminal(120, 40, Abilities()))
            monkeypatch.setattr(ui.app, "_missed", missed)
            ui.app._paint(ui.app.screen, ui.app.screen._compositor.render_full_update())
            assert ui.app._missed is None
        assert written == [[*range(40)]] * 2
