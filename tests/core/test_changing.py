"""The quick ``replace`` does what that of dataclasses does."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

import pytest

from canvas_tui.core.changing import replace
from canvas_tui.core.model import Link, Phase, Run, Session


@pytest.mark.parametrize(
    ("value", "changes"),
    [
        (Session("t"), {}),
        (Session("t"), {"thread_id": "u", "loaded": True}),
        (Link(), {"phase": Phase.LIVE, "conn": 3}),
        (Run("r", started_at=1.0), {"tokens": 4}),
    ],
)
def test_it_changes_what_it_is_told_and_nothing_else(value: Any, changes: dict[str, Any]) -> None:
    changed = replace(value, **changes)
    assert changed == dataclasses.replace(value, **changes) and type(changed) is type(value)
    assert value == dataclasses.replace(value)


def test_a_field_that_is_none_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        replace(Session("t"), nothing=1)  # type: ignore[call-arg]


def test_what_it_cannot_change_it_refuses() -> None:
    @dataclass(frozen=True)
    class Odd:
        one: int = 1
        two: int = field(default=2, init=False)

    with pytest.raises(TypeError):
        replace(Odd(), one=3)
