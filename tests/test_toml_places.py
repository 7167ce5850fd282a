"""Where settings stand in a TOML text."""

from __future__ import annotations

import tomllib

import pytest

from canvas_tui import toml_places
from canvas_tui.toml_schema import Path

TEXT = '''# a comment with [brackets] and key = 1
top = 1

[a]
b = """
[not.a.table]
c = 3
"""
"quoted key" = [
  1,  # ]
  2,
]
d.e = { f = 1 }

[a.g."h.i"]
j = 'x'
[[k]]
l = 1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2),
        (("a",), 4),
        (("a", "b"), 5),
        (("a", "quoted key"), 9),
        (("a", "quoted key", 1), 9),
        (("a", "d", "e", "f"), 13),
        (("a", "g", "h.i"), 15),
        (("a", "g", "h.i", "j"), 16),
        (("k", 0, "l"), 18),
        (("a", "missing"), 4),
        (("nowhere",), 1),
        ((), 1),
    ],
)
def test_the_line_of(path: Path, line: int) -> None:
    assert toml_places.line_of(TEXT, path) == line


def test_all_that_tomllib_reads_has_a_line() -> None:
    assert set(tomllib.loads(TEXT)) == {path[0] for path in toml_places.lines(TEXT)}
    assert ("c",) not in toml_places.lines(TEXT)


@pytest.mark.parametrize(("text", "line"), [("a = 1\nb = x\n", 2), ("a = 1\nb = [\n", 2), ('a = """\n\n', 1), ("a =", 1)])
def test_the_line_where_reading_stopped(text: str, line: int) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as raised:
        tomllib.loads(text)
    assert toml_places.error_line(raised.value, text) == line
