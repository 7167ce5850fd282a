"""The canvas beside the conversation: its heading, the version that is looked at, and what there is to decide about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from canvas_tui.core.artifact import DraftStanding, Version

from ..canvas_words import Canvasing, told
from ..glyphs import Glyphs
from ..keymap import Keymap
from .canvas_head import CanvasHead
from .canvas_sheets import Shown
from .canvas_view import CanvasView
from .lines_view import LinesView
from .offers import Offers

LOW = 30
"""Rows of the terminal below which the heading is one line."""


class CanvasPane(Vertical):
    """Mounted when the first artifact appears."""

    DEFAULT_CSS = """
    CanvasPane { width: 1.2fr; height: 100%; border-left: vkey $border-blurred; padding: 1 0 0 0; }
    CanvasPane:focus-within { border-left: vkey $primary; }
    CanvasPane.-low { padding: 0; }
    CanvasPane #canvas-head { margin: 0 1 1 1; }
    CanvasPane.-low #canvas-head { margin: 0 1; }
    CanvasPane #canvas-view { height: 1fr; }
    CanvasPane #canvas-foot { margin: 0 1; }
    App.-ascii CanvasPane, App.-ascii CanvasPane:focus-within { border-left: ascii $border; }
    """

    class Ready(Message):
        """It has its place, and can show something."""

    @dataclass(frozen=True, slots=True)
    class Looked:
        """What is looked at: the thread, and the version (None: what is newest)."""

        thread_id: str
        at: int | None = None

    def __init__(self, signs: Glyphs, keymap: Keymap) -> None:
        super().__init__(id="canvas")
        self._signs, self._keymap = signs, keymap
        self.ready = False
        self.looked = self.Looked("")

    def compose(self) -> ComposeResult:
        yield CanvasHead(self._signs)
        yield CanvasView(id="canvas-view")
        yield Offers(self._keymap, self._signs.ellipsis, id="canvas-foot")

    def on_mount(self) -> None:
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.ready = True
        self.post_message(self.Ready())

    @property
    def read(self) -> LinesView[Any]:
        """What is to be scrolled and searched."""
        return self.view

    @property
    def view(self) -> CanvasView:
        return self.query_one(CanvasView)

    def show(self, canvas: Canvasing, looked: Looked, kept: Version | None) -> None:
        fresh, self.looked = looked.thread_id != self.looked.thread_id, looked
        version, draft = canvas.at(looked.at), canvas.draft
        low = self.app.size.height < LOW
        self.set_class(low, "-low")
        self.query_one(CanvasHead).show(canvas, version, low, "")
        if draft is not None and version is draft.version and draft.standing is DraftStanding.WRITING:
            shown = Shown(version, True, draft.start, draft.grown)
        else:
            shown = Shown(version)
        self.view.show(shown, fresh)
        self.query_one("#canvas-foot", Offers).tell(told(canvas, version, kept))
