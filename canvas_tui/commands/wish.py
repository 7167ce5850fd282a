"""What ``send`` is asked to do, out of its arguments."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..core.actions import SEARCH, custom, parse
from ..core.artifact import PLAIN, CustomAction, Turn, Version
from ..core.file_names import version_of_file
from ..core.model import Json
from ..net.turn_wish import Wish
from .files import read_document, read_text
from .mistakes import Mistake

CUSTOM = "custom="
SEARCHING = "search"

_EXCLUSIVE = (("answer", "--answer"), ("regenerate", "--regenerate"), ("proceed", "--continue"))
_WHY = {
    "answer": "the thread that waits for it",
    "regenerate": "the thread whose last answer is asked for again",
    "proceed": "the thread that stopped",
}
_BRANCH = (("action", "--action"), ("select", "--select"), ("artifact_in", "--artifact-in"))
"""What goes with no message that is sent again; a web search does."""
_BESIDE = (
    ("resend", "--resend"),
    ("text", "TEXT"),
    ("action", "--action"),
    ("attach", "--attach"),
    ("select", "--select"),
    ("artifact_in", "--artifact-in"),
)


def what(args: Namespace) -> Wish:
    """Raises: Mistake."""
    _check(args)
    if args.answer is not None:
        return Wish(answer=_answer(args.answer))
    if args.regenerate or args.proceed:
        return Wish(again=args.regenerate)
    action, turn = _action(args), _turn(args)
    version = _file(args.artifact_in) if args.artifact_in else None
    if args.select and not (args.thread or version):
        raise Mistake("--select needs an artifact: name its thread with --thread ID, or give a file with --artifact-in.")
    if not (args.text or action or version is not None or turn != PLAIN):
        raise Mistake("There is nothing to send: canvas-tui send TEXT, or - to read it from stdin.")
    text = _text(args.text) if args.text else None
    return Wish(text, turn=turn, action=action, select=args.select or "", version=version, resend=args.resend or "")


def _check(args: Namespace) -> None:
    """Wishes that do not go together, or that need a thread."""
    for name, option in _EXCLUSIVE:
        if getattr(args, name) in (None, False):
            continue
        others = [other for key, other in (*_BESIDE, *_EXCLUSIVE) if key != name and getattr(args, key) not in (None, False, [])]
        if others:
            raise Mistake(f"Give either {others[0]} or {option}, not both.")
        if not args.thread:
            raise Mistake(f"{option} needs --thread ID, {_WHY[name]}.")
    if args.resend:
        others = [other for key, other in _BRANCH if getattr(args, key) not in (None, SEARCHING)]
        if others:
            raise Mistake(f"Give either {others[0]} or --resend, not both.")
        if not (args.thread and args.text):
            raise Mistake("--resend needs --thread ID, the thread with the message, and TEXT, which is sent in its place.")
    if args.select and (args.action or not args.text):
        raise Mistake("--select names the part that TEXT is about: give the one with the other, and no --action.")


def _action(args: Namespace) -> str:
    """As it is typed, if there is such an action: whether it fits the artifact is known when the thread has been read."""
    typed: str = args.action or ""
    if not typed or typed == SEARCHING:
        return ""
    told = "" if typed.startswith(CUSTOM) else parse(typed)
    if isinstance(told, str) and told:
        raise Mistake(f"{told} Besides: {SEARCHING}, and {CUSTOM}NAME for one of your own.")
    if not (args.thread or args.artifact_in):
        raise Mistake("--action changes an artifact: name its thread with --thread ID, or give a file with --artifact-in.")
    return typed


def _turn(args: Namespace) -> Turn:
    base = SEARCH if args.action == SEARCHING else PLAIN
    if base is SEARCH and not args.text:
        raise Mistake("--action search searches the web for an answer to TEXT; give one.")
    documents = tuple(read_document(Path(name).expanduser()) for name in args.attach or ())
    return replace(base, documents=documents) if documents else base


def own_action(wish: Wish, actions: Sequence[CustomAction]) -> Wish:
    """The turn of the user's own action that is named. Raises: Mistake."""
    name = wish.action.removeprefix(CUSTOM).strip()
    found = [action for action in actions if name in (action.id, action.title)]
    found = found or [action for action in actions if action.title.casefold() == name.casefold()]
    if not found:
        there = ", ".join(action.title for action in actions) or "none"
        raise Mistake(f"There is no action {name!r} of your own. There are: {there}.")
    turn = custom(found[0])
    return replace(wish, action="", turn=replace(turn, documents=wish.turn.documents))


def _file(name: str) -> Version:
    path = Path(name).expanduser()
    return version_of_file(path.name, read_text(path))


def _text(words: list[str]) -> str:
    if len(words) > 1:
        raise Mistake("The text is one argument: put quotes round it.")
    text = _stdin() if words[0] == "-" else words[0]
    if not text.strip():
        raise Mistake("There is nothing to send: the text is empty.")
    return text


def _answer(text: str) -> Json:
    """JSON, or the text itself: people answer questions with words."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if value is None:
        raise Mistake("null is no answer; --answer takes any other JSON value.")
    return value


def _stdin() -> str:
    """All of it, without the line end that ``echo`` and editors add."""
    try:
        return sys.stdin.buffer.read().decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise Mistake("stdin is not UTF-8 text.") from None
