"""Recordings as text: everything that can happen comes back as it was, and no file whatever is worse than a sentence."""

from __future__ import annotations

import json
import types
from dataclasses import fields, is_dataclass, replace
from enum import StrEnum
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canvas_tui.core import recording
from canvas_tui.core.inputs import Submitted
from canvas_tui.core.model import Cursor, Session
from canvas_tui.core.recording import Begun, Header, Item, Line, NoRecording, Opening, Part, Recording, harmless, part

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(), inside, max_size=3),
    max_leaves=5,
)
NUMBERS = st.floats(min_value=-1e9, max_value=1e9) | st.just(float("inf"))
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=8),
    int: st.integers(),
    bool: st.booleans(),
    float: NUMBERS,
    Any: JSON,
    type(None): st.none(),
    Part: st.builds(part, st.integers(), st.binary()),
}


def of(wanted: Any) -> st.SearchStrategy[Any]:
    """Any value of the type."""
    if wanted in PLAIN:
        return PLAIN[wanted]
    origin, inside = get_origin(wanted), get_args(wanted)
    if origin in (Union, types.UnionType):
        return st.one_of([of(each) for each in inside])
    if origin is tuple and inside[-1] is Ellipsis:
        return st.lists(of(inside[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*(of(each) for each in inside))
    if origin is frozenset:
        return st.frozensets(of(inside[0]), max_size=2)
    if issubclass(wanted, StrEnum):
        return st.sampled_from(wanted)
    assert is_dataclass(wanted) and isinstance(wanted, type)
    hints = get_type_hints(wanted)
    PLAIN[wanted] = st.deferred(lambda: st.builds(wanted, **{f.name: of(hints[f.name]) for f in fields(wanted)}))
    return PLAIN[wanted]


TIMES = st.floats(min_value=0, max_value=1e6)
LINES = st.builds(Line, TIMES, st.text(), st.text(), of(Item))


def told(recorded: Recording) -> list[str]:
    return [recording.write_header(recorded.header), *map(recording.write_line, recorded.lines)]


def without_last(line: Line) -> Line:
    """A cursor's newest body is not told."""
    if not isinstance(line.item, Begun):
        return line
    session = line.item.session
    return replace(line, item=Begun(replace(session, cursor=replace(session.cursor, last=Cursor().last))))


@settings(max_examples=30)
@given(st.builds(Header, TIMES, TIMES, st.text()), st.lists(LINES, min_size=1, max_size=4))
def test_what_was_told_comes_back(header: Header, lines: list[Line]) -> None:
    lines = sorted(map(without_last, lines), key=lambda line: line.at)
    text = told(Recording(header, tuple(lines)))
    assert all(line.isascii() and line.count("\n") == 1 and line.endswith("\n") for line in text)
    assert recording.read(text) == Recording(header, tuple(lines))


@given(st.integers(), st.binary())
def test_bytes_come_back(conn: int, data: bytes) -> None:
    assert part(conn, data).data() == data


GOOD = told(Recording(Header(1.0, 2.0, "x"), (Line(0.5, "t", "", Submitted("Hello", "m", "s")), Line(0.5, "t", "r", part(1, b"\xff")))))


@given(st.lists(st.text() | JSON.map(lambda value: json.dumps(value) + "\n") | st.sampled_from(GOOD)))
def test_any_text_is_read_or_refused_with_a_sentence(lines: list[str]) -> None:
    try:
        recording.read(lines)
    except NoRecording as refused:
        assert str(refused).endswith(".")


@given(st.sampled_from(range(len(GOOD))), st.data())
def test_a_damaged_line_is_read_or_refused_with_a_sentence(number: int, data: st.DataObject) -> None:
    told = json.loads(GOOD[number])
    inside = data.draw(st.sampled_from([told, told.get("item", told)]))
    inside[data.draw(st.sampled_from(sorted(inside)))] = data.draw(JSON)
    try:
        recording.read([*GOOD[:number], json.dumps(told) + "\n", *GOOD[number + 1 :]])
    except NoRecording as refused:
        assert str(refused).endswith(".")


def broken(*lines: str) -> str:
    with pytest.raises(NoRecording) as refused:
        recording.read(lines)
    return str(refused.value)


def test_what_is_wrong_is_told_with_its_place() -> None:
    header, first, second = GOOD
    assert broken() == "This file is no recording: it is empty."
    assert broken("event: x\n") == "This file is no recording of canvas-tui."
    assert broken(header) == "There is nothing in this recording."
    assert "another version" in broken(header.replace('"version":1', '"version":2'), first)
    assert broken(header, first.replace("Submitted", "Nothing"), second) == "This recording is broken in line 2, in item."
    assert broken(header, first.replace('"text":"Hello"', '"text":7')) == "This recording is broken in line 2, in item.text."
    assert broken(header, first, second.replace('"base64":"', '"base64":"?')) == "This recording is broken in line 3."
    assert broken(header, first, second.replace('"at":0.5', '"at":0.25')).startswith("This recording is broken in line 3: its time")
    assert broken(header, first.replace('"at":0.5', '"at":"inf"')) == "This recording is broken in line 2, in at."
    assert broken(header, '{"at":0,"item":' + "[" * 100_000 + "\n").startswith("This recording is broken in line 2")


def test_a_last_line_that_was_broken_off_is_left_out() -> None:
    assert len(recording.read([*GOOD[:2], GOOD[2][:-5]]).lines) == 1


def test_of_a_responses_headers_only_harmless_ones_are_told() -> None:
    assert harmless({"content-type": "text/event-stream", "set-cookie": "k", "x-api-key": "k"}) == (("content-type", "text/event-stream"),)


def test_what_stands_at_its_default_takes_no_room() -> None:
    assert len(recording.write_line(Line(0.0, "t", "", Begun(Session("t"))))) < 100
    assert len(recording.write_line(Line(0.0, "t", "", Opening(1, 200)))) < 100
