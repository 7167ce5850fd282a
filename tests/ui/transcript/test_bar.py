"""Of a scroll bar the rows are drawn again that look otherwise, and no others have to be."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st
from rich.color import Color
from textual.geometry import Region, Size
from textual.scrollbar import ScrollBar, ScrollBarRender

from canvas_tui.ui.widgets.lines_look import set_bar

HEIGHT = 12
BACK, BAR = Color.parse("#000000"), Color.parse("#ffffff")


class Bar(SimpleNamespace):
    """As much of one as is used."""

    def __init__(self, total: int, top: int) -> None:
        super().__init__(window_virtual_size=total, window_size=HEIGHT, position=float(top), size=Size(1, HEIGHT), drawn=set[int]())

    def set_reactive(self, name: Any, value: float) -> None:
        setattr(self, name.name, value)

    def refresh(self, *regions: Region) -> None:
        for region in regions or (Region(0, 0, 1, HEIGHT),):
            self.drawn |= set(region.line_range)


def look(total: int, top: int) -> list[tuple[str, object]]:
    """As Textual draws it, from its first row to its last; what a click there does is not seen."""
    window = HEIGHT if total > HEIGHT else 0
    drawn = ScrollBarRender.render_bar(HEIGHT, total, window, top, 1, True, BACK, BAR)
    return [(each.text, each.style and each.style.without_color.reverse) for each in drawn.segments]


places = st.integers(1, 400).flatmap(lambda total: st.tuples(st.just(total), st.integers(0, max(0, total - HEIGHT))))


@given(places, places)
def test_what_looks_otherwise_is_drawn_again(before: tuple[int, int], now: tuple[int, int]) -> None:
    bar = Bar(*before)
    set_bar(cast(ScrollBar, bar), now[0], HEIGHT, now[1])
    differing = {row for row, (old, new) in enumerate(zip(look(*before), look(*now), strict=True)) if old != new}
    assert differing <= bar.drawn
    assert (bar.window_virtual_size, bar.window_size, bar.position) == (now[0], HEIGHT, float(now[1]))


def test_a_line_more_draws_its_ends_alone() -> None:
    bar = Bar(300, 288)
    set_bar(cast(ScrollBar, bar), 330, HEIGHT, 318)
    assert len(bar.drawn) < HEIGHT // 2
