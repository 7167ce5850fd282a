"""The record of the server's log: errors told apart, lines that name a run found, bounded whatever comes."""

from __future__ import annotations

import pytest

from canvas_tui.core.serverlog import CHARS, LINES, ONE, ServerLog, is_error, names, stamp, without_time

RUN = "01a20384-1663-7412-be32-e63954d10233"
STARTED = f"2026-11-22T13:48:38.555Z [info     ] Starting background run        [langgraph_api.worker] run_id={RUN} thread_name=uvloop_0"


def errors(*texts: str) -> list[bool]:
    log = ServerLog()
    for number, text in enumerate(texts):
        log.add(float(number), text)
    return [line.error for line in reversed([*log.lines()])]


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22T13:48:40.044556Z [error    ] Background run failed          [langgraph_api.worker]",
        "2026-11-22T13:48:40.044556Z [CRITICAL ] out of memory",
        "ERROR:    Exception in ASGI application",
        "2026-11-22 13:48:40,044 CRITICAL worker: gone",
        '{"timestamp": "2026-11-22T13:48:40Z", "level": "error", "event": "x"}',
        "time=1 level=fatal msg=x",
        "openai.RateLimitError: quota exceeded",
        "ValueError",
    ],
)
def test_errors_are_known_by_their_level(text: str) -> None:
    assert is_error(text)


@pytest.mark.parametrize(
    "text",
    [
        STARTED,
        "2026-11-22T13:48:40Z [warning  ] Background run failed, will retry. Exception: <class 'CancelledError'>()",
        "INFO:     0 errors, no error handler set",
        '{"level": "info", "error_rate": 0}',
        "[info     ] " + "x" * 300 + " ERROR",
    ],
)
def test_what_only_speaks_of_errors_is_none(text: str) -> None:
    assert not is_error(text)


def test_a_traceback_is_an_error_to_its_last_line_and_no_further() -> None:
    told = errors(
        "[info     ] before",
        "Traceback (most recent call last):",
        '  File "worker.py", line 3, in run',
        "    await graph()",
        "asyncio.exceptions.CancelledError",
        "[info     ] after",
    )
    assert told == [False, True, True, True, True, False]


def test_a_line_is_marked_that_names_the_thread_or_the_run() -> None:
    assert names(STARTED, ("other", RUN)) and not names(STARTED, ("other", ""))


def test_the_time_that_a_line_tells() -> None:
    assert stamp("2026-11-22T13:48:38.555123999Z [info] x") == "2026-11-22T13:48:38.555123+00:00"
    assert stamp("2026-11-22 14:48:38,555+01:00 x") == "2026-11-22 14:48:38.555+01:00"
    assert stamp('{"timestamp": "2026-11-22T13:48:38Z", "event": "x"}') == "2026-11-22T13:48:38+00:00"
    for text in ("2026-11-22 13:48:38,555 INFO x", "at 2026-11-22T13:48:38Z", "no time", ""):
        assert not stamp(text)


def test_shown_without_its_time_and_padding() -> None:
    assert without_time(STARTED).startswith("[info] Starting background run [langgraph_api.worker]")
    assert without_time("plain\tline") == "plain line" and without_time("") == ""


def test_colours_are_taken_off_and_blank_lines_left_out() -> None:
    log = ServerLog()
    log.add(1.0, "\x1b[2m2026-11-22T13:48:40Z\x1b[0m [\x1b[31m\x1b[1merror    \x1b[0m] x\x1b]0;y\x07")
    log.add(2.0, "  \x1b[0m ")
    (line,) = log.lines()
    assert line.error and line.text == "2026-11-22T13:48:40Z [error    ] x\x1b]0;y\x07"


def test_times_never_run_back() -> None:
    log = ServerLog()
    log.add(5.0, "a")
    log.add(3.0, "b")
    log.tell(4.0, "The log cannot be read.")
    assert [(line.at, line.text, line.ours) for line in log.lines()] == [
        (5.0, "The log cannot be read.", True),
        (5.0, "b", False),
        (5.0, "a", False),
    ]


def test_memory_is_bounded() -> None:
    log = ServerLog()
    for number in range(3 * LINES):
        log.add(float(number), "x" * (ONE + 5))
    kept = [*log.lines()]
    assert sum(len(line.text) for line in kept) <= CHARS and len(kept) == CHARS // ONE
    for _ in range(3 * LINES):
        log.add(1e9, "short")
    assert len([*log.lines()]) == LINES and log.newest == 6 * LINES
    assert next(log.lines(up_to=log.newest - 1)).number == log.newest - 1
