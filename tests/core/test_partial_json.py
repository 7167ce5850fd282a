"""The strings of a streaming JSON object, against `json.loads` of the whole."""

from __future__ import annotations

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from canvas_tui.core.partial_json import PartialObject, Place, feed

TEXTS = st.text(st.characters(codec=None, exclude_categories=()), max_size=12) | st.sampled_from(
    ["", '"', "\\", "😀", "\ud83d", "\ude00x", "}\n{"]
)
VALUES = TEXTS | st.booleans() | st.none() | st.integers() | st.lists(TEXTS, max_size=2) | st.dictionaries(TEXTS, TEXTS, max_size=2)


@st.composite
def cut_objects(draw: st.DrawFn) -> tuple[str, list[str]]:
    """JSON text of an object, and the same in pieces."""
    pairs = draw(st.lists(st.tuples(st.sampled_from(["type", "artifact", "title", "ünï", 'a"b']) | TEXTS, VALUES), max_size=6))
    ascii, indent = draw(st.booleans()), draw(st.sampled_from([None, 1]))
    body = ",".join(f"{json.dumps(key, ensure_ascii=ascii)}:{json.dumps(value, ensure_ascii=ascii, indent=indent)}" for key, value in pairs)
    whole = draw(st.sampled_from(["", " \n", "Here it is: "])) + "{" + body + "}" + draw(st.sampled_from(["", "\n", ' {"type": "x"}']))
    cuts = sorted(draw(st.lists(st.integers(0, len(whole)), max_size=12)))
    return "{" + body + "}", [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]


def mended(text: str) -> str:
    """Lone halves of surrogate pairs, as the wire mends them; those written out as pairs are whole after `json.loads`."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def strings(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """What is read of an object: of a key that comes twice the last, where that is a string."""
    found: dict[str, object] = {}
    for key, value in pairs:
        found.pop(mended(key), None)
        if isinstance(value, str):
            found[mended(key)] = mended(value)
    return found


@given(cut_objects())
def test_pieces_cut_anywhere_give_what_the_whole_gives(given: tuple[str, list[str]]) -> None:
    whole, pieces = given
    reading = PartialObject()
    for piece in pieces:
        reading = feed(reading, mended(piece))
    assert reading.place is Place.END
    assert dict(reading.members) == json.loads(mended(whole), object_pairs_hook=strings)


@given(cut_objects())
def test_a_string_only_grows(given: tuple[str, list[str]]) -> None:
    _, pieces = given
    reading = PartialObject()
    for piece in pieces:
        for char in mended(piece):
            after = feed(reading, char)
            if after.key == reading.key and after.place is reading.place is Place.IN_VALUE:
                assert (after.get(after.key) or "").startswith(reading.get(reading.key) or "")
            reading = after


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    feed(PartialObject(), text)
    feed(feed(PartialObject(), '{"artifact": "'), text)


def test_an_artifact_shows_before_its_title_is_there() -> None:
    reading = feed(PartialObject(), '{"type": "code", "isValidReact": false, "artifact": "print(\\"h\\u00e9')
    assert reading.get("type") == "code"
    assert reading.get("artifact") == 'print("hé'
    assert reading.get("title") is None


def test_a_pair_in_two_pieces_waits_for_its_second_half() -> None:
    reading = feed(PartialObject(), '{"artifact": "a\\ud83')
    assert reading.get("artifact") == "a"
    reading = feed(reading, "d\\ud")
    assert reading.get("artifact") == "a"
    assert feed(reading, "e00").get("artifact") == "a😀"
    assert feed(reading, 'e0x"').get("artifact") == "a\ufffd\ufffdx"
