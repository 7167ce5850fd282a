"""What a server says of a failure, in its words: what happened, without the name of the exception where words say it."""

from __future__ import annotations

import json
import re

from canvas_tui.core.model import Json

from .jsontext import mapping, text

_SHOWN = re.compile(r"(?P<name>[A-Za-z_][\w.]*)\((?P<quote>['\"])(?P<words>.*)(?P=quote),?\)", re.DOTALL)
"""As Python shows an exception: ``RuntimeError('boom')`` (tasks of a thread's state have it so)."""
_NAMED = re.compile(r"(?P<name>(?:[A-Za-z_]\w*\.)*\w*(?:Error|Exception|Failure|Timeout)): (?P<words>.*)", re.DOTALL)


def said(name: str, words: str) -> str:
    """The words alone where they say something; ``KeyError: 'x'`` needs its name."""
    words = words.strip()
    tells = len(words.split()) > 1
    return words if tells or not name or name == "Error" else f"{name}: {words}" if words else name


def words_of(error: Json, depth: int = 3) -> str:
    """``{"error": name, "message": words}``, ``{"detail": …}``, a list of such (pydantic's), or plain words."""
    if isinstance(error, str):
        return _plain(error)
    if depth == 0:
        return ""
    if isinstance(error, list):
        return "; ".join(words for item in error if (words := words_of(item, depth - 1)))
    if not isinstance(error, dict):
        return ""
    message = next((words for key in ("message", "detail", "msg") if (words := words_of(error.get(key), depth - 1))), "")
    name = error.get("error")
    if isinstance(name, dict):
        return message or words_of(name, depth - 1)
    return said(text(name), message) if message else text(name)


def _plain(words: str) -> str:
    """JSON in a string is opened once (the JS server and some stores keep errors that way)."""
    if words.startswith("{"):
        try:
            inner = json.loads(words)
        except (ValueError, RecursionError):
            return words
        return text(mapping(inner).get("message")) or words
    found = _SHOWN.fullmatch(words) or _NAMED.fullmatch(words)
    return said(found["name"], found["words"]) if found else words
