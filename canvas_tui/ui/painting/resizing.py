"""Another size of the terminal: laid out first, painted after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.geometry import Size

from .. import textual_parts as parts

if TYPE_CHECKING:
    from textual.screen import Screen

    _Base = Screen[Any]
else:
    _Base = object


class LaidOutFirst(_Base):
    """Mixin, before ``Screen``: of a new size the widgets hear before the screen is painted with it, and it is painted once.

    Textual paints in the same turn in which it lays out, with what every widget showed at the old size, and twice more when they have what
    they show at the new one: after the layout that they ask for, and for the screen's own sake. Measured with three panes: the longest
    turn, of a layout and two frames, was 71 to 75 ms, and is 46 to 68, of one frame.
    """

    _laying_out = False

    def _screen_resized(self, size: Size) -> None:
        self._laying_out = parts.stands(self.app)  # the program's first frame waits for nothing
        try:
            super()._screen_resized(size)
        finally:
            if self._laying_out:
                self._laying_out = False
                self.refresh(repaint=False, layout=True)

    def _compositor_refresh(self) -> None:
        if not (self._laying_out or parts.whole_after_layout(self)):
            super()._compositor_refresh()
