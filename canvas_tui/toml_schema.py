"""Reads TOML data into frozen dataclasses: every mistake is told in a person's words, with its place and what would be right.

A section is a dataclass whose fields are ``Annotated[type, Setting(kind, "what it takes")]``. Nothing is turned into another type: what is
text in the file is text here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, TypeAlias, TypeVar, get_type_hints

Path: TypeAlias = tuple[str | int, ...]
"""Keys (and indices of lists) from the top of the document."""

Read: TypeAlias = Callable[[Any], Any]
"""Gives the value as it is kept. Raises ValueError: with the reason, or without words where what it takes says enough."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Tables:
    """A table with names of the user's own, and a ``kind`` of value for each of them."""

    kind: Read | type
    name: Read = str


@dataclass(frozen=True, slots=True)
class Setting:
    """``kind``: what reads it, or a section's class; ``takes`` ends the sentence "it takes …"."""

    kind: Read | type | Tables
    takes: str


def read(section: type[_T], data: Mapping[str, Any]) -> tuple[_T | None, dict[Path, str]]:
    """The section, where nothing is wrong, and the sentence for each place where something is."""
    told: dict[Path, str] = {}
    value = _section(section, data, (), told)
    return (None if told else value), told


def settings(section: type) -> dict[str, Setting]:
    """Each setting of a section, by its name in the file."""
    return {name: hint.__metadata__[0] for name, hint in get_type_hints(section, include_extras=True).items()}


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """ "; did you mean NAME?", or else what is given."""
    import difflib

    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else otherwise


# -- kinds of values -------------------------------------------------------------------------------------------------------


def text(value: Any) -> str:
    return _only(str, value)


def flag(value: Any) -> bool:
    return _only(bool, value)


def texts(value: Any) -> tuple[str, ...]:
    return tuple(map(text, _only(list, value)))


def values(value: Any) -> dict[str, Any]:
    """A table of whatever JSON has too."""
    return dict(_json(_only(dict, value)))


def number(least: float, most: float) -> Read:
    def kind(value: Any) -> float:
        given = value if isinstance(value, float) else _only(int, value)
        if not least <= given <= most:
            raise ValueError
        return float(given)

    return kind


def whole(least: int, most: int) -> Read:
    def kind(value: Any) -> int:
        if not least <= _only(int, value) <= most:
            raise ValueError
        return int(value)

    return kind


def word(*known: str) -> Read:
    def kind(value: Any) -> str:
        if value not in known:
            raise ValueError
        return text(value)

    return kind


def either(*kinds: Read) -> Read:
    """The first of them that takes it; the last one's reason where none does."""

    def kind(value: Any) -> Any:
        for each in kinds[:-1]:
            try:
                return each(value)
            except ValueError:
                continue
        return kinds[-1](value)

    return kind


def _only(kind: type[_T], value: Any) -> _T:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise ValueError
    return value


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _json(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_json(each) for each in value]
    if not isinstance(value, str | int | float):
        raise ValueError("JSON has no dates")
    return value


# -- reading ---------------------------------------------------------------------------------------------------------------


def _section(section: Any, data: Mapping[str, Any], path: Path, told: dict[Path, str]) -> Any:
    known, found = settings(section), {}
    for name, value in data.items():
        if name in known:
            found[name] = _value(known[name].kind, value, (*path, name), known[name].takes, told)
        else:
            told[*path, name] = f"{_where((*path, name))}: there is no such setting{did_you_mean(name, known, _all(known))}"
    for field in fields(section):
        if field.name not in data and field.default is MISSING and field.default_factory is MISSING:
            told[path] = f"{_table(path)} needs {field.name}: {known[field.name].takes}"
    return None if told else section(**found)


def _value(kind: Any, value: Any, path: Path, takes: str, told: dict[Path, str]) -> Any:
    try:
        if isinstance(kind, Tables):
            for name in _only(dict, value):
                kind.name(name)
            return {name: _value(kind.kind, each, (*path, name), takes, told) for name, each in value.items()}
        if hasattr(kind, "__dataclass_fields__"):
            return _section(kind, _only(dict, value), path, told)
        return kind(value)
    except ValueError as error:
        reason = f"{error}; " if str(error) else ""
        told[path] = f"{_where(path)}: {reason}it takes {takes}"
        return None


def _all(known: Iterable[str]) -> str:
    return f"; there are {', '.join(known)}"


def _where(path: Path) -> str:
    return f"{_table(path[:-1])} {path[-1]}" if len(path) > 1 else str(path[0])


def _table(path: Path) -> str:
    return f"[{'.'.join(map(str, path))}]" if path else "the file"
