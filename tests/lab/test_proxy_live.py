"""The proxy while it runs: what is applied acts at once, on open streams too."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from canvas_tui.lab.http1 import Gone
from canvas_tui.lab.proxy import Proxy, Told
from canvas_tui.lab.script import ScriptError

from .laid import EVENTS, Clock, ask, body, dial, fetch, laid, waiting_stream
from .upstream import streaming, whole


@pytest.mark.parametrize(
    ("script", "ends"), [("cut", Gone), ("reset", Gone), ("end", StopAsyncIteration), ("reset; 502", Gone), ("clean end or x", ScriptError)]
)
async def test_what_is_applied_acts_at_once(script: str, ends: type[Exception]) -> None:
    async with waiting_stream() as (lab, _, parts, _):
        with pytest.raises(ends):
            lab.apply(script)
            await anext(parts)
        if "502" in script:
            assert (await fetch(lab))[0] == 502


async def test_a_stall_is_lifted_by_the_next_word() -> None:
    async with waiting_stream() as (lab, _, parts, gate):
        lab.apply("stall")
        gate.set()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(task := asyncio.ensure_future(anext(parts))), 0.05)
        lab.clear()
        got = await task
        async for data in parts:
            got += data
        assert got == b"".join(EVENTS[3:])


async def test_a_mode_acts_on_what_is_open() -> None:
    async with waiting_stream() as (lab, _, parts, gate):
        lab.apply("buffer")
        gate.set()
        got = b"".join([data async for data in parts])
        assert got == b"".join(EVENTS[3:])


async def test_answers_wait_for_the_next_request() -> None:
    async with waiting_stream() as (lab, _, parts, gate):
        lab.apply("502")
        gate.set()
        assert b"".join([data async for data in parts]) == b"".join(EVENTS[3:])
        assert (await fetch(lab))[0] == 502
        assert (await fetch(lab))[0] == 200


async def refused(lab: Proxy) -> bool:
    try:
        (await dial(lab)).close()
    except ConnectionRefusedError:
        return True
    return False


async def told(lab: Proxy, text: str, act: Callable[[], None]) -> None:
    """Returns when the lab has told this after the act."""
    heard = asyncio.Event()
    unlisten = lab.listen(lambda told: heard.set() if text in told.text else None)
    act()
    await asyncio.wait_for(heard.wait(), 5)
    unlisten()


async def test_down_resets_and_refuses_until_it_is_lifted() -> None:
    async with waiting_stream(Clock(held=0)) as (lab, _, parts, gate):
        await told(lab, "down", lambda: lab.apply("down 5s"))
        with pytest.raises(Gone):
            await anext(parts)
        assert await refused(lab)
        gate.set()
        await told(lab, "up again", lab.clear)
        assert (await fetch(lab))[2] == "whole"


async def test_down_for_a_time() -> None:
    clock = Clock()
    async with laid(streaming(*EVENTS), clock=clock) as (lab, _):
        lab.apply("pass 3; down 5s")
        up = asyncio.Event()
        lab.listen(lambda told: up.set() if told.text == "up again" else None)
        assert (await fetch(lab))[1:] == (b"".join(EVENTS[:3]), "reset")
        await asyncio.wait_for(up.wait(), 5)
        assert clock.slept == [5]
        assert (await fetch(lab))[2] == "whole"


async def test_outages_that_follow_one_another_are_all_lifted() -> None:
    async with laid(streaming(*EVENTS), clock=Clock(held=0)) as (lab, _):
        await told(lab, "down for good", lambda: lab.apply("down | any: down"))
        await told(lab, "up again", lab.clear)
        assert (await fetch(lab))[2] == "whole"


async def test_dark_answers_no_one() -> None:
    async with waiting_stream(Clock(held=0)) as (lab, _, parts, gate):
        await told(lab, "dark", lambda: lab.apply("dark 5s"))
        gate.set()
        waits: list[Awaitable[object]] = [anext(parts), dial(lab)]
        for wait in waits:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(wait, 0.1)
        await told(lab, "up again", lab.clear)
        assert (await fetch(lab))[2] == "whole"


@pytest.mark.parametrize("turns", range(7))
async def test_dark_spares_no_connection_whose_answer_is_just_over(turns: int) -> None:
    async with laid(whole(b"ok"), clock=Clock(held=0)) as (lab, server):

        def after(turns: int) -> None:
            """So many turns of the loop later: its exchange is being put away then."""
            if turns:
                asyncio.get_running_loop().call_soon(after, turns - 1)
            else:
                lab.apply("dark 5s")

        lab.listen(lambda heard: after(turns) if (heard.number, heard.text[:4]) == (1, "over") else None)
        peer, head = await ask(lab, "GET /1")
        assert await body(peer, head) == (b"ok", "whole")
        waits: list[Awaitable[object]] = [ask(lab, "GET /2", peer=peer), dial(lab)]
        for wait in waits:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(wait, 0.1)
        await told(lab, "up again", lab.clear)
        assert await fetch(lab, "GET /3") == (200, b"ok", "whole")
        assert [asked.path for asked, _ in server.asked] == ["/1", "/3"]


async def test_what_it_does_is_told() -> None:
    heard: list[Told] = []
    async with laid(streaming(*EVENTS), clock=Clock()) as (lab, _):
        lab.listen(heard.append)
        lab.apply("pass 2; stall 3s; reset")
        await fetch(lab)
    assert [(told.text, told.fault) for told in heard] == [
        ("from now on: pass 2; stall 3s; reset", True),
        ("answered 200, an event stream", False),
        (f"nothing passes for 3 s after 2 events, {len(EVENTS[0]) * 2} bytes", True),
        (f"reset after 2 events, {len(EVENTS[0]) * 2} bytes", True),
    ]


async def test_the_same_seed_does_the_same() -> None:
    async def ends(seed: int) -> list[tuple[int, bytes, str]]:
        async with laid(streaming(*EVENTS), "pass 1..9; cut or end or reset; loop", seed=seed) as (lab, _):
            return [await fetch(lab) for _ in range(8)]

    assert await ends(1) == await ends(1) != await ends(2)
