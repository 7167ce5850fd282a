"""What comes of a stream is taken as often as it can be shown: at the latest so long after it has come."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from itertools import accumulate

import httpx
from hypothesis import given
from hypothesis import strategies as st

from canvas_tui.net.tap import Tap

EVERY = 0.033
Arrival = tuple[float, bytes]


class Wire(httpx.AsyncByteStream):
    """Parts that arrive at their times, by a clock that goes on where somebody waits. What arrives meanwhile is one read."""

    def __init__(self, arrivals: Sequence[Arrival]) -> None:
        self.now = 0.0
        self.waits: list[float] = []
        self._arrivals = arrivals

    async def sleep(self, seconds: float) -> None:
        self.waits.append(round(seconds, 6))
        self.now += seconds

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for at, part in self._arrivals:
            self.now = max(self.now, at)
            yield part


async def taken(wire: Wire, gather: float = EVERY) -> list[Arrival]:
    """What the tap gives, and when."""
    response = httpx.Response(200, stream=wire)
    tap = Tap(response, lambda size, beats: None, gather=gather, clock=lambda: wire.now, sleep=wire.sleep)
    return [(wire.now, part) async for part in tap]


@given(st.lists(st.tuples(st.floats(0, 0.2), st.binary(min_size=1, max_size=20)), max_size=40), st.sampled_from((0.0, EVERY)))
async def test_everything_is_given_in_its_order_and_soon(gaps: list[tuple[float, bytes]], gather: float) -> None:
    times = accumulate(gap for gap, _ in gaps)
    arrivals = [(at, part) for at, (_, part) in zip(times, gaps, strict=True)]
    given_at = await taken(Wire(arrivals), gather)
    plain = await taken(Wire(arrivals), 0.0)
    assert b"".join(part for _, part in given_at) == b"".join(part for _, part in plain)
    assert all(at - EVERY * 1.001 <= came <= at for (at, _), (came, _) in zip(given_at, arrivals, strict=True))


async def test_tokens_of_a_flowing_answer_come_together_as_often_as_it_is_painted() -> None:
    answer = [(n / 150, b"data: x\n\n") for n in range(450)]
    together = {round(at, 6) for at, _ in await taken(Wire(answer)) if at > 1}
    assert len(together) < 2 * (2.0 / EVERY)  # two seconds of it
    assert len({round(at, 6) for at, _ in await taken(Wire(answer), 0.0)}) == 450


async def test_in_the_first_second_everything_is_given_when_it_comes() -> None:
    """What is a replay, and what of its end comes twice, the core tells by the times of events."""
    answer = [(n / 150, b"data: x\n\n") for n in range(140)]
    assert [at for at, _ in await taken(Wire(answer))] == [at for at, _ in answer]


async def test_what_was_waited_for_is_given_at_once() -> None:
    wire = Wire([(at, b"data: a\n\n") for at in (1.1, 1.6, 2.2)])
    assert [at for at, _ in await taken(wire)] == [1.1, 1.6, 2.2] and wire.waits == []


async def test_what_pours_in_does_not_wait() -> None:
    wire = Wire([(1.1 + n * 0.002, b"x" * 70_000) for n in range(100)])
    await taken(wire)
    assert not wire.waits
