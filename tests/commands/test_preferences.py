"""What is remembered between starts."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from canvas_tui import paths
from canvas_tui.commands.preferences import FilePreferences


def test_what_is_remembered_is_recalled_later(tmp_path: Path) -> None:
    file = tmp_path / "preferences.json"
    first = FilePreferences(file)
    assert first.recall("theme") == ""
    first.remember("theme", "a")
    first.remember("theme", "b")
    assert first.recall("theme") == "b"
    first.flush()
    assert FilePreferences(file).recall("theme") == "b"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file], "nothing is left beside it"


def test_two_windows_keep_each_others_values(tmp_path: Path) -> None:
    file = tmp_path / "preferences.json"
    one, two = FilePreferences(file), FilePreferences(file)
    one.remember("theme", "dark")
    one.flush()
    two.remember("panes", "run")
    two.flush()
    later = FilePreferences(file)
    assert (later.recall("theme"), later.recall("panes")) == ("dark", "run")


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"theme": 3}', b"\xff", b'{"theme": "' + b"x" * 200_000 + b'"}'])
def test_a_file_that_cannot_be_read_is_as_none(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "preferences.json"
    file.write_bytes(content)
    preferences = FilePreferences(file)
    assert preferences.recall("theme") == ""
    preferences.remember("theme", "dark")
    preferences.flush()
    assert FilePreferences(file).recall("theme") == "dark"


def test_a_folder_that_is_not_there_is_no_error(tmp_path: Path) -> None:
    preferences = FilePreferences(tmp_path / "nowhere" / "preferences.json")
    preferences.remember("theme", "dark")
    preferences.flush()
    assert preferences.recall("theme") == "dark"


def test_the_id_of_this_machines_user_stays(tmp_path: Path) -> None:
    file = tmp_path / "preferences.json"
    first = FilePreferences(file)
    user = first.user_id(lambda: "u-1")
    first.flush()
    assert user == first.user_id(lambda: "u-2") == FilePreferences(file).user_id(lambda: "u-3") == "u-1"


def test_writing_is_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "file"
    paths.write_private(file, "old")
    with pytest.raises(UnicodeEncodeError):
        paths.write_private(file, "new \ud800")
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_private_folders(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    assert stat.S_IMODE(paths.private_dir(folder).stat().st_mode) == 0o700
    folder.chmod(0o755)
    assert stat.S_IMODE(paths.private_dir(folder).stat().st_mode) == 0o700
    (tmp_path / "file").touch()
    with pytest.raises(OSError):
        paths.private_dir(tmp_path / "file")


def test_paths_as_people_write_them(home: Path) -> None:
    assert paths.shown(home / "x" / "y") == "~/x/y"
    assert paths.shown(Path("/etc/x")) == "/etc/x"
    assert paths.config_file({}) == home / ".config" / "canvas-tui" / "config.toml"
    assert paths.config_file({"CANVAS_TUI_CONFIG": "~/mine.toml"}) == home / "mine.toml"
