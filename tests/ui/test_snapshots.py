"""Every state of the screen as a picture. After a change that is meant: ``pytest tests/ui/test_snapshots.py --snapshot-update``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support import painting

from .driving import LARGE, SMALL, make
from .states import STATES

Compare = Callable[..., bool]


@pytest.fixture(autouse=True)
def painted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What the writer has put on a terminal by then is compared too, cell by cell."""
    yield from painting.paint(monkeypatch)


LOOKS: dict[str, tuple[str, tuple[str, ...], dict[str, Any]]] = {
    "tools-open": ("tools", ("ctrl+o",), {}),
    "threads": ("streaming", ("ctrl+t", "down"), {}),
    "run": ("streaming", ("f4",), {}),
    "rename": ("done", ("f2",), {}),
    "deleted": ("done", ("f7",), {}),
    "find": ("done", ("ctrl+f", "b", "u", "l", "g", "e"), {}),
    "help": ("done", ("f1",), {}),
    "palette": ("done", ("ctrl+p",), {}),
    "writing": ("streaming", ("o", "n", "e", "ctrl+j", "t", "w", "o"), {}),
    "light": ("streaming", (), {"theme": "canvas-light"}),
    "no-colour": ("streaming", ("ctrl+t", "down"), {"color": False}),
    "ascii": ("question", (), {"ascii": True}),
}


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("state", sorted(STATES))
def test_state(snap_compare: Compare, state: str, size: tuple[int, int]) -> None:
    assert snap_compare(make(STATES[state]()), terminal_size=size)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("look", sorted(LOOKS))
def test_look(snap_compare: Compare, look: str, size: tuple[int, int]) -> None:
    state, keys, options = LOOKS[look]
    assert snap_compare(make(STATES[state](), **options), press=keys, terminal_size=size)


def test_too_small(snap_compare: Compare) -> None:
    assert snap_compare(make(STATES["streaming"]()), terminal_size=(36, 9))


def test_wide(snap_compare: Compare) -> None:
    assert snap_compare(make(STATES["streaming"]()), terminal_size=(220, 50))
