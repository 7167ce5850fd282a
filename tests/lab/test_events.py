"""Where events end, whatever the line ends and however the bytes come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canvas_tui.lab import events

EVENT = b'event: messages\r\ndata: [{"content": "abc"}]\r\nid: 12-0\r\n\r\n'


def blocks(pieces: list[bytes]) -> list[bytes]:
    """As a reader that decides as early as it can would see them."""
    buffer, found = b"", []
    for piece in pieces:
        buffer += piece
        while (end := events.block_end(buffer)) >= 0:
            found.append(buffer[:end])
            buffer = buffer[end:]
    return found


@given(
    st.lists(st.sampled_from([b"event: a", b"data: 1", b": beat", b"id: 3", b"data"]), min_size=1, max_size=4),
    st.sampled_from([b"\r\n", b"\n", b"\r"]),
    st.data(),
)
def test_any_splitting_gives_the_same_blocks(lines: list[bytes], end: bytes, data: st.DataObject) -> None:
    block = end.join(lines) + end + end
    raw = block * 3 + b"x"
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=12)))
    pieces = [raw[a:b] for a, b in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    assert blocks(pieces) == [block] * 3


def test_a_comment_is_no_event() -> None:
    assert not events.is_event(b": heartbeat\r\n\r\n")
    assert events.is_event(b": heartbeat\r\ndata: 1\r\n\r\n")
    assert events.is_event(EVENT)


def test_parts_of_an_event() -> None:
    assert events.name_of(EVENT) == "messages"
    assert events.without_id(EVENT) == b'event: messages\r\ndata: [{"content": "abc"}]\r\n'
    assert events.no_ids(EVENT) == b'event: messages\r\ndata: [{"content": "abc"}]\r\n\r\n'
    assert events.without_id(b"data: 1\n\n") == b"data"


def test_a_corrupted_event_is_no_utf8_in_its_text_alone() -> None:
    broken = events.corrupted(EVENT)
    with pytest.raises(UnicodeDecodeError):
        broken.decode()
    assert broken.decode("utf-8", "replace") == EVENT.decode().replace("abc", "\N{REPLACEMENT CHARACTER}bc")
