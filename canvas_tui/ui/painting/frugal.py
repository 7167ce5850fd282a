"""Rendering what is to be painted and nothing beside it.

Textual renders, for each frame, every row of every widget that touches the rectangle around all that has changed: a line of the
conversation and a number in the sidebar make it render the composer, the list of threads and every container too. Here a widget renders the
rows of its own that have changed and can be seen. What it gives for those is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps

from textual.geometry import Region
from textual.strip import Strip

from .. import textual_parts as parts
from ..textual_parts import ChopsUpdate, Compositor

_wanted: dict[Compositor, Sequence[Region]] = {}
"""While a compositor renders: the regions that will be looked at."""


@contextmanager
def only(compositor: Compositor, regions: Iterable[Region]) -> Iterator[None]:
    """Whatever the compositor renders meanwhile is right within these regions, and may be missing beside them."""
    _wanted[compositor] = [region for region in regions if region]
    try:
        yield
    finally:
        del _wanted[compositor]


def install() -> None:
    """Textual's partial updates render frugally from now on (once)."""
    parts.render_with(_renders, _partial_update)


def remove() -> None:
    """They render as Textual has it."""
    parts.render_with(parts.textual_renders, parts.textual_partial_update)


@wraps(parts.textual_partial_update)
def _partial_update(self: Compositor) -> ChopsUpdate | None:
    with only(self, parts.dirty(self)):
        return parts.textual_partial_update(self)


@wraps(parts.textual_renders)
def _renders(self: Compositor, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
    wanted = _wanted.get(self)
    if wanted is None:
        yield from parts.textual_renders(self, crop)
        return
    fronts: list[Region] = []  # what is given comes from the front to the back: nothing behind these is seen
    for widget, (region, clip) in self.visible_widgets.items():
        visible = region.intersection(clip)
        seen = [part for each in wanted if (part := visible.intersection(each))]
        seen = [part for part in seen if not any(front.contains_region(part) for front in fronts)]
        if seen:
            top, bottom = min(part.y for part in seen), max(part.bottom for part in seen)
            rows = Region(visible.x, top, visible.width, bottom - top)
            fronts.append(rows)
            yield rows, rows, widget.render_lines(rows.translate(-region.offset))
