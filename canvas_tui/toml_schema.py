"""Reads TOML data into frozen dataclasses with pydantic: every mistake in a person's words, with its place and what would be right.

A section is a dataclass whose fields are ``Annotated[type, Setting("what it takes")]``. Nothing is turned into another type: what is
text in the file is text here. pydantic is imported when there is something to read: it is a fifth of the program's start (measured).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from typing import Any, TypeAlias, TypeVar, get_args, get_type_hints

Path: TypeAlias = tuple[str | int, ...]
"""Keys (and indices of lists) from the top of the document."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Setting:
    """``takes`` ends the sentence "it takes …". ``read_as`` is the type in the file, where the value is kept as another one.

    ``then`` gives the value as it is kept. Raises ValueError: with the reason, or without words where what it takes says enough.
    """

    takes: str = ""
    then: Callable[[Any], Any] | None = None
    read_as: Any = None

    def __get_pydantic_core_schema__(self, source: Any, handler: Callable[[Any], Any]) -> Any:
        from pydantic_core import core_schema

        schema = _exact(handler(self.read_as or source))
        return core_schema.no_info_after_validator_function(self.then, schema) if self.then else schema


def read(section: type[_T], data: Mapping[str, Any]) -> tuple[_T | None, dict[Path, str]]:
    """The section, where nothing is wrong, and the sentence for each place where something is."""
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(section).validate_python(data), {}
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        return None, dict(_explain(section, each, data) for each in reversed(found))


def settings(section: type) -> dict[str, Setting]:
    """Each setting of a section, by its name in the file."""
    return {name: setting for name, (_, setting) in _fields(section).items()}


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """ "; did you mean NAME?", or else what is given."""
    import difflib

    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else otherwise


def between(least: float, most: float) -> Callable[[Any], Any]:
    """For `Setting.then`: numbers within these bounds; what is no number passes."""

    def check(value: Any) -> Any:
        if isinstance(value, int | float) and not least <= value <= most:
            raise ValueError
        return value

    return check


def _exact(schema: Any) -> Any:
    """The same, but a number is no text, and a flag no number. Sections themselves stay: they are read from tables."""
    if isinstance(schema, dict):
        strict = {"strict": True} if schema.get("type") in ("str", "int", "float", "bool") else {}
        return {name: _exact(part) for name, part in schema.items()} | strict
    return [_exact(part) for part in schema] if isinstance(schema, list) else schema


# -- pydantic's errors in a person's words ---------------------------------------------------------------------------------


def _explain(top: type, error: Any, data: Mapping[str, Any]) -> tuple[Path, str]:
    """Where in the file the error is, and its sentence."""
    location: Path = error["loc"]
    if error["type"] == "missing":
        above, name = location[:-1], str(location[-1])
        if is_dataclass(_section(top, above)):
            return above, f"{_table(above)} needs {name}: {_takes(top, location)}"
    path = _as_written(location, data)
    if error["type"] == "unexpected_keyword_argument" and (section := _section(top, path[:-1])):
        known = settings(section)
        return path, f"{_where(path)}: there is no such setting{did_you_mean(str(path[-1]), known, '; there are ' + ', '.join(known))}"
    reason = str(error.get("ctx", {}).get("error", ""))
    return path, f"{_where(path)}: {reason}{'; ' if reason else ''}it takes {_takes(top, path)}"


def _as_written(location: Path, data: Any) -> Path:
    """The part of pydantic's location that stands in the file (it adds indices of lists and names of union members)."""
    path: list[str | int] = []
    for step in location:
        if not isinstance(data, Mapping) or step not in data:
            break
        data = data[step]
        path.append(step)
    return tuple(path)


def _where(path: Path) -> str:
    return f"{_table(path[:-1])} {path[-1]}" if len(path) > 1 else str(path[0])


def _table(path: Path) -> str:
    return f"[{'.'.join(map(str, path))}]" if path else "the file"


def _fields(section: type) -> dict[str, tuple[Any, Setting]]:
    """Name -> (type, setting)."""
    hints = get_type_hints(section, include_extras=True)
    return {name: (get_args(hint)[0], hint.__metadata__[0]) for name, hint in hints.items() if hasattr(hint, "__metadata__")}


def _walk(top: type, path: Path) -> Iterator[tuple[type | None, Setting | None]]:
    """At each step of the path: the section that it leads into, if it does, and the setting that it is part of."""
    section: Any = top
    kind: Any = None
    setting: Setting | None = None
    for step in path:
        if section is not None and step in (fields := _fields(section)):
            kind, setting = fields[str(step)]
            section = kind if is_dataclass(kind) else None
        else:  # a name of the user's own in a table: of sections ([servers.NAME]), or of values
            section = next((each for each in get_args(kind) if is_dataclass(each)), None) if section is None else None
        yield section, setting


def _section(top: type, path: Path) -> type | None:
    return [(top, None), *_walk(top, path)][-1][0]


def _takes(top: type, path: Path) -> str:
    found = [setting.takes for _, setting in _walk(top, path) if setting is not None]
    return found[-1] if found else "something else"
