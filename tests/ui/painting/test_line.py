"""The terminal is taken again when a stopped process goes on: once, and only one that is there."""

from __future__ import annotations

import os
import pty
from collections.abc import Iterator
from typing import Any

import pytest

from canvas_tui.ui import textual_parts
from canvas_tui.ui.painting.line import Line


class Driver:
    """Notes what it is told, as a driver whose terminal is ours."""

    def __init__(self, fileno: int) -> None:
        self.fileno = fileno
        self.told: list[str] = []
        self._auto_restart = True

    def write(self, data: str) -> None:
        self.told.append(data)

    def close(self) -> None:
        self.told.append("closed")

    def disable_input(self) -> None:
        self.told.append("reads no more")

    def suspend_application_mode(self) -> None:
        self.disable_input()
        self.close()

    def resume_application_mode(self) -> None:
        self.told.append("reads")
        self.write("\x1b[?1049h")


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Driver]:
    monkeypatch.setattr(textual_parts, "wait_with", lambda make: None)
    ours, theirs = pty.openpty()
    yield Driver(theirs)
    os.close(theirs)
    os.close(ours)


def line_of(driver: Any) -> Line:
    return Line(driver, None, None, lambda: None)


def test_the_reader_ends_before_another_one_begins(driver: Driver) -> None:
    line_of(driver).come_back()
    assert driver.told == ["reads no more", "closed", "reads", "\x1b[?1049h"]


def test_a_terminal_that_was_left_is_not_left_again(driver: Driver) -> None:
    line = line_of(driver)
    driver.suspend_application_mode()  # as Textual does before it stops
    driver.told.clear()
    line.come_back()
    assert driver.told == ["reads", "\x1b[?1049h"] and not line.away


def test_who_lends_the_terminal_takes_it_back_by_himself(driver: Driver) -> None:
    driver._auto_restart = False
    line_of(driver).come_back()
    assert driver.told == []


def test_a_terminal_that_hangs_up_is_not_taken_again(driver: Driver) -> None:
    """A hang-up wakes the process too: two threads read then, and the end found one of them."""
    gone = os.open(os.devnull, os.O_RDONLY)
    try:
        driver.fileno = gone
        line_of(driver).come_back()
        assert driver.told == []
    finally:
        os.close(gone)
