"""``replace`` as dataclasses have it, at half its cost: a token changes a dozen values of two dozen fields each (measured: a fifth of
what the program does at 1,000 tokens a second)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:  # so that fields and their types are checked
    from dataclasses import replace as replace

else:
    _Value = TypeVar("_Value")

    def replace(value: _Value, /, **changes: Any) -> _Value:
        """The same value with these fields changed. For dataclasses all of whose fields are arguments, in their order."""
        kind = type(value)
        get, places = _layout(kind)
        known = list(get(value))
        for name, changed in changes.items():
            known[places[name]] = changed
        return kind(*known)


@cache
def _layout(kind: type) -> tuple[Callable[[Any], tuple[Any, ...]], dict[str, int]]:
    """What gives all fields of a value, and the place of each."""
    known = fields(kind)
    if len(known) < 2 or any(each.kw_only or not each.init for each in known):
        raise TypeError(f"{kind.__name__} is changed with dataclasses.replace")
    names = [each.name for each in known]
    return attrgetter(*names), {name: place for place, name in enumerate(names)}
