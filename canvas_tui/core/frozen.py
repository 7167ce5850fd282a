"""Values: dataclasses with slots that nobody changes, as every room shares them.

`dataclasses` writes and compiles six functions for each frozen one, which was two fifths of the program's start (230 of them, 0.4 to 1 ms
each: measured), and its ``__init__`` goes a long way round the wall that it builds. Here only ``__init__`` is made so; the others are the
same for all. That nobody changes a value is what the type checker is for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

_Kind = TypeVar("_Kind", bound=type[Any])


@dataclass_transform(frozen_default=True)
def frozen(kind: _Kind) -> _Kind:
    """``dataclass(frozen=True, slots=True)``, made in half the time. Compared and hashed by its fields, as that is."""
    made: Any = dataclass(slots=True, repr=False, eq=False)(kind)
    for name, function in _SAME.items():
        if name not in vars(kind):
            setattr(made, name, function)
    return made  # type: ignore[no-any-return]


@cache
def _compared(kind: Any) -> Callable[[Any], object]:
    """What gives all that counts of a value."""
    names = [each.name for each in fields(kind) if each.compare]
    return attrgetter(*names) if names else lambda value: ()


def _told(self: Any) -> object:
    return _compared(self.__class__)(self)


def _equal(self: Any, other: object) -> bool:
    if type(other) is not type(self):
        return NotImplemented  # type: ignore[no-any-return]
    return self is other or bool(_told(self) == _told(other))


def _hashed(self: Any) -> int:
    return hash((self.__class__, _told(self)))


def _shown(self: Any) -> str:
    told = (f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)
    return f"{type(self).__qualname__}({', '.join(told)})"


_SAME: dict[str, Any] = {"__eq__": _equal, "__hash__": _hashed, "__repr__": _shown}
