"""What models put round the text that they were asked for: thoughts at its head, and round code a fence of Markdown. One reading of
them for both sides of the wire: what the local agent keeps is what was painted while it came.
"""

from __future__ import annotations

import re

BEGIN, END = "<think>", "</think>"

_THOUGHTS = re.compile(r"\A\s*<think>.*?(?:</think>|\Z)", re.DOTALL)
_UNCLOSED = re.compile(r"\A\s*<think>(?!.*</think>)", re.DOTALL)
_OPENING = re.compile(r"\s*(`{3,})[^\n`]*\n")
_UNDECIDED = re.compile(r"\s*(?:`{0,2}|`{3,}[^\n`]*)\Z")


def without_thoughts(text: str) -> str:
    """Only at the very head they are thoughts: further down it is the text that speaks of ``<think>``."""
    found = _THOUGHTS.match(text)
    return text if found is None else after_thoughts(text[found.end() :])


def after_thoughts(text: str) -> str:
    """Without the white space before it, but for its first line's own indentation: Python is read by it."""
    head = text.lstrip()
    _, ended, indentation = text[: len(text) - len(head)].rpartition("\n")
    return indentation + head if ended and head else head


def only_thoughts(text: str) -> bool:
    """Whether the model stopped while it thought."""
    return _UNCLOSED.match(text) is not None


def without_fence(code: str) -> str:
    """Of a model that stopped before the fence's end, its beginning goes all the same."""
    opening = _OPENING.match(code)
    if opening is None:
        return code
    inner = code[opening.end() :]
    before, mark = _last_line(inner)
    return before.removesuffix("\n") if len(mark) >= len(opening[1]) else inner


def unfenced_so_far(code: str) -> str:
    """``without_fence`` while the code comes: what may still turn out to be of the fence waits, so that nothing goes that was shown."""
    if _UNDECIDED.match(code):
        return ""
    opening = _OPENING.match(code)
    return code if opening is None else _last_line(code[opening.end() :])[0].rstrip()


def _last_line(inner: str) -> tuple[str, str]:
    """Backquotes that stand alone in the last line, and what is before them; white space at the end tells nothing."""
    text = inner.rstrip()
    before = text.rstrip("`")
    line = before.rstrip(" \t")
    return (line, text[len(before) :]) if not line or line.endswith("\n") else (text, "")
