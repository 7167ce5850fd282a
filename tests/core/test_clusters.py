"""What is one character to a reader is never split."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canvas_tui.core.artifact import ArtifactKind, Version
from canvas_tui.core.clusters import inside, whole
from canvas_tui.core.selection import part_of

WAVE = "\U0001f44b\U0001f3fd"  # a hand of a skin tone
CODER = "\U0001f469\U0001f3fe\u200d\U0001f4bb"  # woman, skin tone, joiner, laptop
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
GERMANY, FRANCE = "\U0001f1e9\U0001f1ea", "\U0001f1eb\U0001f1f7"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
CLUSTERS = (
    WAVE,
    CODER,
    FAMILY,
    GERMANY,
    FRANCE,
    ENGLAND,
    "1\ufe0f\u20e3",
    "e\u0301",
    "\u2764\ufe0f\u200d\U0001f525",
    "\r\n",
    "\u1112\u1161\u11ab",
)


@pytest.mark.parametrize("cluster", CLUSTERS, ids=ascii)
def test_an_end_within_a_character_takes_all_of_it(cluster: str) -> None:
    text = f"a{cluster}{cluster}b"
    first, second, end = 1, 1 + len(cluster), 1 + 2 * len(cluster)
    for at in range(len(text) + 1):
        assert inside(text, at) == (at not in (0, first, second, end, len(text)))
    for cut in range(1, len(cluster)):
        assert whole(text, 0, first + cut) == (0, second)
        assert whole(text, second + cut, len(text)) == (second, len(text))
        assert whole(text, first + cut, first + cut) == (first + cut, first + cut), "nothing is selected"


@given(st.text(alphabet=[*"ab \n\u200d\U0001f1e9\U0001f3fd\U0001f469\u0301"]), st.integers(0, 20), st.integers(0, 20))
def test_it_grows_only_and_is_the_same_again(text: str, start: int, end: int) -> None:
    start, end = sorted((min(start, len(text)), min(end, len(text))))
    wide = whole(text, start, end)
    assert wide[0] <= start and end <= wide[1] and whole(text, *wide) == wide


@pytest.mark.parametrize("cluster", CLUSTERS, ids=ascii)
def test_a_part_of_code_has_whole_characters_in_utf_16(cluster: str) -> None:
    text = f"s = '{GERMANY}{cluster}'\n"
    at = text.index(cluster, 5 + len(GERMANY))
    part = part_of(Version(1, ArtifactKind.CODE, "s", text, "python"), 6, at + 1)
    ((_, span),) = part.keys
    raw = text.encode("utf-16-le")[2 * span["startCharIndex"] : 2 * span["endCharIndex"]]
    assert raw.decode("utf-16-le") == part.text == GERMANY + cluster


def test_what_is_selected_of_a_document_has_whole_characters() -> None:
    part = part_of(Version(1, ArtifactKind.TEXT, "t", f"Hello {WAVE} there"), 7, 14)
    assert part.text == f"{WAVE} there"
