"""The screen in a real pty, against the scripted server: what a user sees and types."""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from tests.support.pty import Terminal, gone, seen
from tests.support.scripted import ScriptedServer, scripted_server
from tests.support.scripted_faults import LOGIN_PAGE, UNAUTHORISED, How, cut
from tests.support.scripted_steps import Ask, CallTool, Fail, Gate, StartOver, Step, ToolResult, Turn, say, think

from .program import Home, program

READY = "What would you like to do?"


async def ask(terminal: Terminal, text: str) -> None:
    """Once the server has been found."""
    await seen(terminal, "You talk to")
    terminal.send(text)
    await seen(terminal, text[:40])
    terminal.press("enter")


async def test_a_turn_is_typed_streamed_and_shown_as_markdown(home: Home) -> None:
    script: Sequence[Step] = [
        say("# A heading\n\nSome **bold** words"),
        Gate("half"),
        say(" and more.\n\n- an item\n\n```python\nprint(1)\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nThe end."),
    ]
    async with scripted_server(script) as server:
        with program(home, "--server", server.url) as terminal:
            await ask(terminal, "Hello there")
            await seen(terminal, "Some bold words")
            assert "**" not in terminal.text()
            server.open_gate("half")
            await seen(terminal, "The end.")
            await seen(terminal, re.compile(r"done in \d+ s"))
            screen = terminal.text()
            assert "print(1)" in screen and "```" not in screen and "|---|" not in screen
            assert screen.count("Hello there") >= 1
            terminal.press("ctrl+q")
            assert terminal.exit_code() == 0
        assert terminal.raw.rstrip().endswith(b"\x1b[?1049l") or b"\x1b[?1049l" in terminal.raw
        assert server.texts(next(iter(server.threads)))[0] == "Hello there"


@pytest.mark.parametrize("where", ['"$0"', "&-"])
async def test_with_its_errors_elsewhere_it_paints_on_the_terminal_all_the_same(home: Home, tmp_path: Path, where: str) -> None:
    below = ("sh", "-c", f'exec "$@" 2>{where}', str(tmp_path / "errors"))
    async with scripted_server([say("Here I am.")]) as server:
        with program(home, "--server", server.url, below=below) as terminal:
            await ask(terminal, "Hello there")
            await seen(terminal, "Here I am.")
            terminal.press("ctrl+q")
            assert terminal.exit_code() == 0
        assert all(not file.read_bytes() for file in tmp_path.glob("errors"))


async def test_the_terminal_has_its_own_size_whatever_the_shell_exported(home: Home) -> None:
    async with scripted_server() as server:
        with program(home, "--server", server.url, columns=100, rows=30, COLUMNS="60", LINES="20") as terminal:
            await seen(terminal, "You talk to")
            lines = terminal.text().splitlines()
            assert "Ctrl+P commands" in lines[-1] and len(lines) > 20 and len(lines[-1]) > 60, terminal.text()


async def test_what_is_typed_before_the_server_is_found_is_kept_and_sent(home: Home) -> None:
    async with scripted_server([say("The answer.")]) as server:
        with program(home, "--server", server.url) as terminal:
            await seen(terminal, READY)
            terminal.send("An early question")
            await seen(terminal, "An early question")
            terminal.press("enter")
            await seen(terminal, "The answer.")
        assert len(server.runs) == 1


async def test_letters_and_enter_that_arrive_together_are_one_message(home: Home) -> None:
    async with scripted_server([say("The answer.")]) as server:
        with program(home, "--server", server.url) as terminal:
            await seen(terminal, "You talk to")
            terminal.send("All in one packet\rand the next")
            await seen(terminal, "The answer.")
            await seen(terminal, "and the next")
        assert server.texts(next(iter(server.threads)))[0] == "All in one packet"


async def test_escape_stops_the_run_and_keeps_what_was_written(home: Home) -> None:
    async with scripted_server([say("Once upon a time"), Gate("never")]) as server:
        with program(home, "--server", server.url) as terminal:
            await ask(terminal, "Tell me")
            await seen(terminal, "Once upon a time")
            terminal.press("escape")
            await seen(terminal, "Stopped by you")
            assert "Once upon a time" in terminal.text()
            assert server.count("cancel") == 1


async def test_a_question_is_answered_by_a_key_and_by_typing(home: Home) -> None:
    def script(turn: Turn) -> list[Step]:
        return [
            say("Before."),
            Ask({"question": "Proceed?", "options": ["yes", "no"]}),
            say("Going on."),
            Ask("Which colour?"),
            say("Painted."),
        ]

    async with scripted_server(script) as server:
        with program(home, "--server", server.url) as terminal:
            await ask(terminal, "Do it")
            await seen(terminal, "Proceed?")
            terminal.press("1")
            await seen(terminal, "Which colour?")
            terminal.send("blue")
            await seen(terminal, "blue")
            terminal.press("enter")
            await seen(terminal, "Painted.")
        resumes = [run.kwargs["command"]["resume"] for run in server.runs.values() if run.kwargs.get("command")]
        assert resumes == ["yes", "blue"]


async def test_tools_and_thinking_are_folded_and_open(home: Home) -> None:
    script: list[Step] = [
        think("the hidden musing"),
        CallTool("lookup", {"query": "weather"}),
        ToolResult("rain all day"),
        say("It will rain."),
    ]
    async with scripted_server(script) as server:
        with program(home, "--server", server.url) as terminal:
            await ask(terminal, "Weather?")
            await seen(terminal, "It will rain.")
            await seen(terminal, "lookup")
            await seen(terminal, re.compile(r"done in"))
            assert "the hidden musing" not in terminal.text()
            terminal.press("ctrl+o")
            await seen(terminal, re.compile("rain all day|the hidden musing"))


@pytest.mark.parametrize("how", [How.RST, How.FIN, How.CLEAN])
async def test_a_cut_is_told_where_the_answer_stopped_and_resumed(home: Home, how: How) -> None:
    text = " ".join(f"w{n:02d}" for n in range(40))
    async with scripted_server([say(text)], siblings=2) as server:
        server.plan("join", cut(events=9, how=how), cut(bytes=6000, how=how))
        with program(home, "--server", server.url) as terminal:
            await ask(terminal, "Go")
            await seen(terminal, "w39")
            await seen(terminal, re.compile(r"done in"))
            shown = " ".join(re.findall(r"w\d\d", terminal.text()))
            assert shown == text
            assert server.count("create") == 1


async def test_a_server_that_dies_is_told_and_comes_back(home: Home) -> None:
    async with scripted_server([say("The first half"), Gate("half"), say(" and the second.")]) as server:
        with program(home, "--server", server.url) as terminal:
            await ask(terminal, "Go")
            await seen(terminal, "The first half")
            await server.down()
            await seen(terminal, re.compile(r"trying again|tried again|does not answer|refused", re.I))
            await server.up()
            server.open_gate("half")
            await seen(terminal, "The first half and the second.", timeout=40)
            await seen(terminal, "started the run again")
            assert terminal.text().count("and the second") == 1


async def test_starting_over_is_told(home: Home) -> None:
    async with scripted_server([say("void text"), StartOver(), say("the whole answer")]) as server:
        with program(home, "--server", server.url) as terminal:
            await ask(terminal, "Go")
            await seen(terminal, "the whole answer")
            await seen(terminal, "started the run again")


async def test_a_failed_run_is_told_in_words(home: Home) -> None:
    async with scripted_server([say("So far"), Fail("ValueError", "the model broke")]) as server:
        with program(home, "--server", server.url) as terminal:
            await ask(terminal, "Go")
            await seen(terminal, "the model broke")
            assert "Traceback" not in terminal.text()


@pytest.mark.parametrize("case", ["refused", "html", "auth", "assistant"])
async def test_servers_that_cannot_be_used_keep_the_typed_text(home: Home, case: str) -> None:
    async with scripted_server([say("never")]) as server:
        args = ["--server", server.url if case != "refused" else "http://127.0.0.1:9"]
        args += ["--assistant", "nobody"] if case == "assistant" else []
        if case in ("html", "auth"):
            server.plan("*", *[LOGIN_PAGE if case == "html" else UNAUTHORISED] * 200)
        words = {"refused": "127.0.0.1:9", "html": "LangGraph", "auth": "key", "assistant": "nobody"}
        with program(home, *args) as terminal:
            await seen(terminal, re.compile(words[case]))
            terminal.send("my precious words")
            await seen(terminal, "my precious words")
            terminal.press("enter")
            await seen(terminal, "my precious words")
            assert "Traceback" not in terminal.text() and "Error" not in terminal.text()
            assert terminal.running
        assert not server.runs


HOSTILE = (
    "\x1b]52;c;UFdORUQ=\x1b\\ \x1b]0;PWNED\x07 \x9b31m \x1b[2J \x1b]8;;file:///etc/passwd\x1b\\click\x1b]8;;\x1b\\ "
    "\u202eabc\u202c [bold]x[/] [/] [@click=app.quit]T[/] \x07\x08\x7f"
)


def controls(raw: bytes) -> list[bytes]:
    """Sequences in the output that only the content could have brought."""
    return [
        bad
        for bad in (b"\x1b]52;", b"PWNED\x07", b"\x1b]0;PWNED", b"\xc2\x9b", b"\x1b[2J\x20", b"etc/passwd\x1b\\", b"\xe2\x80\xae")
        if bad in raw
    ]


async def test_hostile_text_stays_text(home: Home) -> None:
    script: list[Step] = [
        say(f"Answer {HOSTILE} `{HOSTILE}`\n\n```\n{HOSTILE}\n```\n\n| a {HOSTILE} |\n|---|\n| b |\n\n[link](vscode:{HOSTILE}) done"),
        CallTool(f"tool {HOSTILE}", {"q": HOSTILE}),
        ToolResult(HOSTILE),
        Ask({"question": HOSTILE, "options": [HOSTILE, "no"]}),
    ]
    async with scripted_server(script) as server:
        server.add_thread([("human", HOSTILE), ("ai", HOSTILE)], title=f"Title {HOSTILE}")
        with program(home, "--server", server.url) as terminal:
            await seen(terminal, "Title")
            terminal.click(*terminal.find("Title"))
            await seen(terminal, "[bold]x[/]")
            terminal.press("ctrl+n")
            await ask(terminal, "Go")
            await seen(terminal, "Press 1 or 2")
            terminal.press("ctrl+o", "alt+up")
            terminal.quiet(0.5)
            assert terminal.running
            assert controls(terminal.raw) == []


async def test_narrow_wide_resized_and_without_colour(home: Home) -> None:
    async with scripted_server([say("An answer of some words.")]) as server:
        with program(home, "--server", server.url, "--ascii", columns=80, rows=24, NO_COLOR="1") as terminal:
            await ask(terminal, "Hi")
            await seen(terminal, "An answer of some words.")
            for size in ((200, 50), (60, 15), (120, 40)):
                terminal.resize(*size)
                await seen(terminal, "An answer of some words.")
            assert not re.search(rb"\x1b\[[0-9;]*38;[25];", terminal.raw)
            terminal.press("f1")
            await seen(terminal, "Keys")


async def test_a_hang_up_leaves_the_run_and_the_next_start_shows_it(home: Home) -> None:
    async with scripted_server([say("Before the hang up"), Gate("half"), say(" and after it.")]) as server:
        with program(home, "--server", server.url) as terminal:
            await ask(terminal, "Go on for long")
            await seen(terminal, "Before the hang up")
            terminal.hang_up()
            terminal.exit_code()
        run = next(iter(server.runs.values()))
        assert not run.done and server.count("cancel") == 0
        with program(home, "--server", server.url) as terminal:
            await seen(terminal, "Go on for long")
            if "Before the hang up" not in terminal.text():
                terminal.click(*terminal.find("Go on for long"))
            await seen(terminal, "Before the hang up")
            server.open_gate("half")
            await seen(terminal, "Before the hang up and after it.")
        assert len(server.runs) == 1


async def test_a_hang_up_that_nobody_tells_of_is_noticed(home: Home) -> None:
    """Below ``make``, say: the signal goes to the session's leader alone."""
    async with scripted_server([say("Before the hang up")]) as server:
        with program(home, "--server", server.url, below=["/bin/sh", "-c", 'trap "" HUP; "$@"; exit 7', "sh"]) as terminal:
            await ask(terminal, "Stay")
            await seen(terminal, "Before the hang up")
            terminal.hang_up()
            assert await asyncio.to_thread(terminal.exit_code) == 7


TAKEN = b"\x1b[?1049h"


def _taken(terminal: Terminal, times: int, _: str) -> bool:
    return terminal.raw.count(TAKEN) >= times


async def test_a_process_that_was_stopped_reads_its_terminal_once_and_leaves_it_as_it_was(home: Home) -> None:
    """By SIGSTOP from elsewhere, say. Each SIGCONT made another reader, and gave the terminal back raw."""
    async with scripted_server([say("Before the sleep")]) as server:
        with program(home, "--server", server.url) as terminal:
            before = terminal.modes()
            await ask(terminal, "Stay")
            await seen(terminal, "Before the sleep")
            for _ in range(4):
                taken = terminal.raw.count(TAKEN) + 1
                terminal.kill(signal.SIGSTOP)
                terminal.kill(signal.SIGCONT)
                await asyncio.to_thread(terminal.wait_until, partial(_taken, terminal, taken), "taken again")
            terminal.send("typed in one piece, and whole")
            await seen(terminal, "typed in one piece, and whole")
            assert terminal.modes() != before
            terminal.press("ctrl+q")
            assert await asyncio.to_thread(terminal.exit_code) == 0
            assert terminal.modes() == before


async def test_killed_and_started_again_nothing_is_sent_twice(home: Home) -> None:
    async with scripted_server([say("Part one"), Gate("half"), say(" part two.")]) as server:
        with program(home, "--server", server.url) as terminal:
            await ask(terminal, "Survive this")
            await seen(terminal, "Part one")
            terminal.send("a draft in the making")
            await seen(terminal, "a draft in the making")
            await asyncio.to_thread(home.wait_kept, "a draft in the making")
            terminal.kill(signal.SIGKILL)
            terminal.exit_code()
        with program(home, "--server", server.url) as terminal:
            await seen(terminal, "Survive this")
            if "Part one" not in terminal.text():
                terminal.click(*terminal.find("Survive this"))
            await seen(terminal, "Part one")
            await seen(terminal, "a draft in the making")
            server.open_gate("half")
            await seen(terminal, "Part one part two.")
        assert len(server.runs) == 1


async def test_threads_are_listed_searched_and_opened(home: Home) -> None:
    async with scripted_server([say("ok")]) as server:
        for n in range(30):
            server.add_thread([("human", f"About {n}"), ("ai", f"Answer number {n}")], title=f"Thread number {n}")
        with program(home, "--server", server.url) as terminal:
            await seen(terminal, "Thread number 29")
            terminal.press("ctrl+t")
            terminal.quiet(0.3)
            terminal.send("number 13")
            await gone(terminal, "Thread number 29")
            terminal.press("enter")
            await seen(terminal, "Answer number 13")


async def test_a_reader_who_scrolled_up_is_left_there(home: Home) -> None:
    long = "\n\n".join(f"Paragraph {n}." for n in range(80))
    async with scripted_server([say(long), Gate("half"), say("\n\nThe very end.")]) as server:
        with program(home, "--server", server.url) as terminal:
            await ask(terminal, "Go")
            await seen(terminal, "Paragraph 79.")
            terminal.press("pageup", "pageup")
            await gone(terminal, "Paragraph 79.")
            server.open_gate("half")
            await seen(terminal, re.compile("New below"))
            assert "The very end." not in terminal.text()
            terminal.send("\x1b[1;5F")  # ctrl+end
            await seen(terminal, "The very end.")


def _used(server: ScriptedServer) -> set[str]:
    return {seen.name for seen in server.seen}


async def test_only_known_routes_are_asked(home: Home) -> None:
    async with scripted_server([say("ok")]) as server:
        with program(home, "--server", server.url) as terminal:
            await ask(terminal, "Hi")
            await seen(terminal, re.compile(r"done in"))
        assert "unknown" not in _used(server)
