"""The main screen's part for what the agent is asked to do with the artifact: on a selection, by an action, by a command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on, work
from textual.widgets import TextArea

from canvas_tui.core.actions import ACTIONS, SEARCH, actions_for, custom, parse
from canvas_tui.core.artifact import ArtifactKind, CustomAction, Document, Turn, Version
from canvas_tui.core.canvas_port import StoreFailure
from canvas_tui.core.safe_text import safe_line
from canvas_tui.core.selection import Part
from canvas_tui.core.server_state import SCRIPTED

from ..canvas_words import Canvasing, Mode, count, size, title, which
from ..focusing import focus
from ..slash import NO_COMMAND, OWN, command_of, complete, hint, plain
from ..widgets.composer import PLACEHOLDER
from ..widgets.offers import Offers, Told
from ..widgets.question import QuestionPanel
from ..widgets.transcript import Transcript
from .ask import PickScreen, Row
from .canvas_edit import EditPart
from .canvas_part import NO_DOCUMENT

if TYPE_CHECKING:
    from ..widgets.canvas_editor import CanvasEditor
    from ..widgets.canvas_view import CanvasView

ACTIONS_KEY, ASK_KEY = "canvas.actions", "canvas.ask"
CUSTOM, MANAGE = "custom:", "manage:"


class ActPart(EditPart):
    part: Part | None = None
    """What is selected on the canvas."""
    attached: tuple[Document, ...] = ()
    """What goes with the next message."""
    again: str = ""
    """The id of the earlier message that is being written again, as a branch."""

    # -- the chips over the composer -------------------------------------------------------------------------------

    def paint_chips(self) -> None:
        told: list[Told] = []
        if words := self._hint(self.composer.text):
            told.append(Told(words, (), "$text-primary", short=True))
        if (part := self._asked_about) is not None:
            head = safe_line(" ".join(part.text.split()))
            many = size(replace(part.version, text=part.text))
            can = ((ASK_KEY, "ask"), (ACTIONS_KEY, "actions"), ("run.stop", "lets go"))
            told.append(Told(f"Selected, {many}: {head}", can[self.composer.has_focus :], "$text-accent", short=True))
            if part.before.strip():
                more = size(replace(part.version, text=part.before), rough=True)
                told.append(Told(f"Not the only one: {more} before it are rewritten too", style="$text-warning", short=True))
        if self.attached:
            names = ", ".join(safe_line(document.name) for document in self.attached)
            told.append(Told(f"Attached: {names}", (("message.detach", "takes it off"),), "$text-accent", short=True))
        if self.again:
            told.append(Told("Sent again in other words, as a branch", (("run.stop", "leaves it"),), "$text-accent", short=True))
            if self.part is not None:
                told.append(Told("What is selected does not go with it", style="$text-accent", short=True))
        self.query_one("#chips", Offers).tell(told)
        self.paint_placeholder()

    def paint_placeholder(self) -> None:
        """What the composer is for just now, while nothing is written."""
        if self._asked_about is not None:
            self.composer.placeholder = f"What should become of it? {self.canvas.keys.words(ACTIONS_KEY)} has actions"
        else:
            self.composer.placeholder = "Your answer" if self.query_one(QuestionPanel).asking else PLACEHOLDER

    @property
    def _asked_about(self) -> Part | None:
        """What is selected; it does not go with a message that is sent again, before which the document was another one."""
        return self.part if not self.again else None

    @property
    def _document(self) -> Version | None:
        """What the agent is to work on: what is being edited, else the current version."""
        artifact = self.canvasing.artifact
        return self.editor.version if self.editor is not None else artifact.version if artifact is not None else None

    @property
    def _kind(self) -> ArtifactKind | None:
        return self.canvasing.newest.kind if self.canvasing.artifact is not None else None

    @on(TextArea.Changed, "#composer")
    def _typing(self) -> None:
        self.paint_chips()

    def complete(self, text: str) -> str:
        return complete(text, self._kind) if self.port is not None else ""

    def on_canvas_view_part_selected(self, message: CanvasView.PartSelected) -> None:
        if message.elsewhere and self.pane is not None:
            self.pane.view.hold()  # what was selected is still meant
        if self.editor is None:
            self.part = None
            self._find_part()
            self.paint_chips()

    def _find_part(self) -> None:
        """What is selected on the canvas counts as soon as the version that it is of is the current one."""
        pane, canvas = self.pane, self.canvasing
        if self.part is None and self.editor is None and pane is not None and pane.ready and canvas.artifact is not None:
            part = pane.view.part() if not canvas.writing else None
            self.part = part if part is not None and self._works_on(part) else None

    def on_canvas_editor_part_selected(self, message: CanvasEditor.PartSelected) -> None:
        self.part = message.part if self.editor is not None else None
        self.paint_chips()

    def action_ask_canvas(self) -> None:
        """From the canvas to the composer, with what is selected."""
        if self.port is None or self._document is None:
            self.canvas.say(NO_DOCUMENT)
            return
        if self.part is None:
            self.canvas.say("Nothing is selected, so all of it is meant. Shift and arrow keys, or the mouse, select a part.")
        focus(self.composer)
        self.paint_chips()

    def _works_on(self, part: Part) -> bool:
        canvas = self.canvasing
        if self.editor is not None:  # it is saved before anything is done with it
            return part.version.text == self.editor.text
        return canvas.artifact is not None and not canvas.writing and part.version == canvas.artifact.version  # a thread is read again

    def drop_chips(self) -> bool:
        """Esc: the branch that is being written, or the selection."""
        had = self.part is not None or bool(self.again)
        if self.again:
            self.again = ""
        elif self.part is not None and self.pane is not None:
            self.part = None
            self._let_go()
        if had:
            self.paint_chips()
        return had

    def canvas_thread_left(self) -> None:
        super().canvas_thread_left()
        self.part, self.attached, self.again = None, (), ""

    def paint_canvas_part(self) -> None:
        """A new version is not what was selected in."""
        if self.part is not None and not self._works_on(self.part):
            self.part = None
            self._let_go()
        self._find_part()
        self.paint_chips()

    def _let_go(self) -> None:
        if self.pane is not None and self.pane.ready:
            self.pane.view.let_go()
        if self.editor is not None:
            self.editor.let_go()

    # -- sending ---------------------------------------------------------------------------------------------------

    def take(self, text: str) -> bool:
        """What is typed and meant for more than a plain message; True where it has been taken."""
        command = command_of(text)
        if command is not None and self.port is not None and not self._for_the_script(command):
            self._command(text, command)
            return True
        text = plain(text) if self.port is not None else text
        part, port = self._asked_about, self.port
        turn = part.turn(self.attached) if part is not None else Turn(documents=self.attached)
        if part is not None:
            self.save_first()
        if port is not None and self.again:
            port.resend(self.thread_id, self.again, text, turn)
        elif port is not None and (turn.keys or turn.documents):
            port.act(self.thread_id, turn, text, self.when_busy)
        else:
            self.backend.submit(self.thread_id, text, self.when_busy)
        self._taken()
        return True

    def _hint(self, text: str) -> str:
        command = command_of(text)
        if command is None or self.port is None:
            return ""
        words = hint(text, self._kind)
        return "" if words == NO_COMMAND and self._for_the_script(command) else words

    def _for_the_script(self, command: str) -> bool:
        """The local agent's scripted model takes directives of its own that begin with a slash; before it is up, its model is unknown."""
        server, name = self.backend.server(), command.partition(" ")[0]
        ours = name in [own for own, _ in OWN] or (any(action.name == name for action in ACTIONS) and self.canvasing.artifact is not None)
        return server.local and server.model in (SCRIPTED, "") and not ours

    def _taken(self) -> None:
        self.part, self.attached, self.again = None, (), ""
        self._let_go()
        self.query_one(Transcript).to_end()
        self.paint_chips()
        self.frames.ask()

    def _command(self, text: str, command: str) -> None:
        name, _, rest = command.partition(" ")
        if name == "attach":
            self.attach(rest.strip())
        elif name == "search" and rest.strip() and self.port is not None:
            turn = replace(SEARCH, documents=self.attached)
            if self.again:
                self.port.resend(self.thread_id, self.again, rest.strip(), turn)
            else:
                self.port.act(self.thread_id, turn, rest.strip(), self.when_busy)
            self._taken()
        elif any(action.name == name for action in ACTIONS):
            problem = self.act(command)
            if problem:
                self._back(text, problem)
        else:
            names = ", ".join(f"/{action.name}" for action in (actions_for(self._kind) if self._kind is not None else ACTIONS))
            self._back(text, f"There is no command /{safe_line(name)}. There are: {names}, /attach, /search. To send the text: //")

    def _back(self, text: str, problem: str) -> None:
        self.canvas.say(problem, warning=True)
        if not self.composer.text:
            self.composer.put(text)

    def attach(self, path: str) -> object:
        """A text file goes with the next message."""

    # -- actions ---------------------------------------------------------------------------------------------------

    def act(self, command: str) -> str:
        """Take an action, "translate french", on the selection or the whole; a sentence where that cannot be."""
        version = self._document
        if self.port is None or version is None:
            return NO_DOCUMENT
        found = parse(command, version.kind)
        if isinstance(found, str):
            return found
        return self._act(found, found.words)

    def _act(self, turn: Turn, words: str) -> str:
        canvas, port = self.canvasing, self.port
        if problem := self._not_now(canvas):
            return problem
        assert port is not None
        part, files = self.part, self.attached
        turn, text = (part.turn(files), words) if part is not None else (replace(turn, documents=files), "")
        self.save_first()
        port.act(self.thread_id, turn, text, self.when_busy)
        self._taken()
        return ""

    def _not_now(self, canvas: Canvasing) -> str:
        """Why the agent cannot be asked to change what is looked at."""
        keys = self.canvas.keys
        if self.again:
            return f"An action does not go with a message that is sent again. {keys.words('run.stop')} leaves that."
        if self.editor is not None:
            return ""  # it is saved first
        if canvas.artifact is not None and self.looked_at is not None and self.version is not canvas.artifact.version:
            now = which(canvas, canvas.artifact.version)
            return f"The agent works on {now}, not on what you look at. {keys.words('canvas.keep')} goes on from this one."
        return ""

    @work(exclusive=True, group="canvas-actions")
    async def action_actions(self) -> None:
        version, port = self._document, self.port
        if port is None or version is None:
            self.canvas.say(NO_DOCUMENT)
            return
        if problem := self._not_now(self.canvasing):
            self.canvas.say(problem, warning=True)
            return
        customs: Sequence[CustomAction] = ()
        note = ""
        try:
            customs = await port.custom_actions()
        except StoreFailure as problem_of_store:
            note = safe_line(str(problem_of_store))
        what = "the selection" if self.part is not None else title(version)
        rows = action_rows(version.kind, customs)
        note = note or ("What you are editing is saved as a version first." if self.editor is not None and self.editor.changed else "")
        answer = await self.app.push_screen_wait(PickScreen(f"Actions on {what}", rows, self.canvas.signs.ellipsis, note=note))
        if answer is not None:
            self._picked(answer[1], customs)

    def _picked(self, value: str, customs: Sequence[CustomAction]) -> None:
        if value == MANAGE:
            self.manage_customs()
            return
        if value.startswith(CUSTOM):
            action = next((one for one in customs if one.id == value.removeprefix(CUSTOM)), None)
            problem = self._act(custom(action), action.prompt) if action is not None else ""
        else:
            problem = self.act(value)
        if problem:
            self.canvas.say(problem, warning=True)

    def manage_customs(self) -> object:
        """The screen of the user's own actions."""

    # -- versions --------------------------------------------------------------------------------------------------

    @work(exclusive=True, group="canvas-versions")
    async def action_versions(self) -> None:
        canvas, port = self.canvasing, self.port
        if canvas.artifact is None:
            self.canvas.say("There is no version in this thread yet.")
            return
        rows = [
            Row(
                f"version {place}  {title(version)}",
                str(version.index),
                "current" if version is canvas.artifact.version else "",
                strong=version is self.version,
            )
            for place, version in enumerate(canvas.versions, 1)
        ][::-1]
        rows = [replace(row, aside=", ".join(filter(None, (row.aside, size(canvas.at(int(row.value))))))) for row in rows]
        keys = [("enter", "looks"), ("d", "compares"), *((("c", "goes on from it"), ("r", "restores it")) if port else ())]
        screen = PickScreen(count(len(rows), "version"), rows, self.canvas.signs.ellipsis, keys, at=str(self.version.index))
        answer = await self.app.push_screen_wait(screen)
        if answer is not None and answer[1]:
            self._version_picked(answer[0], int(answer[1]))

    def _version_picked(self, key: str, index: int) -> None:
        canvas, port = self.canvasing, self.port
        picked = canvas.at(index)
        if key == "d":
            self.put_edit_aside()
            self.against = index
            self.mode = self.mode if self.mode.diff else Mode.INLINE
            if canvas.pair(self.looked_at, index) is None:
                self.against = None  # with itself: with the one before
        elif key == "c" and port is not None:
            port.choose(self.thread_id, index)
            self.looked_at = None
        elif key == "r" and port is not None:
            port.save(self.thread_id, picked, self.newest_index)
            self.looked_at = None
        else:
            self.put_edit_aside()
            self.looked_at = None if picked is canvas.newest else index
            self.mode = Mode.READ
        self.asked = True
        self.frames.ask()


def action_rows(kind: ArtifactKind, customs: Sequence[CustomAction]) -> list[Row]:
    """The menu: what is sent for each, and the user's own."""
    rows: list[Row] = []
    switches = [action for action in actions_for(kind) if not action.values]
    for action in actions_for(kind):
        if action.values:
            rows.append(Row(action.label))
            rows.extend(Row(f"  {words}", f"{action.name} {sent}", f"/{action.name} {sent}") for sent, words in action.values)
    if switches:
        rows.append(Row("Other" if rows else "Code"))
        rows.extend(Row(f"  {action.label}", action.name, f"/{action.name}") for action in switches)
    rows.append(Row("Your own"))
    rows.extend(Row(f"  {one.title or one.prompt}", f"{CUSTOM}{one.id}") for one in customs)
    return [*rows, Row("  Make, change or delete one", MANAGE)]
