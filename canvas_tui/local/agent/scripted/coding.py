"""How the scripted model rewrites code: its own programs are found again and written anew, others get what can be done to any. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from canvas_tui.core.frozen import frozen

from .programs import FIBONACCI, PROGRAMS, Program

COMMENT = {"python": ("# ", ""), "php": ("// ", ""), "sql": ("-- ", ""), "html": ("<!-- ", " -->")}
SLASHES = ("// ", "")
LOG = {
    "python": 'print("here: {}")',
    "typescript": 'console.info("here: {}");',
    "javascript": 'console.info("here: {}");',
    "cpp": 'std::clog << "here: {}\\n";',
    "rust": 'eprintln!("here: {}");',
    "java": 'System.err.println("here: {}");',
    "php": 'error_log("here: {}");',
}
BEGINNING = re.compile(
    r"^(?P<indent>[ \t]*)(?:export |public |static |async |private )*(?:def|function\*?|class|fn|func)\s+(?P<name>\w+).*?[:{]\s*$"
)
"""A line with which a function or a class begins, in most languages."""
MISTAKES = (
    (re.compile(r"(?<=[\w)\]]) =! "), " != "),
    (re.compile(r"<= len\("), "< len("),
    (re.compile(r"<= (\w+)\.length\b"), r"< \1.length"),
)
"""What the scripted model takes for a mistake in another's code."""


@frozen
class State:
    program: Program
    language: str
    comments: bool = False
    logs: bool = False
    mended: bool = False

    def written(self) -> str:
        kept = {"=", *("#" * self.comments), *(">" * self.logs), "?" if self.mended else "!"}
        lines = self.program.sources[self.language].splitlines()
        return "".join(f"{line[2:]}\n" for line in lines if line[0] in kept)


def program_for(wish: str) -> Program:
    words = set(re.findall(r"[a-z]+", wish.lower()))
    return max(PROGRAMS, key=lambda program: len(words & set(program.keywords)))


def draft(wish: str, language: str) -> str:
    return State(program_for(wish), language).written()


def known(code: str) -> State | None:
    """Which of our programs this is, in which state; None where it is another's, or ours with changes."""
    return _known().get(code.strip())


@cache
def _known() -> dict[str, State]:
    switches = [(a, b, c) for a in (False, True) for b in (False, True) for c in (False, True)]
    states = [State(program, language, *switch) for program in PROGRAMS for language in program.sources for switch in switches]
    return {state.written().strip(): state for state in states}


def commented(code: str, language: str) -> str:
    if state := known(code):
        return replace(state, comments=True).written()
    before, after = COMMENT.get(language, SLASHES)
    return _at_beginnings(code, lambda indent, name, line: [f"{indent}{before}What {name} does begins here.{after}", line])


def logged(code: str, language: str) -> str:
    if state := known(code):
        return replace(state, logs=True).written()
    log = LOG.get(language, LOG["python"])
    return _at_beginnings(code, lambda indent, name, line: [line, f"{indent}    {log.format(name)}"])


def mended(code: str) -> str:
    if state := known(code):
        return replace(state, mended=True).written()
    for mistake, right in MISTAKES:
        code = mistake.sub(right, code)
    return code


def ported(code: str, language: str) -> str:
    """The same program in another language; of another's program, one of ours with a remark, since this model cannot read code."""
    state = known(code)
    if state is not None and language in state.program.sources:
        return replace(state, language=language).written()
    before, after = COMMENT.get(language, SLASHES)
    remark = f"{before}The scripted model ports its own programs only; this is one of them.{after}\n"
    source = State(FIBONACCI, language if language in FIBONACCI.sources else "python", comments=True).written()
    return f"<?php\n{remark}{source.removeprefix('<?php' + chr(10))}" if language == "php" else remark + source


def remarked(code: str, language: str, wish: str) -> str:
    """The code with a remark at its head, for a wish that the scripted model does not understand."""
    before, after = COMMENT.get(language, SLASHES)
    words = " ".join(re.sub(r"[^\w\s.,?!'-]", "", wish).split())[:100]
    head, body = ("<?php\n", code.removeprefix("<?php\n")) if code.startswith("<?php\n") else ("", code)
    return f"{head}{before}Asked for: {words}{after}\n{body}"


def _at_beginnings(code: str, write: Callable[[str, str, str], list[str]]) -> str:
    lines: list[str] = []
    for line in code.splitlines():
        found = BEGINNING.match(line)
        lines += write(found["indent"], found["name"], line) if found else [line]
    return "\n".join(lines) + ("\n" if code.endswith("\n") else "")
