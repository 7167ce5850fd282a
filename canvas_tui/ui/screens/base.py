"""What the parts of the main screen know of one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from textual.reactive import var
from textual.screen import Screen

from canvas_tui.core.inputs import WhenBusy
from canvas_tui.core.model import Session
from canvas_tui.core.ports import Backend

from ..frames import Frames
from ..painting.resizing import LaidOutFirst
from ..widgets.composer import Composer
from ..widgets.lines_view import LinesView
from .panes import Panes

if TYPE_CHECKING:
    from ..app import CanvasApp


class Part(LaidOutFirst, Screen[None], inherit_bindings=True):
    """The open thread, the backend, and the frames. ``thread_id`` names the thread that is open."""

    thread_id: var[str] = var("", init=False)
    when_busy: WhenBusy = WhenBusy.QUEUE
    frames: Frames
    panes: Panes

    @property
    def canvas(self) -> CanvasApp:
        return cast("CanvasApp", self.app)

    @property
    def backend(self) -> Backend:
        return self.canvas.backend

    @property
    def session(self) -> Session:
        return self.backend.session(self.thread_id)

    @property
    def composer(self) -> Composer:
        return self.query_one(Composer)

    @property
    def opening(self) -> bool:
        """Something that takes the keys typed next is on its way."""
        return False

    @property
    def canvas_view(self) -> LinesView[Any] | None:
        """What of the canvas is read, where that is what the user is in."""
        return None

    def leave_canvas(self, hide: bool = False) -> bool:
        """Back to the conversation; False where the canvas is not what the user is in."""
        return False

    def take(self, text: str) -> bool:
        """Send what is more than a plain message; False where it is not."""
        return False

    def drop_chips(self) -> bool:
        """Let go of what would go with the next message; False where there is nothing."""
        return False

    def leave_edit(self) -> bool:
        """Out of the editor; False where nothing is edited."""
        return False

    def leave_diff(self) -> bool:
        """Back from a comparison to reading; False where there is none."""
        return False

    def move_change(self, step: int) -> bool:
        """To another change of a comparison; False where there is none."""
        return False

    def keep_draft(self) -> None:
        self.backend.keep_draft(self.thread_id, self.composer.whole)
