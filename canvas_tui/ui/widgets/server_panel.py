"""What stands in the conversation while the server is not there: starting, gone, or not to be had, with its log's last lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.content import Content

from canvas_tui.core.model import ServerPhase, ServerState
from canvas_tui.core.safe_text import safe_line

from ..keymap import Keymap
from .lines import Lines

LOG_LINES = 8


class ServerPanel(Lines):
    def __init__(self, keys: Keymap) -> None:
        super().__init__(id="server")
        self._keys = keys

    def show(self, server: ServerState, width: int, told: bool = False, saved: str = "") -> None:
        """``told``: a notice of the conversation says already that the server is away. ``saved``: what is shown is not the server's."""
        build = None if told and server.phase is ServerPhase.DOWN else self._table.get(server.phase)
        lines = build(self, server, max(20, width - 4)) if build is not None else []
        if saved and server.phase is not ServerPhase.UP:
            lines += [Content.styled(line, "$foreground 60%") for line in wrapped(saved, max(20, width - 4))]
        self.display = bool(lines)
        self.set_lines(lines)

    def _starting(self, server: ServerState, width: int) -> list[Content]:
        what = "Starting the local agent" if server.local else f"Reaching {safe_line(server.name or server.url)}"
        sentence = safe_line(server.sentence)
        if sentence.lower().startswith(what.lower()):  # said once is enough
            what, sentence = what + sentence[len(what) :], ""
        told = [line for text in (sentence, "You can write already; it is sent when it is up.") for line in wrapped(text, width)]
        return [Content.styled(what, "bold"), *(Content.styled(line, "$foreground 60%") for line in told)]

    def _down(self, server: ServerState, width: int) -> list[Content]:
        name = safe_line(server.name or server.url)
        sentence = server.sentence or f"{name} does not answer. It is tried again by itself."
        return [*(Content.styled(line, "$text-warning") for line in wrapped(sentence, width)), self._help("run.again", "tries now")]

    def _failed(self, server: ServerState, width: int) -> list[Content]:
        what = "The local agent could not start" if server.local else f"{safe_line(server.name or server.url)} cannot be used"
        lines = [Content.styled(what, "bold $text-error")]
        lines += [Content(line) for line in wrapped(server.sentence, width)]
        if server.log:
            lines.append(Content(""))
            lines += [Content.styled(safe_line(line), "$foreground 60%") for line in server.log[-LOG_LINES:]]
        if server.log_path:
            lines.append(Content.assemble(("Log  ", "$foreground 60%"), safe_line(server.log_path)))
        lines.append(Content(""))
        lines.append(self._help("composer.send", "tries again"))
        return lines

    def _help(self, action: str, does: str) -> Content:
        """The key that tries the server, and the one that says what is wrong with it."""
        pairs = ((self._keys.words(action), does), (self._keys.words("run.doctor"), "says why"))
        return Content("  ").join(Content.assemble((key, "$text-primary"), (f" {word}", "$foreground 60%")) for key, word in pairs if key)

    _table: ClassVar[dict[ServerPhase, Callable[[ServerPanel, ServerState, int], list[Content]]]] = {
        ServerPhase.STARTING: _starting,
        ServerPhase.DOWN: _down,
        ServerPhase.FAILED: _failed,
    }


def wrapped(text: str, width: int) -> list[str]:
    """Cleaned, in lines of at most ``width`` cells; at most six."""
    clean = safe_line(text).strip()
    return [line.plain.rstrip() for line in Content(clean).wrap(width)][:6] if clean else []
