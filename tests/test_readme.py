"""The README says what is: its tables are made from the program's own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from canvas_tui.core.diagnosis import Code
from canvas_tui.ui.keymap import markdown

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def between(mark: str) -> str:
    found = re.search(rf"<!-- {mark} -->\n(.*?)<!-- /{mark} -->", README, re.DOTALL)
    assert found, mark
    return found[1].strip()


def test_the_keys() -> None:
    assert between("keys") == markdown().strip()


def test_doctors_exit_codes() -> None:
    told = [(int(number), name) for number, name in re.findall(r"^\| (\d+) \| ([A-Z_]+) \| .", between("doctor"), re.MULTILINE)]
    assert sorted(told) == sorted((code.exit_code, code.name) for code in Code)


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\]\(((?!http)[^)]+)\)", README))))
def test_what_it_points_to_is_there(name: str) -> None:
    assert (ROOT / name).exists()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"make ([a-z-]+)", README))))
def test_the_commands_of_make_are_there(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
