"""What is kept at the real server, from the screen: branches, changes by hand, versions, threads, the store and attached files."""

from __future__ import annotations

from pathlib import Path

import pytest

from canvas_tui.core.artifact import SaveStanding
from canvas_tui.core.model import Role
from canvas_tui.net import beside
from canvas_tui.ui.screens.reflections import ReflectionsScreen
from canvas_tui.ui.widgets.canvas_diff import DiffView
from tests.support.agent import RunningAgent

from .canvas_screen import FAST, Person, at_screen, laid, text_of

TEA = "# Tea 🍵\n\nGreen tea is made of leaves.\n"


def answers(me: Person) -> list[str]:
    return [message.text for message in me.session.history if message.role is Role.AI]


# -- branches ----------------------------------------------------------------------------------------------------------


async def test_an_earlier_message_in_other_words_and_the_way_between_the_branches(agent: RunningAgent) -> None:
    async with at_screen(agent) as me:
        for text in ("/echo hello", FAST + "write an essay about green tea", FAST + "make it shorter"):
            await me.say(text)
        await me.answered(3)
        shorter = text_of(await me.version(2))
        await me.press("alt+up", "alt+up", "alt+up", "alt+up")
        await me.press("alt+m")
        await me.until(lambda: me.main.composer.text.endswith("green tea"))
        assert "as a branch" in me.lines("#chips")
        await me.press("ctrl+end", *["backspace"] * len("green tea"), *"rivers", "enter")
        await me.until(lambda: me.rests and bool(me.session.branches))
        rivers = text_of(await me.version(1))
        assert "rivers" in me.canvas() and [said for said in await me.said() if said.startswith("/")][-1].endswith("about rivers")
        assert "2/2" in me.conversation() and "make it shorter" not in me.conversation()
        await me.press("alt+pageup")
        await me.until(lambda: "make it shorter" in me.conversation() and "version 2 of 2" in me.head())
        assert "1/2" in me.conversation() and me.view.shown is not None and me.view.shown.version.text == shorter
        await me.press("alt+pagedown")
        await me.until(lambda: "version 1 of 1" in me.head() and me.view.shown is not None and me.view.shown.version.text == rivers)
        await me.press("alt+pageup")
        await me.until(lambda: "version 2 of 2" in me.head())
        await me.say("/echo on")
        await me.until(lambda: me.rests and answers(me)[-1:] == ["on"])
        assert [text_of(version) for version in (await me.artifact())["contents"]][-1] == shorter
        assert (await me.said())[-2:] == ["/echo on", "on"], "it goes on from the branch that is shown"


async def test_the_last_answer_again(agent: RunningAgent) -> None:
    async with at_screen(agent) as me:
        await me.say(FAST + "write an essay about green tea")
        first = await me.version(1)
        before = answers(me)
        await me.press("alt+r")
        await me.until(lambda: me.rests and bool(me.session.branches))
        assert "2/2" in me.conversation()
        again = await me.version(1)
        assert text_of(again) == text_of(first) and answers(me) == before, "the scripted model says the same again"
        assert len(await me.inputs()) == 2 and sum(text.startswith("/speed") for text in await me.said()) == 1


# -- changes by hand ---------------------------------------------------------------------------------------------------


async def test_an_edit_a_comparison_and_the_choice_of_a_version(agent: RunningAgent, tmp_path: Path) -> None:
    async with at_screen(agent) as me:
        await laid(me, tmp_path, "tea.md", TEA)
        await me.press("alt+e")
        await me.until(lambda: me.main.editor is not None and me.main.editor.has_focus)
        await me.press("down", "down", "down", "end", *"Mine.", "ctrl+s")
        assert text_of(await me.version(2)) == TEA + "Mine." and "Mine." in me.canvas()
        await me.press("alt+d")
        await me.until(lambda: "version 1 and 2: 1 change, inline" in me.head())
        shown = "\n".join(line.text for _, line in me.main.query_one(DiffView).in_view if line is not None)
        assert "Mine." in shown
        await me.press("alt+d")
        await me.until(lambda: "side by side" in me.head())
        await me.press("alt+d", "alt+left")
        await me.until(lambda: "version 1 of 2" in me.head() and "Mine." not in me.canvas())
        await me.press("alt+k")
        await me.until(lambda: me.rests and me.main.looked_at is None and "version 1 of 2" in me.head())
        chosen = await me.artifact()
        assert chosen["currentIndex"] == 1 and len(chosen["contents"]) == 2
        await me.say("/translate french")
        await me.until(lambda: me.rests and "version 3 of 3" in me.head())
        sent = (await me.inputs())[-1]
        assert sent["artifact"]["currentIndex"] == 1, "the turn was about the version that was chosen"
        await me.press("alt+v")
        await me.sees("3 versions")
        await me.press("down", "r")
        assert text_of(await me.version(4)) == TEA + "Mine."


async def test_two_clients_at_one_document_lose_nothing(agent: RunningAgent, tmp_path: Path) -> None:
    async with at_screen(agent) as me:
        await laid(me, tmp_path, "tea.md", TEA)
        await me.press("alt+e")
        await me.until(lambda: me.main.editor is not None and me.main.editor.has_focus)
        await me.press(*"Mine. ")
        theirs = {"index": 2, "type": "text", "title": "tea", "fullMarkdown": "# Theirs\n"}
        artifact = await me.artifact()
        body = {"values": {"artifact": {"currentIndex": 2, "contents": [*artifact["contents"], theirs]}}}
        (await me.http.post(f"/threads/{me.thread}/state", json=body)).raise_for_status()
        await me.press("ctrl+s")
        await me.sees("There is a newer version from elsewhere")
        assert me.session.saving is not None and me.session.saving.standing is SaveStanding.CONFLICT
        assert len((await me.artifact())["contents"]) == 2, "theirs is not written over"
        await me.press("alt+d")
        await me.until(lambda: "version 2 and yours" in me.head())
        await me.press("alt+k")
        await me.until(lambda: me.rests and me.session.saving is None)
        texts = [text_of(version) for version in (await me.artifact())["contents"]]
        assert texts == [TEA, "# Theirs\n", "Mine. " + TEA]
        await me.until(lambda: "3 of 3" in me.head() or "and 3" in me.head())


async def test_what_another_client_saves_by_hand_is_shown_unless_one_edits(
    agent: RunningAgent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "EVERY", 0.1)
    async with at_screen(agent) as me:
        await laid(me, tmp_path, "tea.md", TEA)

        async def theirs(text: str) -> None:
            known = (await me.artifact())["contents"]
            new = {"index": len(known) + 1, "type": "text", "title": "tea", "fullMarkdown": text}
            body = {"values": {"artifact": {"currentIndex": len(known) + 1, "contents": [*known, new]}}}
            (await me.http.post(f"/threads/{me.thread}/state", json=body)).raise_for_status()

        await theirs("# Theirs\n")
        await me.until(lambda: "2 of 2" in me.head())
        await me.sees("Version 2 was saved elsewhere.")
        await me.press("alt+e")
        await me.until(lambda: me.main.editor is not None and me.main.editor.has_focus)
        await me.press(*"Mine. ")
        await theirs("# Theirs again\n")
        await me.sees("Version 3 was saved elsewhere.")
        assert me.main.editor is not None and me.main.editor.text == "Mine. # Theirs\n" and "editing" in me.head()
        await me.press("ctrl+s")
        await me.sees("There is a newer version from elsewhere")


# -- threads -----------------------------------------------------------------------------------------------------------


async def test_threads_are_renamed_deleted_and_the_hidden_ones_not_listed(agent: RunningAgent) -> None:
    async with at_screen(agent) as me:
        hidden = []
        for graph, title in (("reflection", "A hidden reflection"), ("thread_title", "A hidden title")):
            body = {"metadata": {"graph_id": graph, "thread_title": title}}
            hidden.append((await me.http.post("/threads", json=body)).raise_for_status().json()["thread_id"])
        await me.say("/echo keep me")
        await me.answered(1)
        thread = me.thread
        await me.press("f5", "f2")
        await me.until(lambda: me.app.focused is not None and me.app.focused.id == "threads-rename", lambda: repr(me.app.focused))
        await me.press("home", *"My 🍵 ", "enter")
        await me.sees("My 🍵 ")
        await me.until(lambda: (row := me.hub.threads().row(thread)) is not None and row.title.startswith("My 🍵 "))
        await me.served(f"/threads/{thread}", lambda row: row["metadata"]["thread_title"].startswith("My 🍵 "))
        assert not {row.id for row in me.hub.threads().rows} & set(hidden) and "A hidden" not in me.screen()
        await me.press("f7")
        await me.told("Deleted My 🍵")
        assert thread not in {row.id for row in me.hub.threads().rows}
        await me.press("f9")
        await me.until(lambda: me.thread == thread and me.hub.threads().row(thread) is not None)
        assert (await me.http.get(f"/threads/{thread}")).status_code == 200
        await me.press("f7", "ctrl+n")
    async with at_screen(agent) as me:
        assert (await me.http.get(f"/threads/{thread}")).status_code == 404, "the time for undo is over when the program ends"


# -- the store, and files ----------------------------------------------------------------------------------------------


async def test_what_the_agent_remembers_is_shown_changed_and_erased(agent: RunningAgent) -> None:
    async with at_screen(agent) as me:
        place = (f"memories.{await me.assistant()}", "reflection")
        await me.say(FAST + "write an essay about tea. I prefer short sentences. I live in Zürich.")
        await me.version(1)
        await me.kept(place, lambda known: known and known["content"])
        await me.command("What the agent remembers of you")
        await me.at(ReflectionsScreen)
        await me.sees("I prefer short sentences")
        await me.sees("I live in Zürich")
        await me.press(*"Rhymes.", "enter", "ctrl+s")
        await me.told("Saved.")
        known = await me.kept(place, lambda known: len(known["styleRules"]) == 2)
        assert known["styleRules"] == ["Rhymes.", "I prefer short sentences"] and known["content"] == ["I live in Zürich"]
        await me.command("What the agent remembers of you")
        await me.at(ReflectionsScreen)
        await me.press("ctrl+x", "ctrl+s")
        await me.told("Everything is forgotten.")
        assert await me.kept(place, lambda known: not known) is None


async def test_context_documents_and_attached_files(agent: RunningAgent, tmp_path: Path) -> None:
    (tmp_path / "Stil 🍵.txt").write_text("Zürich: metres, not feet.")
    async with at_screen(agent) as me:
        place = ("context_documents", await me.assistant())
        await me.command("Context documents")
        await me.sees("Add a text file")
        await me.press("a")
        await me.give(str(tmp_path / "Stil 🍵.txt"))
        await me.until(lambda: "Stil" in me.dialogue())
        ((name, data),) = [(paper["name"], paper["data"]) for paper in (await me.kept(place))["documents"]]
        assert (name, data) == ("Stil 🍵.txt", "Zürich: metres, not feet.")
        await me.press("d")
        await me.until(lambda: me.dialogue() and "Stil" not in me.dialogue())
        assert await me.kept(place, lambda papers: not papers) is None
        await me.press("escape")
        await me.until(lambda: me.app.screen is me.main)

        await me.say(f"/attach {tmp_path / 'Stil 🍵.txt'}")
        await me.until(lambda: "Attached: Stil 🍵.txt" in me.lines("#chips"))
        await me.press("alt+u")
        await me.until(lambda: me.lines("#chips") == "")
        await me.press("alt+t")
        await me.give(str(tmp_path / "Stil 🍵.txt"))
        await me.until(lambda: "Attached: Stil 🍵.txt" in me.lines("#chips"))
        await me.say("/echo read")
        await me.answered(1)
        assert me.lines("#chips") == ""
        (paper,) = (await me.state())["messages"][0]["additional_kwargs"]["documents"]
        assert (paper["name"], paper["type"], paper["data"]) == ("Stil 🍵.txt", "text", "Zürich: metres, not feet.")
