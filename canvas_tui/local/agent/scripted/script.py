"""From a turn of the conversation to the answer's script: tokens, waits, a failure, calls. Pure and the same each time."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import field

from canvas_tui.core.frozen import frozen

from .directives import Directives, help_table, read_directives
from .exhibits import EXHIBITS
from .prose import PREFACE, closing, essay, thinking

SPEED = 60.0
"""Tokens a second where the user names no other speed: quick, but one can read along."""


@frozen
class Result:
    """What a call of this turn came back with."""

    name: str
    text: str


@frozen
class Turn:
    """What the model sees: the prompts of the thread, the newest last, and the results of this turn's calls."""

    prompts: tuple[str, ...]
    results: tuple[Result, ...] = ()
    answered: bool = False  # the thread holds an answer already
    papers: tuple[str, ...] = ()  # what was attached, a line each


@frozen
class Call:
    name: str
    args: Mapping[str, object]


@frozen
class Script:
    tokens: tuple[str, ...]
    calls: tuple[Call, ...] = ()  # after the tokens
    speed: float = SPEED
    waits: Mapping[int, float] = field(default_factory=dict)  # seconds before the token of that number
    error_at: int | None = None
    call: str = ""  # the tokens themselves are the arguments of a call of this tool
    cut: bool = False  # the model stops as at its limit


QUESTIONS = (
    Call("ask_user", {"question": "How shall the answer be written?", "options": ["short", "long", "as a table"]}),
    Call("ask_user", {"question": "And in which tone?", "options": ["friendly", "dry"]}),
)


def tokens_of(text: str) -> list[str]:
    """Pieces of about the size that a real model streams: a word with its space, at most eight letters; joined they are the text."""
    return re.findall(r"\s?[^\W_]{1,8}|\s+|[^\w\s]{1,3}|_+", text) if text else []


def write(turn: Turn) -> Script:
    asked = now(read_directives(turn.prompts[-1] if turn.prompts else ""))
    if (calls := _calls(asked)) and not turn.results:
        opening = "One question before I answer.\n\n" if asked.ask else "I look that up first.\n\n"
        return paced(asked, tokens_of(opening if asked.ask < 2 else "Two questions before I answer.\n\n"), calls, last=False)
    return paced(asked, _answer(turn, asked), (), last=True)


def now(asked: Directives, *, later: bool = False) -> Directives:
    """What of a message's directives holds for its own answer, or for what comes ``later``; where none does, its pace."""
    if asked.later == later:
        return asked
    return Directives(speed=asked.speed, artifact=asked.artifact, text=asked.text)


def _calls(asked: Directives) -> tuple[Call, ...]:
    calls = [*QUESTIONS[: asked.ask]]
    if asked.tool:
        numbers = re.findall(r"\d+(?:\s*[-+*/]\s*\d+)+", asked.text)
        calls.append(Call("calculator", {"expression": numbers[0] if numbers else "6 * 7"}))
        calls.append(Call("lookup", {"term": "interrupt"}))
    return tuple(calls)


def _answer(turn: Turn, asked: Directives) -> list[str]:
    thoughts = f"<think>\n{thinking(asked.text)}\n</think>\n\n" if asked.think else ""
    if asked.echo is not None:
        return tokens_of(thoughts + asked.echo)
    seed = asked.seed if asked.seed is not None else f"{len(turn.prompts)}:{asked.text}"
    chance = random.Random(seed)
    parts = [] if turn.answered or asked.shows == ("hostile",) else [PREFACE]
    parts += [f"> I was given {paper}" for paper in turn.papers if not turn.results]
    if asked.unknown and not asked.shows:
        parts.append(f"I know no directive `{asked.unknown}`. These I know:\n\n{help_table()}")
    parts += [
        f"> `{result.name}` gave: {result.text}" if result.name != "ask_user" else f"> You chose: {result.text}" for result in turn.results
    ]
    parts += [EXHIBITS[name] for name in asked.shows]
    if not asked.shows and not asked.unknown:
        parts += [essay(asked.text, turn.prompts, chance), closing(chance)]
    thought, tokens = tokens_of(thoughts), tokens_of("\n\n".join(parts))
    while asked.length is not None and len(tokens) < asked.length:
        tokens += tokens_of("\n\n" + essay(asked.text, turn.prompts, chance, opening=False))
    return thought + tokens[: asked.length]


def paced(asked: Directives, tokens: Sequence[str], calls: tuple[Call, ...] = (), *, last: bool = True, call: str = "") -> Script:
    """Silences belong to the start of the turn, pauses, cuts and the failure to the answer itself."""
    waits: dict[int, float] = {}
    if asked.silence and (calls or not _calls(asked)):
        waits[0] = asked.silence
    error_at = None
    if last:
        cut = asked.cut_at is not None and asked.cut_at < len(tokens)
        tokens = tokens[: asked.cut_at] if cut else tokens
        for pause in asked.pauses:
            at = len(tokens) // 2 if pause.at is None else min(pause.at, max(len(tokens) - 1, 0))
            waits[at] = waits.get(at, 0.0) + pause.seconds
        error_at = None if asked.error_at is None else min(asked.error_at, len(tokens))
        return Script(tuple(tokens), calls, asked.speed or SPEED, waits, error_at, call, cut)
    return Script(tuple(tokens), calls, asked.speed or SPEED, waits, error_at)
