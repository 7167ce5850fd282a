"""Markdown of one block that never ends, of every kind that can grow."""

from __future__ import annotations

from collections.abc import Callable, Mapping

_SAID = "that goes on and on, number 12345 of many"
_ROW = "| a cell | another cell of it | 12345 |\n"
_CODE = "x = some_function(argument, 12345) + other(argument)\n"


def _of(line: str, head: str = "") -> Callable[[int], str]:
    return lambda size: head + line * ((size - len(head)) // len(line))


GROWING: Mapping[str, Callable[[int], str]] = {
    "lines of a log": _of(f"a line of a log {_SAID}\n"),
    "HTML": _of(f"<p>text {_SAID}</p>\n", "<div>\n"),
    "quote": _of(f"> a line of a quote {_SAID}\n"),
    "quoted paragraphs": _of(f"> a *paragraph* of a quote {_SAID}\n>\n"),
    "lazy lines of a quote": _of(f"a line {_SAID}\n", "> a quote\n"),
    "list": _of(f"- an **item** {_SAID}\n"),
    "nested list": _of(f"  - an item {_SAID}\n", "- outer\n"),
    "deep list": _of(f"      1. an item {_SAID}\n\n", "- outer\n\n  - within\n\n    > quoted\n\n    - deep\n\n"),
    "paragraphs of an item": _of(f"   A paragraph {_SAID}.\n\n", "1. first\n\n"),
    "indented code": _of(f"    {_CODE}"),
    "fence": _of(_CODE, "```python\n"),
    "fence in an item": _of(f"  {_CODE}", "- item\n\n  ```python\n"),
    "fence in a quote": _of(f"> {_CODE}", "> ```\n"),
    "code in an item": _of(f"      {_CODE}", "- item\n\n"),
    "table": _of(_ROW, "| a | b | c |\n|---|---|---|\n"),
    "table in an item": _of(f"  {_ROW}", "- item\n\n  | a | b | c |\n  |---|---|---|\n"),
    "quote in an item": _of(f"  > a line {_SAID}\n", "- item\n\n"),
    "line": _of(f"words {_SAID} "),
    "line of an item": _of(f"words {_SAID} ", "- "),
    "link definitions": _of("[a name 12345]: https://example.org/a/long/path/of/it\n"),
}
