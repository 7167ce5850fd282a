"""What doctor found on the real server, fault by fault (``python -m bench.doctor_table --bundles``): the verdict stays the right one."""

from __future__ import annotations

from pathlib import Path

import pytest

from canvas_tui.core import bundle
from canvas_tui.core.verdicts import verdict

BUNDLES = sorted((Path(__file__).parents[1] / "data" / "bundles").glob("*.json"))


@pytest.mark.parametrize("path", BUNDLES, ids=lambda path: path.stem)
def test_recorded(path: Path) -> None:
    """The file's name begins with the verdict."""
    assert verdict(bundle.read(path.read_text())).code.word == path.name.partition(".")[0]


def test_there_are_enough() -> None:
    assert len(BUNDLES) > 40
