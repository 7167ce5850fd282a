"""The main screen's part for branches: an answer asked for again, an earlier message in other words, the way between them."""

from __future__ import annotations

from textual import on

from ..focusing import focus
from ..widgets.transcript import Transcript
from .canvas_memory import MemoryPart


class BranchPart(MemoryPart):
    def action_regenerate(self) -> None:
        """The last answer, once more; the one there is stays a branch."""
        port, session = self.port, self.session
        if port is None:
            self.canvas.say("Nothing can be asked again here.")
        elif session.active:
            self.canvas.say(f"A run is on. {self.canvas.keys.words('run.stop')} stops it; then the answer can be asked for again.")
        elif not session.history:
            self.canvas.say("There is no answer yet that could be asked for again.")
        else:
            port.regenerate(self.thread_id)
            self.query_one(Transcript).to_end()

    def action_resend(self) -> None:
        """The selected (or last) message of the user's goes into the composer, to be sent as a branch."""
        message = self.query_one(Transcript).chosen_words()
        if self.port is None or message is None:
            self.canvas.say("Select a message of yours: it can be sent again in other words.")
            return
        self.again = message.id
        self.composer.put(message.text)
        focus(self.composer)
        self.paint_chips()

    def action_step_branch(self, step: int) -> None:
        """At the selected message, else at the last one that has branches."""
        branches = self.session.branches
        chosen = self.query_one(Transcript).chosen_id()
        branch = next((one for one in branches if one.message_id == chosen), branches[-1] if branches else None)
        if self.port is None or branch is None:
            keys = self.canvas.keys
            again, resend = keys.words("message.regenerate"), keys.words("message.resend")
            self.canvas.say(f"There is one branch only. {again} asks again, {resend} sends a message in other words.")
        elif 1 <= branch.at + step <= branch.count:
            self._go_to_branch(branch.message_id, step)

    @on(Transcript.BranchChosen)
    def _branch_chosen(self, message: Transcript.BranchChosen) -> None:
        self._go_to_branch(message.message_id, message.step)

    def _go_to_branch(self, message_id: str, step: int) -> None:
        """Unless something of this one is being edited: it would be saved into the other."""
        if self.port is None:
            return
        if self.editor is not None:
            keys = self.canvas.keys
            leaves = f"{keys.words('canvas.save')} saves it, {keys.words('run.stop')} leaves it."
            self.canvas.say(f"What you edit belongs to this branch. {leaves}", warning=True)
            return
        self.port.branch(self.thread_id, message_id, step)
        self.frames.ask()
