"""Where each fault of the matrix is shown: by which trial here, by which tests elsewhere, and what doctor says of it (A8).

`named.NAMED` and `cases.CASES` hold trials by number; here stands only what they do not hold. A test reads all of it.
"""

from __future__ import annotations

SHOWN: dict[str, tuple[str, ...]] = {
    "F03": ("tests/net/test_failures.py::test_connections_that_cannot_be_made",),
    "F04": (
        "tests/net/test_failures.py::test_an_untrusted_certificate_is_refused_and_its_issuer_named",
        "tests/net/test_failures.py::test_tls_spoken_to_a_plain_server",
    ),
    "F21": ("tests/lab/test_sweep.py::test_nothing_is_lost_and_nothing_comes_twice_wherever_it_is_cut",),
    "F22": ("tests/lab/test_sweep.py::test_nothing_is_lost_and_nothing_comes_twice_wherever_it_is_cut",),
    "F23": ("tests/lab/test_sweep.py::test_nothing_is_lost_and_nothing_comes_twice_wherever_it_is_cut",),
    "F25": ("tests/lab/test_sweep.py::test_nothing_is_lost_and_nothing_comes_twice_wherever_it_is_cut",),
    "F27": ("tests/net/test_silence.py::test_after_a_sleep_the_stream_is_joined_anew_at_once",),
    "F34": ("tests/net/test_stream.py::test_a_gzip_that_was_not_asked_for_is_read",),
    "F56": ("tests/net/test_stream.py::test_invalid_utf8_becomes_visible",),
    "F57": (
        "tests/net/test_stream.py::test_an_event_over_the_cap_is_refused",
        "tests/net/test_stream.py::test_large_events_are_read_all_the_same",
        "tests/faults/heavy.py::huge_events",
    ),
    "F58": ("tests/faults/heavy.py::burst",),
    "F59": ("tests/lab/test_named.py::test_every_fault",),
    "F61": (
        "tests/lab/test_named.py::test_every_fault",
        "tests/journal/test_durability.py::test_kill_9_loses_nothing_that_was_submitted",
        "tests/faults/deaths.py::kill_client",
    ),
    "F62": (
        "tests/journal/test_durability.py::test_a_disk_that_fills_up_is_told_once_and_the_chat_goes_on",
        "tests/journal/test_durability.py::test_a_folder_that_cannot_be_made",
    ),
    "F63": ("tests/ui/test_hostile.py::test_nothing_of_it_acts",),
}
"""Tests beside the trials, as ``file::function``. F59: no HTTP/2 is spoken; a cut (F22) is what GOAWAY would be. F61 is every kill."""

DOCTOR: dict[str, tuple[str, ...]] = {
    "F02": ("F26 half-open",),
    "F12": ("way 8: unknown thread",),
    "F13": ("way 1: the thread's queue",),
    "F19": ("way 1: the thread's queue",),
    "F22": ("F21 reset at any time",),
    "F24": ("healthy, fast run",),
    "F25": ("F23 clean end every 3 s",),
    "F27": ("F26 half-open",),
    "F28": ("F26 half-open",),
    "F29": ("healthy, far run",),
    "F48": ("F01 refused",),
    "F50": ("F49 run fails",),
    "F51": ("way 3: interrupt, messages only",),
    "F53": ("F11 key refused",),
    "F54": ("F47 run lost",),
    "F64": ("way 1: the thread's queue",),
}
"""Cases of doctor's table that stand for the fault where none has its number."""

PURE = "tests/core/test_verdicts.py"
NOTHING_LEFT: dict[str, str] = {
    "F04": f"by evidence: {PURE}",
    "F06": "the answer to one request is lost; a moment later there is nothing wrong",
    "F07": "the answer to one request is lost; a moment later there is nothing wrong",
    "F09": "the answer to one request is lost; a moment later there is nothing wrong",
    "F14": "the server's own words are shown where the message was refused",
    "F39": "doctor's streams begin at the beginning; what a proxy does to the cursor shows in none of them",
    "F40": "doctor's streams begin at the beginning; what a proxy does to the cursor shows in none of them",
    "F41": "a way of the server's that the cursor bears; nothing is wrong",
    "F42": "a way of the server's that the cursor bears; nothing is wrong",
    "F43": "a way of the server's that the cursor bears; nothing is wrong",
    "F45": f"by evidence: {PURE}",
    "F46": f"by evidence: {PURE}",
    "F52": "one answer is lost; a moment later there is nothing wrong",
    "F56": "a letter is replaced; nothing keeps the answer back",
    "F57": "the event is there; nothing keeps the answer back",
    "F58": "the stream is whole; nothing keeps the answer back",
    "F59": "no HTTP/2 is spoken",
    "F61": "the program itself was killed; doctor looks at the server",
    "F62": "this machine's disk; the program says so itself",
}
"""Why doctor has nothing to name there."""
