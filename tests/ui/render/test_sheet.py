"""Code that changes: what is shown is what a fresh rendering gives, and columns lead back to the text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canvas_tui.core.safe_text import safe
from canvas_tui.ui.render import sheet as sheets
from canvas_tui.ui.render.code import expanded, highlight
from canvas_tui.ui.render.sheet import CodeSheet, offsets

from .whole import LOOK

LINES = st.lists(st.sampled_from(["x = 1", "", "def f():", "    '''doc", "    '''", "# note", 'y = "a\tb"', "\x1b[31m"]), max_size=20)


def finished(sheet: CodeSheet) -> None:
    while not sheet.work(lambda: True):
        pass


@settings(max_examples=60)
@given(st.lists(LINES, min_size=1, max_size=4), st.sampled_from([0, 6_000]))
def test_whatever_changes_the_end_is_exact(texts: list[list[str]], at_once: int) -> None:
    """``at_once``: 0 makes every text a long one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sheets, "AT_ONCE", at_once)
        sheet = CodeSheet("python", LOOK)
        for lines in texts:
            sheet.set("\n".join(lines), complete=False)
            assert sheet.lines == "\n".join(lines).split("\n") and len(sheet.rows) == len(sheet.lines)
            assert ["".join(text for text, _ in row) for row in sheet.rows] == [safe(line) for line in sheet.lines]
        sheet.set("\n".join(texts[-1]), complete=True)
        finished(sheet)
        assert sheet.rows == highlight(safe("\n".join(texts[-1])), "python", LOOK)


def test_lines_that_stay_are_the_rows_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "AT_ONCE", 400)
    sheet = CodeSheet("python", LOOK)
    lines = [f"x{number} = {number}" for number in range(200)]
    sheet.set("\n".join(lines), complete=True)
    finished(sheet)
    before = sheet.rows
    lines[100] = "y = 'changed'"
    sheet.set("\n".join(lines), complete=False)
    assert [at for at, row in enumerate(sheet.rows) if row is not before[at]] == [100]


@given(st.text(alphabet="ab\t漢é\x1b\u200b\u202e\U0001f600", max_size=20))
def test_columns_lead_back_to_the_text(raw: str) -> None:
    found = offsets(raw)
    shown = "".join(text for text, _ in expanded([(safe(raw), LOOK.code)]))
    places = list(range(len(raw) + 1)) if found is None else found
    assert len(places) == len(shown) + 1 and places == sorted(places) and places[-1] == len(raw)
    assert all(shown[at] == raw[place] for at, place in enumerate(places[:-1]) if raw[place].isalnum())
