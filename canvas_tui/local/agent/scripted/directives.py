"""What a user's message asks of the scripted model: ``/length 400 /pause 5 @50 tell me about runs``. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from canvas_tui.core.frozen import frozen

MAX_LENGTH = 50_000
MAX_SPEED = 100_000.0
MAX_WAIT = 3600.0


@frozen
class Pause:
    seconds: float
    at: int | None = None  # before this token; None: in the middle


@frozen
class Directives:
    length: int | None = None  # tokens, exactly
    speed: float | None = None  # tokens a second
    silence: float = 0.0  # seconds before the first token
    pauses: tuple[Pause, ...] = ()
    error_at: int | None = None  # fail before this token
    tool: bool = False
    ask: int = 0  # how many questions
    think: bool = False
    shows: tuple[str, ...] = ()  # names of the exhibits to answer with
    echo: str | None = None
    seed: int | None = None
    artifact: str | None = None  # what to write onto the canvas: "text", or a programming language
    cut_at: int | None = None  # stop before this token, as a model does at its limit
    later: bool = False  # not for this answer, but for the quick actions after it
    unknown: str = ""  # a word that looks like a directive and is none
    text: str = ""  # what is left of the message


@dataclass(slots=True)
class _Words:
    """The words that follow a directive, taken from the front where they fit."""

    rest: list[str] = field(default_factory=list)

    def number(self) -> float | None:
        if self.rest and re.fullmatch(r"\d{1,9}(\.\d{1,6})?", self.rest[0]):
            return float(self.rest.pop(0))
        return None

    def at(self) -> int | None:
        if self.rest and re.fullmatch(r"@\d{1,9}", self.rest[0]):
            return int(self.rest.pop(0)[1:])
        return None


Reader = Callable[[Directives, _Words], Directives]


def _length(have: Directives, words: _Words) -> Directives:
    return replace(have, length=min(int(words.number() or 400), MAX_LENGTH))


def _speed(have: Directives, words: _Words) -> Directives:
    return replace(have, speed=min(words.number() or 150.0, MAX_SPEED))


def _silence(have: Directives, words: _Words) -> Directives:
    return replace(have, silence=min(_or(words.number(), 20.0), MAX_WAIT))


def _pause(have: Directives, words: _Words) -> Directives:
    seconds = min(_or(words.number(), 12.0), MAX_WAIT)
    return replace(have, pauses=(*have.pauses, Pause(seconds, words.at())))


def _error(have: Directives, words: _Words) -> Directives:
    return replace(have, error_at=words.at() or 0)


def _seed(have: Directives, words: _Words) -> Directives:
    return replace(have, seed=int(words.number() or 0))


def _cut(have: Directives, words: _Words) -> Directives:
    return replace(have, cut_at=_or(words.at(), 20))


def _artifact(have: Directives, words: _Words) -> Directives:
    kind = words.rest.pop(0).lower() if words.rest and words.rest[0].lower() in FORMS else "text"
    have = replace(have, artifact="python" if kind == "code" else kind)
    length = words.number()
    return have if length is None else replace(have, length=min(int(length), MAX_LENGTH))


FORMS = ("text", "code", "typescript", "javascript", "cpp", "java", "php", "python", "rust", "html", "sql")


Number = TypeVar("Number", int, float)


def _or(number: Number | None, default: Number) -> Number:
    return default if number is None else number


def _shows(name: str) -> Reader:
    return lambda have, words: replace(have, shows=(*have.shows, name))


DIRECTIVES: dict[str, tuple[str, str, Reader]] = {
    "help": ("/help", "this list", _shows("help")),
    "length": ("/length 400", "an answer of exactly so many tokens", _length),
    "speed": ("/speed 150", "so many tokens a second", _speed),
    "silence": ("/silence 20", "so many seconds of nothing before the first token", _silence),
    "pause": ("/pause 12 @50", "so many seconds of nothing before token 50; without `@` in the middle", _pause),
    "error": ("/error @50", "the model fails before token 50; without `@` at once", _error),
    "tool": ("/tool", "a tool is called first", lambda have, words: replace(have, tool=True)),
    "ask": ("/ask", "a question to you first, through `interrupt()`", lambda have, words: replace(have, ask=1)),
    "ask2": ("/ask2", "two questions at once", lambda have, words: replace(have, ask=2)),
    "think": ("/think", "thinking first, between `<think>` and `</think>`", lambda have, words: replace(have, think=True)),
    "blocks": ("/blocks", "every kind of Markdown block", _shows("blocks")),
    "code": ("/code", "code in several languages", _shows("code")),
    "table": ("/table", "tables, narrow and wide", _shows("table")),
    "unicode": ("/unicode", "scripts, wide letters, emoji, combining marks", _shows("unicode")),
    "hostile": ("/hostile", "escape sequences and markup that must do nothing in your terminal", _shows("hostile")),
    "artifact": ("/artifact python 300", "a text or a program on the canvas, of so many tokens if a number is given", _artifact),
    "cut": ("/cut @50", "the model stops before token 50, as at its limit", _cut),
    "later": ("/later", "the directives beside it hold for the quick actions that follow", lambda have, words: replace(have, later=True)),
    "seed": ("/seed 7", "another answer, and the same one each time", _seed),
    "echo": ("/echo TEXT", "exactly the rest of the message", lambda have, words: have),
}
"""name -> (how to write it, what it does, how it is read), in the order of ``/help``."""


def read_directives(message: str) -> Directives:
    """Whatever the text holds; words that are no directive stay in ``text``, ``/echo`` takes the whole rest."""
    body, found, echo = message.partition("/echo ")
    if found and body and not body[-1].isspace():
        body, found, echo = message, "", ""
    have = Directives(echo=echo if found else None)
    words = _Words(body.split())
    left: list[str] = []
    while words.rest:
        word = words.rest.pop(0)
        name = word[1:] if word.startswith("/") else ""
        if name in DIRECTIVES:
            have = DIRECTIVES[name][2](have, words)
            continue
        if re.fullmatch(r"/[a-z]+\d?", word) and not left:
            have = replace(have, unknown=word)
        left.append(word)
    plain = body.strip() if len(left) == len(body.split()) else " ".join(left)
    return replace(have, text=plain)


def help_table(names: Sequence[str] = tuple(DIRECTIVES)) -> str:
    """The directives as a table of Markdown."""
    rows = [f"| `{DIRECTIVES[name][0]}` | {DIRECTIVES[name][1]} |" for name in names]
    return "\n".join(["| Write | and there comes |", "|---|---|", *rows])
