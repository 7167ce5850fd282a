"""Locks, leases and the address file: who lives is told by locks alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from canvas_tui.local.files import Address, Folder, Lease, Leases, clear_dropped, count_leases
from canvas_tui.local.log import last_lines, rotate

ADDRESS = Address("i1", "http://127.0.0.1:1", 1, 0.0, "0.1.0", "scripted model", "k")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "data", tmp_path / "state")
    folder.make()
    return folder


def test_a_lock_has_one_holder(folder: Folder) -> None:
    first, second = folder.start_lock(), folder.start_lock()
    assert first.take() and first.take()
    assert not second.take()
    first.release()
    assert second.take()
    second.release()


def test_the_servers_lock_is_signed(folder: Folder) -> None:
    assert folder.server_pid() == 0
    with folder.server_lock() as lock:
        lock.take()
        lock.sign()
        assert folder.server_pid() == os.getpid()


def test_a_lease_left_cleanly_leaves_nothing(folder: Folder) -> None:
    lease = Lease(folder, "a")
    lease.take()
    assert count_leases(folder) == Leases(held=1, dropped=0)
    assert count_leases(folder, own="a") == Leases(held=0, dropped=0)
    lease.leave()
    assert count_leases(folder) == Leases(held=0, dropped=0)
    lease.leave()


def test_a_client_that_is_killed_drops_its_lease(folder: Folder) -> None:
    holder = f"""
import sys
from pathlib import Path
from canvas_tui.local.files import Folder, Lease
Lease(Folder(Path({str(folder.data)!r}), Path({str(folder.state)!r})), "b").take()
print("held", flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    ) as client:
        assert client.stdout is not None and client.stdout.readline() == b"held\n"
        assert count_leases(folder) == Leases(held=1, dropped=0)
        client.send_signal(signal.SIGKILL)
        client.wait()
    assert count_leases(folder) == Leases(held=0, dropped=1)
    clear_dropped(folder)
    assert count_leases(folder) == Leases(held=0, dropped=0)


def test_a_lease_that_is_held_is_not_cleared(folder: Folder) -> None:
    lease = Lease(folder, "a")
    lease.take()
    clear_dropped(folder)
    assert count_leases(folder).held == 1
    lease.leave()


def test_the_address_is_read_as_written_and_for_the_user_alone(folder: Folder) -> None:
    folder.write_address(ADDRESS)
    assert folder.read_address() == ADDRESS
    assert folder.address_file.stat().st_mode & 0o077 == 0
    folder.forget_address("another")
    assert folder.read_address() == ADDRESS
    folder.forget_address("i1")
    assert folder.read_address() is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"instance": "i"}', "null"])
def test_a_broken_address_is_none(folder: Folder, text: str) -> None:
    folder.address_file.write_text(text)
    assert folder.read_address() is None


def test_the_logs_last_lines_come_clean(tmp_path: Path) -> None:
    log = tmp_path / "agent.log"
    assert last_lines(log) == []
    log.write_bytes(b"old\n" + b"one \x1b[31mred\x1b[0m\n\n\xff two\nthree\n")
    lines = last_lines(log, 3, since=4)
    assert len(lines) == 3 and lines[2] == "three"
    assert not any("\x1b" in line for line in lines)


def test_a_long_log_is_begun_anew_under_the_writers_feet(tmp_path: Path) -> None:
    log = tmp_path / "agent.log"
    fd = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(fd, b"x" * 2_000_001)
    rotate(log)
    os.write(fd, b"after\n")
    os.close(fd)
    assert log.read_bytes() == b"after\n"
    assert (tmp_path / "agent.log.1").stat().st_size == 2_000_001
