"""Evidence as JSON and back: the bundle that ``doctor --bundle`` writes and ``--from`` reads."""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any, Union, get_args, get_origin, get_type_hints

from .evidence import Evidence, Read, Seen
from .model import Json

FORMAT = "canvas-tui doctor bundle"
VERSION = 1
LATEST = 1e12
"""No time, age or size of a bundle is greater."""
CAP = 16 * 1024 * 1024
"""Characters of a bundle that are read."""


_ROWS = (Read, Seen)
"""There are hundreds of them: written as lists, without names."""


class NoBundle(ValueError):
    """``str()`` is a sentence."""


def write(evidence: Evidence) -> str:
    """JSON text; what stands at its default is left out, times are kept to the millisecond."""
    told = {"format": FORMAT, "version": VERSION, "evidence": _plain(evidence)}
    return json.dumps(told, ensure_ascii=True, separators=(",", ":")) + "\n"


def read(text: str) -> Evidence:
    """Raises:
    NoBundle: it is none, is broken, or of a newer program.
    """
    if len(text) > CAP:
        raise NoBundle("This file is too big for a bundle of doctor.")
    try:
        told = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise NoBundle("This file is no bundle of doctor: it is not JSON.") from None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise NoBundle("This file is no bundle of doctor.")
    if told.get("version") != VERSION:
        raise NoBundle("This bundle was written by another version of the program, in a form that this one does not know.")
    try:
        evidence = _made(Evidence, told.get("evidence"), "evidence")
    except RecursionError:
        raise NoBundle("This bundle is broken: it is nested too deeply.") from None
    assert isinstance(evidence, Evidence)
    return evidence


def _plain(value: Any) -> Json:
    if isinstance(value, _ROWS):
        return [_plain(getattr(value, field.name)) for field in fields(value)]
    if is_dataclass(value) and not isinstance(value, type):
        told = {field.name: getattr(value, field.name) for field in fields(value)}
        return {name: _plain(each) for name, each in told.items() if each != _default(type(value), name)}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, StrEnum):
        return value.value
    return round(value, 3) if isinstance(value, float) else value


_MISSING = object()


def _default(owner: Any, name: str) -> Any:
    return next((field.default for field in fields(owner) if field.name == name), _MISSING)


def _made(wanted: Any, value: Json, where: str) -> Any:
    """``value`` as a value of the type ``wanted``. Raises: NoBundle."""
    origin = get_origin(wanted)
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        return _made(next(each for each in get_args(wanted) if each is not type(None)), value, where)
    if origin is tuple:
        return _tuple(get_args(wanted), value, where)
    if is_dataclass(wanted):
        if wanted in _ROWS and isinstance(value, list):
            value = dict(zip((field.name for field in fields(wanted)), value, strict=False))
        if not isinstance(value, dict):
            raise _broken(where)
        hints = get_type_hints(wanted)
        known = {name: _made(hints[name], each, f"{where}.{name}") for name, each in value.items() if name in hints}
        try:
            return wanted(**known)  # type: ignore[operator]
        except TypeError:
            raise _broken(where) from None
    read_plain = _PLAIN.get(wanted, wanted)
    try:
        return read_plain(value)
    except (ValueError, TypeError):
        raise _broken(where) from None


def _tuple(inside: tuple[Any, ...], value: Json, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise _broken(where)
    if inside[-1] is Ellipsis:
        return tuple(_made(inside[0], each, where) for each in value)
    if len(value) != len(inside):
        raise _broken(where)
    return tuple(_made(kind, each, where) for kind, each in zip(inside, value, strict=True))


def _broken(where: str) -> NoBundle:
    return NoBundle(f"This bundle is broken at {where}.")


def _no_number(word: str) -> Json:
    raise ValueError(f"{word} is no number of JSON")


def _number(value: Json) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < LATEST:
        raise ValueError
    return float(value)


def _of(kind: type) -> Callable[[Json], Any]:
    def check(value: Json) -> Any:
        if type(value) is not kind:
            raise ValueError
        return value

    return check


_PLAIN: Mapping[Any, Callable[[Json], Any]] = {float: _number, int: _of(int), bool: _of(bool), str: _of(str)}
