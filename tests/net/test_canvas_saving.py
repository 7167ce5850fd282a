"""Changes by hand through the whole driver, and what runs left of versions: saved once, none lost, and there after the program's death."""

from __future__ import annotations

from dataclasses import replace

import pytest

from canvas_tui.core.artifact import Artifact, Draft, DraftStanding, Keep, SaveStanding, Version
from canvas_tui.core.ports import Edit
from tests.support.scripted import scripted_server
from tests.support.scripted_faults import Fault, lose_answer, reply
from tests.support.scripted_steps import Fail, Gate, Script, Write, say

from .backends import hub_at, settled, until
from .memory import MemoryJournal
from .test_canvas import FRENCH, ONE, canvas_at, kept, seeded


def mine(text: str = "mine") -> Version:
    return Version(0, title="Tea", text=text)


@pytest.mark.parametrize("kind", ["python", "js"])
async def test_a_change_by_hand_becomes_the_newest_version(kind: str) -> None:
    async with canvas_at(kind=kind, artifact=ONE) as (server, hub, thread):
        hub.canvas.save(thread, mine(), 1)
        session = await settled(hub, thread)
        assert kept(server, thread) == ["one", "mine"]
        assert session.state.artifact is not None and session.state.artifact.current == 2
        hub.canvas.choose(thread, 1)
        await settled(hub, thread)
        assert server.threads[thread].values["artifact"]["currentIndex"] == 1
        body = [seen.request.json() for seen in server.seen if seen.name == "state-write"][-1]
        assert (set(body), set(body["values"])) == ({"values", "as_node"}, {"artifact"})


async def test_a_thread_is_made_for_the_first_version() -> None:
    async with canvas_at([Write("un")]) as (server, hub, thread):
        hub.canvas.save(thread, mine(), 0)
        await settled(hub, thread)
        assert server.threads[thread].metadata["graph_id"] == "agent"
        assert [row.title for row in hub.threads().rows if row.id == thread] == ["Tea"]
        hub.canvas.act(thread, FRENCH)
        await settled(hub, thread)
        assert kept(server, thread) == ["mine", "un"]


FAULTS = {
    "answer lost": [lose_answer()],
    "answer lost twice": [lose_answer(), lose_answer()],
    "502 though saved": [reply(502, "bad gateway", acts=True)],
    "502": [reply(502, "bad gateway")],
    "busy": [reply(409, {"detail": "Thread is busy"})],
    "no such node": [reply(400, {"detail": "Node generateTitle does not exist"})],
}


@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS)
async def test_whatever_becomes_of_the_post_it_is_saved_once(faults: list[Fault]) -> None:
    async with canvas_at(artifact=ONE) as (server, hub, thread):
        server.plan("state-write", *faults)
        hub.canvas.save(thread, mine(), 1)
        session = await settled(hub, thread)
        assert session.saving is None
        assert kept(server, thread) == ["one", "mine"]


@pytest.mark.parametrize("kind", ["python", "js", "aegra"])
@pytest.mark.parametrize(
    "look", [None, reply(404, {"detail": "Not Found"}), reply(502, "bad"), lose_answer()], ids=["", "404", "502", "lost"]
)
async def test_of_two_who_save_at_once_neither_is_lost(kind: str, look: Fault | None) -> None:
    """Where the server has no history, it is seen when the thread is read next."""
    async with canvas_at(kind=kind, artifact=ONE) as (server, hub, thread), hub_at(server.url) as other:
        other.open(thread)
        await settled(other, thread)
        if look is not None:
            server.plan("history-page", look, look)
        hub.canvas.save(thread, mine(), 1)
        other.canvas.save(thread, mine("theirs"), 1)
        for each in (hub, other):  # who looked before the other one had saved would have nothing to see
            await settled(each, thread)
        for each in (hub, other):
            each.open(thread)
            session = await settled(each, thread)
            if session.saving is not None:
                each.canvas.resolve(thread, Keep.MINE)
                await settled(each, thread)
        assert sorted(kept(server, thread)) == ["mine", "one", "theirs"]


async def test_a_change_waits_for_the_run_and_asks_where_the_run_has_written_too() -> None:
    async with canvas_at([Gate("on"), Write("un")], [say("Hi.")], artifact=ONE) as (server, hub, thread):
        hub.canvas.act(thread, FRENCH)
        await server.reached("on")
        hub.canvas.save(thread, mine(), 1)
        saving = hub.session(thread).saving
        assert saving is not None and saving.standing is SaveStanding.WAITING
        server.open_gate("on")
        session = await settled(hub, thread)
        assert session.saving is not None and session.saving.standing is SaveStanding.CONFLICT
        hub.submit(thread, "Hello")
        await settled(hub, thread)
        hub.canvas.resolve(thread, Keep.MINE)
        await settled(hub, thread)
        assert kept(server, thread) == ["one", "un", "mine"]


async def test_what_several_failed_runs_left_is_asked_about_one_after_the_other_after_a_restart_too() -> None:
    journal = MemoryJournal()
    scripts: list[Script] = [[Write("half", whole=None), Fail()], [Write("other half", whole=None), Fail()]]
    async with canvas_at(*scripts, journal=journal, artifact=ONE) as (server, hub, thread):
        for _ in range(2):
            hub.canvas.act(thread, FRENCH)
            await settled(hub, thread)
        await until(hub, lambda: len(journal.kept_partials.get(thread, ())) == 2)
        async with hub_at(server.url, journal) as later:
            await until(later, lambda: bool(later.session(thread).left))
            later.open(thread)
            await settled(later, thread)
            for text in ("other half", "half"):
                draft = later.session(thread).draft
                assert draft is not None and draft.version.text == text
                later.canvas.keep_partial(thread)
                await settled(later, thread)
            await until(later, lambda: not journal.kept_partials)
            assert kept(server, thread) == ["one", "other half", "half"]


@pytest.mark.parametrize("keep", [True, False])
async def test_what_a_failed_run_left_waits_for_the_users_word_after_a_restart_too(keep: bool) -> None:
    journal = MemoryJournal()
    async with canvas_at([Write("half", whole=None), Fail()], journal=journal, artifact=ONE) as (server, hub, thread):
        hub.canvas.act(thread, FRENCH)
        await settled(hub, thread)
        await until(hub, lambda: thread in journal.kept_partials)
        async with hub_at(server.url, journal) as later:
            await until(later, lambda: later.session(thread).draft is not None)
            later.open(thread)
            session = await settled(later, thread)
            assert session.draft is not None and session.draft.standing is DraftStanding.FAILED
            (later.canvas.keep_partial if keep else later.canvas.drop_partial)(thread)
            await settled(later, thread)
            await until(later, lambda: not journal.kept_partials)
            assert kept(server, thread) == (["one", "half"] if keep else ["one"])


async def test_what_the_thread_has_whole_by_now_is_not_offered_after_a_restart() -> None:
    journal = MemoryJournal()
    async with scripted_server() as server:
        server.companions = ("reflection", "thread_title")
        thread = seeded(server, Artifact(2, (*ONE.versions, Version(2, title="Tea", text="half and whole"))))
        await journal.keep_partials(server.url, thread, [Draft(Version(2, title="Tea", text="half"), DraftStanding.STOPPED, 0, 4)])
        async with hub_at(server.url, journal) as hub:
            hub.open(thread)
            await until(hub, lambda: hub.session(thread).loaded and not journal.kept_partials)
            assert hub.session(thread).draft is None


async def test_a_refused_change_waits_for_the_user() -> None:
    async with canvas_at(artifact=ONE) as (server, hub, thread):
        server.plan("state-write", reply(403, {"detail": "no"}))
        hub.canvas.save(thread, mine(), 1)
        session = await settled(hub, thread)
        assert session.saving is not None
        assert (session.saving.standing, session.saving.mine) == (SaveStanding.FAILED, mine())
        hub.retry(thread)
        await settled(hub, thread)
        assert kept(server, thread) == ["one", "mine"]


@pytest.mark.parametrize("landed", [True, False])
async def test_a_change_on_its_way_survives_the_program(landed: bool) -> None:
    journal = MemoryJournal()
    async with scripted_server() as server:
        server.companions = ("reflection", "thread_title")
        artifact = Artifact(2, (*ONE.versions, replace(mine(), index=2))) if landed else ONE
        thread = seeded(server, artifact)
        await journal.keep_edits(server.url, thread, [Edit(thread, mine(), 1, saving=True)], saving=True)
        async with hub_at(server.url, journal) as hub:
            await until(hub, lambda: not journal.kept_edits)
            await settled(hub, thread)
            assert kept(server, thread) == ["one", "mine"]
            assert server.count("state-write") == (0 if landed else 1)


async def test_all_that_is_on_its_way_survives_the_program_in_its_order() -> None:
    journal = MemoryJournal()
    async with scripted_server([Gate("on")]) as server:
        server.companions = ("reflection", "thread_title")
        thread = seeded(server, ONE)
        async with hub_at(server.url, journal) as hub:
            hub.open(thread)
            await until(hub, lambda: hub.session(thread).loaded)
            hub.submit(thread, "Hello")
            await server.reached("on")
            hub.canvas.save(thread, mine("a"), 1)
            hub.canvas.save(thread, mine("b"), 1, ONE.version)
            hub.canvas.choose(thread, 1)
            await until(hub, lambda: len(journal.kept_edits) == 3)
        assert [edit.version.text for edit in journal.kept_edits] == ["a", "b", "one"]
        async with hub_at(server.url, journal) as hub:
            await until(hub, lambda: hub.session(thread).saving is not None)
            server.open_gate("on")
            await until(hub, lambda: not journal.kept_edits)
            assert kept(server, thread) == ["one", "a", "b"]
            assert server.threads[thread].values["artifact"]["currentIndex"] == 1


async def test_it_is_in_the_journal_before_it_leaves_and_gone_when_it_is_there() -> None:
    journal = MemoryJournal()
    async with canvas_at(journal=journal, artifact=ONE) as (server, hub, thread):
        server.plan("state-write", reply(409, {"detail": "busy"}))
        hub.canvas.save(thread, mine(), 1)
        await server.until(lambda: server.count("state-write") == 1)
        assert journal.kept_edits == [Edit(thread, mine(), 1, saving=True)]
        await settled(hub, thread)
        await until(hub, lambda: not journal.kept_edits)


async def test_what_is_being_edited_is_there_after_the_program_died() -> None:
    journal = MemoryJournal()
    async with scripted_server() as server:
        thread = seeded(server, ONE)
        async with hub_at(server.url, journal) as hub:
            hub.canvas.keep_edit(thread, Version(1, title="Tea", text="half an ed"))
            await until(hub, lambda: bool(journal.kept_edits))
        async with hub_at(server.url, journal) as hub:
            await until(hub, lambda: hub.canvas.edit_kept(thread) == Version(1, title="Tea", text="half an ed"))
            hub.canvas.keep_edit(thread, None)
            await until(hub, lambda: not journal.kept_edits)
            assert hub.canvas.edit_kept(thread) is None
