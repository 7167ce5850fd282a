"""The program with its own local agent: starts it, shares it, leaves it; the whole of ``make run``."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.support.pty import Terminal

from .program import Home, program

READY = re.compile("You talk to")


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as entered:
        yield entered


def ask(terminal: Terminal, text: str) -> None:
    terminal.send(text)
    terminal.wait_for(text[:30])
    terminal.press("enter")


def test_the_first_frame_does_not_wait_and_what_is_typed_is_sent_when_it_is_up(home: Home) -> None:
    with program(home) as terminal:
        terminal.wait_for("Starting the local agent")
        ask(terminal, "/echo The early bird")
        terminal.wait_for(re.compile(r"The early bird[\s\S]*The early bird"), timeout=60)
        terminal.wait_for(re.compile("done in"))
        ask(terminal, "/length 40 /speed 400 /think /tool")
        terminal.wait_for(re.compile("done in"), timeout=60)
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0


def test_a_second_one_attaches_and_a_run_survives_the_terminal(home: Home, stack: ExitStack) -> None:
    first = stack.enter_context(program(home))
    first.wait_for(READY, timeout=60)
    second = stack.enter_context(program(home))
    second.wait_for(READY, timeout=30)
    assert len(first.processes()) > 1
    assert len(second.processes()) == 1
    second.press("ctrl+q")
    assert second.exit_code() == 0
    ask(first, "Slowly /length 90 /speed 12")
    first.wait_for("Slowly")
    first.wait_for(re.compile("tokens"))
    first.hang_up()
    assert first.exit_code() in (0, 129, -signal.SIGHUP)
    third = stack.enter_context(program(home))
    third.wait_for("Slowly", timeout=60)
    third.click(*third.find("Slowly"))
    third.wait_for(re.compile("done in"), timeout=60)


def test_hostile_text_of_the_agent_does_nothing(home: Home) -> None:
    with program(home) as terminal:
        terminal.wait_for(READY, timeout=60)
        ask(terminal, "/hostile")
        terminal.wait_for(re.compile("done in"), timeout=30)
        terminal.press("pageup", "pageup", "pageup")
        terminal.quiet(0.5)
        assert terminal.running
        for bad in (b"\x1b]52;", b"\xc2\x9b", b"\xe2\x80\xae", b"\x1b]0;PWN"):
            assert bad not in terminal.raw
