"""JSON decoded in pieces: the same as in one go."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from canvas_tui.core.json_pieces import InPieces

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


@given(values, st.sampled_from([None, 1]), st.booleans())
def test_what_is_whole(value: object, indent: int | None, plain: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=plain)
    assert InPieces().decode(text) == json.loads(text) == value


@given(values, st.data())
def test_what_is_broken(value: object, data: st.DataObject) -> None:
    text = json.dumps(value)
    at = data.draw(st.integers(0, len(text)))
    broken = text[:at] + data.draw(st.sampled_from(["", "]", "}", ",", "{", "[", '"', "x"])) + text[at + 1 :]
    assert _outcome(InPieces(), broken) == _outcome(json.JSONDecoder(), broken)


def test_constants() -> None:
    assert InPieces(lambda name: None).decode('{"a": [NaN, {"b": -Infinity}], "c": Infinity}') == {"a": [None, {"b": None}], "c": None}


def _outcome(decoder: json.JSONDecoder, text: str) -> object:
    try:
        return decoder.decode(text)
    except ValueError:
        return "not JSON"
