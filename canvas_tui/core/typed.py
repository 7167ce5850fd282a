"""Frozen values as plain JSON values and back, directed by their types: what a file says either fits its type or is refused."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from .frozen import frozen
from .model import Json

LATEST = 1e12
"""No time, age or size is greater."""
NAME = "is"
"""Key of the class's name, where a value may be of one of several."""


class Broken(ValueError):
    """``str()`` is the place that does not fit."""


@frozen
class Codec:
    """What stands at its default is left out.

    Args:
        rows: classes written as lists, without names: there are hundreds of them.
        named: classes that carry their name, since unions hold them.
        digits: decimals of numbers; None keeps them all.
        infinite: whether a number may be infinite (``"inf"``).
    """

    rows: tuple[type, ...] = ()
    named: tuple[type, ...] = ()
    digits: int | None = None
    infinite: bool = False

    def plain(self, value: Any) -> Json:
        """JSON values of it. Values that are neither of a dataclass nor in a tuple are taken as they are."""
        if is_dataclass(value) and isinstance(value, self.rows):
            return [self.plain(getattr(value, field.name)) for field in fields(value)]
        if is_dataclass(value) and not isinstance(value, type):
            told = {NAME: type(value).__name__} if isinstance(value, self.named) else {}
            default = _defaults(type(value))
            for field in fields(value):
                each = getattr(value, field.name)
                if field.name not in default or default[field.name] != each:
                    told[field.name] = self.plain(each)
            return told
        if isinstance(value, tuple):
            return [self.plain(each) for each in value]
        if isinstance(value, frozenset):
            return sorted(value)
        if isinstance(value, StrEnum):
            return value.value
        if isinstance(value, float):
            return "inf" if self.infinite and value == float("inf") else value if self.digits is None else round(value, self.digits)
        return value

    def made(self, wanted: Any, value: Json, where: str) -> Any:
        """``value`` as a value of the type ``wanted``; fields that it does not know are passed over.

        Raises:
            Broken: it does not fit.
            RecursionError: it is nested too deeply.
        """
        if wanted is Any:
            return value
        origin = get_origin(wanted)
        if origin in (Union, types.UnionType):
            return self._one_of(get_args(wanted), value, where)
        if origin is tuple:
            return self._tuple(get_args(wanted), value, where)
        if origin is frozenset:
            return frozenset(self._tuple((get_args(wanted)[0], Ellipsis), value, where))
        if is_dataclass(wanted):
            if wanted in self.rows and isinstance(value, list):
                value = dict(zip((field.name for field in fields(wanted)), value, strict=False))
            if not isinstance(value, dict):
                raise Broken(where)
            hints = _hints(wanted)  # type: ignore[arg-type]
            known = {name: self.made(hints[name], each, f"{where}.{name}") for name, each in value.items() if name in hints}
            try:
                return wanted(**known)  # type: ignore[operator]
            except TypeError:
                raise Broken(where) from None
        if wanted is float and self.infinite and value == "inf":
            return float("inf")
        read_plain = _PLAIN.get(wanted, wanted)
        try:
            return read_plain(value)
        except (ValueError, TypeError):
            raise Broken(where) from None

    def _one_of(self, kinds: tuple[Any, ...], value: Json, where: str) -> Any:
        if value is None and type(None) in kinds:
            return None
        kinds = tuple(each for each in kinds if each is not type(None))
        if len(kinds) == 1:
            return self.made(kinds[0], value, where)
        name = value.get(NAME) if isinstance(value, dict) else None
        kind = next((each for each in kinds if each.__name__ == name), None)
        if kind is None:
            raise Broken(where)
        return self.made(kind, value, where)

    def _tuple(self, inside: tuple[Any, ...], value: Json, where: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise Broken(where)
        if inside[-1] is Ellipsis:
            return tuple(self.made(inside[0], each, where) for each in value)
        if len(value) != len(inside):
            raise Broken(where)
        return tuple(self.made(kind, each, where) for kind, each in zip(inside, value, strict=True))


@cache
def _hints(owner: Any) -> dict[str, Any]:
    return get_type_hints(owner)


@cache
def _defaults(owner: Any) -> dict[str, Any]:
    return {field.name: field.default for field in fields(owner)}


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
