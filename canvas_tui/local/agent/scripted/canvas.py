"""What the scripted model answers to each task of the graph. Deterministic, and pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage

from ..actions import Action
from ..artifacts import body, language
from ..routing import WORDS
from ..state import Version
from ..tasks import WRITERS, Kind, Task
from . import coding, rewriting
from .directives import Directives, read_directives
from .script import SPEED, Script, now, paced, tokens_of
from .wishes import Wish, form_of, read_wish, title_of, topic_of, wants_canvas

HELPERS_SPEED = 20_000.0
"""Tokens a second of the calls that help a turn: nobody waits for them."""


def perform(task: Task) -> Script:
    """The script of any task but a reply's, which is written by ``script.write``."""
    asked = directives_of(task)
    text = ANSWERS[task.kind](task, asked)
    if task.kind not in WRITERS:
        return Script(tuple(tokens_of(text)), speed=asked.speed or SPEED if task.kind is Kind.FOLLOWUP else HELPERS_SPEED)
    return paced(asked, tokens_of(text), call=task.name if task.kind is Kind.GENERATE else "")


def newest(conversation: list[AnyMessage] | tuple[AnyMessage, ...]) -> str:
    return next((message.text for message in reversed(conversation) if isinstance(message, HumanMessage)), "")


def directives_of(task: Task) -> Directives:
    """Those that hold for this task. A quick action has no message of its own: it takes the pace of the newest, and all
    of one that was meant for it."""
    asked = read_directives(newest(tuple(task.conversation)))
    if task.kind is Kind.CUSTOM and "/" in task.prompt:
        return read_directives(task.prompt)
    return asked if task.kind is Kind.ROUTE else now(asked, later=task.kind in (Kind.ACTION, Kind.CUSTOM))


def _route(task: Task, asked: Directives) -> str:
    return WORDS[wants_canvas(asked, task.version is not None)]


def _generate(task: Task, asked: Directives) -> str:
    form = form_of(asked)
    if form == "text":
        wish = read_wish(asked.text)
        text = rewriting.draft(asked.text, topic_of(asked.text), style_of(task, wish))
        title = title_of(topic_of(asked.text))
    else:
        text = coding.draft(asked.text, form)
        title = coding.program_for(asked.text).title
    text = asked.echo if asked.echo is not None else _of_length(text + (sources(task) if form == "text" else ""), asked.length)
    told = {"type": "text" if form == "text" else "code", "language": "other" if form == "text" else form, "isValidReact": False}
    return json.dumps({**told, "artifact": text, "title": title}, ensure_ascii=False)


def sources(task: Task) -> str:
    """What a web search found, at a text's end."""
    return "\n## Sources\n\n" + "".join(f"- {link}\n" for link in task.found) if task.found else ""


def style_of(task: Task, wish: Wish) -> rewriting.Style:
    """What was asked for, and what the user's notes want."""
    rules = read_wish(" ".join(task.remembered.style))
    length = wish.length or rules.length or ""
    return rewriting.Style(wish.language or rules.language or "english", length, wish.level or rules.level, wish.emojis or rules.emojis)


def _of_length(text: str, length: int | None) -> str:
    """Exactly so many tokens: repeated, and cut."""
    tokens = tokens_of(text)
    if length is not None and 0 < len(tokens) < length:
        tokens = tokens_of("\n".join([text] * (length // len(tokens) + 2)))
    return "".join(tokens[:length])


def _meta(task: Task, asked: Directives) -> str:
    version = _version(task)
    told = {"type": version["type"], "title": version["title"], "language": language(version)}
    if version["type"] == "code" and (port := read_wish(asked.text).port):
        told["language"] = port
    return json.dumps(told, ensure_ascii=False)


def _rewrite(task: Task, asked: Directives) -> str:
    version = _version(task)
    if asked.echo is not None:
        return asked.echo
    wish = read_wish(asked.text)
    if version["type"] == "text":
        return _of_length(_text(version["fullMarkdown"], wish, asked.text) + sources(task), asked.length)
    return _of_length(_code(version["code"], language(version), wish, asked.text), asked.length)


def _text(text: str, wish: Wish, words: str) -> str:
    if wish.of_text:
        return rewriting.rewrite(text, language=wish.language, length=wish.length, level=wish.level, emojis=wish.emojis)
    return rewriting.extended(text, words)


def _code(code: str, now: str, wish: Wish, words: str) -> str:
    if not wish.of_code:
        return coding.remarked(code, now, words)
    code = coding.mended(code) if wish.mend else code
    code = coding.commented(code, now) if wish.comments else code
    code = coding.logged(code, now) if wish.logs else code
    return coding.ported(code, wish.port) if wish.port and wish.port != now else code


def _action(task: Task, asked: Directives) -> str:
    version, action = _version(task), task.action
    if asked.echo is not None or action is None:
        return asked.echo or ""
    return ACTIONS[action.key](body(version), action, language(version))


ACTIONS: dict[str, Callable[[str, Action, str], str]] = {
    "language": lambda text, action, _: rewriting.rewrite(text, language=action.value),
    "artifactLength": lambda text, action, _: rewriting.rewrite(text, length=action.value),
    "readingLevel": lambda text, action, _: rewriting.rewrite(text, level=action.value),
    "regenerateWithEmojis": lambda text, action, _: rewriting.rewrite(text, emojis=True),
    "addComments": lambda code, action, language: coding.commented(code, language),
    "addLogs": lambda code, action, language: coding.logged(code, language),
    "fixBugs": lambda code, action, language: coding.mended(code),
    "portLanguage": lambda code, action, language: coding.ported(code, action.value),
}


def _custom(task: Task, asked: Directives) -> str:
    version = _version(task)
    if asked.echo is not None:
        return asked.echo
    words = read_directives(task.prompt).text
    wish = read_wish(words)
    return _text(body(version), wish, words) if version["type"] == "text" else _code(body(version), language(version), wish, words)


def _part(task: Task, asked: Directives) -> str:
    """The highlighted part anew; white space at its edges stays."""
    if asked.echo is not None:
        return asked.echo
    version, wish = _version(task), read_wish(asked.text)
    before, inner, after = re.fullmatch(r"(\s*)(.*?)(\s*)", task.part, re.DOTALL).groups()  # type: ignore[union-attr]
    if re.search(r"\b(?:upper ?case|capitals?|louder)\b", asked.text, re.IGNORECASE):
        return f"{before}{inner.upper()}{after}"
    if version["type"] == "code":
        return before + _code(inner, language(version), wish, asked.text).strip("\n") + after
    if wish.of_text:
        wanted = rewriting.rewrite(inner, language=wish.language, length=wish.length, level=wish.level, emojis=wish.emojis, part=True)
        return before + wanted + after
    return f"{before}{inner} (rewritten: {' '.join(asked.text.split())[:80]}){after}"


NEXT = {
    "text": (
        "It can be made shorter or longer, or translated.",
        "Another reading level, or emojis?",
        "Any part of it can be highlighted and rewritten alone.",
    ),
    "code": ("Shall I add comments, or port it to another language?", "It can have logs, too.", "Shall I look for mistakes?"),
}
"""Form -> what is proposed after one version and the next."""


def _followup(task: Task, asked: Directives) -> str:
    version = _version(task)
    text, form = body(version), version["type"]
    size = f", {len(text.split())} words" if form == "text" else f": {len(text.splitlines())} lines of {language(version)}"
    first = not any(isinstance(message, AIMessage) for message in task.conversation)
    who = " The scripted model wrote it: no real one is connected." if first else ""
    return f"“{version['title']}” is on the canvas{size}.{who} {NEXT[form][(version['index'] - 1) % len(NEXT[form])]}"


def _title(task: Task, asked: Directives) -> str:
    return task.version["title"] if task.version else " ".join(newest(tuple(task.conversation[:1])).split())


_LIKES = re.compile(
    r"\b(?:I (?:always |never )?(?:like|prefer|want|love)|always|never|please use|from now on)\b[^.!?\n]{3,100}", re.IGNORECASE
)
_FACTS = re.compile(r"\b(?:I am|I'm|my name is|I work|I live|call me)\b[^.!?\n]{2,100}", re.IGNORECASE)


def _reflect(task: Task, asked: Directives) -> str:
    said = newest(tuple(task.conversation))
    rules = [*task.remembered.style, *(found[0].strip() for found in _LIKES.finditer(said))]
    facts = [*task.remembered.facts, *(found[0].strip() for found in _FACTS.finditer(said))]
    return json.dumps({"styleRules": list(dict.fromkeys(rules)), "content": list(dict.fromkeys(facts))}, ensure_ascii=False)


def _query(task: Task, asked: Directives) -> str:
    return topic_of(asked.text)


def _summary(task: Task, asked: Directives) -> str:
    said = [" ".join(message.text.split())[:80] for message in task.conversation if isinstance(message, HumanMessage)]
    return "The user asked, one after another: " + "; ".join(said[-20:])


def _version(task: Task) -> Version:
    assert task.version is not None, "this task is about an artifact"
    return task.version


ANSWERS: dict[Kind, Callable[[Task, Directives], str]] = {
    Kind.ROUTE: _route,
    Kind.GENERATE: _generate,
    Kind.META: _meta,
    Kind.REWRITE: _rewrite,
    Kind.ACTION: _action,
    Kind.CUSTOM: _custom,
    Kind.PART: _part,
    Kind.FOLLOWUP: _followup,
    Kind.TITLE: _title,
    Kind.REFLECT: _reflect,
    Kind.QUERY: _query,
    Kind.SUMMARY: _summary,
}
