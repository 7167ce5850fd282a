"""The script language of the fault lab: ``pass 5; stall 20s; cut; 502 x2; reset; slice 3``.

A script is a list of steps, played in order. The first request it applies to plays them until a step that ends its exchange
(``cut``, ``502`` …), the next request those after it, and so on; modes (``slice 3``) hold from where they stand. Several lists, one a
line or between ``|``, each apply to the requests that their first word names: ``create: lose | stream: pass 5; cut``. Without such a
word a list applies to event streams. ``x3`` repeats a step or a group in parentheses, ``loop`` at the end the whole list; ``3..12``
draws a number, ``cut or reset`` a step, by the seed.

`parse` is total: a script, or `ScriptError` with a sentence.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from random import Random
from typing import TypeAlias

from canvas_tui.core.frozen import frozen

from . import vocabulary
from .steps import ENDINGS, Step
from .vocabulary import ScriptError

__all__ = ["MOST", "SCOPES", "Choice", "Group", "Item", "Script", "ScriptError", "Track", "applies", "parse", "unfold"]

SCOPES = {
    "stream": "event streams (the default)",
    "join": "GET of a stream",
    "create": "POST that starts a run",
    "run": "GET of a run's status",
    "state": "GET of a thread, its state or its runs",
    "get": "every GET",
    "post": "every POST",
    "any": "every request",
}
_PATHS = {
    "stream": re.compile(r"(?:GET|POST) .*/stream(?:/events)?$"),
    "join": re.compile(r"GET .*/stream(?:/events)?$"),
    "create": re.compile(r"POST .*/runs(?:/stream|/wait)?$"),
    "run": re.compile(r"GET .*/runs/[^/]+$"),
    "state": re.compile(r"GET .*/threads/[^/]+(?:/state|/runs)?$"),
    "get": re.compile(r"GET "),
    "post": re.compile(r"POST "),
    "any": re.compile(""),
}
MOST = 10_000
"""Repetitions that one ``x`` can ask for."""
DEEPEST = 20


@frozen
class Choice:
    """One of these steps, drawn."""

    steps: tuple[Step, ...]


@frozen
class Group:
    items: tuple[Item, ...]
    times: int


Item: TypeAlias = Choice | Group


@frozen
class Track:
    scope: str
    items: tuple[Item, ...]
    loop: bool = False


@frozen
class Script:
    tracks: tuple[Track, ...] = ()
    text: str = ""


def applies(scope: str, method: str, path: str) -> bool:
    """Whether a list of this scope is for this request; ``path`` may have a query."""
    return _PATHS[scope].match(f"{method} {path.partition('?')[0]}") is not None


def unfold(items: Sequence[Item], random: Random) -> Iterator[Step]:
    """The steps in order, numbers and choices drawn on the way."""
    for item in items:
        if isinstance(item, Choice):
            step = item.steps[0] if len(item.steps) == 1 else random.choice(item.steps)
            yield step.drawn(random)
        else:
            for _ in range(item.times):
                yield from unfold(item.items, random)


# -- reading ------------------------------------------------------------------------------------------------------------

_SCOPE = re.compile(r"\s*([a-z]+)\s*:(?!//)")
_TIMES = re.compile(r"(.*?)\s*\bx\s?(\d{1,9})\s*", re.DOTALL)


def parse(text: str) -> Script:
    """Read a script.

    Raises:
        ScriptError: with a sentence that names the step.
    """
    lines = [line.split("#", 1)[0] for line in text.replace("|", "\n").splitlines()]
    return Script(tuple(_track(line) for line in lines if line.strip()), text.strip())


def _track(line: str) -> Track:
    scope, rest = "stream", line
    if (found := _SCOPE.match(line)) is not None:
        scope, rest = found[1], line[found.end() :]
        if scope not in SCOPES:
            raise ScriptError(f"A list applies to {', '.join(SCOPES)}; there is no {scope!r}{_near(scope, SCOPES)}.")
    parts = _split(rest)
    loop = bool(parts) and parts[-1] == "loop"
    items = tuple(_item(part) for part in (parts[:-1] if loop else parts))
    if loop and not _ends(items):
        raise ScriptError("'loop' needs a step before it that ends the exchange (cut, end, reset, 502 …).")
    return Track(scope, items, loop)


def _split(text: str, deep: int = 0) -> list[str]:
    """The parts between the semicolons that stand in no parentheses."""
    parts, depth, part = [], 0, ""
    for char in text:
        depth += (char == "(") - (char == ")")
        if depth < 0:
            raise ScriptError(f"{text.strip()!r} closes a parenthesis that is not open.")
        if depth > DEEPEST:
            raise ScriptError(f"Parentheses go at most {DEEPEST} deep.")
        if char == ";" and depth == 0:
            parts.append(part)
            part = ""
        else:
            part += char
    if depth:
        raise ScriptError(f"{text.strip()!r} leaves a parenthesis open.")
    return [stripped for one in (*parts, part) if (stripped := one.strip())]


def _item(part: str) -> Item:
    times = 1
    if (found := _TIMES.fullmatch(part)) is not None and found[1]:
        part, times = found[1].strip(), int(found[2])
        if not 1 <= times <= MOST:
            raise ScriptError(f"{part!r} can be repeated 1 to {MOST:,} times, not {times}.")
    if part.startswith("("):
        if not part.endswith(")"):
            raise ScriptError(f"After {part!r} there can only be 'x' and a number.")
        return Group(tuple(_item(inner) for inner in _split(part[1:-1])), times)
    choice = Choice(tuple(_step(words) for words in re.split(r"\s+or\s+", part)))
    return choice if times == 1 else Group((choice,), times)


def _step(text: str) -> Step:
    name, *words = text.split()
    if name == "loop":
        raise ScriptError("'loop' stands at the end of a list.")
    if re.fullmatch(r"\d{3}", name):
        return vocabulary.read(text, vocabulary.ANSWER, [name, *words])
    word = vocabulary.WORDS.get(name.lower())
    if word is None:
        raise ScriptError(f"There is no step {name!r}{_near(name, vocabulary.WORDS)} (in {text!r}).")
    return vocabulary.read(text, word, words)


def _ends(items: Sequence[Item]) -> bool:
    """Whether an exchange surely ends in them."""
    return any(_ends(i.items) if isinstance(i, Group) else all(isinstance(step, ENDINGS) for step in i.steps) for i in items)


def _near(name: str, known: object) -> str:
    near = difflib.get_close_matches(name.lower(), list(known), 1) if isinstance(known, dict) else []
    return f"; did you mean {near[0]!r}?" if near else ""
