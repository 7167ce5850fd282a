"""Every turn of Open Canvas and every change by hand, through the hub, on the real server with the scripted model."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from canvas_tui.core.actions import ACTIONS, SEARCH, Action, custom, parse
from canvas_tui.core.artifact import ArtifactKind, CustomAction, Document, DraftStanding, Keep, SaveStanding, Turn, Version
from canvas_tui.core.model import NoticeKind, Role, RunStatus, Session
from canvas_tui.core.selection import highlight
from canvas_tui.net.hub import Hub
from tests.support.agent import RunningAgent, running_agent

from .backends import hub_at, settled, until
from .memory import ReadyLocal

pytest.importorskip("langgraph_api")

DOCUMENT = Version(0, title="Tea", text="# Tea 🍵\n\nGreen tea is made of leaves.\n\nIt is 漢字 too.\n")
PROGRAM = Version(0, ArtifactKind.CODE, "Hi", "print('🚀🚀')\nprint('漢字')\n", "python")
OF = {ArtifactKind.TEXT: DOCUMENT, ArtifactKind.CODE: PROGRAM}
WRONG = {NoticeKind.CORRECTED, NoticeKind.EMPTY, NoticeKind.CONTINUE, NoticeKind.NO_MESSAGES, NoticeKind.FAILED}


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAgent]:
    with running_agent(tmp_path_factory.mktemp("canvas")) as agent:
        yield agent


@asynccontextmanager
async def thread_at(agent: RunningAgent, version: Version | None = None) -> AsyncIterator[tuple[Hub, str]]:
    """A hub and a thread of it with this artifact."""
    async with hub_at("", local=ReadyLocal(agent.url, agent.assistant)) as hub:
        thread = hub.new_thread()
        hub.open(thread)
        if version is not None:
            hub.canvas.save(thread, version, 0)
            await settled(hub, thread)
        yield hub, thread


async def took(hub: Hub, thread: str) -> tuple[Session, list[str]]:
    """The session after the turn, and what was seen of its draft."""
    seen: list[str] = []

    def look(change: object, id: str) -> None:
        draft = hub.session(thread).draft
        if draft is not None and (not seen or seen[-1] != draft.version.text):
            seen.append(draft.version.text)

    unlisten = hub.listen(look)
    session = await settled(hub, thread)
    unlisten()
    assert not WRONG & {n.kind for n in session.notices}
    assert session.draft is None
    return session, seen


def newest(session: Session) -> Version:
    assert session.state.artifact is not None
    return session.state.artifact.version


def indexes(session: Session) -> list[int]:
    assert session.state.artifact is not None
    return [version.index for version in session.state.artifact.versions]


async def test_a_message_makes_an_artifact_and_another_rewrites_it(agent: RunningAgent) -> None:
    async with thread_at(agent) as (hub, thread):
        hub.submit(thread, "/speed 500 write an essay about green tea")
        session, seen = await took(hub, thread)
        first = newest(session)
        assert (first.index, first.kind) == (1, ArtifactKind.TEXT)
        assert len(seen) > 3 and all(first.text.startswith(text) for text in seen)
        hub.submit(thread, "/speed 500 /artifact /echo # One\n\nThree.\n")
        session, seen = await took(hub, thread)
        assert newest(session).text == "# One\n\nThree.\n"
        assert seen and all(newest(session).text.startswith(text) for text in seen)
        assert indexes(session) == [1, 2]
        assert [m.role for m in session.history] == [Role.HUMAN, Role.AI, Role.HUMAN, Role.AI]


CHOICES = [(action, value) for action in ACTIONS for value, _ in action.values[-1:] or (("", ""),)]


@pytest.mark.parametrize(("action", "value"), CHOICES, ids=[f"{action.name} {value}".strip() for action, value in CHOICES])
async def test_every_action(agent: RunningAgent, action: Action, value: str) -> None:
    async with thread_at(agent, OF[action.kind]) as (hub, thread):
        turn = parse(f"/{action.name} {value}", action.kind)
        assert isinstance(turn, Turn)
        hub.canvas.act(thread, turn)
        session, _ = await took(hub, thread)
        version = newest(session)
        assert (version.index, version.kind) == (2, action.kind)
        assert version.language == (value if action.name == "port" else OF[action.kind].language)
        assert (session.history[0].role, session.history[0].text) == (Role.TURN, turn.words)
        assert session.history[-1].role is Role.AI, "the agent's words about it follow"


@pytest.mark.parametrize("part", ["🚀🚀", "print('漢字')", "🚀"])
async def test_a_highlighted_part_of_code(agent: RunningAgent, part: str) -> None:
    async with thread_at(agent, PROGRAM) as (hub, thread):
        start = PROGRAM.text.index(part)
        hub.canvas.act(thread, Turn(highlight(PROGRAM, start, start + len(part))), "/echo bye 🍵")
        session, _ = await took(hub, thread)
        assert newest(session).text.replace("bye 🍵", part, 1) == PROGRAM.text
        assert newest(session).text != PROGRAM.text


async def test_a_highlighted_part_of_a_document(agent: RunningAgent) -> None:
    async with thread_at(agent, DOCUMENT) as (hub, thread):
        start = DOCUMENT.text.index("leaves")
        hub.canvas.act(thread, Turn(highlight(DOCUMENT, start, start + 6)), "/echo Black tea.")
        session, _ = await took(hub, thread)
        assert newest(session).text.split() == ["#", "Tea", "🍵", "Black", "tea.", "It", "is", "漢字", "too."]


async def test_a_custom_action(agent: RunningAgent) -> None:
    async with thread_at(agent, DOCUMENT) as (hub, thread):
        action = CustomAction("a1", "As a list", "Write it as a list.")
        await hub.canvas.save_custom_actions([action])
        hub.canvas.act(thread, custom(action))
        session, _ = await took(hub, thread)
        assert indexes(session) == [1, 2]
        assert session.history[0].text == "As a list"


async def test_a_question_to_the_web_is_answered_where_no_provider_is_configured_too(agent: RunningAgent) -> None:
    async with thread_at(agent) as (hub, thread):
        hub.canvas.act(thread, SEARCH, "What is new?")
        session, _ = await took(hub, thread)
        assert [m.role for m in session.history][:2] == [Role.HUMAN, Role.AI]


async def test_a_document_goes_with_a_message(agent: RunningAgent) -> None:
    async with thread_at(agent) as (hub, thread):
        document = Document("notes.md", "Zürich liegt am See. 🍵")
        hub.canvas.act(thread, Turn(documents=(document,)), "/echo read")
        session, _ = await took(hub, thread)
        assert session.history[0].text == "/echo read"


async def test_a_failed_rewriting_leaves_its_part_which_can_be_kept_as_a_version(agent: RunningAgent) -> None:
    async with thread_at(agent, DOCUMENT) as (hub, thread):
        hub.submit(thread, "/error @30 rewrite the document, longer")
        session = await settled(hub, thread)
        assert session.run is not None and session.run.status is RunStatus.ERROR
        assert session.draft is not None and session.draft.standing is DraftStanding.FAILED
        assert session.draft.version.text
        assert indexes(session) == [1], "what was there stays"
        hub.canvas.keep_partial(thread)
        session = await settled(hub, thread)
        assert (session.draft, indexes(session)) == (None, [1, 2])


async def test_stopping_keeps_what_was_written(agent: RunningAgent) -> None:
    async with thread_at(agent) as (hub, thread):
        hub.submit(thread, "/speed 30 write an essay about green tea")
        await until(hub, lambda: bool((draft := hub.session(thread).draft) and len(draft.version.text) > 30))
        hub.stop(thread)
        session = await settled(hub, thread)
        assert session.draft is not None and session.draft.standing is DraftStanding.STOPPED
        hub.canvas.drop_partial(thread)
        assert hub.session(thread).draft is None


async def test_changes_by_hand_and_the_choice_of_a_version_leave_the_thread_at_rest(agent: RunningAgent) -> None:
    async with thread_at(agent, DOCUMENT) as (hub, thread):
        hub.submit(thread, "/echo hi")
        await took(hub, thread)
        hub.canvas.save(thread, Version(0, title="Tea", text="# Mine"), 1)
        session, _ = await took(hub, thread)
        assert (newest(session).text, session.state.next) == ("# Mine", ())
        hub.canvas.choose(thread, 1)
        await took(hub, thread)
        hub.open(thread)
        session, _ = await took(hub, thread)
        assert (newest(session).text, indexes(session), session.can_continue) == (DOCUMENT.text, [1, 2], False)
        hub.canvas.act(thread, Turn((("language", "french"),), "Translate to French"))
        session, _ = await took(hub, thread)
        assert indexes(session) == [1, 2, 3], "the turn was about the first version, and the second is still there"


async def test_two_programs_at_one_artifact_lose_nothing(agent: RunningAgent) -> None:
    async with thread_at(agent, DOCUMENT) as (hub, thread), hub_at("", local=ReadyLocal(agent.url, agent.assistant)) as other:
        other.open(thread)
        await settled(other, thread)
        hub.canvas.save(thread, Version(0, title="Tea", text="# Ours"), 1)
        await settled(hub, thread)
        other.canvas.save(thread, Version(0, title="Tea", text="# Theirs"), 1)
        session = await settled(other, thread)
        assert session.saving is not None and session.saving.standing is SaveStanding.CONFLICT
        other.canvas.resolve(thread, Keep.MINE)
        session = await settled(other, thread)
        assert session.state.artifact is not None
        assert [v.text for v in session.state.artifact.versions] == [DOCUMENT.text, "# Ours", "# Theirs"]
        hub.canvas.act(thread, Turn((("language", "french"),), "Translate to French"))
        session = await settled(hub, thread)
        assert indexes(session) == [1, 2, 3, 4], "a turn sends all that the thread has"


async def test_of_two_programs_that_save_at_once_neither_loses_anything(agent: RunningAgent) -> None:
    """Both have read the same when they post; the server puts neither behind the other."""
    async with thread_at(agent, DOCUMENT) as (hub, thread), hub_at("", local=ReadyLocal(agent.url, agent.assistant)) as other:
        other.open(thread)
        await settled(other, thread)
        for base in range(1, 9, 2):
            hub.canvas.save(thread, Version(0, title="Tea", text=f"# Ours {base}"), base)
            other.canvas.save(thread, Version(0, title="Tea", text=f"# Theirs {base}"), base)
            await settled(hub, thread)
            told = (await settled(other, thread)).saving
            if told is not None:  # the other one was there before it had read
                other.canvas.resolve(thread, Keep.MINE)
                await settled(other, thread)
            for each in (hub, other):
                each.open(thread)
                session = await settled(each, thread)
                assert session.saving is None and session.state.artifact is not None
                texts = [version.text for version in session.state.artifact.versions]
                assert sorted(texts[base:]) == [f"# Ours {base}", f"# Theirs {base}"]


async def test_a_change_waits_while_the_agent_writes(agent: RunningAgent) -> None:
    async with thread_at(agent, DOCUMENT) as (hub, thread):
        hub.submit(thread, "/speed 40 /length 60 /echo " + "word " * 40)
        await until(hub, lambda: bool(hub.session(thread).run and hub.session(thread).run.tokens))  # type: ignore[union-attr]
        hub.canvas.save(thread, Version(0, title="Tea", text="# Mine"), 1)
        saving = hub.session(thread).saving
        assert saving is not None and saving.standing is SaveStanding.WAITING
        session, _ = await took(hub, thread)
        assert (newest(session).text, indexes(session)) == ("# Mine", [1, 2])
