"""Cuts between the program and the real server: nothing lost, nothing twice, told on the screen."""

from __future__ import annotations

import asyncio
import re
from contextlib import ExitStack
from pathlib import Path

import httpx

from tests.support.agent import RunningAgent, running_agent
from tests.support.pty import seen
from tests.support.relay import Relay

from .program import LIMIT, Home, finish, program, start


async def newest_texts(url: str) -> list[str]:
    """The messages of the thread that changed last, as the server's state has them."""
    async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
        newest = (await http.post("/threads/search", json={"limit": 1, "sort_by": "updated_at", "sort_order": "desc"})).json()[0]
        values = (await http.get(f"/threads/{newest['thread_id']}/state")).json()["values"]
    return [str(message["content"]) for message in values["messages"]]


async def test_send_through_a_connection_that_is_cut_again_and_again(agent: RunningAgent, home: Home) -> None:
    with Relay(agent.url) as relay:
        process = await start(home, "send", "--server", relay.url, "Cut me /length 240 /speed 80")
        assert process.stdout is not None
        begun = b""
        for size in (60, 200, 400):
            while len(begun) < size:
                begun += await asyncio.wait_for(process.stdout.read(16), LIMIT)
            relay.cut()
        done = await finish(process)
    assert done.code == 0 and "nothing lost" in done.err
    assert begun.decode() + done.out == (await newest_texts(agent.url))[-1] + "\n"


async def test_a_server_out_of_reach_is_told_and_the_answer_goes_on_when_it_is_back(agent: RunningAgent, home: Home) -> None:
    with Relay(agent.url) as relay, program(home, "--server", relay.url) as terminal:
        await seen(terminal, "You talk to")
        terminal.send("Unplug me /length 150 /speed 60")
        await seen(terminal, "Unplug me")
        terminal.press("enter")
        await seen(terminal, re.compile(r"tokens +[4-9]\d"))
        relay.close()
        await seen(terminal, re.compile(r"cannot reach|connection refused", re.I))
        relay.open()
        await seen(terminal, "nothing lost")
        await seen(terminal, re.compile(r"done in"))
        last = (await newest_texts(agent.url))[-1].rstrip().splitlines()[-1]
        shown = re.sub(r"\s+", " ", terminal.text())
        assert re.sub(r"\W+", "", last)[-12:] in re.sub(r"\W+", "", shown)


async def test_a_server_killed_in_mid_run_starts_the_answer_again(tmp_path: Path, home: Home) -> None:
    with ExitStack() as first:
        agent = first.enter_context(running_agent(tmp_path))
        with program(home, "--server", agent.url) as terminal:
            await seen(terminal, "You talk to")
            terminal.send("Restart me /length 400 /speed 30")
            await seen(terminal, "Restart me")
            terminal.press("enter")
            await seen(terminal, re.compile(r"tokens +[2-9]\d"))
            agent.kill()
            first.close()  # its lease goes too
            await seen(terminal, re.compile(r"trying again|does not answer", re.I))
            with running_agent(tmp_path, port=int(agent.url.rpartition(":")[2])):
                await seen(terminal, re.compile("started the run again|does not know the run"), timeout=LIMIT)
                assert terminal.running and "Restart me" in terminal.text()
