"""Whether the Textual and the rich that are installed are as `textual_pins` says."""

from __future__ import annotations

from importlib import import_module
from inspect import getsource, signature
from typing import Any

import textual

from canvas_tui.ui import textual_parts as parts
from canvas_tui.ui import textual_pins as pins

_REPLACED: dict[str, Any] = {"load_cell_table": parts.load_cell_table, "feed": parts.textual_feed, "render": parts.textual_render}
"""Theirs, where ours may stand in their place."""


def problems() -> list[str]:
    """In words, what of all this the installed Textual has not, or has in another shape."""
    found = [_problem(owner, part) for owner, names in pins.PARTS.items() for part in names.split()]
    for ours, theirs in pins.OVERRIDES.items():
        owner, _, part = theirs.rpartition(".")
        found += [_problem(owner, part), _problem(ours.rpartition(".")[0], ours.rpartition(".")[2], part)]
    for part, words in pins.READ:
        owner, _, name = part.rpartition(".")
        found.append(_problem(owner, name) or ("" if words in getsource(_found(part)) else f"{part} has no more {words!r} in it"))
    if not textual.__version__.startswith(f"{pins.VERSION}."):
        found.append(
            f"this is textual {textual.__version__}; the program is made for {pins.VERSION}: look at each part, then at pyproject.toml"
        )
    return [problem for problem in found if problem]


def _problem(owner: str, name: str, shape: str = "") -> str:
    name, _, parameters = name.partition("(")
    parameters = parameters or shape.partition("(")[2]
    try:
        holder = _found(owner)
    except (ImportError, AttributeError):
        return f"{owner} is gone"
    if not hasattr(holder, name) and not any(f"self.{name}" in getsource(import_module(kind.__module__)) for kind in _kinds(holder)):
        return f"{owner} has no {name}"
    part: Any = _REPLACED.get(name) or getattr(holder, name, None)
    if parameters and (real := ",".join(each for each in signature(part).parameters if each != "self")) != parameters[:-1]:
        return f"{name} of {owner} takes ({real}), not ({parameters}"
    return ""


def _kinds(holder: Any) -> tuple[type, ...]:
    return tuple(kind for kind in getattr(holder, "__mro__", ()) if kind.__module__.split(".")[0] in ("textual", "rich"))


def _found(place: str) -> Any:
    module, _, names = place.partition(":")
    found: Any = import_module(module)
    for name in names.split(".") if names else ():
        found = getattr(found, name)
    return found
