"""What one turn without a screen is to do, and how it begins."""

from __future__ import annotations

import re
from dataclasses import replace

from canvas_tui.core.actions import parse
from canvas_tui.core.artifact import PLAIN, SaveStanding, Turn, Version
from canvas_tui.core.canvas_port import Canvas
from canvas_tui.core.frozen import frozen
from canvas_tui.core.landing import newest
from canvas_tui.core.model import Json, Role, Session
from canvas_tui.core.ports import Backend
from canvas_tui.core.safe_text import safe_line
from canvas_tui.core.selection import highlight
from canvas_tui.core.troubles import describe


@frozen
class Wish:
    """Without any of them the thread goes on where it stopped.

    Args:
        text: the message.
        answer: resumes an interrupted thread; where it asks several questions, a dict by interrupt id, or one answer for all.
        turn: what is asked for beside the words; with it there may be none.
        action: a quick action as it is typed; it has to fit the artifact.
        select: a part of the artifact as it stands there, which ``text`` is about.
        again: ask for the last answer again.
        resend: the earlier message in whose place ``text`` is sent, as a branch: its id, or its number among the user's (-1: the last).
        version: becomes the newest version of the artifact first. Where nothing else is wished, that is all.
    """

    text: str | None = None
    answer: Json | None = None
    turn: Turn = PLAIN
    action: str = ""
    select: str = ""
    again: bool = False
    resend: str = ""
    version: Version | None = None

    @property
    def sends(self) -> bool:
        """A message of ours, or a turn in place of one."""
        return self.text is not None or self.turn != PLAIN or bool(self.action)

    @property
    def at_once(self) -> bool:
        """In a new thread it need not wait for anything."""
        return self.sends and self.version is None and not (self.action or self.select)

    @property
    def only_saves(self) -> bool:
        return self.version is not None and not (self.sends or self.again or self.answer is not None)

    def begin(self, backend: Backend, canvas: Canvas | None, thread_id: str, session: Session) -> str:
        """Start it; a sentence where that cannot be."""
        if self.sends:
            turn = self._acting(session) if self.action or self.select else self.turn
            if isinstance(turn, str):
                return turn
            if self.resend and canvas is not None:
                message_id = self._earlier(session)
                if not message_id:
                    return f"The thread has no message {safe_line(self.resend)} of yours."
                canvas.resend(thread_id, message_id, self.text or "", turn)
            elif turn == PLAIN or canvas is None:
                backend.submit(thread_id, self.text or "")
            else:
                canvas.act(thread_id, turn, self.text or "")
        elif self.answer is not None:
            if not session.interrupts:
                return "The thread does not wait for an answer."
            backend.answer(thread_id, [(asked.id, self._answer_to(asked.id, session)) for asked in session.interrupts])
        elif self.again and canvas is not None:
            if not session.history:
                return "The thread has no answer yet that could be asked for again."
            canvas.regenerate(thread_id)
        else:
            backend.proceed(thread_id)
        return ""

    def _earlier(self, session: Session) -> str:
        """The id of the message that is sent again; empty where there is none."""
        ids = [message.id for message in session.history if message.role is Role.HUMAN]
        if self.resend in ids:
            return self.resend
        number = int(self.resend) if re.fullmatch(r"-?[1-9]\d{0,8}", self.resend) else 0
        place = number - 1 if number > 0 else number
        return ids[place] if number and -len(ids) <= place < len(ids) else ""

    def _acting(self, session: Session) -> Turn | str:
        """On the artifact's current version; a sentence where that cannot be."""
        artifact = session.state.artifact
        if artifact is None:
            return "The thread has no artifact that could be changed."
        if self.select:
            return self._selected(artifact.version)
        turn = parse(self.action, artifact.version.kind)
        return turn if isinstance(turn, str) else replace(turn, documents=self.turn.documents)

    def _selected(self, version: Version) -> Turn | str:
        start = version.text.find(self.select)
        if start < 0:
            return "The artifact's current version does not hold the text that is to be rewritten."
        if version.text.find(self.select, start + 1) >= 0:
            return "The text that is to be rewritten stands in the artifact more than once; give more of what is around it."
        return replace(self.turn, keys=highlight(version, start, start + len(self.select)))

    def _answer_to(self, interrupt_id: str, session: Session) -> Json:
        if len(session.interrupts) > 1 and isinstance(self.answer, dict):
            return self.answer.get(interrupt_id, self.answer)
        return self.answer


class Laying:
    """The version of a file on its way into the thread, before the turn begins."""

    def __init__(self, canvas: Canvas, thread_id: str, version: Version) -> None:
        self._canvas, self._thread_id, self._version = canvas, thread_id, version
        self._asked = False

    def look(self, session: Session) -> bool:
        """Whether it lies there. Asks for it at the first look at a thread that has been read."""
        if not session.loaded:
            return False
        if not self._asked:
            self._asked = True
            self._canvas.save(self._thread_id, self._version, newest(session.state.artifact))
            return False
        return session.saving is None

    @staticmethod
    def refused(session: Session) -> str:
        """Why it will not lie there without the user; empty while that is open."""
        saving = session.saving
        if saving is None or saving.standing not in (SaveStanding.FAILED, SaveStanding.CONFLICT):
            return ""
        return f"The artifact could not be saved: {describe(saving.failure) if saving.failure else 'another version came between'}."
