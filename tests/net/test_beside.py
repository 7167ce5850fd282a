"""Two clients on one thread: what one starts the other shows."""

from __future__ import annotations

import asyncio

import pytest

from canvas_tui.core.model import Role
from canvas_tui.core.ports import ServerTarget
from canvas_tui.net import beside
from canvas_tui.net.server import ServerLink
from tests.support.scripted import scripted_server
from tests.support.scripted_steps import Gate, Step, say

from .backends import at_rest, hub_at, texts, until


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "EVERY", 0.02)


async def test_a_run_that_another_client_starts_on_the_open_thread_is_followed() -> None:
    theirs: list[Step] = [say("early "), Gate("on"), say("late")]
    async with scripted_server([say("mine")], theirs) as server, hub_at(server.url) as one, hub_at(server.url) as two:
        thread = one.new_thread()
        one.open(thread)
        one.submit(thread, "one")
        await at_rest(one, thread)
        two.open(thread)
        await at_rest(two, thread)
        two.submit(thread, "two")
        await until(one, lambda: any(m.text for m in one.session(thread).live if m.role is Role.AI))
        server.open_gate("on")
        await until(one, lambda: texts(one.session(thread)) == ["mine", "early late"])
        assert [m.text for m in (await at_rest(one, thread)).history] == server.texts(thread)
        assert one.session(thread).notices == ()


async def test_a_run_that_is_over_before_anybody_looks_is_read() -> None:
    async with scripted_server([say("mine")], [say("theirs")]) as server, hub_at(server.url) as one, hub_at(server.url) as two:
        thread = one.new_thread()
        one.open(thread)
        one.submit(thread, "one")
        await at_rest(one, thread)
        asked = server.count("runs")
        await until(one, lambda: server.count("runs") > asked + 1)
        two.open(thread)
        await at_rest(two, thread)
        two.submit(thread, "two")
        await until(one, lambda: texts(one.session(thread)) == ["mine", "theirs"])


async def test_at_rest_nothing_is_read_but_the_newest_run() -> None:
    async with scripted_server([say("mine")]) as server, hub_at(server.url) as hub:
        thread = hub.new_thread()
        hub.open(thread)
        hub.submit(thread, "one")
        await at_rest(hub, thread)
        asked, read = server.count("runs"), server.count("state")
        await until(hub, lambda: server.count("runs") > asked + 5)
        assert server.count("state") == read


async def test_where_the_user_does_nothing_it_is_looked_more_rarely_and_at_once_when_he_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "LATER", ((600.0, 3600.0),))
    monkeypatch.setattr(beside, "EVERY", 0.0)
    clock, looks = [0.0], asyncio.Semaphore(0)
    link = ServerLink(ServerTarget("test", "http://localhost:1"), "me", None, changed=lambda: None, up=lambda: None)
    watch = beside.Beside(link, looks.release, lambda: clock[0])
    task = asyncio.create_task(watch.watch())
    for _ in range(3):
        await looks.acquire()
    clock[0] = 700.0
    for _ in range(2):
        while not looks.locked():
            await looks.acquire()
        for _ in range(20):  # turns of the loop, in nearly each of which it looked before
            await asyncio.sleep(0)
    assert looks.locked()
    watch.used()
    for _ in range(3):
        await looks.acquire()
    task.cancel()


async def test_a_run_that_came_and_went_before_the_first_look_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen: another client's short run, begun and over within three seconds of the end of ours, was never shown."""
    monkeypatch.setattr(beside, "EVERY", 3600.0)
    async with scripted_server([say("mine")], [say("theirs")]) as server, hub_at(server.url) as one, hub_at(server.url) as two:
        thread = one.new_thread()
        one.open(thread)
        one.submit(thread, "one")
        await at_rest(one, thread)
        two.open(thread)
        await at_rest(two, thread)
        two.submit(thread, "two")
        await at_rest(two, thread)
        looks = beside.Beside(one._link, lambda: one._drivers.get(thread))
        assert await looks._has_news(one.session(thread))
        assert await looks._has_news(one.session(thread)) is False
