"""The proxy: transparent until told otherwise, then exactly as told."""

from __future__ import annotations

import asyncio
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canvas_tui.lab import http1
from canvas_tui.lab.http1 import Gone, Head, Peer
from canvas_tui.lab.proxy import Proxy

from .laid import EVENTS, Clock, ask, body, dial, fetch, laid
from .upstream import BEAT, streaming, upstream, whole

# -- transparent ---------------------------------------------------------------------------------------------------------------


async def test_heads_and_bodies_pass_as_they_are() -> None:
    async with laid(whole(b'{"a": 1}', status="404 Nothing Here", headers="X-Odd:  two  words\r\nSet-Cookie: a=1\r\n")) as (lab, server):
        peer, head = await ask(lab, "POST /x?y=1", b"\x00\xff" * 5000, "X-Api-Key: k\r\n")
        assert (head.first, head.get("x-odd"), head.get("set-cookie")) == (("HTTP/1.1", "404", "Nothing Here"), "two  words", "a=1")
        assert await body(peer, head) == (b'{"a": 1}', "whole")
        asked, sent = server.asked[0]
        assert (asked.method, asked.path, asked.get("x-api-key"), sent) == ("POST", "/x?y=1", "k", b"\x00\xff" * 5000)
        assert asked.get("host") == f"127.0.0.1:{server.port}"


async def test_a_connection_takes_one_request_after_the_other() -> None:
    async with laid(whole(b"ok")) as (lab, server):
        peer, head = await ask(lab, "GET /1")
        assert await body(peer, head) == (b"ok", "whole")
        _, head = await ask(lab, "GET /2", peer=peer)
        assert await body(peer, head) == (b"ok", "whole")
        assert [asked.path for asked, _ in server.asked] == ["/1", "/2"]


async def test_an_answer_without_a_length_ends_with_the_connection() -> None:
    async def answer(peer: Peer, head: Head, given: bytes) -> bool:
        await peer.write(b"HTTP/1.1 200 OK\r\n\r\nall that there is")
        return False

    async with laid(answer) as (lab, _):
        assert await fetch(lab) == (200, b"all that there is", "whole")


async def test_no_body_where_there_can_be_none() -> None:
    async with laid(whole(b"", status="204 No Content")) as (lab, _):
        assert await fetch(lab, "DELETE /threads/t") == (204, b"", "whole")


async def test_a_server_that_breaks_off_is_passed_on_as_it_is() -> None:
    async def answer(peer: Peer, head: Head, given: bytes) -> bool:
        await peer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + http1.chunk(b"half"))
        return False

    async with laid(answer) as (lab, _):
        assert await fetch(lab) == (200, b"half", "cut")


async def test_a_server_that_is_not_there_is_no_answer() -> None:
    async with upstream(whole(b"")) as server:
        gone = server.url
    async with Proxy(gone) as lab:
        assert (await fetch(lab))[0] == 0


async def test_another_protocol_passes_both_ways() -> None:
    async def answer(peer: Peer, head: Head, given: bytes) -> bool:
        await peer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n\r\n")
        while data := await peer.some():
            await peer.write(data.upper())
        return False

    async with laid(answer) as (lab, _):
        peer, head = await ask(lab, "GET /ws", headers="Connection: Upgrade\r\nUpgrade: echo\r\n")
        await peer.write(b"hello")
        assert (head.status, await peer.some()) == (101, b"HELLO")
        peer.close()


async def test_the_server_is_left_when_the_client_leaves() -> None:
    left = asyncio.Event()

    async def answer(peer: Peer, head: Head, given: bytes) -> bool:
        await peer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" + http1.chunk(EVENTS[0])
        )
        await peer.left()
        left.set()
        return False

    async with laid(answer) as (lab, _):
        peer, _ = await ask(lab)
        peer.close()
        await asyncio.wait_for(left.wait(), 5)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=4000),
    st.lists(st.integers(0, 4000), max_size=8),
    st.sampled_from(["", "slice 7", "coalesce 1s", "buffer", "delay 1s", "slow 100k"]),
)
def test_any_bytes_come_through_any_mode(data: bytes, cuts: list[int], script: str) -> None:
    places = sorted({min(cut, len(data)) for cut in cuts})
    pieces = [piece for a, b in zip([0, *places], [*places, len(data)], strict=True) if (piece := data[a:b])]

    async def go() -> None:
        async with laid(streaming(*pieces), script, Clock()) as (lab, _):
            assert await fetch(lab) == (200, data, "whole")

    asyncio.run(go())


# -- ends ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ending", "seen"), [("cut", "cut"), ("end", "whole"), ("reset", "reset")])
@pytest.mark.parametrize(
    ("upto", "got"), [("pass 3", b"".join(EVENTS[:3])), ("pass 100b", b"".join(EVENTS)[:100]), ("pass", b"".join(EVENTS))]
)
async def test_a_stream_ends_where_and_how_it_is_told(upto: str, got: bytes, ending: str, seen: str) -> None:
    async with laid(streaming(*EVENTS), f"{upto}; {ending}") as (lab, _):
        assert await fetch(lab) == (200, got, seen)
        assert await fetch(lab) == (200, b"".join(EVENTS), "whole")  # what was told is done


async def test_events_are_counted_however_the_bytes_come() -> None:
    raw = BEAT.join(EVENTS)
    async with laid(streaming(*[raw[n : n + 1] for n in range(len(raw))]), "pass 4; end") as (lab, _):
        assert await fetch(lab) == (200, BEAT.join(EVENTS[:4]), "whole")


async def test_half_an_event() -> None:
    async with laid(streaming(*EVENTS), "pass 2; half; end") as (lab, _):
        status, got, end = await fetch(lab)
        assert (status, end) == (200, "whole")
        assert got == b"".join(EVENTS[:2]) + EVENTS[2].partition(b"id:")[0]


async def test_a_stream_that_is_over_before_ends_by_itself() -> None:
    async with laid(streaming(*EVENTS), "pass 99; reset; 502") as (lab, _):
        assert await fetch(lab) == (200, b"".join(EVENTS), "whole")
        assert (await fetch(lab))[0] == 502


async def test_up_to_an_event_of_a_name() -> None:
    failed = b"event: error\r\ndata: {}\r\n\r\n"
    async with laid(streaming(*EVENTS[:3], BEAT, failed), "until error; cut") as (lab, _):
        assert await fetch(lab) == (200, b"".join(EVENTS[:3]) + BEAT, "cut")


async def test_inside_the_head() -> None:
    async with laid(whole(b"ok"), "any: head 10b") as (lab, server):
        peer = await dial(lab)
        await peer.write(b"POST /threads/t/runs HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}")
        got = b""
        with pytest.raises(Gone):
            while data := await peer.some():
                got += data
        assert got == b"HTTP/1.1 2"
        assert server.asked[0][1] == b"{}"  # the server has acted


@pytest.mark.parametrize(
    ("script", "status", "kind", "text"),
    [
        ("401", 401, "application/json", b"authentication"),
        ("404", 404, "application/json", b"not found"),
        ("409", 409, "application/json", b"already running"),
        ("422 busy", 422, "application/json", b"already running"),
        ("502", 502, "text/html; charset=utf-8", b"Bad Gateway"),
        ("html", 200, "text/html; charset=utf-8", b"sign in"),
        ("json", 200, "application/json", b"detail"),
        ("599", 599, "text/html; charset=utf-8", b"Made Up"),
    ],
)
async def test_answers_for_the_server(script: str, status: int, kind: str, text: bytes) -> None:
    async with laid(whole(b"ok"), f"any: {script}") as (lab, server):
        peer, head = await ask(lab, "POST /threads/t/runs", b'{"a": 1}')
        got, end = await body(peer, head)
        assert (head.status, head.get("content-type"), end) == (status, kind, "whole")
        assert text in got
        assert server.asked == []
        _, head = await ask(lab, "GET /ok", peer=peer)  # the connection is still good
        assert await body(peer, head) == (b"ok", "whole")


async def test_waits_and_other_places_are_told_in_the_head() -> None:
    async with laid(whole(b"ok"), "any: 429 7s; redirect http://a.invalid/b") as (lab, _):
        assert (await ask(lab))[1].get("retry-after") == "7"
        assert (await ask(lab))[1].get("location") == "http://a.invalid/b"


@pytest.mark.parametrize(("script", "seen"), [("lose", (0, b"", "reset")), ("lose cut", (0, b"", "cut"))])
async def test_the_server_acts_and_its_answer_is_lost(script: str, seen: tuple[int, bytes, str]) -> None:
    async with laid(whole(b"ok"), f"create: {script}") as (lab, server):
        assert await fetch(lab, "POST /threads/t/runs", b"{}") == seen
        assert len(server.asked) == 1
        assert await fetch(lab, "POST /threads/t/runs", b"{}") == (200, b"ok", "whole")


async def test_the_server_acts_and_something_else_is_answered() -> None:
    async with laid(whole(b"ok"), "create: lose 502") as (lab, server):
        assert (await fetch(lab, "POST /threads/t/runs", b"{}"))[0] == 502
        assert len(server.asked) == 1


@pytest.mark.parametrize(("script", "asked"), [("any: hole", 0), ("any: lose hole", 1)])
async def test_a_black_hole_answers_nothing_and_closes_nothing(script: str, asked: int) -> None:
    async with laid(whole(b"ok"), script) as (lab, server):
        done = asyncio.Event()
        lab.listen(lambda told: done.set() if "nothing passes" in told.text else None)
        peer = await dial(lab)
        await peer.write(b"GET /x HTTP/1.1\r\n\r\n")
        await asyncio.wait_for(done.wait(), 5)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(peer.some(), 0.05)
        assert len(server.asked) == asked
        assert await fetch(lab, "GET /x") == (200, b"ok", "whole")  # new connections work
        peer.close()


# -- the body changed -------------------------------------------------------------------------------------------------------------


async def test_swallow_insert_corrupt() -> None:
    async with laid(streaming(*EVENTS), "pass 1; swallow 2; insert comment; corrupt; pass 1; insert error") as (lab, _):
        _, got, end = await fetch(lab)
        assert end == "whole"
        head, _, tail = got.partition(b": x\r\n\r\n")
        assert head == EVENTS[0]
        assert tail.startswith(EVENTS[3].replace(b"token", b"\xffoken") + EVENTS[4] + b"event: error")
        assert tail.endswith(b"".join(EVENTS[5:]))


@pytest.mark.parametrize(("script", "beat"), [("heartbeats off", b""), ("heartbeats as ping", b": ping\r\n\r\n")])
async def test_heartbeats_stripped_or_rewritten(script: str, beat: bytes) -> None:
    raw = BEAT.join([*EVENTS, b""])
    async with laid(streaming(*[raw[n : n + 7] for n in range(0, len(raw), 7)]), script) as (lab, _):
        assert await fetch(lab) == (200, beat.join([*EVENTS, b""]), "whole")


async def test_ids_taken_away() -> None:
    async with laid(streaming(*EVENTS), "ids off") as (lab, _):
        _, got, _ = await fetch(lab)
        assert b"id:" not in got
        assert got.count(b"event:") == 10


@pytest.mark.parametrize(("script", "seen"), [("", "5-0"), ("last-event-id off", ""), ("last-event-id -1", "-1")])
async def test_last_event_id(script: str, seen: str) -> None:
    async with laid(streaming(*EVENTS), script) as (lab, server):
        await fetch(lab, headers="Last-Event-ID: 5-0\r\n")
        assert server.asked[0][0].get("last-event-id") == seen


@pytest.mark.parametrize("script", ["gzip", "gzip end"])
async def test_gzip(script: str) -> None:
    gate = asyncio.Event()
    async with laid(streaming(*EVENTS, gate=gate, at=5), script) as (lab, _):
        peer, head = await ask(lab)
        assert head.get("content-encoding") == "gzip"
        unpress, got = zlib.decompressobj(wbits=31), b""
        if script == "gzip":
            parts = peer.body(head, of_request=False)
            while got != b"".join(EVENTS[:5]):  # each piece is there before the next has come
                got += unpress.decompress(await anext(parts))
            gate.set()
            async for data in parts:
                got += unpress.decompress(data)
        else:
            gate.set()
            got = unpress.decompress((await body(peer, head))[0])
        assert got == b"".join(EVENTS)


# -- time --------------------------------------------------------------------------------------------------------------------------


async def test_slices_leave_one_by_one() -> None:
    clock = Clock()
    async with laid(streaming(EVENTS[0]), "slice 10", clock) as (lab, _):
        assert await fetch(lab) == (200, EVENTS[0], "whole")
        assert clock.slept == [0.001] * -(-len(EVENTS[0]) // 10)


async def test_a_rate_is_kept() -> None:
    clock = Clock()
    async with laid(streaming(*EVENTS), "slow 1k", clock) as (lab, _):
        _, got, _ = await fetch(lab)
        assert clock.now == pytest.approx(len(got) / 1000)
        assert max(clock.slept) <= 0.051


async def test_a_stall_holds_everything_and_then_lets_it_through() -> None:
    clock = Clock()
    async with laid(streaming(*EVENTS), "pass 2; stall 20s", clock) as (lab, _):
        assert await fetch(lab) == (200, b"".join(EVENTS), "whole")
        assert clock.slept == [20]


async def test_latency_goes_for_the_request_the_head_and_the_body() -> None:
    clock = Clock()
    async with laid(whole(b"ok"), "any: delay 2s", clock) as (lab, _):
        assert await fetch(lab, "GET /x") == (200, b"ok", "whole")
        assert clock.slept == [2, 2, 2]


async def test_a_buffering_proxy_sends_the_head_and_at_the_end_all() -> None:
    gate = asyncio.Event()
    async with laid(streaming(*EVENTS, gate=gate, at=9), "buffer") as (lab, _):
        peer, head = await ask(lab)
        reading = asyncio.create_task(body(peer, head))
        await asyncio.sleep(0.05)
        assert not reading.done()
        assert not peer._buffer
        gate.set()
        assert await reading == (b"".join(EVENTS), "whole")


async def test_only_get_is_buffered_where_that_is_told() -> None:
    gate = asyncio.Event()
    async with laid(streaming(*EVENTS, gate=gate, at=9), "get: buffer") as (lab, _):
        peer, head = await ask(lab, "POST /threads/t/runs/stream")
        got = b""
        parts = peer.body(head, of_request=False)
        while got != b"".join(EVENTS[:9]):
            got += await anext(parts)
        gate.set()
