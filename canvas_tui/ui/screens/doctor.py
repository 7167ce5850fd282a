"""F8: why nothing comes. A checklist that fills in, then the verdict and the key that helps, while the run goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen

from canvas_tui.core.diagnosis import HARMLESS, Action, Standing, Step, Sure, Verdict, held, let_go, short
from canvas_tui.core.ports import Backend, Doctor
from canvas_tui.core.safe_text import safe_line

from ..glyphs import Glyphs
from ..widgets.lines import Lines

MUTED = "$foreground 60%"
WORDS = {
    Action.CONTINUE: "continue the thread",
    Action.FETCH: "show the answer",
    Action.FREE: "free the thread",
}
SURE = {Sure.CERTAIN: "certain", Sure.LIKELY: "likely", Sure.UNDECIDED: "cannot be told apart"}
NAME = 18


class DoctorScreen(ModalScreen[None]):
    """Looks as soon as it is shown. What it offers is done on Enter, and by nothing else."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,f8", "dismiss", show=False),
        Binding("enter", "help", show=False),
        Binding("r", "again", show=False),
        Binding("c", "copy", show=False),
    ]

    def __init__(self, doctor: Doctor, backend: Backend, thread_id: str, signs: Glyphs) -> None:
        super().__init__()
        self._doctor, self._backend, self._looked_at, self._signs = doctor, backend, thread_id, signs
        self._steps: dict[str, Step] = {}
        self._verdict: Verdict | None = None
        self._said = ""
        self._asked = False  # whether the thread may be freed

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="doctor-box"):
            yield Lines(id="doctor-lines")

    def on_mount(self) -> None:
        self.query_one("#doctor-box").border_title = "Why does nothing come?"
        self._look()

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self._show)

    # -- looking

    @work(exclusive=True, group="doctor")
    async def _look(self, said: str = "") -> None:
        self._steps, self._verdict, self._said, self._asked = {}, None, said, False
        self._show()
        self._verdict = await self._doctor.examine(self._looked_at, self._step)
        self._show()
        self.query_one("#doctor-box", VerticalScroll).scroll_home(animate=False)

    def _step(self, step: Step) -> None:
        self._steps[step.name] = step
        self._show()

    def action_again(self) -> None:
        self._look()

    # -- helping

    def action_help(self) -> None:
        told = self._verdict
        if told is None or told.action is Action.NOTHING:
            self.dismiss()
        elif told.action is Action.FREE and not self._asked:
            self._asked = True
            self._said = (
                f"This ends the run {short(told.run_id)}; what it has not saved yet is lost. Enter once more does it, Esc leaves it."
            )
            self._show()
            self.query_one("#doctor-box", VerticalScroll).scroll_home(animate=False)
        elif told.action is Action.FREE:
            self._free(told.run_id)
        else:
            does = {Action.CONTINUE: self._backend.proceed, Action.FETCH: self._backend.open}
            does[told.action](self._looked_at)
            self.dismiss()

    @work(exclusive=True, group="doctor")
    async def _free(self, run_id: str) -> None:
        self._said = "Asking the server …"
        self._show()
        done = await self._doctor.free(self._looked_at, run_id)
        self._backend.open(self._looked_at)
        self._look(done)

    def action_copy(self) -> None:
        text = "\n".join(line.plain for line in self._lines(100)).strip()
        self.app.copy_to_clipboard(text)
        self.app.notify("Copied what doctor found.", markup=False)

    # -- words

    def _show(self) -> None:
        box = self.query_one("#doctor-box", VerticalScroll)
        width = self.query_one(Lines).size.width
        if width:
            self.query_one(Lines).set_lines(list(self._lines(width - 1)))  # a blank before the scroll bar
        told = self._verdict
        does = f"Enter: {'end that run' if self._asked else WORDS[told.action]} " if told and told.action is not Action.NOTHING else ""
        box.border_subtitle = f"{does} R looks again  C copies  Esc closes".strip() if told else "looking …  Esc closes"

    def _lines(self, width: int) -> Iterator[Content]:
        """The verdict stands above the checklist once it is there: it is what is to be read."""
        if self._said:
            yield from _wrapped(safe_line(self._said), width, "bold")
            yield Content("")
        if self._verdict is not None:
            yield from self._told(self._verdict, width)
            yield Content("")
            yield Content.styled("What was looked at", MUTED)
        for step in self._steps.values():
            yield from self._check(step, width)

    def _check(self, step: Step, width: int) -> Iterator[Content]:
        signs = self._signs
        mark, style = {
            Standing.DOING: (signs.running_low, "$text-warning"),
            Standing.GOOD: (signs.running, "$text-success"),
            Standing.BAD: (signs.failed, "$text-error"),
            Standing.SKIPPED: (signs.dot, MUTED),
        }[step.standing]
        told = _wrapped(safe_line(step.told), max(10, width - NAME - 3), MUTED)
        for number, line in enumerate(told or [Content("")]):
            yield Content.assemble((mark, style) if number == 0 else " ", " ", f"{step.name if number == 0 else '':<{NAME}} ", line)

    def _told(self, told: Verdict, width: int) -> Iterator[Content]:
        colour = "$text-success" if told.code in HARMLESS else "$text-warning"
        yield Content.assemble((told.code.word, f"bold {colour}"), ("  " + SURE[told.sure], MUTED))
        yield from _wrapped(told.sentence, width, "bold")
        if told.instead:
            other = " or ".join(code.word for code in told.instead)
            yield from Content.styled(f"It could as well be {other}.", MUTED).wrap(width)
        yield from self._list("What was found", told.evidence, width)
        yield from self._list("What to do", told.now, width)
        yield from self._list("What would refute it", [told.refuted_by] if told.refuted_by else [], width)

    def _list(self, title: str, lines: Sequence[str], width: int) -> Iterator[Content]:
        if not lines:
            return
        yield Content("")
        yield Content.styled(title, MUTED)
        for line in lines:
            for number, part in enumerate(_wrapped(line, max(10, width - 2))):
                yield Content.assemble((f"{self._signs.dot} " if number == 0 else "  ", MUTED), part)


def _wrapped(words: str, width: int, style: str = "") -> list[Content]:
    """Numbers stay beside their units."""
    return [Content.styled(let_go(line.plain), style) for line in Content(held(words)).wrap(width)]
