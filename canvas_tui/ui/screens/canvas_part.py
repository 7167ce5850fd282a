"""The main screen's part for the canvas: where it stands, which version is looked at, what is decided about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.containers import Horizontal

from canvas_tui.core.artifact import DraftStanding, Keep, SaveStanding, Version
from canvas_tui.core.canvas_port import Canvas
from canvas_tui.core.model import Session

from ..canvas_words import Canvasing, Looked, Mode, facts, title, told
from ..focusing import focus
from ..widgets.lines_view import LinesView
from ..widgets.offers import Offers, Told
from .base import Part

if TYPE_CHECKING:
    from ..widgets.canvas_pane import CanvasPane

NO_DOCUMENT = "There is no document in this thread yet. Ask the agent to write one."
NOTHING_ASKED = "The canvas asks nothing just now."
BESIDE_FROM = 140
"""Width from which the canvas stands beside the conversation."""
THREADS_FROM, RUN_FROM = 168, 208
"""Widths from which the other panes stand there as well."""


class CanvasPart(Part):
    """``looked_at``: index of the version that is looked at, None for what is newest. ``asked``: the user wants to see the canvas
    (None: as the room allows)."""

    looked_at: int | None = None
    asked: bool | None = None
    mode: Mode = Mode.READ
    against: int | None = None
    _pane: CanvasPane | None = None
    _canvas_thread: str = ""
    _go_there = False  # the user wants to be in it
    _drafted = False  # a version was being written when this was painted last

    @property
    def port(self) -> Canvas | None:
        """What acts on artifacts; None where nothing can (a recording that is played back)."""
        return self.canvas.artifacts

    @property
    def pane(self) -> CanvasPane | None:
        return self._pane

    @property
    def canvasing(self) -> Canvasing:
        return Canvasing.of(self.session)

    @property
    def version(self) -> Version:
        """The one that is looked at."""
        return self.canvasing.at(self.looked_at)

    @property
    def opening(self) -> bool:
        return self._go_there and (self.pane is None or not self.pane.ready)

    @property
    def canvas_view(self) -> LinesView[Any] | None:
        pane = self.pane
        inside = pane is not None and pane.display and pane.ready and (pane.has_focus_within or self.has_class("-stacked"))
        return pane.read if pane is not None and inside else None

    # -- painting --------------------------------------------------------------------------------------------------

    def paint_canvas(self, session: Session) -> None:
        canvas = Canvasing.of(session)
        if session.thread_id != self._canvas_thread:
            self.canvas_thread_left()
            self._canvas_thread, self.looked_at, self.asked = session.thread_id, None, None
            self.mode, self.against = Mode.READ, None
            self._drafted = False
        if canvas.writing and not self._drafted:
            self.looked_at = None  # what is written is what one wants to see
            self.mode = Mode.EDIT if self.mode is Mode.EDIT else Mode.READ
        self._drafted = canvas.writing
        self._settle_canvas(canvas)
        pane = self.pane
        if pane is not None and pane.ready and pane.display:
            pane.show(canvas, Looked(session.thread_id, self.looked_at, self.mode, self.against), self.kept, self.told_of_edit())
        self._tell_canvas(canvas)
        self.paint_canvas_part()

    def paint_canvas_part(self) -> None:
        """What else depends on the artifact."""

    def canvas_thread_left(self) -> None:
        """Another thread is open now."""

    def put_edit_aside(self) -> None:
        """What is being edited waits to be gone on with."""

    def told_of_edit(self) -> list[Told]:
        """What stands below the editor."""
        return []

    @property
    def kept(self) -> Version | None:
        """An unsaved edit from before, which waits to be gone on with."""
        return None

    def go_on_with(self, kept: Version) -> object:
        """Edit on where an earlier life of the program stopped."""

    async def canvas_ready(self) -> CanvasPane:
        """The pane, shown."""
        self.asked = True
        self.paint_canvas(self.session)
        pane = self.pane
        assert pane is not None
        await pane.came.wait()
        self.paint_canvas(self.session)
        return pane

    def _settle_canvas(self, canvas: Canvasing) -> None:
        """Where the canvas stands: beside the conversation, in its place, or not at all."""
        wide = self.app.size.width >= BESIDE_FROM
        there = bool(canvas) or self.mode is Mode.EDIT
        shown = there and (self.asked if self.asked is not None else wide)
        pane = self.pane
        if pane is None and shown:
            self._mount_canvas()
            pane = self.pane
        beside, stacked = shown and wide, shown and not wide
        if pane is not None and (pane.display, self.has_class("-stacked"), self.has_class("-beside")) != (shown, stacked, beside):
            pane.display = shown
            self.set_class(stacked, "-stacked")
            self.set_class(beside, "-beside")
            self.panes.give_way({"threads": THREADS_FROM, "run": RUN_FROM} if beside else {"threads": 999, "run": 999} if stacked else {})

    def _mount_canvas(self) -> None:
        from ..widgets.canvas_pane import CanvasPane  # the first frame does not wait for it

        pane = self._pane = CanvasPane(self.canvas.signs, self.canvas.keys)
        pane.display = False
        self.query_one("#columns", Horizontal).mount(pane, before="#run")

    def _tell_canvas(self, canvas: Canvasing) -> None:
        """Where there is no room beside the conversation, a line tells that there is a document."""
        pane, line = self.pane, self.query_one("#canvas-line", Offers)
        if not canvas or (pane is not None and pane.display):
            line.tell(())
            return
        version = canvas.newest
        asked = next(iter(told(canvas, version, self.kept)), Told(""))
        about = [asked.words] if asked.words else facts(canvas, version, self.canvas.signs.ellipsis, brief=True)
        words = f" {self.canvas.signs.dot} ".join((title(version), *about))
        line.tell((Told(words, (("canvas.show", "shows it"),), asked.style, short=True),))

    # -- showing and walking ---------------------------------------------------------------------------------------

    def action_show_canvas(self) -> None:
        """Show it and go there; from there: hide it."""
        pane = self.pane
        if not self.canvasing:
            self.canvas.say(NO_DOCUMENT)
        elif pane is not None and pane.display and (pane.has_focus_within or self.has_class("-stacked")):
            self.leave_canvas(hide=True)
        else:
            self.asked = True
            self.paint_canvas(self.session)
            self.frames.ask()
            self._go_there = True
            self._arrive()

    def on_canvas_pane_ready(self) -> None:
        self._arrive()
        self.frames.ask()

    def _arrive(self) -> None:
        """The focus goes to the canvas when it is there."""
        pane = self.pane
        if self._go_there and pane is not None and pane.ready:
            self._go_there = False
            self.paint_canvas(self.session)
            focus(pane.read)
            self.canvas.keys_go_on()

    def on_diff_view_compared(self) -> None:
        self.frames.ask()

    def action_diff(self) -> None:
        """Inline, side by side, and back to reading."""
        canvas = self.canvasing
        if canvas.pair(self.looked_at, self.against) is None:
            self.canvas.say("There is only one version; nothing to compare it with." if canvas else NO_DOCUMENT)
            return
        self.put_edit_aside()
        following = {Mode.READ: Mode.INLINE, Mode.INLINE: Mode.BESIDE}
        self.mode = following.get(self.mode, Mode.READ)
        self.against = self.against if self.mode.diff else None
        self.asked = True
        self.paint_canvas(self.session)  # now: an editor gives the focus away
        self.frames.ask()

    def move_change(self, step: int) -> bool:
        if self.mode.diff and self.canvas_view is not None and self.pane is not None:
            self.pane.diff.move_change(step)
            return True
        return False

    def leave_diff(self) -> bool:
        """Esc: back to reading; while a run is on, from there alone, since elsewhere Esc is to stop it."""
        seen = self.pane is not None and self.pane.display and self.pane.ready
        if not self.mode.diff or not seen or (self.session.active and self.canvas_view is None):
            return False
        self.mode, self.against = Mode.READ, None
        self.frames.ask()
        return True

    def leave_canvas(self, hide: bool = False) -> bool:
        """Back to the conversation; False where the canvas is not what the user is in."""
        pane = self.pane
        if pane is None or not pane.display or not (hide or pane.has_focus_within or self.has_class("-stacked")):
            return False
        if hide or self.has_class("-stacked"):
            self.asked = False
        focus(self.composer)
        self.frames.ask()
        return True

    def action_step_version(self, step: int) -> None:
        canvas = self.canvasing
        if not canvas:
            return
        self.looked_at = canvas.step(self.looked_at, step)
        self.asked = True
        self.frames.ask()

    # -- deciding --------------------------------------------------------------------------------------------------

    def action_keep_version(self) -> None:
        """Yes to what the canvas asks: keep the partial version, or mine, or go on from the version that is looked at."""
        canvas, port = self.canvasing, self.port
        if port is None or not canvas:
            return
        if canvas.saving is not None:
            if canvas.saving.standing in (SaveStanding.CONFLICT, SaveStanding.FAILED):
                port.resolve(self.thread_id, Keep.MINE)
        elif canvas.draft is not None and canvas.draft.standing is not DraftStanding.WRITING:
            port.keep_partial(self.thread_id)
        elif (kept := self.kept) is not None:
            self.go_on_with(kept)
        elif self.version is not canvas.newest:
            port.choose(self.thread_id, self.version.index)
            self.looked_at = None
        else:
            self.canvas.say(NOTHING_ASKED)
        self.frames.ask()

    def action_drop_version(self) -> None:
        canvas, port = self.canvasing, self.port
        if port is None or not canvas:
            return
        if canvas.saving is not None:
            if canvas.saving.standing is not SaveStanding.SAVING:
                port.resolve(self.thread_id, Keep.THEIRS)
        elif canvas.draft is not None and canvas.draft.standing is not DraftStanding.WRITING:
            port.drop_partial(self.thread_id)
        elif self.kept is not None:
            port.keep_edit(self.thread_id, None)
        elif self.looked_at is not None:
            self.looked_at = None
        else:
            self.canvas.say(NOTHING_ASKED)
        self.frames.ask()

    def action_copy_canvas(self) -> None:
        if self.canvasing:
            self.canvas.copy(self.version.text, "document" if self.version.kind.value == "text" else "code")
