"""Random screens through the writer into an emulator: each cell is what Textual's own painting puts there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from canvas_tui.ui.painting import scroll, widths
from canvas_tui.ui.painting.cells import Row, joined
from canvas_tui.ui.painting.terminal import Abilities, Terminal
from canvas_tui.ui.painting.widths import spread
from tests.support.vt import Vt

from .emulator import Emulator

widths.install()
WIDTH, HEIGHT = 24, 8
STYLES = [
    Style(),
    Style(bold=True),
    Style(color="#112233", bgcolor="#445566"),
    Style(color="#ff0000", bgcolor="#445566", italic=True),
    Style(color="red", underline=True),
    Style(bgcolor="#000080", strike=True),
    Style(reverse=True, dim=True),
    Style(bold=True, dim=True, color="#112233"),
]
PIECES = [*"ab cdef  漢字é한❤👍│─\u0301\ufe0f", "שלום", "مر", "👩‍👩‍👧", "❤️", "👍🏽", "कि", "नम", "1️⃣", "한"]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
RUNS = st.lists(st.tuples(TEXTS.map(lambda text: text.lstrip("\u0301\ufe0f")), st.sampled_from(STYLES)), max_size=4)


def strip(runs: list[tuple[str, Style]], width: int = WIDTH) -> Strip:
    return Strip([Segment(text, style) for text, style in runs if text]).adjust_cell_length(width, STYLES[2])


STRIPS = RUNS.map(strip)
SCREENS = st.lists(STRIPS, min_size=HEIGHT, max_size=HEIGHT)


@st.composite
def next_screen(draw: st.DrawFn, before: list[Strip]) -> list[Strip]:
    """The screen before with some rows changed, or moved."""
    screen = before.copy()
    if draw(st.booleans()):
        by, fresh = draw(st.integers(1, 3)), draw(st.lists(STRIPS, min_size=3, max_size=3))
        top = draw(st.integers(0, 2))
        part = screen[top:]
        part = part[by:] + fresh[:by] if draw(st.booleans()) else fresh[:by] + part[:-by]
        screen[top:] = part
    for y, changed in draw(st.dictionaries(st.integers(0, HEIGHT - 1), STRIPS, max_size=3)).items():
        screen[y] = changed
    return screen


@st.composite
def films(draw: st.DrawFn) -> list[list[Strip]]:
    film = [draw(SCREENS)]
    for _ in range(draw(st.integers(1, 5))):
        film.append(draw(next_screen(film[-1])))
    return film


Screen = Emulator | Vt
PYTE: Callable[[], Screen] = partial(Emulator, WIDTH, HEIGHT)
OWN: Callable[[], Screen] = partial(Vt, WIDTH, HEIGHT)
EMULATORS = pytest.mark.parametrize("emulated", [pytest.param(PYTE, id="pyte"), pytest.param(OWN, id="vt")])


def cells_of(screen: Screen) -> list[Any]:
    return screen.screen.rows() if isinstance(screen, Emulator) else screen.rows()


def painted_by_textual(emulated: Callable[[], Screen], screen: list[Strip]) -> list[Any]:
    emulator = emulated()
    console = Console(force_terminal=True, color_system="truecolor", legacy_windows=False, width=WIDTH)
    for y, row in enumerate(screen):
        emulator.feed(f"\x1b[{y + 1};1H{Strip(list(row)).render(console)}")
    return cells_of(emulator)


CURSORS = st.lists(st.tuples(st.integers(0, WIDTH - 1), st.integers(0, HEIGHT - 1)), min_size=6, max_size=6)
Cursors = list[tuple[int, int]]


def changed_rows(screen: list[Strip], before: list[Strip]) -> dict[int, Row]:
    return {y: joined([row], ColorSystem.TRUECOLOR, WIDTH) for y, row in enumerate(screen) if not before or row is not before[y]}


@EMULATORS
@pytest.mark.parametrize("erase", [True, False])
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(film=films(), cursors=CURSORS)
def test_each_frame_looks_as_textual_paints_it(
    emulated: Callable[[], Screen], erase: bool, film: list[list[Strip]], cursors: Cursors
) -> None:
    emulated = partial(Vt, WIDTH, HEIGHT, erase=erase) if emulated is OWN else emulated
    emulator, terminal = emulated(), Terminal(WIDTH, HEIGHT, Abilities(erase=erase))
    before: list[Strip] = []
    for screen, cursor in zip(film, cursors, strict=False):
        emulator.feed(terminal.update(changed_rows(screen, before), cursor))
        assert cells_of(emulator) == painted_by_textual(emulated, screen)
        assert emulator.cursor == cursor
        before = screen


@pytest.mark.parametrize("kind", [{"clusters": False}, {"narrow": True}], ids=["code points apart", "narrow"])
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(film=films())
def test_a_terminal_that_draws_emoji_otherwise_shows_the_rest_at_its_place(kind: dict[str, bool], film: list[list[Strip]]) -> None:
    """Of a character of several code points its beginning stands; every other cell is exact. (At the right edge, where the
    terminal has no room for its way, they lie over one another.)"""
    emulator, terminal = Vt(WIDTH, HEIGHT, **kind), Terminal(WIDTH, HEIGHT, Abilities())
    before: list[Strip] = []
    for screen in film:
        emulator.feed(terminal.update(changed_rows(screen, before), (0, 0)))
        for seen, wanted in zip(emulator.rows(), (joined([row], ColorSystem.TRUECOLOR, WIDTH) for row in screen), strict=True):
            edge = (x for x, text in enumerate(wanted.texts) if text and len(text) > 1 and x + spread(text)[1] > WIDTH)
            for x, text in enumerate(wanted.texts[: next(edge, WIDTH)]):
                assert text is not None
                if len(text) > 1:
                    assert seen[x].text and text.startswith(seen[x].text)
                elif text or len(wanted.texts[x - 1] or "") <= 1:
                    assert seen[x].text == text
        before = screen


CUTTABLE = RUNS.map(lambda runs: [(text.replace("कि", "漢"), style) for text, style in runs])  # a vowel sign may be left, or go along
PLACES = st.tuples(st.integers(0, HEIGHT - 1), st.integers(0, WIDTH - 1), st.integers(1, WIDTH), CUTTABLE)
UPDATES = st.lists(st.lists(PLACES, min_size=1, max_size=4), min_size=1, max_size=5)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.lists(CUTTABLE.map(strip), min_size=HEIGHT, max_size=HEIGHT), updates=UPDATES)
def test_pieces_of_rows_cut_wide_characters_as_they_do_where_textual_paints_them(
    first: list[Strip], updates: list[list[tuple[int, int, int, list[tuple[str, Style]]]]]
) -> None:
    emulator, wanted, terminal = OWN(), OWN(), Terminal(WIDTH, HEIGHT, Abilities())
    console = Console(force_terminal=True, color_system="truecolor", legacy_windows=False, width=WIDTH)
    emulator.feed(terminal.update(changed_rows(first, []), (0, 0)))
    for y, row in enumerate(first):
        wanted.feed(f"\x1b[{y + 1};1H{Strip(list(row)).render(console)}")
    for update in updates:
        rows: dict[int, Row] = {}
        for y, x, width, runs in update:
            piece = strip(runs, min(width, WIDTH - x))
            rows.setdefault(y, terminal.rows[y].copy()).put(x, joined([piece], ColorSystem.TRUECOLOR, piece.cell_length))
            wanted.feed(f"\x1b[{y + 1};{x + 1}H{piece.render(console)}")
        emulator.feed(terminal.update(rows, (0, 0)))
        assert cells_of(emulator) == cells_of(wanted)


def test_a_wide_character_is_whole_again_when_what_covered_its_half_goes() -> None:
    """Seen: a toast that began on the second half of one; its first half stayed behind."""
    emulator, terminal = Vt(WIDTH, 1), Terminal(WIDTH, 1, Abilities())
    whole, toast = (joined([strip([(text, STYLES[2])])], ColorSystem.TRUECOLOR, WIDTH) for text in ("ab漢字漢字z", "TOAST"))
    covered = Row(toast.texts[:5], toast.pens[:5])
    half = Row(whole.texts.copy(), whole.pens.copy())
    half.put(5, covered)
    for row, seen in ((whole, "ab漢字漢字z"), (half, "ab漢 TOASTz"), (whole, "ab漢字漢字z")):
        emulator.feed(terminal.update({0: row}, (0, 0)))
        assert emulator.text() == seen


@pytest.fixture(autouse=True, params=["worth it", "always"])
def scrolling(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once as it is, once with every move that is found."""
    if request.param == "always":
        monkeypatch.setattr(scroll, "_FEWEST", 1)
        monkeypatch.setattr(scroll, "_COST", -10_000)


LEFT = strip([("thread list", STYLES[1])], 8)
RIGHT = [strip([(f"run {y}", STYLES[4])], 6) for y in range(HEIGHT)]


@EMULATORS
@pytest.mark.parametrize("margins", [True, False])
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    film=st.lists(st.lists(RUNS.map(lambda runs: strip(runs, 10)), min_size=HEIGHT, max_size=HEIGHT), min_size=1, max_size=2),
    by=st.integers(-3, 3),
)
def test_a_pane_between_panes_scrolls(emulated: Callable[[], Screen], margins: bool, film: list[list[Strip]], by: int) -> None:
    emulator = emulated()
    terminal = Terminal(WIDTH, HEIGHT, Abilities(margins=margins))
    first, fresh = film[0], film[-1]
    second = (first[by:] + fresh[:by]) if by >= 0 else (fresh[:-by] + first[:by])
    for panes in (first, second):
        rows = [[LEFT, middle, RIGHT[y]] for y, middle in enumerate(panes)]
        emulator.feed(terminal.update({y: joined(row, ColorSystem.TRUECOLOR, WIDTH) for y, row in enumerate(rows)}, (0, 0), [(8, 18)]))
        assert cells_of(emulator) == painted_by_textual(emulated, [Strip.join(row) for row in rows])


def frames(margins: bool, *film: list[str]) -> None:
    """Each frame, given as the rows' texts, against Textual's own painting."""
    for emulated in (PYTE, OWN):
        emulator, terminal = emulated(), Terminal(WIDTH, HEIGHT, Abilities(margins=margins))
        for texts in film:
            screen = [strip([(text, STYLES[2 + y % 2])]) for y, text in enumerate(texts)] + [strip([])] * (HEIGHT - len(texts))
            emulator.feed(terminal.update(changed_rows(screen, []), (0, 0)))
            assert cells_of(emulator) == painted_by_textual(emulated, screen)


def test_half_of_a_wide_character_is_never_left() -> None:
    frames(False, ["漢字漢字"], ["a字漢字"], ["a漢字b"], [" 漢字b"], ["漢字 b"], ["漢ab b"], ["a漢b b"])
    frames(False, ["a漢bbbbbbbbbbbb1"], ["a字bbbbbbbbbbbb2"])


def test_rows_move_up_and_down() -> None:
    rows = [f"{'abcdefghijkl'[y] * 20}" for y in range(12)]
    frames(False, rows[:8], rows[1:9], rows[4:12], rows[3:11], rows[:8])
    frames(True, rows[:8], rows[1:9], rows[4:12], rows[3:11], rows[:8])


def numbered(start: int) -> dict[int, list[Strip]]:
    return {y: [LEFT, strip([("abcdefghijklmno"[start + y] * 9, STYLES[0])], 10), RIGHT[y]] for y in range(HEIGHT)}


@pytest.mark.parametrize(("starts", "fresh"), [((0, 1), "i"), ((1, 0), "a")])
def test_what_moved_is_moved_by_the_terminal(starts: tuple[int, int], fresh: str) -> None:
    terminal = Terminal(WIDTH, HEIGHT, Abilities(margins=True))
    for start in starts:
        text = terminal.update({y: joined(row, ColorSystem.TRUECOLOR, WIDTH) for y, row in numbered(start).items()}, (0, 0), [(8, 18)])
    assert "\x1b[9;18s" in text and fresh * 9 in text
    assert not [letter for letter in "abcdefghi" if letter != fresh and letter * 3 in text]


def test_the_same_again_writes_nothing() -> None:
    terminal = Terminal(WIDTH, HEIGHT, Abilities())
    rows = {y: joined(row, ColorSystem.TRUECOLOR, WIDTH) for y, row in numbered(1).items()}
    assert terminal.update(rows, (3, 2))
    again = {y: joined(row, ColorSystem.TRUECOLOR, WIDTH) for y, row in numbered(1).items()}
    assert terminal.update(again, (3, 2)) == ""


def test_after_a_joined_emoji_the_place_is_told() -> None:
    terminal = Terminal(WIDTH, 1, Abilities())
    text = terminal.update({0: joined([strip([("a👩‍👩‍👧b", STYLES[0])])], ColorSystem.TRUECOLOR, WIDTH)}, (0, 0))
    assert "👩‍👩‍👧\x1b[4Gb" in text


def test_a_vowel_sign_has_a_cell_of_its_own() -> None:
    """Measured in tmux: what followed was painted over it."""
    terminal, emulator = Terminal(WIDTH, 1, Abilities()), Vt(WIDTH, 1)
    emulator.feed(terminal.update({0: joined([strip([("किताब", STYLES[0])])], ColorSystem.TRUECOLOR, WIDTH)}, (0, 0)))
    assert emulator.text() == "किताब"
