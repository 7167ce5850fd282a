"""Every request of Open Canvas on the screen, on the real server with the scripted model: what is seen, and what the server has."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len

from canvas_tui.local.settings import COMPATIBLE, Model
from canvas_tui.ui.screens.custom_action import CustomActionScreen
from tests.support.agent import RunningAgent, running_agent
from tests.support.model_endpoint import Endpoint, model_endpoint, words

from .canvas_screen import FAST, Person, at_screen, laid, text_of

CODE = 'a = "🎉🎉 漢字"\n# wave 👋🏽 twice\nprint(a, "é")\n'
NOTES = "# Notes 🤖\n\nFirst 🎉 漢字 block stays.\n\nSecond 🎉 block of 漢字 goes.\n\nThe third 👋🏽 stays.\n"


async def test_messages_make_rewrite_and_answer(agent: RunningAgent) -> None:
    async with at_screen(agent) as me:
        await me.say("/echo Just *an* answer.")
        await me.answered(1)
        await me.sees("Just an answer.")
        assert (await me.state()).get("artifact") is None and await me.said() == ["/echo Just *an* answer.", "Just *an* answer."]
        await me.say("/speed 100 write an essay about green tea")
        await me.until(lambda: "writing" in me.head() and "Whoever asks" in me.canvas())
        partial = me.view.shown
        assert partial is not None and partial.writing
        made = await me.version(1)
        assert text_of(made).startswith(partial.version.text) and len(partial.version.text) < len(text_of(made))
        assert made["type"] == "text" and "On green tea" in me.canvas() and made["title"] in me.head()
        await me.say(FAST + "make it shorter and in French")
        shorter = await me.version(2)
        assert "De green tea" in me.canvas() and len(text_of(shorter)) < len(text_of(made))
        sent = (await me.inputs())[-1]
        assert sent["messages"] == sent["_messages"] and [message["content"] for message in sent["messages"]] == [
            FAST + "make it shorter and in French"
        ]
        assert sent["artifact"]["currentIndex"] == 1 and sent["webSearchEnabled"] is False and sent["language"] is None
        await me.say("/echo And a plain one.")
        await me.answered(4)
        await me.sees("And a plain one.")
        assert "version 2 of 2" in me.head() and (await me.artifact())["currentIndex"] == 2


async def test_code_is_written_and_rewritten(agent: RunningAgent) -> None:
    async with at_screen(agent) as me:
        await me.say(FAST + "write a rust program about prime numbers")
        made = await me.version(1)
        assert (made["type"], made["language"]) == ("code", "rust") and "rust" in me.head() and "fn main()" in me.canvas()
        await me.say(FAST + "port it to python")
        ported = await me.version(2)
        assert ported["language"] == "python" and "python" in me.head() and "def " in me.canvas()


# -- a selected part ---------------------------------------------------------------------------------------------------


def cell(me: Person, text: str, last: bool = False) -> tuple[int, int]:
    """Column and row, in the canvas, of a text's first cell, or of its last one."""
    top = me.view.content_region.offset - me.view.region.offset
    for y, (_, line) in enumerate(me.view.in_view):
        whole = "".join(segment.text for segment in line.segments) if line is not None else ""
        if text in whole:
            until = whole[: whole.index(text) + (len(text) if last else 0)]
            return cell_len(until) - (1 if last else 0) + top.x, y + top.y
    raise AssertionError(f"{text!r} does not stand in:\n{me.canvas()}")


async def test_a_part_of_code_that_is_dragged_over_is_rewritten(agent: RunningAgent, tmp_path: Path) -> None:
    async with at_screen(agent) as me:
        await laid(me, tmp_path, "wave.py", CODE)
        part = '漢字"\n# wave 👋🏽'
        await me.drag(cell(me, "漢字"), cell(me, "👋🏽", last=True))
        await me.until(lambda: "Selected" in me.lines("#chips"))
        assert me.main.part is not None and me.main.part.text == part
        await me.say("/echo bye 🎉")
        version = await me.version(2)
        assert version["code"] == CODE.replace(part, "bye 🎉") and version["language"] == "python"
        assert 'a = "🎉🎉 bye 🎉 twice' in me.canvas() and me.lines("#chips") == ""
        start = len(CODE[: CODE.index(part)].encode("utf-16-le")) // 2
        span = {"startCharIndex": start, "endCharIndex": start + len(part.encode("utf-16-le")) // 2}
        sent = (await me.inputs())[-1]
        assert sent["highlightedCode"] == span and sent["highlightedText"] is None
        assert [message["content"] for message in sent["messages"]] == ["/echo bye 🎉"]


async def test_a_part_of_code_that_is_selected_by_keys_takes_an_action(agent: RunningAgent, tmp_path: Path) -> None:
    async with at_screen(agent) as me:
        await laid(me, tmp_path, "wave.py", CODE)
        await me.press("f6")
        await me.until(lambda: me.view.has_focus)
        await me.press("shift+down", "shift+down")
        await me.until(lambda: me.main.part is not None and "wave" in me.main.part.text)
        assert me.main.part is not None
        part = me.main.part.text
        assert CODE.startswith(part) and "wave" in part
        await me.press("alt+a")
        await me.sees("Actions on the selection")
        await me.pick("Add logs")
        version = await me.version(2)
        assert version["code"].endswith(CODE.removeprefix(part)), "the rest of it stays"
        sent = (await me.inputs())[-1]
        assert sent["highlightedCode"]["startCharIndex"] == 0 and sent["addLogs"] is None
        assert [message["content"] for message in sent["messages"]] == ["Add logs"]


async def test_a_part_of_a_document_that_is_dragged_over_is_rewritten(agent: RunningAgent, tmp_path: Path) -> None:
    async with at_screen(agent) as me:
        await laid(me, tmp_path, "notes.md", NOTES)
        await me.drag(cell(me, "🎉 block of"), cell(me, "goes", last=True))
        await me.until(lambda: "Selected" in me.lines("#chips"))
        await me.say("/echo Another 🎊 block.")
        version = await me.version(2)
        block = "Second 🎉 block of 漢字 goes."
        assert version["fullMarkdown"] == NOTES.replace(block, "Another 🎊 block.")
        assert "Another 🎊 block." in me.canvas() and "The third 👋🏽 stays." in me.canvas()
        told = {"fullMarkdown": NOTES, "markdownBlock": block, "selectedText": "🎉 block of 漢字 goes"}
        assert (await me.inputs())[-1]["highlightedText"] == told


async def test_a_part_of_a_document_that_is_selected_by_keys_takes_an_action(agent: RunningAgent, tmp_path: Path) -> None:
    async with at_screen(agent) as me:
        await laid(me, tmp_path, "notes.md", NOTES)
        await me.press("f6")
        await me.until(lambda: me.view.has_focus)
        await me.press(*["shift+down"] * 4)
        await me.until(lambda: me.main.part is not None)
        await me.say("/emojis")
        version = await me.version(2)
        assert version["fullMarkdown"].endswith("Second 🎉 block of 漢字 goes.\n\nThe third 👋🏽 stays.\n")
        sent = (await me.inputs())[-1]
        assert sent["highlightedText"]["selectedText"].endswith("漢字 block stays.") and sent["regenerateWithEmojis"] is None


# -- actions of one's own, the web, Continue ---------------------------------------------------------------------------


async def test_an_own_action_is_made_run_changed_and_deleted(agent: RunningAgent, tmp_path: Path) -> None:
    async with at_screen(agent) as me:
        place = (f"custom_actions.{me.user}", "actions")
        await laid(me, tmp_path, "notes.md", NOTES)
        await me.command("Your own actions")
        await me.sees("New action")
        await me.press("n")
        await me.at(CustomActionScreen)
        await me.press(*"Shout", "tab", *"/echo LOUD", "ctrl+s")
        await me.sees("/echo LOUD")
        ((id, kept),) = (await me.kept(place)).items()
        assert kept["title"] == "Shout" and kept["prompt"] == "/echo LOUD" and kept["includeRecentHistory"] is True
        await me.press("escape", "alt+a")
        await me.pick("Shout")
        assert (await me.version(2))["fullMarkdown"] == "LOUD" and "LOUD" in me.canvas()
        sent = (await me.inputs())[-1]
        assert sent["customQuickActionId"] == id and "messages" not in sent
        await me.sees("Shout")
        await me.command("Your own actions")
        await me.sees("New action")
        await me.press("e")
        await me.at(CustomActionScreen)
        await me.press("end", "e", "r", "tab", "end", "backspace", "e", "r", "ctrl+s")
        await me.sees("Shouter")
        ((same, kept),) = (await me.kept(place)).items()
        assert same == id and (kept["title"], kept["prompt"]) == ("Shouter", "/echo LOUer")
        await me.press("enter")
        assert (await me.version(3))["fullMarkdown"] == "LOUer"
        await me.command("Your own actions")
        await me.sees("New action")
        await me.press("d")
        await me.until(lambda: "New action" in me.dialogue() and "LOUer" not in me.dialogue())
        await me.press("escape")
        await me.until(lambda: me.app.screen is me.main)
        await me.kept(place, lambda actions: not actions)


async def test_the_web_is_searched_with_the_scripted_models_notes(agent: RunningAgent) -> None:
    async with at_screen(agent) as me:
        await me.say(f"/search {FAST}What is a checkpoint?")
        await me.answered(1)
        sent = (await me.inputs())[-1]
        assert sent["webSearchEnabled"] is True and "artifact" not in sent
        messages = (await me.state())["messages"]
        found = next(message for message in messages if message["id"].startswith("web-search-results-"))
        assert "Scripted note: checkpoint" in found["content"]
        assert "checkpoint" in messages[-1]["content"] and messages[-1]["type"] == "ai"
        await me.sees("What is a checkpoint?")


@pytest.fixture(scope="module")
def tavily(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stand-in for a search provider's package, for a server's process: it finds one page, or what ``FAILS`` says."""
    folder = tmp_path_factory.mktemp("packages")
    (folder / "langchain_tavily.py").write_text(
        "class TavilySearch:\n"
        "    def __init__(self, max_results): pass\n"
        "    async def ainvoke(self, query):\n"
        "        if 'broken' in query['query']: raise RuntimeError('the quota is used up')\n"
        "        return {'results': [{'title': 'Tea 🍵', 'url': 'https://tea.example', 'content': 'Leaves in water.'}]}\n"
    )
    return folder


async def test_the_web_is_searched_through_a_provider(tavily: Path, tmp_path: Path) -> None:
    environ = {**os.environ, "TAVILY_API_KEY": "tvly-x", "PYTHONPATH": str(tavily)}
    with running_agent(tmp_path / "agent", environ=environ) as agent:
        async with at_screen(agent) as me:
            await me.say(f"/search {FAST}what is tea?")
            await me.answered(1)
            messages = (await me.state())["messages"]
            assert any("https://tea.example" in message["content"] for message in messages)
            await me.say(f"/search {FAST}something broken")
            await me.sees("Tavily failed: the quota is used up")
            await me.say("/echo back again")
            await me.until(lambda: me.rests and me.session.history[-1].text == "back again")
            assert (await me.said())[-1] == "back again", "the search is not asked for again"


@pytest.fixture(scope="module")
def modelled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningAgent, Endpoint]]:
    """The local agent with a model behind an endpoint, and that endpoint."""
    folder = tmp_path_factory.mktemp("modelled")
    with model_endpoint() as endpoint, running_agent(folder, model=Model(COMPATIBLE, "m", endpoint.url)) as running:
        yield running, endpoint


async def test_without_a_key_one_is_told_what_is_missing(modelled: tuple[RunningAgent, Endpoint]) -> None:
    async with at_screen(modelled[0]) as me:
        modelled[1].deltas = lambda body: words("tea")
        await me.say("/search what is tea?")
        await me.sees("set TAVILY_API_KEY")
        assert "Traceback" not in me.screen() and "SearchFailure" not in me.screen()


async def test_continue_goes_on_where_a_run_failed(modelled: tuple[RunningAgent, Endpoint]) -> None:
    agent, endpoint = modelled
    async with at_screen(agent) as me:
        endpoint.status = 500
        await me.say("hello")
        await me.sees("Ctrl+R")
        await me.rest()
        endpoint.status, endpoint.deltas = 200, lambda body: words("reply")
        await me.press("ctrl+r")
        await me.until(lambda: me.rests and len(me.session.history) == 2)
        await me.sees("reply")
        assert await me.said() == ["hello", "reply"]
        assert (await me.inputs())[-1] is None


async def test_an_edit_waits_while_a_run_is_on(modelled: tuple[RunningAgent, Endpoint], tmp_path: Path) -> None:
    agent, endpoint = modelled
    async with at_screen(agent) as me:
        await laid(me, tmp_path, "notes.md", NOTES)
        endpoint.deltas = lambda body: words("reply")
        endpoint.answers.clear()
        await me.say("hello")
        await me.until(lambda: me.session.active)
        await me.press("alt+e")
        await me.until(lambda: me.main.editor is not None and me.main.editor.has_focus)
        await me.sees("what you save waits for it")
        await me.press(*"Mine. ", "ctrl+s")
        await me.told("your version is saved when it is over")
        assert me.session.active and len((await me.artifact())["contents"]) == 1
        await me.sees("Saved as soon as the run is over")
        endpoint.answers.set()
        assert text_of(await me.version(2)) == "Mine. " + NOTES
        assert await me.said() == ["hello", "reply"], "the run was not disturbed"
