"""The answers to the agent's question, over the composer; the question itself stands in the conversation."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from canvas_tui.core.model import Interrupt, Json, Session
from canvas_tui.core.safe_text import safe_line

from ..messages import AnswersReady, ContinueChosen, EditWanted, Say
from ..questions import Choice, Inquiry, Mode, NotJson, Question, complete, read, typed_answer
from .lines import Lines

PROMPT = 300
"""Characters of a question that are repeated here."""


@dataclass(slots=True)
class Round:
    """The questions of all open interrupts, one after another, with the answers so far."""

    interrupts: tuple[Interrupt, ...]
    inquiries: list[Inquiry]
    answers: list[list[Json]]
    place: int = 0

    @classmethod
    def of(cls, interrupts: tuple[Interrupt, ...]) -> Round:
        inquiries = [read(interrupt) for interrupt in interrupts]
        return cls(interrupts, inquiries, [[] for _ in inquiries])

    @property
    def total(self) -> int:
        return sum(len(inquiry.questions) for inquiry in self.inquiries)

    @property
    def now(self) -> Question | None:
        place = self.place
        for inquiry in self.inquiries:
            if place < len(inquiry.questions):
                return inquiry.questions[place]
            place -= len(inquiry.questions)
        return None

    def answer(self, value: Json) -> None:
        for inquiry, answers in zip(self.inquiries, self.answers, strict=True):
            if len(answers) < len(inquiry.questions):
                answers.append(value)
                self.place += 1
                return

    def result(self) -> tuple[tuple[str, Json], ...]:
        return tuple((inquiry.id, inquiry.combine(answers)) for inquiry, answers in zip(self.inquiries, self.answers, strict=True))


class QuestionPanel(VerticalScroll, can_focus=False):
    """Posts AnswersReady when the last question is answered, ContinueChosen where the agent stopped without one."""

    def __init__(self) -> None:
        super().__init__(id="question")
        self._round: Round | None = None
        self._pending: Choice | None = None
        self._continue = False
        self._continue_key = ""

    def compose(self) -> ComposeResult:
        yield Static(id="question-prompt", markup=False)
        yield Lines(id="question-choices")

    @property
    def asking(self) -> bool:
        """There is a question, and typing answers it."""
        return self._round is not None and self._round.now is not None

    @property
    def waits_for_text(self) -> bool:
        """A choice is made that typing completes."""
        return self._pending is not None

    def show(self, session: Session, continue_key: str) -> None:
        interrupts = session.interrupts if not session.active else ()
        self._continue_key = continue_key
        can_continue = session.can_continue and not interrupts and not session.active
        known = self._round.interrupts if self._round else ()
        if interrupts == known and can_continue == self._continue:
            return
        if interrupts != known:
            self._round = Round.of(interrupts) if interrupts else None
            self._pending = None
        self._continue = can_continue
        self._draw()

    def _draw(self) -> None:
        question = self._round.now if self._round else None
        self.display = question is not None or self._continue
        if question is not None:
            self._draw_question(question)
        elif self._continue:
            self._fill("", [self._choice_line(self._continue_key, "Continue where it stopped")])

    def _draw_question(self, question: Question) -> None:
        """The question is repeated only where there are several, to tell which one is meant."""
        assert self._round is not None
        prompt = f"{self._round.place + 1} of {self._round.total}  {question.prompt[:PROMPT]}" if self._round.total > 1 else ""
        lines = [self._choice_line(str(number), choice.label) for number, choice in enumerate(question.choices, 1)]
        lines.append(Content.styled(self._how(question), "$foreground 60%"))
        self._fill(prompt, lines)

    def _how(self, question: Question) -> str:
        if self._pending is not None:
            return f"Type {self._pending.hint or 'your answer'}, then Enter"
        if not question.choices:
            return "Type your answer, then Enter"
        count = min(len(question.choices), 9)
        keys = {1: "press 1", 2: "press 1 or 2"}.get(count, f"press 1 to {count}")
        typing = ", or type an answer and press Enter" if question.typed is not None else ""
        return keys.capitalize() + typing

    @staticmethod
    def _choice_line(key: str, label: str) -> Content:
        return Content.assemble((key, "bold $text-warning"), "  ", safe_line(label))

    def _fill(self, prompt: str, lines: list[Content]) -> None:
        static = self.query_one("#question-prompt", Static)
        static.update(Content(safe_line(prompt)))
        static.display = bool(prompt)
        self.query_one("#question-choices", Lines).set_lines(lines)
        self.scroll_home(animate=False)

    # -- answering -------------------------------------------------------------------------------------------------

    def choose(self, number: int) -> bool:
        """Choice ``number`` (from 1) by key or click; False where there is none."""
        question = self._round.now if self._round else None
        if question is None or self._pending is not None or not 1 <= number <= len(question.choices):
            return False
        choice = question.choices[number - 1]
        if choice.mode is Mode.NOW:
            self._take(choice.value)
        else:
            self._pending = choice
            self._draw()
            self.post_message(EditWanted(choice.start))
        return True

    def leave_pending(self) -> bool:
        """Back from a choice that waits for text; False where none does."""
        had, self._pending = self._pending is not None, None
        if had:
            self._draw()
        return had

    def typed(self, text: str) -> bool:
        """An answer was typed; False where it is none (a sentence is told), and the text should stay."""
        question = self._round.now if self._round else None
        if question is None:
            return False
        if question.choices and question.typed is None and self._pending is None:
            return self._typed_choice(question, text)
        try:
            value = complete(self._pending, text) if self._pending is not None else typed_answer(question, text)
        except NotJson as problem:
            self.post_message(Say(str(problem), warning=True))
            return False
        self._take(value)
        return True

    def _typed_choice(self, question: Question, text: str) -> bool:
        wanted = text.strip().casefold()
        for number, choice in enumerate(question.choices, 1):
            if wanted in (str(number), choice.label.casefold()):
                return self.choose(number)
        self.post_message(Say("Choose one of the answers by its number.", warning=True))
        return False

    def _take(self, value: Json) -> None:
        assert self._round is not None
        self._pending = None
        self._round.answer(value)
        if self._round.now is None:
            answers = self._round.result()
            self.display = False
            self.post_message(AnswersReady(answers))
        else:
            self._draw()

    def on_lines_clicked(self, event: Lines.Clicked) -> None:
        event.stop()
        if event.lines.id == "question-choices":
            if self._continue and not self.asking:
                self.post_message(ContinueChosen())
            else:
                self.choose(event.y + 1)
