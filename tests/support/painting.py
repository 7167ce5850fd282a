"""Which way of painting the suite tries: ``CANVAS_TUI_TEST_PAINTING`` = own (as it is), margins (a terminal that has left and right
margins) or textual (Textual's own painting). ``make test-painting`` runs the tests of the screen in each."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.strip import Strip

from canvas_tui.ui.painting import app as seam
from canvas_tui.ui.painting import frugal
from tests.support.vt import Vt

WAYS = ("own", "margins", "textual")
WAY = os.environ.get("CANVAS_TUI_TEST_PAINTING", WAYS[0])
assert WAY in WAYS, f"CANVAS_TUI_TEST_PAINTING is one of {', '.join(WAYS)}"


class _Gone:
    """A terminal that takes all at once."""

    busy = False
    seconds = 0.0

    def frame(self, text: str, now: float) -> str:
        return text

    def forget(self) -> None:
        pass


class Painted:
    """An app that runs without a terminal paints on one of ours; ``differs`` compares it with what Textual would have painted."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self._vt = Vt(1, 1)

    def write(self, text: str) -> None:
        if "\x1b[?69$p" in text:
            self.app._abilities.margins = WAY == "margins"
        terminal = self.app._terminal
        if terminal is not None and (terminal.width, terminal.height) != (self._vt.columns, self._vt.lines):
            self._vt = Vt(terminal.width, terminal.height)
        self._vt.feed(text)

    def differs(self) -> str:
        """In words; empty where all cells are the same."""
        wanted = Vt(*self.app.size)
        strips: Iterable[Any] = self.app.screen._compositor.render_strips()
        for y, strip in enumerate(strips):
            wanted.feed(f"\x1b[{y + 1};1H{Strip(list(strip)).render(self.app.console)}")
        if self._vt.rows() == wanted.rows():
            return ""
        cells = [(x, y) for y, row in enumerate(wanted.rows()) for x, cell in enumerate(row) if cell != self._vt.rows()[y][x]]
        x, y = cells[0]
        return f"{len(cells)} cells, ({x}, {y}) first: {self._vt.rows()[y][x]}, wanted {wanted.rows()[y][x]}\n{self._vt.text()}"


def paint(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Apps paint by difference though they run without a terminal, and are checked where a picture is taken of them: a fixture."""
    if WAY == "textual":
        monkeypatch.setattr(frugal, "install", frugal.remove)
        yield
        return
    wrong: list[str] = []
    build, export = seam.OwnPainting._build_driver, App.export_screenshot

    def with_terminal(self: Any, *args: Any, **how: Any) -> Any:
        driver = build(self, *args, **how)
        self._gauge, self.painted = _Gone(), Painted(self)
        vars(driver)["write"] = self.painted.write
        return driver

    def checked(self: Any, **how: Any) -> str:
        if isinstance(self, seam.OwnPainting):
            wrong.append(vars(self)["painted"].differs())
        return export(self, **how)

    def paints(self: Any, screen: Any, renderable: Any) -> bool:
        return isinstance(renderable, LayoutUpdate | ChopsUpdate) and screen is self.screen and self._running

    monkeypatch.setattr(seam.OwnPainting, "_build_driver", with_terminal)
    monkeypatch.setattr(seam.OwnPainting, "_paints", paints)
    monkeypatch.setattr(App, "export_screenshot", checked)
    yield
    assert not "".join(wrong)
