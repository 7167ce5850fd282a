"""Which panes stand beside the conversation: docked where there is room, over it by key where there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from textual.widget import Widget

from canvas_tui.core.ports import Preferences


@dataclass(slots=True)
class Pane:
    """A pane, the width of the terminal from which it is docked, and whether the user wants it."""

    name: str
    widget: Widget
    from_width: int
    wanted: bool
    over: bool = False  # open over the conversation
    gives_way: int = 0  # while something else needs the room: docked from this width only

    @property
    def needs(self) -> int:
        return max(self.from_width, self.gives_way)


class Panes:
    def __init__(self, panes: list[Pane], preferences: Preferences, changed: Callable[[], None]) -> None:
        self._panes = {pane.name: pane for pane in panes}
        self._preferences = preferences
        self._changed = changed
        self._width = 0
        for pane in panes:
            kept = preferences.recall(f"pane.{pane.name}")
            pane.wanted = kept == "on" if kept else pane.wanted

    def fit(self, width: int) -> None:
        """The terminal has this width now."""
        self._width = width
        self._apply()

    def give_way(self, widths: Mapping[str, int]) -> None:
        """Something else needs the room: panes are docked from these widths only, the others as ever."""
        for pane in self._panes.values():
            pane.gives_way = widths.get(pane.name, 0)
        self._apply()

    def shown(self, name: str) -> bool:
        return bool(self._panes[name].widget.display)

    def docked(self, name: str) -> bool:
        pane = self._panes[name]
        return pane.wanted and self._width >= pane.needs

    def toggle(self, name: str) -> None:
        pane = self._panes[name]
        if self._width >= pane.needs:
            pane.wanted = not pane.wanted
            self._preferences.remember(f"pane.{name}", "on" if pane.wanted else "off")
        else:
            self._open_over(pane, not pane.over)
        self._apply()

    def open(self, name: str) -> None:
        if not self.shown(name):
            self.toggle(name)

    def close_over(self) -> bool:
        """Close what lies over the conversation; False where nothing does."""
        had = any(pane.over for pane in self._panes.values())
        for pane in self._panes.values():
            pane.over = False
        if had:
            self._apply()
        return had

    def _open_over(self, pane: Pane, over: bool) -> None:
        for other in self._panes.values():
            other.over = other is pane and over

    def _apply(self) -> None:
        for pane in self._panes.values():
            room = self._width >= pane.needs
            pane.over = pane.over and not room
            pane.widget.display = self.docked(pane.name) or pane.over
            pane.widget.set_class(pane.over, "-over")
        self._changed()
