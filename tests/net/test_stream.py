"""Reading event streams: however the bytes are split, whatever stands between the events, wherever they stop."""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from itertools import count, pairwise

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canvas_tui.core.inputs import Event, Input, Other, Received, Unreadable
from canvas_tui.core.model import Failure, FailureKind
from canvas_tui.net import tap
from canvas_tui.net.stream import BREATH, HOPS, read_stream
from tests.faults.virtual import run
from tests.wire.recorded import STREAMS

FEW = (STREAMS / "langgraph-python" / "heartbeat.sse").read_bytes()
MANY = (STREAMS / "langgraph-python" / "mode_valu+mess+upda+cust.sse").read_bytes()
PRETTY = (STREAMS / "open-canvas" / "61_nulls_clear_stale_keys.sse").read_bytes()
LINES = (STREAMS / "aegra" / "error.sse").read_bytes()


class Stalling(httpx.AsyncByteStream):
    """Two reads in a row, then nothing for ever."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield FEW[:10]
        yield FEW[10:40]
        await asyncio.Event().wait()


async def test_what_came_before_a_silence_is_told_during_it() -> None:
    told: list[Input] = []
    both = asyncio.Event()

    def tell(input: Input) -> None:
        told.append(input)
        if sum(each.size for each in told if isinstance(each, Received)) == 40:
            both.set()

    request = httpx.Request("GET", "http://127.0.0.1:9/stream")
    response = httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=Stalling(), request=request)
    reading = asyncio.create_task(read_stream(response, 1, tell, lambda: 0.0))
    await asyncio.wait_for(both.wait(), 10)
    reading.cancel()


class Body(httpx.AsyncByteStream):
    def __init__(self, parts: Iterable[bytes], error: Exception | None = None) -> None:
        self._parts = parts
        self._error = error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self._parts:
            yield part
        if self._error is not None:
            raise self._error


async def told_of(parts: Iterable[bytes], error: Exception | None = None, encoding: str = "identity") -> tuple[list[Input], Failure | None]:
    told: list[Input] = []
    response = httpx.Response(
        200,
        headers={"content-type": "text/event-stream", "content-encoding": encoding},
        stream=Body(parts, error),
        request=httpx.Request("GET", "http://127.0.0.1:9/stream"),
    )
    failure = await read_stream(response, 1, told.append, lambda: 0.0)
    return told, failure


def events(told: Sequence[Input]) -> list[Event]:
    return [input for input in told if isinstance(input, Event)]


def split(raw: bytes, cuts: Sequence[int]) -> list[bytes]:
    places = sorted({0, len(raw), *(cut % (len(raw) + 1) for cut in cuts)})
    return [raw[a:b] for a, b in pairwise(places)]


@pytest.mark.parametrize("raw", [FEW, MANY, PRETTY, LINES], ids=["crlf", "many", "pretty", "lf"])
@given(cuts=st.lists(st.integers(0, 1 << 20), max_size=30))
async def test_any_splitting_of_the_bytes_gives_the_same_events(raw: bytes, cuts: list[int]) -> None:
    whole, end = await told_of([raw])
    parts, same_end = await told_of(split(raw, cuts))
    assert events(parts) == events(whole)
    assert (end, same_end) == (None, None)
    assert sum(r.size for r in parts if isinstance(r, Received)) == len(raw)
    beats = sum(r.beats for r in parts if isinstance(r, Received))
    assert beats == raw.count(b": heartbeat")


async def test_byte_by_byte() -> None:
    whole, _ = await told_of([FEW])
    slow, failure = await told_of([FEW[at : at + 1] for at in range(len(FEW))])
    assert events(slow) == events(whole)
    assert failure is None


@given(st.integers(1, len(FEW) - 1))
async def test_a_body_that_ends_inside_an_event_is_cut_wherever_it_ends(at: int) -> None:
    head = FEW[:at]
    told, failure = await told_of([head])
    blank = head.rfind(b"\r\n\r\n")
    rest = head[blank + 4 :] if blank >= 0 else head
    begun = bool(rest.strip()) and not (rest.lstrip().startswith(b":") and b"\n" not in rest.strip())
    assert (failure is not None) == begun
    if failure is not None:
        assert (failure.kind, failure.sent) == (FailureKind.CUT, True)
    whole, _ = await told_of([FEW])
    assert events(told) == events(whole)[: len(events(told))]
    whole_event = rest.endswith(b"\r\n\r")  # the blank line has come, its line feed has not
    assert len(events(told)) == head.count(b"data: ") - (b"data: " in rest and not whole_event)


async def test_a_reset_is_a_cut_after_the_events_that_came() -> None:
    told, failure = await told_of([FEW], httpx.ReadError(""))
    assert len(events(told)) == 5
    assert failure == Failure(FailureKind.CUT, sent=True, where="127.0.0.1:9")


async def test_strange_separators_and_line_ends_do_not_split_events() -> None:
    raw = '\ufeffevent: custom\ndata: "a\u2028b\u0085c"\nid: 1\n\n:beat\n\nevent: hologram\rdata: 1\r\rdata: lonely\n\n\n'.encode()
    told, failure = await told_of(split(raw, range(len(raw))))
    assert [(e.id, type(e.body).__name__) for e in events(told)] == [("1", "Custom"), (None, "Other"), (None, "Other")]
    assert events(told)[1].body == Other("hologram")
    assert failure is None


async def test_malformed_events_are_told_and_the_rest_is_exact() -> None:
    bad = b"event: messages\r\ndata: {oops\r\n\r\n"
    told, failure = await told_of([bad + FEW])
    whole, _ = await told_of([FEW])
    assert isinstance(events(told)[0].body, Unreadable)
    assert events(told)[1:] == events(whole)
    assert failure is None


async def test_invalid_utf8_becomes_visible() -> None:
    told, _ = await told_of([b'event: custom\ndata: "a\xffb"\n\n'])
    assert events(told)[0].body.value == "a\ufffdb"  # type: ignore[union-attr]


async def test_a_gzip_that_was_not_asked_for_is_read() -> None:
    told, failure = await told_of([gzip.compress(FEW)], encoding="gzip")
    whole, _ = await told_of([FEW])
    assert events(told) == events(whole)
    assert failure is None


async def test_reads_are_told_together_but_heartbeats_at_once() -> None:
    clock = iter([0.0, 0.0, 0.0, *[0.01] * 100])
    told: list[Input] = []
    parts = [b"event: custom\n", b"data: 1\n", b"\n", b": heartbeat\n\n", b"event"]
    response = httpx.Response(200, stream=Body(parts), request=httpx.Request("GET", "http://h/"))
    await read_stream(response, 1, told.append, lambda: next(clock))
    wanted = [Received(1, 14, 0, inside=True), Received(1, 22, 1), Received(1, 5, 0, inside=True)]
    assert [i for i in told if isinstance(i, Received)] == wanted


async def test_what_is_told_later_says_when_it_came() -> None:
    """The period of a hop that closes idle connections is measured from there."""
    now = [10.0]
    told: list[Input] = []

    class Slow(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b"event: custom\n"
            now[0] = 10.05
            yield b"data: 1\n\n"
            now[0] = 13.05

    response = httpx.Response(200, stream=Slow(), request=httpx.Request("GET", "http://h/"))
    await read_stream(response, 1, told.append, lambda: now[0])
    first, last = (i for i in told if isinstance(i, Received))
    assert first == Received(1, 14, 0, inside=True) and last == Received(1, 9, 0, ago=3.0)


def test_sizes_are_told_with_a_read_while_there_are_any_and_by_the_clock_in_a_silence() -> None:
    """A frame for sizes alone, right before the next read, would keep its words waiting for another one."""
    reads: list[float] = []
    told: list[float] = []

    class Steady(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            for wait in (0.0334,) * 30 + (60.0,):
                await asyncio.sleep(wait)
                reads.append(asyncio.get_running_loop().time())
                for _ in range(3):  # what was gathered comes in several
                    yield b"data: 1\n\n"

    async def play() -> None:
        clock = asyncio.get_running_loop().time
        response = httpx.Response(200, stream=Steady(), request=httpx.Request("GET", "http://h/"))
        await read_stream(response, 1, lambda input: told.append(clock()) if isinstance(input, Received) else None, clock)

    run(play())
    silent = [at for at in told if at not in reads]
    assert len(told) > 7 and len(silent) == 1 and reads[-2] < silent[0] < reads[-2] + 1


async def test_a_key_goes_all_its_way_between_two_slices_of_a_burst() -> None:
    """It is handed on once in a round of the loop."""
    ticks = count(0.0, 2 * BREATH)  # an event begins a slice, and the next one has gone over its time
    rounds = [0]
    told: list[int] = []  # rounds until each event

    async def turn() -> None:
        while True:
            await asyncio.sleep(0)
            rounds[0] += 1

    turning = asyncio.create_task(turn())
    response = httpx.Response(200, stream=Body([MANY]), request=httpx.Request("GET", "http://h/"))
    await read_stream(response, 1, lambda input: told.append(rounds[0]) if isinstance(input, Event) else None, lambda: next(ticks))
    turning.cancel()
    assert len(told) == 33
    assert min(later - before for before, later in zip(told, told[2:], strict=False)) >= HOPS - 1  # one is ours


@given(st.lists(st.sampled_from((b"\r", b"\n", b"x")), max_size=12).map(b"".join))
def test_a_blank_line_is_two_ends_of_a_line(text: bytes) -> None:
    simple = re.compile(rb"(?:\r\n|\n|\r(?!\n)){2}")
    assert [found.span() for found in tap._BLANK_LINE.finditer(text)] == [found.span() for found in simple.finditer(text)]


def _cap(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    known = tap.Tap.__init__.__kwdefaults__ or {}
    monkeypatch.setattr(tap.Tap.__init__, "__kwdefaults__", {**known, "cap": size})


async def test_an_event_over_the_cap_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _cap(monkeypatch, 1000)
    told, failure = await told_of([b"event: end\r\n\r\nevent: values\r\ndata: ", b"x" * 900, b"x" * 900])
    assert failure is not None
    assert failure.kind is FailureKind.TOO_BIG
    assert len(events(told)) == 1


async def test_many_events_below_the_cap_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    _cap(monkeypatch, 3000)
    told, failure = await told_of([MANY])
    assert failure is None
    assert len(events(told)) == 33


async def test_large_events_are_read_all_the_same() -> None:
    told, failure = await told_of([b'event: custom\ndata: "' + b"x" * 600_000 + b'"\n\n'])
    assert events(told)[0].body.value == "x" * 600_000  # type: ignore[union-attr]
    assert failure is None


ORPHANS = (
    b"event: metadata\nid: 1\ndata: {}\n\n",
    b"event: custom\ndata: 1\n\n",
    b": heartbeat\n\n\n",
    b"data: 2\nevent: custom\n\n",
    b"event: custom\ndata: 3\nid: 2\n\n",
    b"event: custom\nid\ndata: 4\n\n",
)


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
@given(cuts=st.lists(st.integers(0, 1 << 20), max_size=30))
async def test_an_event_has_its_own_id_or_none(newline: bytes, cuts: list[int]) -> None:
    """Seen: an error without an id counted under the id before it, as one that was known already, and was never told."""
    told, failure = await told_of(split(b"".join(ORPHANS).replace(b"\n", newline), cuts))
    assert [event.id for event in events(told)] == ["1", None, None, "2", None]
    assert failure is None
