"""On which line of a TOML text each setting stands, for telling mistakes by file and line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from .toml_schema import Path


def lines(text: str) -> dict[Path, int]:
    """The line, from 1, on which each table and value of a valid TOML text begins (arrays of tables: of the first one).

    No second TOML reader: ``tomllib`` gets each statement by itself, below the header of its table. A statement goes on until it
    parses, since one that breaks off inside a value of many lines does not.
    """
    found: dict[Path, int] = {}
    header, statement, begin = "", "", 1
    for number, line in enumerate(text.split("\n"), start=1):
        statement += line + "\n"
        is_header = statement.lstrip().startswith("[")
        try:
            document = tomllib.loads(statement if is_header else header + statement)
        except tomllib.TOMLDecodeError:
            continue
        for path in _paths(document):
            found.setdefault(path, begin)
        header = statement if is_header else header
        statement, begin = "", number + 1
    return found


def line_of(text: str, path: Path) -> int:
    """The line of the path, or of the nearest table above it that stands in the text; 1 for the document itself."""
    found = lines(text)
    return next((found[path[:length]] for length in range(len(path), 0, -1) if path[:length] in found), 1)


def error_line(error: tomllib.TOMLDecodeError, text: str) -> int:
    """The line on which reading stopped."""
    place = re.search(r"at line (\d+)", str(error))
    return int(place.group(1)) if place else max(1, len(text.rstrip("\n").split("\n")))


def _paths(value: Any, above: Path = ()) -> Iterator[Path]:
    if above:
        yield above
    items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, below in items:
        yield from _paths(below, (*above, key))
