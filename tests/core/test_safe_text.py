"""Nothing that steers a terminal comes through; everything else does, unchanged."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canvas_tui.core.safe_text import safe, safe_line

anything = st.text(st.characters(exclude_categories=()), max_size=60)


def acts(char: str) -> bool:
    """Whether a character can steer a terminal or hide text."""
    bidi = char in "\u061c\u200e\u200f" or "\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069"
    return unicodedata.category(char) in ("Cc", "Cs") or bidi or char in "\u2028\u2029"


@given(anything)
def test_no_acting_character_is_left(text: str) -> None:
    assert not [c for c in safe(text) if acts(c) and c not in "\n\t"]
    assert not [c for c in safe_line(text) if acts(c)]


@given(anything)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert safe(safe(text)) == safe(text)
    assert safe_line(safe_line(text)) == safe_line(text)


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=40))
def test_ordinary_text_is_untouched(text: str) -> None:
    assert safe(text) == text


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b]52;c;UFdORUQ=\x1b\\", "␛]52;c;UFdORUQ=␛\\"),
        ("\x1b]0;title\x07", "␛]0;title␇"),
        ("\x9b31m", "␦31m"),
        ("a\u202eb", "a⇄b"),
        ("a\x7fb", "a␡b"),
        ("one\r\ntwo", "one\ntwo"),
        ("one\rtwo", "one␍two"),
        ("tab\there", "tab\there"),
        ("\ud800", "\ufffd"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
        ("🏴\U000e0067\U000e0062\U000e007f", "🏴\U000e0067\U000e0062\U000e007f"),
        ("x\U000e0041\U000e0042", "x\ufffd\ufffd"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
    ],
)
def test_what_is_shown_instead(hostile: str, shown: str) -> None:
    assert safe(hostile) == shown


def test_one_line_has_no_line_ends() -> None:
    assert safe_line("a\nb\tc\r\nd\u2028e") == "a b c d e"
