"""Textual's private parts that the writer stands on: told at once when a new Textual changes them."""

from __future__ import annotations

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._xterm_parser import XTermParser
from textual.events import Key
from textual.strip import Strip

from canvas_tui.ui.painting import OwnPainting, widths
from canvas_tui.ui.painting.answers import FRAME, MARGINS
from canvas_tui.ui.painting.cells import cells
from canvas_tui.ui.painting.guard import install
from canvas_tui.ui.painting.sgr import change, pen_of


def test_the_answer_about_margins_is_read_among_the_users_keys() -> None:
    OwnPainting()
    for answer, heard in (("2", [MARGINS]), ("1", [MARGINS]), ("0", []), ("4", [])):
        for cut in range(10):
            text = f"a\x1b[?69;{answer}$yb"
            parser = XTermParser()
            events = [*parser.feed(text[:cut]), *parser.feed(text[cut:])] if cut else [*parser.feed(text)]
            assert [event.key for event in events if isinstance(event, Key)] == ["a", *heard, "b"]


def test_the_answer_at_the_end_of_a_frame_is_read_among_the_users_keys() -> None:
    OwnPainting()
    for cut in range(6):
        text = "a\x1b[0nb"
        parser = XTermParser()
        events = [*parser.feed(text[:cut]), *parser.feed(text[cut:])] if cut else [*parser.feed(text)]
        assert [event.key for event in events if isinstance(event, Key)] == ["a", FRAME, "b"]


def test_rich_measures_with_our_table() -> None:
    widths.install()
    assert (cell_len("कि"), cell_len("नमस्ते"), cell_len("e\u0301"), cell_len("漢👩‍👩‍👧"), cell_len("❤️")) == (2, 4, 1, 4, 2)


def test_both_ways_take_control_characters_out() -> None:
    install()
    console = Console(force_terminal=True, color_system="truecolor", legacy_windows=False)
    strip = Strip([Segment("a\x1b]52;c;eA==\x07b\x9bc\u202ed\u2028e", Style(bold=True, link="http://x/\x1b]0;t\x07"))])
    assert strip.render(console) == "\x1b[1ma]52;c;eA==bcd e\x1b[0m"
    assert "".join(text or "" for text in cells(strip, ColorSystem.TRUECOLOR).texts) == "a]52;c;eA==bcd e"


def test_the_shortest_change_of_attributes() -> None:
    colors = ColorSystem.TRUECOLOR
    plain = pen_of(Style(color="#101010", bgcolor="#202020"), colors)
    bold = pen_of(Style(color="#101010", bgcolor="#202020", bold=True), colors)
    dim = pen_of(Style(color="#101010", bgcolor="#202020", dim=True), colors)
    assert change(plain, bold) == "\x1b[1m"
    assert change(bold, plain) == "\x1b[22m"
    assert change(bold, dim) == "\x1b[22;2m"
    both = pen_of(Style(color="#101010", bgcolor="#202020", bold=True, dim=True), colors)
    assert change(both, dim) == "\x1b[22;2m"  # 22 ends them both
    assert change(bold, pen_of(Style(), colors)) == "\x1b[m"
    assert change(plain, plain) == ""
    assert change(None, plain) == "\x1b[0;38;2;16;16;16;48;2;32;32;32m"
