"""What an empty thread shows."""

from __future__ import annotations

from textual.content import Content

from canvas_tui.core.model import ServerPhase, ServerState
from canvas_tui.core.safe_text import safe_line
from canvas_tui.core.server_state import SCRIPTED

from ..keymap import Keymap, key_names
from .lines import Lines

_LIKE_ENTER = ("Shift+Enter", "Ctrl+Enter")
HINTS = ("program.help", "program.palette", "thread.go", "composer.newline")
WORDS = {"program.help": "all the keys", "program.palette": "every command", "thread.go": "your threads", "composer.newline": "a new line"}


class Welcome(Lines):
    def __init__(self, keymap: Keymap) -> None:
        super().__init__(id="welcome")
        self._keymap = keymap

    def show(self, server: ServerState, loading: bool, strange: bool = False) -> None:
        """``strange``: the thread was asked for by its id, and the server has none of it."""
        if loading:
            self.set_lines([Content.styled("Reading the thread", "$foreground 60%")])
            return
        lines = [Content.styled("What would you like to do?", "bold")]
        if strange:
            told = ("The server does not know this thread.", "A message begins it anew.")
            lines[:0] = [*(Content.styled(line, "$text-warning") for line in told), Content("")]
        lines += [Content.styled(line, "$foreground 60%") for line in _partner(server)]
        lines.append(Content(""))
        keys = {action: self._key(action) for action in HINTS}
        width = max(map(len, keys.values()))
        lines += [
            Content.assemble((key.rjust(width), "$text-primary"), "  ", (WORDS[action], "$foreground 60%")) for action, key in keys.items()
        ]
        self.set_lines(lines)

    def _key(self, action: str) -> str:
        """One that every terminal tells apart: many send a plain Enter for Shift+Enter."""
        names = key_names(self._keymap.keys(action))
        return next((name for name in reversed(names) if name not in _LIKE_ENTER), names[0])


def _partner(server: ServerState) -> tuple[str, ...]:
    """With whom one talks, as soon as that is known."""
    if server.phase is not ServerPhase.UP or not (server.model or server.assistant):
        return ("Write below, Enter sends.",)
    if server.model == SCRIPTED:
        return (f"You talk to the {SCRIPTED}.", "It thinks nothing up: write /help to it.")
    return (f"You talk to {safe_line(server.model)}." if server.model else f'You talk to "{safe_line(server.assistant)}".',)
