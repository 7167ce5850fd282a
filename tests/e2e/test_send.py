"""``canvas-tui send`` against the real server: exact text, JSON lines, questions, exit codes."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import uuid

import httpx
import pytest

from tests.support.agent import RunningAgent
from tests.support.scripted import scripted_server
from tests.support.scripted_faults import LOGIN_PAGE, UNAUTHORISED, How, cut, lose_answer
from tests.support.scripted_steps import Ask, Breakpoint, CallTool, Fail, Gate, Say, StartOver, Step, ToolResult, Whole, say

from .program import LIMIT, ROOT, Home, command, finish, plain, start

AWKWARD = 'Straße 漢字 🎉\u2028 [bold]x[/] \\ "q"  two  spaces'


async def state_texts(url: str, thread: str) -> list[str]:
    async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
        values = (await http.get(f"/threads/{thread}/state")).json()["values"]
    return [str(message["content"]) for message in values["messages"]]


async def test_stdout_is_the_exact_text(agent: RunningAgent, home: Home) -> None:
    done = await command(home, "send", "--server", agent.url, f"/echo {AWKWARD}")
    assert (done.code, done.out, done.err) == (0, AWKWARD + "\n", "")


async def test_json_lines_tell_the_turn_and_agree_with_the_state(agent: RunningAgent, home: Home) -> None:
    done = await command(home, "send", "--server", agent.url, "--json", "/length 120 /speed 200 /tool")
    assert done.code == 0, done.err
    lines = done.json()
    assert lines[0]["type"] == "run" and lines[-1]["type"] == "end"
    thread, run = lines[0]["thread_id"], lines[0]["run_id"]
    assert (lines[-1]["status"], lines[-1]["thread_id"], lines[-1]["run_id"]) == ("success", thread, run)
    pieces = "".join(line["text"] for line in lines if line["type"] == "text")
    texts = await state_texts(agent.url, thread)
    assert pieces.endswith(texts[-1]) and len(texts[-1]) > 200
    assert len([line for line in lines if line["type"] == "text"]) > 2
    assert [message["content"] for message in lines[-1]["messages"]] == texts


async def test_text_comes_from_stdin_and_goes_on_in_a_thread(agent: RunningAgent, home: Home) -> None:
    first = await command(home, "send", "--server", agent.url, "--json", "/echo one")
    thread = first.json()[0]["thread_id"]
    second = await command(home, "send", "--server", agent.url, "--thread", thread, "-", stdin="/echo two\nlines")
    assert (second.code, second.out) == (0, "two\nlines\n")
    assert await state_texts(agent.url, thread) == ["/echo one", "one", "/echo two\nlines", "two\nlines"]


async def test_a_question_waits_and_is_answered(agent: RunningAgent, home: Home) -> None:
    asked = await command(home, "send", "--server", agent.url, "--json", "/ask /length 30 /speed 2000")
    assert asked.code == 3, asked.err
    lines = asked.json()
    question = next(line for line in lines if line["type"] == "interrupt")
    assert question["value"]
    thread = lines[0]["thread_id"]
    answered = await command(home, "send", "--server", agent.url, "--thread", thread, "--answer", '"yes"')
    assert answered.code == 0 and answered.out.strip()
    assert (await state_texts(agent.url, thread))[-1] == answered.out.removesuffix("\n")


async def test_a_failed_run_has_its_exit_code_and_a_sentence(agent: RunningAgent, home: Home) -> None:
    failed = await command(home, "send", "--server", agent.url, "/error @20 /speed 2000")
    assert failed.code == 4
    assert failed.err and "Traceback" not in failed.err


async def test_cuts_are_resumed_and_told_on_stderr(home: Home) -> None:
    text = "".join(f" word{n}" for n in range(60))
    async with scripted_server([say(text), Gate("end")], siblings=3) as server:
        server.plan("join", cut(events=7), cut(bytes=9000, how=How.CLEAN), cut(events=4, how=How.FIN))
        sending = asyncio.create_task(command(home, "send", "--server", server.url, "hello"))
        await asyncio.wait_for(server.until(lambda: server.count("join") == 4), LIMIT)
        server.open_gate("end")
        done = await sending
        assert (done.code, done.out) == (0, text + "\n")
        assert "nothing lost" in done.err and server.count("create") == 1


async def test_a_lost_answer_to_the_post_does_not_run_the_prompt_twice(home: Home) -> None:
    async with scripted_server([say("Only once.")]) as server:
        server.plan("create", lose_answer())
        done = await command(home, "send", "--server", server.url, "hello")
        assert (done.code, done.out) == (0, "Only once.\n"), done.err
        assert len(server.runs) == 1


async def test_a_run_that_starts_over_voids_what_was_sent(home: Home) -> None:
    async with scripted_server([say("half of"), Gate("half"), StartOver(), say("The whole.")]) as server:
        process = await start(home, "send", "--server", server.url, "--json", "hello")
        assert process.stdout is not None
        begun = [await asyncio.wait_for(process.stdout.readline(), LIMIT) for _ in range(2)]
        server.open_gate("half")
        done = await finish(process)
        lines = [json.loads(line) for line in begun] + done.json()
        assert [line["type"] for line in lines[:2]] == ["run", "text"]
        void = [line["message_id"] for line in lines if line["type"] == "discard"]
        kept = "".join(line["text"] for line in lines if line["type"] == "text" and line["message_id"] not in void)
        assert (done.code, kept, void) == (0, "The whole.", [lines[1]["message_id"]])


@pytest.mark.parametrize("kind", ["python", "js", "aegra"])
async def test_every_kind_of_server(home: Home, kind: str) -> None:
    script: list[Step] = [CallTool("lookup", {"q": 1}), ToolResult("rain"), say("It will rain."), Whole(" Take a coat.")]
    async with scripted_server(script, kind=kind) as server:
        done = await command(home, "send", "--server", server.url, "--json", "weather?")
        lines = done.json()
        assert done.code == 0, done.err
        assert [m["content"] for m in lines[-1]["messages"]] == ["weather?", "", "rain", "It will rain.", " Take a coat."]


@pytest.mark.parametrize("case", ["refused", "html", "not found", "auth", "assistant"])
async def test_servers_that_cannot_be_used_are_told_in_a_sentence(home: Home, case: str) -> None:
    async with scripted_server([say("never")]) as server:
        args = ["--server", server.url]
        if case == "refused":
            args = ["--server", "http://127.0.0.1:9"]
        elif case == "html":
            server.plan("*", *[LOGIN_PAGE] * 50)
        elif case == "not found":
            args = ["--server", f"{server.url}/elsewhere"]
        elif case == "auth":
            server.plan("*", *[UNAUTHORISED] * 50)
        else:
            args += ["--assistant", "nobody"]
        done = await command(home, "send", *args, "hello")
        assert done.code in (2, 5), (done.code, done.err)
        assert done.out == ""
        assert len(done.err) > 20 and "Traceback" not in done.err and "Error(" not in done.err
        assert not server.runs


async def test_failures_and_stops_of_the_script(home: Home) -> None:
    async with scripted_server([say("So far"), Fail("ValueError", "the\x1b[31m model broke")], [Breakpoint()], [Ask("Colour?")]) as server:
        failed = await command(home, "send", "--server", server.url, "a")
        assert failed.code == 4 and failed.out == "So far\n"
        assert "model broke" in failed.err and "\x1b" not in failed.err
        stopped = await command(home, "send", "--server", server.url, "b")
        assert stopped.code in (0, 3)
        asked = await command(home, "send", "--server", server.url, "c")
        assert asked.code == 3 and "Colour?" in asked.err


async def test_ctrl_c_stops_the_run(home: Home) -> None:
    async with scripted_server([say("Begun "), Gate("never")]) as server:
        process = await start(home, "send", "--server", server.url, "go")
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.read(5), LIMIT) == b"Begun"
        process.send_signal(signal.SIGINT)
        done = await finish(process)
        assert done.code == 130 and "Traceback" not in done.err
        assert server.count("cancel") == 1


async def test_a_broken_pipe_ends_it_quietly(home: Home) -> None:
    async with scripted_server([Say(tuple(f"line {n}\n" for n in range(5000)))]) as server:
        shell = f"{sys.executable} -m canvas_tui send --server {server.url} go | head -n 1"
        process = await asyncio.create_subprocess_shell(
            shell, cwd=ROOT, env=plain(home, {}), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        out, err = await asyncio.wait_for(process.communicate(), 60)
        assert (out, err) == (b"line 0\n", b"")


async def test_a_thread_that_is_not_there(home: Home) -> None:
    async with scripted_server([say("Hello")]) as server:
        done = await command(home, "send", "--server", server.url, "--thread", str(uuid.uuid4()), "x")
        assert done.code in (0, 2, 5) and "Traceback" not in done.err


async def test_the_configuration_is_told_with_its_line(home: Home) -> None:
    home.configure('[screen]\nfps = "fast"\n')
    done = await command(home, "send", "--server", "http://127.0.0.1:9", "x")
    assert done.code == 2
    assert "config.toml:2" in done.err
