"""Two clients on one thread: what one starts the other shows."""

from __future__ import annotations

import asyncio

import pytest

from canvas_tui.core.artifact import ArtifactKind, Version
from canvas_tui.core.model import Role
from canvas_tui.core.notices import Level, words
from canvas_tui.core.ports import ServerTarget
from canvas_tui.net import beside
from canvas_tui.net.api import Api
from canvas_tui.net.hub import Hub
from canvas_tui.net.server import ServerLink
from tests.support.scripted import scripted_server
from tests.support.scripted_faults import reply
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


async def test_a_thread_that_was_begun_here_is_watched_like_one_that_was_opened() -> None:
    """Seen: nobody looked until a thread had been opened from the list."""
    async with scripted_server([say("mine")], [say("theirs")]) as server, hub_at(server.url) as one, hub_at(server.url) as two:
        thread = one.new_thread()
        one.submit(thread, "one")
        await at_rest(one, thread)
        two.open(thread)
        await at_rest(two, thread)
        two.submit(thread, "two")
        await until(one, lambda: texts(one.session(thread)) == ["mine", "theirs"])


@pytest.mark.parametrize("told", [True, False], ids=["change told", "runs alone"])
async def test_a_run_that_is_over_before_anybody_looks_is_read(told: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not told:
        monkeypatch.setattr(Api, "mark", _tells_nothing)
    async with scripted_server([say("mine")], [say("theirs")]) as server, hub_at(server.url) as one, hub_at(server.url) as two:
        thread = one.new_thread()
        one.open(thread)
        one.submit(thread, "one")
        await at_rest(one, thread)
        look = "thread-search" if told else "runs"
        asked = server.count(look)
        await until(one, lambda: server.count(look) > asked + 1)
        two.open(thread)
        await at_rest(two, thread)
        two.submit(thread, "two")
        await until(one, lambda: texts(one.session(thread)) == ["mine", "theirs"])


@pytest.mark.parametrize("told", [True, False], ids=["change told", "runs alone"])
async def test_at_rest_there_is_one_small_request_and_nothing_is_read(told: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not told:
        monkeypatch.setattr(Api, "mark", _tells_nothing)
    async with scripted_server([say("mine")]) as server, hub_at(server.url) as hub:
        thread = hub.new_thread()
        hub.open(thread)
        hub.submit(thread, "one")
        await at_rest(hub, thread)
        look, other = ("thread-search", "runs") if told else ("runs", "thread-search")
        await until(hub, lambda: server.count(look) > 3)
        asked, read, others = server.count(look), server.count("state"), server.count(other)
        await until(hub, lambda: server.count(look) > asked + 5)
        assert server.count("state") == read and server.count(other) == others


async def test_a_server_that_refuses_the_choice_is_asked_for_runs_from_then_on() -> None:
    async with scripted_server([say("mine")]) as server, hub_at(server.url) as hub:
        thread = hub.new_thread()
        hub.open(thread)
        hub.submit(thread, "one")
        await at_rest(hub, thread)
        server.plan("thread-search", reply(422, {"detail": "select: extra fields not permitted"}))
        asked = server.count("runs")
        await until(hub, lambda: server.count("runs") > asked + 2)
        assert hub.session(thread).notices == ()


async def test_a_version_that_another_client_saves_by_hand_is_shown() -> None:
    """No run tells of it; of several that come one after the other the newest is told."""
    async with scripted_server([say("mine")]) as server, hub_at(server.url) as one, hub_at(server.url) as two:
        thread = one.new_thread()
        one.open(thread)
        one.submit(thread, "one")
        await at_rest(one, thread)
        two.open(thread)
        await at_rest(two, thread)
        two.canvas.save(thread, Version(1, ArtifactKind.TEXT, "Tides", "# Theirs"), 0)
        await until(one, lambda: one.session(thread).state.artifact is not None)
        await until(two, lambda: two.session(thread).saving is None)
        two.canvas.save(thread, Version(2, ArtifactKind.TEXT, "Tides", "# Theirs, again"), 1)
        await until(one, lambda: len(versions(one, thread)) == 2)
        await at_rest(one, thread)
        told = [words(notice, one.session(thread), 0.0) for notice in one.session(thread).notices]
        assert [each.text for each in told] == ["Version 2 was saved elsewhere."] and told[0].level is Level.QUIET
        assert two.session(thread).notices == (), "whose own it is"
        for _ in range(2):  # whoever saves it reads it once as well
            read, asked = server.count("state"), server.count("thread-search")
            await until(one, lambda asked=asked: server.count("thread-search") > asked + 12)  # type: ignore[misc]
        assert server.count("state") == read, "what is known is not read again"


def versions(hub: Hub, thread: str) -> tuple[Version, ...]:
    artifact = hub.session(thread).state.artifact
    return artifact.versions if artifact is not None else ()


async def _tells_nothing(api: Api, thread_id: str) -> str:
    return ""


async def test_where_the_user_does_nothing_it_is_looked_more_rarely_and_at_once_when_he_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "LATER", ((600.0, 3600.0),))
    monkeypatch.setattr(beside, "EVERY", 0.0)
    clock, looks = [0.0], asyncio.Semaphore(0)
    link = ServerLink(ServerTarget("test", "http://localhost:1"), "me", None, changed=lambda: None, up=lambda away: None)
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
