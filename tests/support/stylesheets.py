"""Textual parses all its stylesheets at each start of an app: the tests start a thousand, of three themes."""

from __future__ import annotations

from typing import Any

from textual.css.stylesheet import Stylesheet

_parse_rules = Stylesheet._parse_rules
_parsed: dict[tuple[Any, ...], Any] = {}


def share() -> None:
    """What was parsed for one app is there for the next one (an eighth of a start)."""

    def parse(self: Stylesheet, css: str, *where: Any, **how: Any) -> Any:
        key = (frozenset(self._variables.items()), css, where, frozenset(how.items()))
        if key not in _parsed:
            _parsed[key] = _parse_rules(self, css, *where, **how)
        return _parsed[key]

    Stylesheet._parse_rules = parse  # type: ignore[method-assign]
