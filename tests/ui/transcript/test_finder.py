"""Finding in what still comes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style

from canvas_tui.core.model import Standing
from canvas_tui.ui.render.lines import Line
from canvas_tui.ui.widgets import lines_find
from canvas_tui.ui.widgets.lines_entries import Context, Entry
from canvas_tui.ui.widgets.lines_find import NEWEST, Finder

from .host import Host, agent, human, thread

_TEXT = st.text(alphabet="abAß ", max_size=12)


class Said(Entry):
    def __init__(self, key: str, text: str) -> None:
        super().__init__(key)
        self.text = text

    @property
    def source(self) -> str:
        return self.text

    def build(self, context: Context) -> list[Line]:
        return []

    def estimate(self, width: int) -> int:
        return 1


def places(finder: Finder, entries: Sequence[Said]) -> list[tuple[str, int]]:
    """Every place, from the one gone to back and round."""
    by_key = {entry.key: entry.source.casefold() for entry in entries}
    found = []
    for _ in range(finder.count):
        assert finder.key is not None
        place = finder.place(finder.key)
        assert by_key[finder.key].startswith(finder.query, place)
        found.append((finder.key, place))
        finder.step(-1)
    return found


@settings(max_examples=200)
@given(
    st.sampled_from(["a", "aa", "ab", "aba", "ss"]),
    st.lists(_TEXT, min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 5), _TEXT), max_size=8),
    st.integers(1, 9),
)
def test_what_came_is_found_as_by_a_new_search(query: str, texts: list[str], changes: list[tuple[int, str]], size: int) -> None:
    entries = [Said(f"e{index}", text) for index, text in enumerate(texts)]
    finder = Finder(query, entries)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines_find, "_CHARACTERS", size)
        finder.work()
        for index, text in changes:
            if index >= len(entries):
                entries.append(Said(f"e{len(entries)}", text))
            else:
                at = max(index, len(entries) - NEWEST)
                entries[at].text += text
            finder.follow(entries[-NEWEST:])
            while not finder.work(lambda: True):
                pass
    fresh = Finder(query, entries)
    fresh.work()
    assert finder.count == fresh.count
    if finder.count:
        assert sorted(places(finder, entries)) == sorted(places(fresh, entries))
        while finder.key != fresh.key or finder.number != fresh.number:
            finder.step(-1)
        assert places(finder, entries) == places(fresh, entries)


def test_only_what_came_is_searched_again() -> None:
    class Noted(str):
        read = 0

        def __getitem__(self, key: Any) -> str:
            part = super().__getitem__(key)
            Noted.read += len(part)
            return part

    entry = Said("e", Noted("needle " * 10_000))
    finder = Finder("needle", [entry])
    finder.work()
    Noted.read = 0
    entry.text = Noted(entry.text + "a needle")
    assert finder.follow([entry]) and finder.work() and not finder.follow([entry])
    assert finder.count == 10_001 and Noted.read < 100


@given(
    st.sampled_from(["a", "ab", "ss"]),
    st.lists(st.tuples(st.integers(0, 9), st.lists(_TEXT, max_size=6)), min_size=1, max_size=6),
    st.integers(1, 3),
)
def test_lines_read_in_slices_while_they_grow_are_as_read_at_once(query: str, changes: list[tuple[int, list[str]]], at_once: int) -> None:
    lines: list[Line] = []
    entry = Said("e", query * 50)
    grown = Finder(query, [entry])
    grown.work()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines_find, "_AT_ONCE", at_once)
        for kept, texts in changes:  # what is finished stays the same lines, the open block gets others
            lines = [*lines[:kept], *(Line([Segment(text)], Style.null()) for text in texts)]
            entry.lines = lines
            grown.read(entry, lambda: True)
        while not grown.read(entry, lambda: True):
            pass
    whole = Finder(query, [entry])
    whole.work()
    assert whole.read(entry, lambda: False)
    for _ in range(whole.count):
        assert (grown.hidden(), grown.line()) == (whole.hidden(), whole.line())
        grown.step(-1)
        whole.step(-1)


def test_lines_that_are_the_same_are_not_read_again() -> None:
    read: list[str] = []

    class Noted(Line):
        @property
        def text(self) -> str:
            read.append(text := super().text)
            return text

    entry = Said("e", "needle")
    entry.lines = [Noted([Segment(f"{n}")], Style.null()) for n in range(5_000)]
    finder = Finder("needle", [entry])
    finder.work()
    assert finder.read(entry, lambda: False) and len(read) == 5_000
    read.clear()
    entry.lines = [*entry.lines[:-1], Noted([Segment("a needle")], Style.null()), Noted([Segment("more")], Style.null())]
    assert finder.read(entry, lambda: False) and read == ["a needle", "more"]
    assert finder.line() == 4_999


async def test_the_way_to_a_place_in_a_very_long_message_goes_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_find, "_AT_ONCE", 10)
    text = "\n\n".join(f"paragraph {n}" + " needle" * (n in (3, 500)) for n in range(600))
    app = Host(thread(human("ask"), agent(text)))
    async with app.run_test(size=(80, 20)) as pilot:
        app.transcript.enough = lambda: True  # type: ignore[method-assign]
        app.transcript.find("needle")
        app.transcript.find_next(-1)
        for _ in range(300):
            await pilot.pause(0.001)
            if "paragraph 3 needle" in "\n".join(app.rows()):
                break
        assert "paragraph 3 needle" in "\n".join(app.rows())
        now = app.transcript.look().look.found_now  # type: ignore[union-attr]
        marked = [
            s.text
            for strip in app.transcript.render_lines(app.transcript.size.region)
            for s in strip
            if s.style and s.style.bgcolor == now.bgcolor
        ]
        assert marked == ["needle"]


async def test_a_search_goes_on_over_an_answer_that_streams() -> None:
    app = Host(thread(human("the needle"), live=(agent("one needle", "live", Standing.WRITING),)))
    async with app.run_test(size=(80, 20)) as pilot:
        app.transcript.find("needle")
        await pilot.pause()
        assert app.found[-1] == (2, True)
        app.transcript.show(thread(human("the needle"), live=(agent("one needle and two nee", "live", Standing.WRITING),)), 2.0)
        app.transcript.show(thread(human("the needle"), live=(agent("one needle and two needles", "live", Standing.WRITING),)), 3.0)
        await pilot.pause()
        assert app.found[-1] == (3, True)
        app.transcript.find("nowhere")
        app.transcript.show(
            thread(human("the needle"), live=(agent("one needle and two needles, nowhere", "live", Standing.WRITING),)), 4.0
        )
        await pilot.pause()
        assert app.found[-1] == (1, True) and app.transcript._finder.key is not None
