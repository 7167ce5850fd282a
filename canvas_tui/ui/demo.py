"""The program as a demonstration."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from canvas_tui.core.canvas_port import Canvas
from canvas_tui.core.ports import Backend, Demonstration, Doctor, Preferences, Recordings, ScreenOptions

from .app import CanvasApp
from .screens.demo import KEY, Banner, DemoCommands, FaultsScreen


class DemoApp(CanvasApp):
    """``CanvasApp`` with a demonstration."""

    BINDINGS: ClassVar[list[BindingType]] = [*CanvasApp.BINDINGS, Binding(KEY, "faults", "Faults", show=False, priority=True)]
    COMMANDS: ClassVar = {DemoCommands}

    def __init__(
        self,
        backend: Backend,
        options: ScreenOptions,
        preferences: Preferences,
        demonstration: Demonstration,
        doctor: Doctor | None = None,
        canvas: Canvas | None = None,
        recordings: Recordings | None = None,
    ) -> None:
        super().__init__(backend, options, preferences, doctor=doctor, canvas=canvas, recordings=recordings)
        self.demonstration = demonstration

    def on_mount(self) -> None:
        banner = Banner("DEMONSTRATION", f"{KEY.upper()} faults", id="demonstration")
        self.main.mount(banner, before=0)
        banner.show(self.demonstration.line())
        self.demonstration.listen(lambda: banner.show(self.demonstration.line()))

    def action_faults(self) -> None:
        if isinstance(self.screen, FaultsScreen):
            self.screen.dismiss("")
        else:
            self.push_screen(FaultsScreen(self.demonstration), self._make)

    def _make(self, name: str | None) -> None:
        if name:
            self.demonstration.apply(name)
