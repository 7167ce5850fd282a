"""In a real pty: what was typed and never sent is back after ``kill -9``, and what was read can be read while the server is away."""

from __future__ import annotations

import asyncio
import signal

import pytest

from tests.support.pty import seen
from tests.support.scripted import scripted_server
from tests.support.scripted_steps import say

from .program import Home, program

DRAFT = "A long first message that was never sent"


@pytest.mark.parametrize("end", ["kill -9", "quit"])
async def test_the_draft_of_a_new_thread_is_back_and_is_sent_once(home: Home, end: str) -> None:
    async with scripted_server([say("The answer.")]) as server:
        with program(home, "--server", server.url) as terminal:
            await seen(terminal, "You talk to")
            terminal.send(DRAFT)
            await seen(terminal, DRAFT)
            await asyncio.to_thread(home.wait_kept, DRAFT)
            if end == "quit":
                terminal.press("ctrl+q")
            else:
                terminal.kill(signal.SIGKILL)
            terminal.exit_code()
        with program(home, "--server", server.url) as terminal:
            await seen(terminal, "You talk to")
            await seen(terminal, DRAFT)
            terminal.press("enter")
            await seen(terminal, "The answer.")
        with program(home, "--server", server.url) as terminal:
            await seen(terminal, DRAFT[:14])
            assert DRAFT not in terminal.text(), "it is a thread now, and nobody's draft"
        assert [server.texts(thread)[0] for thread in server.threads] == [DRAFT]
        assert len(server.runs) == 1


async def test_what_was_read_is_listed_and_read_while_the_server_is_away(home: Home) -> None:
    async with scripted_server([say("The answer.")]) as server:
        url = server.url
        with program(home, "--server", url) as terminal:
            await seen(terminal, "You talk to")
            terminal.send("What was it?\r")
            await seen(terminal, "The answer.")
            await asyncio.to_thread(home.wait_kept, "The answer.")
            terminal.press("ctrl+q")
            terminal.exit_code()
    with program(home, "--server", url) as terminal:
        await seen(terminal, "Saved here, last")
        await seen(terminal, "What was it?")
        terminal.click(*terminal.find("What was it?"))
        await seen(terminal, "The answer.")
        await seen(terminal, "What is shown was saved here")
