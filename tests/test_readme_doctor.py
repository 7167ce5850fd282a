"""The README's table of verdicts is the program's."""

from __future__ import annotations

import re
from pathlib import Path

from canvas_tui.core.diagnosis import Code


def test_exit_codes() -> None:
    text = (Path(__file__).parents[1] / "README.md").read_text()
    told = {word: int(code) for code, word in re.findall(r"^\| (\d+) \| ([A-Z_]+) \|", text, re.MULTILINE)}
    assert told == {code.word: code.exit_code for code in Code}
