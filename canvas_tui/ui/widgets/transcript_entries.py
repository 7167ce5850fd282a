"""The transcript's entries: a message, a notice or a question, each rendered once and kept until it changes."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style

from canvas_tui.core.model import Interrupt, Message, Notice, Role, Standing
from canvas_tui.core.notices import Act, Words
from canvas_tui.core.safe_text import safe, safe_line

from ..questions import read
from ..render.code import code_block
from ..render.inline import plain_runs
from ..render.lines import Joined, Line, blank, prefix_lines, wrap
from ..render.look import Look
from .lines_entries import Context, margin
from .lines_entries import Entry as BaseEntry
from .transcript_body import CHUNK, Body
from .transcript_parts import fold_line, fold_text, notice_lines, question_lines, thinking_lines, tool_lines

_USER_ROWS = 24  # rows of a user's message before it is folded


class Entry(BaseEntry):
    """One of a transcript."""

    @property
    def folds(self) -> list[str]:
        """Keys of what can be opened in it."""
        return []

    def acts(self) -> tuple[Act, ...]:
        """What it offers to do."""
        return ()


def _rows(text: str, width: int) -> int:
    return text.count("\n") + len(text) // max(1, width) + 1


class HumanEntry(Entry):
    """A user's message: its text as typed, on a tinted background behind a bar."""

    def __init__(self, key: str, message: Message, behind: bool) -> None:
        super().__init__(key)
        self.message = message
        self.behind = behind  # a run is on: a queued message waits for its end, and else for the server

    @property
    def source(self) -> str:
        return self.message.text

    @property
    def folds(self) -> list[str]:
        return [f"{self.key}/all"]

    def covers(self, place: int) -> list[str]:
        return self.folds

    def estimate(self, width: int) -> int:
        return min(_USER_ROWS + 1, _rows(self.message.text[:4_000], width - 6))

    def build(self, context: Context) -> list[Line]:
        look, key = context.look, f"{self.key}/all"
        style = look.user + look.muted if self.message.standing in (Standing.QUEUED, Standing.SENDING) else look.user
        opened = key in context.opened
        text = self.message.text if opened else self.message.text[: CHUNK // 8]
        lines = wrap(plain_runs(safe(text[:CHUNK]).expandtabs(4).rstrip("\n"), look, style), context.room, look.user)
        rest = len(self.message.text) - len(text[:CHUNK])
        if len(lines) > _USER_ROWS and not opened:
            rest += sum(len(line.text) for line in lines[_USER_ROWS - 4 :])
            del lines[_USER_ROWS - 4 :]
        if rest:
            lines.append(fold_text(key, f"{rest:,} more characters", context, look.user))
        queued = self.message.standing is Standing.QUEUED
        if mark := _QUEUED[self.behind] if queued else _HUMAN_MARKS.get(self.message.standing):
            role, words = mark
            lines.append(Line([Segment(words, look.user + getattr(look, role))], look.user))
        bar = [Segment(look.glyphs.bar, look.user + look.user_bar), Segment(" ", look.user)]
        return prefix_lines(lines, bar, bar)


_QUEUED = {
    True: ("muted", "queued: sent when the run before it is over"),
    False: ("muted", "waiting: sent when the server answers"),
}
_HUMAN_MARKS = {
    Standing.SENDING: ("muted", "sending"),
    Standing.UNSENT: ("error", "not sent"),
}


class AgentEntry(Entry):
    """The agent's message: thinking, markdown, tool calls with their results, and how it ended."""

    def __init__(self, key: str, message: Message, results: dict[str, Message], told: bool = False) -> None:
        super().__init__(key)
        self.message = message
        self.results = results
        self.told = told  # a notice tells how it ended
        self._body = Body(key, message.standing is Standing.WRITING)

    def change(self, message: Message, results: dict[str, Message], told: bool = False) -> None:
        self.message = message
        self.results = results
        self.told = told
        self._body.streamed = self._body.streamed or self._writing
        self.stale()

    def drop(self) -> None:
        super().drop()
        self._body = Body(self.key, False)

    @property
    def source(self) -> str:
        return self.message.text

    @property
    def folds(self) -> list[str]:
        keys = [f"{self.key}/thinking"] if self.message.thinking else []
        keys += [f"{self.key}/call/{number}" for number in range(len(self.message.tool_calls))]
        return keys + self._body.folds

    def covers(self, place: int) -> list[str]:
        return self._body.covers(place)

    @property
    def has_code(self) -> bool:
        return "```" in self.message.text or "~~~" in self.message.text or bool(self.codes)

    @property
    def codes(self) -> list[str]:
        """The code blocks in it, in order."""
        return self._body.codes

    def estimate(self, width: int) -> int:
        text = self.message.text[:CHUNK]
        return (_rows(text, width - 4) if text else 0) + len(self.message.tool_calls) + bool(self.message.thinking)

    @property
    def _writing(self) -> bool:
        return self.message.standing is Standing.WRITING

    def _base(self, look: Look) -> Style:
        return {
            Standing.VOID: look.text + look.muted + look.strike,
            Standing.ASIDE: look.text + look.muted,
        }.get(self.message.standing, look.text)

    def build(self, context: Context) -> Joined:
        look, message = context.look, self.message
        parts: list[Sequence[Line]] = []
        if message.standing is Standing.ASIDE:
            node = f"aside, from {safe_line(message.node)}" if message.node else "aside"
            parts.append(margin(wrap([(node, look.text + look.muted + look.emphasis)], context.room, look.text), context))
        if message.thinking:
            thinks = self._writing and not message.text and not message.tool_calls
            parts.append(margin(thinking_lines(f"{self.key}/thinking", message.thinking, thinks, context), context))
        if message.text and not message.text.isspace():
            parts.append(self._body.build(message.text, self._writing, self._base(look), context))
            self.partial = self._body.partial
        else:
            self.partial = False
        calls: list[Line] = []
        for number, call in enumerate(message.tool_calls):
            lines = tool_lines(f"{self.key}/call/{number}", call, self.results.get(call.id), context)
            if len(lines) > 1 and calls and calls[-1].segments:
                calls.append(blank(look.text))
            calls += lines
            if len(lines) > 1 and number < len(message.tool_calls) - 1:
                calls.append(blank(look.text))
        if calls:
            parts.append(margin(calls, context))
        if (mark := _AGENT_MARKS.get(message.standing)) and not self.told:
            role, words = mark
            parts.append(margin(wrap([(f"{look.glyphs.dot} {words}", look.text + getattr(look, role))], context.room, look.text), context))
        joined = Joined()
        for part in parts:
            if joined:
                joined.add([blank(look.text)])
            joined.add(part)
        return joined


_AGENT_MARKS = {
    Standing.STOPPED: ("muted", "stopped here"),
    Standing.FAILED: ("error", "the run failed here"),
    Standing.VOID: ("muted", "void: the server started over"),
}


class OtherEntry(Entry):
    """A tool's result without its call, or a message of the system: one line that opens."""

    def __init__(self, key: str, message: Message) -> None:
        super().__init__(key)
        self.message = message

    @property
    def source(self) -> str:
        return self.message.text

    @property
    def folds(self) -> list[str]:
        return [f"{self.key}/all"]

    def covers(self, place: int) -> list[str]:
        return self.folds

    def estimate(self, width: int) -> int:
        return 1

    def build(self, context: Context) -> list[Line]:
        look, message = context.look, self.message
        name = safe_line(message.name) if message.name else "result" if message.role is Role.TOOL else message.role.value
        style = look.text + (look.error if message.failed else look.muted)
        head = safe_line(" ".join(message.text[:400].split()))
        key = f"{self.key}/all"
        lines = [fold_line(key, [(f"{name} ", look.text + look.tool), (f"{look.glyphs.arrow} {head}", style)], context)]
        if key in context.opened:
            indent = [Segment("  ", look.text)]
            body = wrap(plain_runs(safe(message.text[:CHUNK]).expandtabs(4), look, style), context.room - 2, look.text)
            lines += prefix_lines(body, indent, indent)
        return margin(lines, context)


class NoticeEntry(Entry):
    """What the program tells inline. Its words are asked for anew while it is open."""

    close = True
    aside = True

    def __init__(self, key: str, notice: Notice, words: Words) -> None:
        super().__init__(key)
        self.notice = notice
        self.words = words

    def tick(self, words: Words) -> bool:
        """New words; whether they differ."""
        if words == self.words:
            return False
        self.words = words
        self.stale()
        return True

    @property
    def source(self) -> str:
        return f"{self.words.text}\n{self.words.details}".rstrip()

    @property
    def folds(self) -> list[str]:
        return [self.key] if self.words.details else []

    def acts(self) -> tuple[Act, ...]:
        return self.words.acts

    def estimate(self, width: int) -> int:
        return _rows(self.words.text, width - 6)

    def build(self, context: Context) -> list[Line]:
        return margin(notice_lines(self.key, self.words, context), context)


class WorkingEntry(Entry):
    """A run is on, and nothing has come of it yet."""

    aside = True

    def __init__(self, key: str, words: str) -> None:
        super().__init__(key)
        self.words = words

    def tick(self, words: str) -> None:
        if words != self.words:
            self.words = words
            self.stale()

    def estimate(self, width: int) -> int:
        return 1

    def build(self, context: Context) -> list[Line]:
        look = context.look
        words = f"{look.glyphs.dot} {self.words}  {context.words.get(Act.STOP.value, '')}".rstrip()
        return margin(wrap([(words, look.text + look.muted)], context.room, look.text), context)


class QuestionEntry(Entry):
    """What the graph asks (``interrupt()``)."""

    def __init__(self, key: str, interrupt: Interrupt) -> None:
        super().__init__(key)
        self.interrupt = interrupt
        self._texts = [(question.prompt, question.details) for question in read(interrupt).questions]

    @property
    def source(self) -> str:
        return "\n".join(part for texts in self._texts for part in texts if part)

    def estimate(self, width: int) -> int:
        return sum(_rows(prompt, width) + (_rows(details, width) if details else 0) for prompt, details in self._texts)

    def build(self, context: Context) -> list[Line]:
        return margin(question_lines(self._texts, context), context)


class ValuesEntry(Entry):
    """The state of a graph that has no messages, as JSON."""

    def __init__(self, key: str, text: str) -> None:
        super().__init__(key)
        self._text = text

    @property
    def source(self) -> str:
        return self._text

    def estimate(self, width: int) -> int:
        return _rows(self._text[:CHUNK], width)

    def build(self, context: Context) -> list[Line]:
        return margin(code_block(safe(self._text[:CHUNK]), "json", context.look, context.room), context)
