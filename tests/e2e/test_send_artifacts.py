"""Every row of Open Canvas's table of requests, and every action, through ``send`` on the local agent with the real server.

The rows go through the program as a user starts it; the many values of the actions through the code behind it, side by side.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from canvas_tui.core.actions import ACTIONS
from canvas_tui.core.artifact import ArtifactKind, CustomAction, Reflections, Version
from canvas_tui.net.turn import Ended, run_turn
from canvas_tui.net.turn_artifact import Finished, Piece
from canvas_tui.net.turn_wish import Wish
from tests.net.backends import at_rest, hub_at, texts, until
from tests.support.agent import RunningAgent, running_agent

from .program import Finished as Done
from .program import Home, command

FAST = "/speed 9999 "
CODE = 'def greet(name):\n    # 🎉 wave\n    print(f"hello {name} 🎉")\n\n\ngreet("you")\n'
TEXT = "# Robots\n\nRobots help in the kitchen.\n\nThey carry 🎉 plates.\n"
LONG = TEXT + "".join(f"\nParagraph {n} says that robots are patient. They wait, and they do not complain.\n" for n in range(12))


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAgent]:
    with running_agent(tmp_path_factory.mktemp("artifacts")) as running:
        yield running


async def sent(agent: RunningAgent, home: Home, *words: str) -> Done:
    done = await command(home, "send", "--server", agent.url, *words)
    assert "Traceback" not in done.err
    return done


async def lines(agent: RunningAgent, home: Home, *words: str) -> list[dict[str, Any]]:
    done = await sent(agent, home, "--json", *words)
    assert done.code == 0, done.err + done.out
    return done.json()


def values(agent: RunningAgent, thread: str) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{agent.url}/threads/{thread}/state", trust_env=False).json()["values"]
    return found


def artifact(agent: RunningAgent, thread: str) -> dict[str, Any]:
    found: dict[str, Any] = values(agent, thread)["artifact"]
    return found


def versions(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [line for line in told if line["type"] == "artifact" and line.get("finished")]


def assembled(told: list[dict[str, Any]], base: str = "") -> str:
    """What the pieces make of the version that a part of was rewritten; of a new one where there is no base."""
    pieces = [line for line in told if line["type"] == "artifact" and "at" in line]
    assert not any(line.get("void") for line in told if line["type"] == "artifact")
    own = "".join(piece["text"] for piece in pieces)
    return base[: pieces[0]["at"]] + own if pieces else ""


async def test_a_message_makes_an_artifact_and_the_next_one_rewrites_it(agent: RunningAgent, home: Home, tmp_path: Path) -> None:
    place = tmp_path / "out.md"
    told = await lines(agent, home, "--artifact-out", str(place), FAST + "write an essay about green tea")
    thread = told[0]["thread_id"]
    (version,) = versions(told)
    (kept,) = artifact(agent, thread)["contents"]
    assert place.read_text() == version["text"] == kept["fullMarkdown"] == assembled(told)
    assert version | {"title": "Green Tea", "kind": "text", "version": 1, "versions": 1} == version
    assert {"type": "written", "file": str(place)} in told
    answer = "".join(line["text"] for line in told if line["type"] == "text")
    assert answer and answer == told[-1]["messages"][-1]["content"], "what is told of it stands in the conversation"

    again = await sent(agent, home, "--thread", thread, "--artifact-out", str(place), FAST + "make it about black tea")
    assert again.code == 0 and again.out.strip() and "<" not in again.out
    assert 'artifact "' in again.err and "version 2 of 2" in again.err and f"wrote {place}" in again.err
    assert place.read_text() == artifact(agent, thread)["contents"][1]["fullMarkdown"]


async def test_a_file_is_laid_there_and_a_selection_of_it_rewritten(agent: RunningAgent, home: Home, tmp_path: Path) -> None:
    (tmp_path / "greet.py").write_text(CODE)
    (tmp_path / "robots.md").write_text(TEXT)
    for name, part, base in (("greet.py", 'print(f"hello {name} 🎉")', CODE), ("robots.md", "They carry 🎉 plates.", TEXT)):
        told = await lines(agent, home, "--artifact-in", str(tmp_path / name), "--select", part, FAST + "make it louder")
        first, second = artifact(agent, told[0]["thread_id"])["contents"]
        key = "code" if name == "greet.py" else "fullMarkdown"
        assert first[key] == base and second[key] != base
        head, tail = base.split(part)
        assert second[key].startswith(head) and second[key].endswith(tail), "the rest of it stays, emoji or not"
        assert versions(told)[-1]["text"] == second[key]
        assert second[key].startswith(assembled(told, base))


async def test_a_file_alone_is_laid_there_without_a_turn(agent: RunningAgent, home: Home, tmp_path: Path) -> None:
    (tmp_path / "greet.py").write_text(CODE)
    told = await lines(agent, home, "--artifact-in", str(tmp_path / "greet.py"))
    (end,) = told
    assert artifact(agent, end["thread_id"]) == {
        "currentIndex": 1,
        "contents": [{"index": 1, "type": "code", "title": "greet.py", "language": "python", "code": CODE}],
    }
    (tmp_path / "greet.py").write_text("pass\n")
    out = tmp_path / "copy.py"
    await lines(agent, home, "--thread", end["thread_id"], "--artifact-in", str(tmp_path / "greet.py"), "--artifact-out", str(out))
    assert out.read_text() == "pass\n" and len(artifact(agent, end["thread_id"])["contents"]) == 2


async def test_an_action_a_plain_reply_and_an_attachment(agent: RunningAgent, home: Home, tmp_path: Path) -> None:
    (tmp_path / "robots.md").write_text(TEXT)
    done = await sent(
        agent, home, "--artifact-in", str(tmp_path / "robots.md"), "--attach", str(tmp_path / "robots.md"), FAST + "hello, who are you?"
    )
    assert done.code == 0 and done.out.strip(), done.err
    assert "artifact" not in done.err, "a reply makes no version"
    told = await lines(agent, home, "--artifact-in", str(tmp_path / "robots.md"), "--action", "translate=french")
    assert [line["version"] for line in versions(told)] == [2] and versions(told)[0]["text"] == assembled(told) != TEXT
    wrong = await sent(agent, home, "--thread", told[0]["thread_id"], "--action", "fix")
    assert wrong.code == 2 and "is for code" in wrong.err


async def test_a_custom_action_and_a_search(agent: RunningAgent, home: Home, tmp_path: Path) -> None:
    (tmp_path / "robots.md").write_text(TEXT)
    nobody = await sent(agent, home, "--artifact-in", str(tmp_path / "robots.md"), "--action", "custom=Rhyme")
    assert nobody.code == 2 and "There are: none" in nobody.err
    kept = json.loads((home.path / "state" / "canvas-tui" / "preferences.json").read_text())
    async with httpx.AsyncClient(base_url=agent.url, trust_env=False) as http:
        action = {"id": "a1", "title": "Rhyme", "prompt": "Make it rhyme", "includeReflections": True, "includePrefix": True}
        body = {"namespace": ["custom_actions", kept["user_id"]], "key": "actions", "value": {"a1": action}}
        (await http.put("/store/items", json=body)).raise_for_status()
    told = await lines(agent, home, "--artifact-in", str(tmp_path / "robots.md"), "--action", "custom=rhyme")
    assert versions(told)[-1]["text"] == artifact(agent, told[0]["thread_id"])["contents"][1]["fullMarkdown"] != TEXT
    found = await sent(agent, home, "--action", "search", FAST + "what is new about tea?")
    assert found.code == 0 and found.out.strip(), found.err


async def test_a_failed_turn_leaves_the_file_and_goes_on_when_told_to(agent: RunningAgent, home: Home, tmp_path: Path) -> None:
    place = tmp_path / "out.md"
    place.write_text("mine")
    failed = await sent(agent, home, "--json", "--artifact-out", str(place), "/speed 9999 /error @20 write an essay about tea")
    assert failed.code == 4 and place.read_text() == "mine"
    told = failed.json()
    assert told[-1]["status"] == "error" and versions(told) == []
    again = await sent(agent, home, "--thread", told[0]["thread_id"], "--continue")
    assert again.code == 4, "the scripted model fails again, in the same node"


async def test_the_last_answer_again(agent: RunningAgent, home: Home) -> None:
    told = await lines(agent, home, "/echo one")
    again = await lines(agent, home, "--thread", told[0]["thread_id"], "--regenerate")
    assert [m["content"] for m in again[-1]["messages"]] == ["/echo one", "one"]
    assert again[-1]["messages"][1]["id"] != told[-1]["messages"][1]["id"]


async def test_an_earlier_message_in_other_words_is_a_branch(agent: RunningAgent, home: Home, tmp_path: Path) -> None:
    (tmp_path / "robots.md").write_text(TEXT)
    told = await lines(agent, home, "/echo one")
    thread = told[0]["thread_id"]
    first = told[-1]["messages"][0]["id"]
    await lines(agent, home, "--thread", thread, FAST + "write an essay about green tea")
    branch = await lines(
        agent, home, "--thread", thread, "--resend", "-1", "--attach", str(tmp_path / "robots.md"), FAST + "write an essay about rivers"
    )
    (version,) = versions(branch)
    assert "rivers" in version["text"] and version["versions"] == 1, "what came after the message is in the other branch"
    asked = branch[-1]["messages"][2]
    assert [m["content"] for m in branch[-1]["messages"]][:2] == ["/echo one", "one"] and asked["content"].endswith("rivers")
    (paper,) = values(agent, thread)["messages"][2]["additional_kwargs"]["documents"]
    assert (paper["name"], paper["data"]) == ("robots.md", TEXT)
    again = await sent(agent, home, "--thread", thread, "--resend", first, "/echo two")
    assert (again.code, again.out) == (0, "two\n")
    none = await sent(agent, home, "--thread", thread, "--resend", "7", "/echo two")
    assert none.code == 2 and "no message 7 of yours" in none.err


async def test_continue_goes_on_where_the_thread_stopped(agent: RunningAgent, home: Home) -> None:
    async with httpx.AsyncClient(base_url=agent.url, trust_env=False) as http:
        thread = (await http.post("/threads", json={"metadata": {"graph_id": "agent"}})).json()["thread_id"]
        asked = {"messages": [{"role": "user", "content": "/echo at last"}]}
        body = {"assistant_id": "agent", "input": asked, "interrupt_before": ["replyToGeneralInput"]}
        (await http.post(f"/threads/{thread}/runs/wait", json=body)).raise_for_status()
        went_on = await sent(agent, home, "--thread", thread, "--continue")
        assert (went_on.code, went_on.out) == (0, "at last\n")
        newest, _ = (await http.get(f"/threads/{thread}/runs")).json()
        assert newest["kwargs"]["input"] is None


async def test_export_writes_what_is_there(agent: RunningAgent, home: Home, tmp_path: Path) -> None:
    (tmp_path / "greet.py").write_text(CODE)
    (end,) = await lines(agent, home, "--artifact-in", str(tmp_path / "greet.py"))
    thread, folder = end["thread_id"], tmp_path / "out"
    folder.mkdir()
    options = ("threads", "export", "--server", agent.url, thread)
    assert (await command(home, *options, "--artifact")).out == CODE
    assert (await command(home, *options, "--artifact", "--out", str(folder))).code == 0
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"greet.py": CODE}
    refused = await command(home, *options, "--artifact", "--out", str(folder))
    assert refused.code == 2 and "--force" in refused.err
    whole = await command(home, *options, "--format", "json")
    assert json.loads(whole.out)["artifact"]["contents"][0]["code"] == CODE
    assert (await command(home, *options)).out.startswith("# greet.py\n")
    nothing = await command(home, "threads", "export", "--server", agent.url, "00000000-0000-4000-8000-000000000000")
    assert nothing.code == 2 and "no such thread" in nothing.err


SAME = ("translate=english", "fix")
"""It is that already."""
EVERY = [(action, value) for action in ACTIONS for value, _ in action.values or (("", ""),)]


async def test_every_action_with_every_value(agent: RunningAgent) -> None:
    """Each on a thread of its own: exactly one new version, the one that streamed, of the right kind and language."""
    async with hub_at(agent.url) as hub:
        few = asyncio.Semaphore(6)

        async def act(action: Any, value: str) -> str:
            name = f"{action.name}={value}" if value else action.name
            text = action.kind is ArtifactKind.TEXT
            start = Version(1, title="Robots", text=LONG) if text else Version(1, ArtifactKind.CODE, "Greet", CODE, "python")
            async with few:
                wish = Wish(version=start, action=name)
                events = [event async for event in run_turn(hub, wish, canvas=hub.canvas)]
            end = events[-1]
            assert isinstance(end, Ended) and end.status == "success", (name, end)
            made = [event.version for event in events if isinstance(event, Finished)]
            own = "".join(event.text for event in events if isinstance(event, Piece))
            assert [version.index for version in made] == [2], name
            assert made[0].text.rstrip() == own.rstrip(), name
            assert (made[0].text != start.text) is (name not in SAME), name
            assert made[0].kind is action.kind and made[0].language == (value or "python" if action.kind is ArtifactKind.CODE else ""), name
            return made[0].text

        texts = await asyncio.gather(*(act(action, value) for action, value in EVERY))
        assert len(texts) >= 26


async def test_each_branch_has_the_artifact_as_it_stood_there(agent: RunningAgent) -> None:
    """The local agent forgets the steps of older turns; their ends are enough to fork from."""
    async with hub_at(agent.url) as hub:
        thread = hub.new_thread()
        for text in ("/echo hello", FAST + "write an essay about green tea", FAST + "make it about black tea", "/echo bye"):
            hub.submit(thread, text)
            session = await at_rest(hub, thread)
        artifact = session.state.artifact
        assert artifact is not None and len(artifact.versions) == 2
        asked = next(m for m in session.history if m.text.endswith("black tea"))
        hub.canvas.resend(thread, asked.id, FAST + "make it about mint tea")
        session = await at_rest(hub, thread)
        minted = session.state.artifact
        assert minted is not None and len(minted.versions) == 2, "made from the first version, not from what came after it"
        assert minted.versions[0] == artifact.versions[0] and minted.versions[1] != artifact.versions[1]
        (branch,) = session.branches
        assert (branch.at, branch.count) == (2, 2)
        hub.canvas.branch(thread, branch.message_id, -1)
        await until(hub, lambda: bool(hub.session(thread).tip))
        assert hub.session(thread).state.artifact == artifact and texts(hub.session(thread))[-1] == "bye"
        hub.canvas.save(thread, Version(0, title="Tea", text="by hand"), artifact.newest.index)
        await until(hub, lambda: hub.session(thread).saving is None)
        hub.submit(thread, "/echo on")
        session = await at_rest(hub, thread)
        assert session.state.artifact is not None and [v.text for v in session.state.artifact.versions][2:] == ["by hand"]
        assert texts(session)[-2:] == ["bye", "on"]
    async with hub_at(agent.url) as hub:
        hub.open(thread)
        await until(hub, lambda: bool(hub.session(thread).branches))
        (branch,) = hub.session(thread).branches
        hub.canvas.branch(thread, branch.message_id, 1)
        await until(hub, lambda: hub.session(thread).state.artifact == minted)


async def test_what_it_remembers_is_kept_under_the_assistants_own_id(agent: RunningAgent) -> None:
    async with hub_at(agent.url) as hub:
        await hub.canvas.save_reflections(Reflections(("rhymes",), ("drinks tea",)))
        async with httpx.AsyncClient(base_url=agent.url, trust_env=False) as http:
            (assistant,) = (await http.post("/assistants/search", json={"graph_id": "agent"})).json()
            place = {"namespace": f"memories.{assistant['assistant_id']}", "key": "reflection"}
            item = (await http.get("/store/items", params=place)).json()
        assert item["value"] == {"styleRules": ["rhymes"], "content": ["drinks tea"]}
        await hub.canvas.save_custom_actions([CustomAction("x", "t", "p")])
        assert [a.title for a in await hub.canvas.custom_actions()] == ["t"]
        await hub.canvas.save_custom_actions([])
        await hub.canvas.save_reflections(Reflections())
