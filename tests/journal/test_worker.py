"""The thread that does the work: in order, to the end, and a defect in it is heard of."""

from __future__ import annotations

import threading

import pytest

from canvas_tui.journal.worker import Worker


async def test_in_order_and_in_one_thread_of_its_own() -> None:
    worker, done = Worker("w"), list[object]()
    for number in range(100):
        worker.post(lambda number=number: done.append(number))  # type: ignore[misc]
    assert await worker.ask(lambda: threading.current_thread().name, "") == "w"
    assert done == list(range(100))
    await worker.close(lambda: done.append("last"))
    assert done[-1] == "last"
    assert await worker.ask(lambda: "late", "closed") == "closed"


async def test_who_asks_gets_what_went_wrong() -> None:
    def wrong() -> None:
        raise ZeroDivisionError

    worker = Worker("w")
    with pytest.raises(ZeroDivisionError):
        await worker.ask(wrong, None)
    assert await worker.ask(lambda: 1, 0) == 1
    worker.post(wrong)
    with pytest.raises(ZeroDivisionError):
        await worker.ask(lambda: 1, 0)
    with pytest.raises(ZeroDivisionError):
        await worker.close(lambda: None)
