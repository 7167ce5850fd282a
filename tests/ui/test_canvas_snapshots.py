"""The canvas as a picture, in the sizes that people have."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from .canvas_states import CANVAS
from .driving import make
from .fake_canvas import FakeCanvas

Compare = Callable[..., bool]

SIZES = ((80, 24), (120, 40), (180, 50))

LOOKS: dict[str, tuple[str, tuple[str, ...], dict[str, Any]]] = {
    "writing": ("writing", (), {}),
    "writing-code": ("writing-code", (), {}),
    "line": ("versions", (), {}),
    "inline": ("versions", ("alt+d",), {}),
    "inline-code": ("code", ("alt+d",), {}),
    "light-code": ("code", ("alt+d",), {"theme": "canvas-light"}),
    "beside": ("code", ("alt+d", "alt+d"), {}),
    "versions": ("versions", ("alt+left", "alt+v"), {}),
    "partial": ("partial", (), {}),
    "conflict": ("conflict", ("alt+d",), {}),
    "unsaved": ("unsaved", (), {}),
    "selection": ("code", ("shift+down", "shift+down", "shift+down", "shift+right", "o", "n", "e"), {}),
    "menu": ("versions", ("alt+a",), {}),
    "editor": ("code", ("alt+e", "x"), {}),
    "leaving": ("versions", ("alt+e", "x", "escape"), {}),
    "branches": ("branched", (), {}),
    "ascii": ("conflict", ("alt+d",), {"ascii": True}),
    "no-colour": ("conflict", ("alt+d",), {"color": False}),
    "light": ("versions", ("alt+d", "alt+d"), {"theme": "canvas-light"}),
}
WITHOUT = ("line", "branches")
"""Where the canvas is not opened by its key."""
ONE_SIZE = ("ascii", "no-colour", "light", "leaving", "unsaved", "writing-code", "inline-code", "light-code")


def pressing(keys: tuple[str, ...], opened: bool) -> Callable[[Pilot[None]], Awaitable[None]]:
    async def press(pilot: Pilot[None]) -> None:
        await pilot.pause()
        for key in ("f6", *keys) if opened else keys:
            await pilot.press(key)
            for _ in range(6):
                await pilot.pause()

    return press


CASES = [(look, size) for look in sorted(LOOKS) for size in SIZES if look not in ONE_SIZE or size == SIZES[1]]


@pytest.mark.parametrize(("look", "size"), CASES, ids=[f"{look}-{size[0]}x{size[1]}" for look, size in CASES])
def test_look(snap_compare: Compare, look: str, size: tuple[int, int]) -> None:
    state, keys, options = LOOKS[look]
    app = make(CANVAS[state](), canvas=FakeCanvas(), **options)
    assert snap_compare(app, run_before=pressing(keys, look not in WITHOUT), terminal_size=size)
