"""``threads export``: what becomes a file, where it goes, and what is not written over."""

from __future__ import annotations

import io
import json
import os
from argparse import Namespace
from pathlib import Path

import pytest

from canvas_tui.cli import parser
from canvas_tui.commands import export
from canvas_tui.commands.export import Piece
from canvas_tui.commands.files import read_text, write_whole
from canvas_tui.commands.mistakes import Mistake
from canvas_tui.core.artifact import Artifact, ArtifactKind, Version
from canvas_tui.core.model import Message, Role, Session, ThreadState

ARTIFACT = Artifact(
    2, (Version(1, title="Plan", text="# one"), Version(2, ArtifactKind.CODE, "Plan", "x = 1\r\n", "python"), Version(10, title="Plan"))
)
SESSION = Session("t", loaded=True, state=ThreadState((Message("h", Role.HUMAN, "hi"),), artifact=ARTIFACT))


def wishes(*words: str) -> Namespace:
    return parser().parse_args(["threads", "export", "t", *words])


def pieces(*words: str) -> list[Piece]:
    return export.pieces(SESSION, "My: thread", wishes(*words))


def test_a_conversation_is_named_after_its_title() -> None:
    (piece,) = pieces()
    assert piece.name == "My thread.md" and piece.text.startswith("# My: thread\n\n## You\n\nhi\n\n## Artifact: Plan (version 2 of 3")
    (piece,) = pieces("--format", "json")
    assert piece.name == "My thread.json" and len(json.loads(piece.text)["artifact"]["contents"]) == 3


def test_the_artifact_alone_is_its_current_version_exactly() -> None:
    assert pieces("--artifact") == [Piece("Plan.py", "x = 1\r\n")]
    (piece,) = pieces("--artifact", "--format", "json")
    assert json.loads(piece.text) == {"currentIndex": 2, "contents": [json.loads(piece.text)["contents"][0]]}


def test_every_version_is_a_file_in_order() -> None:
    assert [piece.name for piece in pieces("--artifact", "--all-versions")] == ["Plan v01.md", "Plan v02.py", "Plan v10.md"]
    assert "version 1 of 3" in pieces("--all-versions")[0].text


def test_versions_that_a_server_numbers_alike_are_files_of_their_own() -> None:
    alike = Artifact(1, tuple(Version(1, title="Plan", text=text) for text in ("one", "two")))
    named = export.pieces(Session("t", loaded=True, state=ThreadState(artifact=alike)), "", wishes("--artifact", "--all-versions"))
    assert [(piece.name, piece.text) for piece in named] == [("Plan v1.md", "one"), ("Plan v2.md", "two")]


def test_a_thread_without_an_artifact_says_so() -> None:
    with pytest.raises(Mistake, match="no artifact"):
        export.pieces(Session("t", loaded=True), "", wishes("--artifact"))


def test_many_files_need_a_folder(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match="name a folder"):
        export.check(wishes("--artifact", "--all-versions", "--out", str(tmp_path / "x.md")))
    export.check(wishes("--artifact", "--all-versions", "--out", str(tmp_path)))
    export.check(wishes("--artifact", "--all-versions", "--format", "json"))
    export.check(told := wishes("--artifact", "--all-versions", "--json"))
    assert told.format == "json"


def put(tmp_path: Path, out: str, *words: str) -> None:
    export._put([Piece("a.md", "new")], wishes("--out", str(tmp_path / out) + ("/" if out.endswith("/") else ""), *words))


def test_a_file_or_a_name_in_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path, "")
    put(tmp_path, "b.md")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.md": "new", "b.md": "new"}
    assert capsys.readouterr().err.count("Wrote ") == 2


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("old")
    for out in ("", "a.md"):
        with pytest.raises(Mistake, match="is there already; --force"):
            put(tmp_path, out)
    assert (tmp_path / "a.md").read_text() == "old"
    put(tmp_path, "a.md", "--force")
    assert (tmp_path / "a.md").read_text() == "new"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("said", "text"), [("y\n", "new"), ("n\n", "old"), ("", "old")])
def test_a_person_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, text: str) -> None:
    (tmp_path / "a.md").write_text("old")
    monkeypatch.setattr("sys.stdin", Terminal(said))
    monkeypatch.setattr("sys.stderr", Terminal())
    if text == "old":
        with pytest.raises(Mistake):
            put(tmp_path, "a.md")
    else:
        put(tmp_path, "a.md")
    assert (tmp_path / "a.md").read_text() == text


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    for out in ("nowhere/a.md", "nowhere/"):
        with pytest.raises(Mistake, match="cannot be written"):
            put(tmp_path, out)


def test_a_file_is_written_whole_and_keeps_its_rights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "a.sh"
    place.write_text("old")
    place.chmod(0o750)
    write_whole(place, "é\r\n\ud800")
    assert place.read_bytes() == "é\r\n?".encode() and place.stat().st_mode & 0o777 == 0o750
    link = tmp_path / "link"
    link.symlink_to(place)
    write_whole(link, "through")
    assert link.is_symlink() and place.read_text() == "through"

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Mistake, match="no space left"):
        write_whole(place, "half")
    assert place.read_text() == "through" and sorted(path.name for path in tmp_path.iterdir()) == ["a.sh", "link"]


def test_a_text_file_is_read_and_another_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "a.txt"
    place.write_bytes(b"\xef\xbb\xbfone\r\ntwo")
    assert read_text(place) == "one\ntwo"
    place.write_bytes(b"\xff\0")
    for path, says in ((place, "is no text in UTF-8"), (tmp_path / "gone", "no such file"), (tmp_path, "directory")):
        with pytest.raises(Mistake, match=says):
            read_text(path)
