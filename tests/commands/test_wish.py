"""What ``send`` is asked to do about artifacts: arguments, what does not go together, and the file that is written."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from canvas_tui.cli import parser
from canvas_tui.commands import send
from canvas_tui.commands.mistakes import Mistake
from canvas_tui.commands.output import JsonLines, Plain
from canvas_tui.commands.wish import own_action, what
from canvas_tui.core.actions import SEARCH
from canvas_tui.core.artifact import Artifact, ArtifactKind, CustomAction, Document, Turn, Version
from canvas_tui.core.model import Message, Role, Session, ThreadState
from canvas_tui.net.turn import Ended, RunNamed, TurnEvent
from canvas_tui.net.turn_artifact import Finished, Piece, Void
from canvas_tui.net.turn_wish import Wish

from .test_send import Pipe, backend, turn

PLAN, CODE = Version(1, title="Plan", text="# one two"), Version(2, ArtifactKind.CODE, "Sort\x1b", "a = 1\nb = 2\n", "python")
BOTH = Artifact(1, (PLAN, CODE))


def wished(*words: str) -> Wish:
    return what(parser().parse_args(["send", *words]))


def test_files_become_a_version_and_documents(tmp_path: Path) -> None:
    (tmp_path / "sort.py").write_text("x = 1\r\n")
    (tmp_path / "notes.md").write_text("ü")
    made = wished("--artifact-in", str(tmp_path / "sort.py"), "--attach", str(tmp_path / "notes.md"), "Explain")
    version = Version(1, ArtifactKind.CODE, "sort.py", "x = 1\n", "python")
    assert made == Wish("Explain", turn=Turn(documents=(Document("notes.md", "ü"),)), version=version)
    assert wished("--artifact-in", str(tmp_path / "notes.md")).only_saves


def test_a_thread_goes_on_and_a_part_is_selected() -> None:
    assert wished("--thread", "t", "--continue") == Wish()
    assert wished("--thread", "t", "--select", "one", "Make it two") == Wish("Make it two", select="one")


@pytest.mark.parametrize(
    ("which", "id"), [("1", "a"), ("2", "c"), ("-1", "c"), ("-2", "a"), ("c", "c"), ("3", ""), ("-3", ""), ("0", ""), ("b", "")]
)
def test_an_earlier_message_is_found_by_its_number_or_id(which: str, id: str) -> None:
    wish = wished("--thread", "t", "--resend", which, "hi")
    history = (Message("a", Role.HUMAN, "1"), Message("b", Role.AI, "2"), Message("c", Role.HUMAN, "3"))
    session = Session("t", history=history)
    assert wish == Wish("hi", resend=which) and wish._earlier(session) == id


@pytest.mark.parametrize(
    ("select", "keys"),
    [
        ("b = 2", (("highlightedCode", {"startCharIndex": 6, "endCharIndex": 11}),)),
        ("= ", "more than once"),
        ("c", "does not hold"),
    ],
)
def test_a_part_is_found_in_the_current_version(select: str, keys: object) -> None:
    state = ThreadState(artifact=Artifact(2, (PLAN, CODE)))
    told = Wish("x", select=select)._acting(Session("t", state=state))
    assert told.keys == keys if isinstance(told, Turn) else str(keys) in told
    assert "no artifact" in str(Wish("x", select=select)._acting(Session("t")))


@pytest.mark.parametrize(("action", "says"), [("emojis", "is for a document"), ("fix", Turn((("fixBugs", True),), "Fix bugs"))])
def test_an_action_has_to_fit_the_artifact(action: str, says: object) -> None:
    told = Wish(action=action)._acting(Session("t", state=ThreadState(artifact=Artifact(2, (PLAN, CODE)))))
    assert told == says if isinstance(told, Turn) else str(says) in told


def test_actions_by_name() -> None:
    assert wished("--thread", "t", "--action", "translate=french") == Wish(action="translate=french")
    assert wished("--action", "search", "What is new?") == Wish("What is new?", turn=SEARCH)
    own = wished("--thread", "t", "--action", "custom=Rhyme")
    actions = [CustomAction("id1", "rhyme", "p"), CustomAction("Rhyme", "other", "p")]
    assert own_action(own, actions).turn == Turn((("customQuickActionId", "Rhyme"),), "other")
    assert own_action(own, actions[:1]).turn.keys == (("customQuickActionId", "id1"),)
    with pytest.raises(Mistake, match=r"'Rhyme' of your own. There are: none"):
        own_action(own, [])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--thread", "t", "--action", "sing"], "no action sing.*translate.*search, and custom=NAME"),
        (["--thread", "t", "--action", "translate=klingon"], "does not know klingon"),
        (["--action", "emojis"], "name its thread with --thread"),
        (["--action", "search"], "give one"),
        (["--regenerate"], "--regenerate needs --thread"),
        (["--continue"], "--continue needs --thread ID, the thread that stopped"),
        (["--thread", "t", "--continue", "--regenerate"], "either --"),
        (["--thread", "t", "--select", "x"], "give the one with the other"),
        (["--thread", "t", "--select", "x", "--action", "fix", "hi"], "no --action"),
        (["--select", "x", "hi"], "--select needs an artifact"),
        (["--thread", "t", "--regenerate", "hi"], "either TEXT or --regenerate"),
        (["--thread", "t", "--regenerate", "--answer", "1"], "either --"),
        (["--thread", "t", "--answer", "1", "--action", "fix"], "either --action or --answer"),
        (["--thread", "t", "--answer", "0", "--attach", "x"], "either --attach or --answer"),
        (["--thread", "t", "--regenerate", "--attach", "x"], "either --attach or --regenerate"),
        (["--thread", "t", "--regenerate", "--resend", "1"], "either --resend or --regenerate"),
        (["--thread", "t", "--resend", "1"], "--resend needs --thread ID, the thread with the message, and TEXT"),
        (["--resend", "1", "hi"], "--resend needs --thread ID"),
        (["--thread", "t", "--resend", "1", "--action", "fix"], "either --action or --resend"),
        (["--thread", "t", "--resend", "1", "--select", "x", "hi"], "either --select or --resend"),
        (["--attach", "/nowhere/x", "hi"], "cannot be read"),
        ([], "nothing to send"),
        (["--thread", "t", "--action", "fix", ""], "empty"),
    ],
)
def test_what_does_not_go_together_is_said(words: list[str], says: str) -> None:
    with pytest.raises(Mistake, match=says):
        wished(*words)


@pytest.mark.parametrize(("name", "says"), [(".", "is a folder"), ("nowhere/a.md", "no folder")])
def test_a_place_that_cannot_be_written_is_told_before_anything_is_sent(tmp_path: Path, name: str, says: str) -> None:
    with pytest.raises(Mistake, match=says):
        send.destination(str(tmp_path / name))


async def ended(status: str, artifact: Artifact | None, place: Path) -> tuple[int, str]:
    async def events() -> AsyncIterator[TurnEvent]:
        yield RunNamed("t", "r")
        yield Ended(status, "t", "r", artifact=artifact)

    err = Pipe()
    return await send.tell(backend(), send.keeping(events(), place), Plain(Pipe(), err)), err.text


async def test_the_newest_version_is_written_over_what_is_there(tmp_path: Path) -> None:
    place = tmp_path / "a.py"
    place.write_text("old")
    assert await ended("success", BOTH, place) == (0, f"canvas-tui: wrote {place}\n")
    assert place.read_text() == CODE.text


@pytest.mark.parametrize("status", ["error", "stopped", "unreachable", "refused"])
async def test_a_turn_that_did_not_end_well_leaves_the_file(tmp_path: Path, status: str) -> None:
    place = tmp_path / "a.py"
    place.write_text("old")
    await ended(status, BOTH, place)
    assert place.read_text() == "old"


async def test_no_artifact_is_a_failure_that_is_told(tmp_path: Path) -> None:
    place = tmp_path / "a.py"
    assert await ended("success", None, place) == (4, f"canvas-tui: The thread has no artifact; {place} was not written.\n")
    assert not place.exists()


async def test_a_disk_that_takes_nothing_is_told(tmp_path: Path) -> None:
    code, said = await ended("success", BOTH, tmp_path / "gone" / "a.py")
    assert code == 4 and "cannot be written (no such file or directory)" in said


EVENTS = (Piece(PLAN, 2, "one"), Void(1), Finished(CODE, 2), Ended("success", "t", "r"))


async def test_an_artifact_is_one_line_for_a_person() -> None:
    out, err = Pipe(), Pipe()
    assert await send.tell(backend(), turn(*EVENTS), Plain(out, err)) == 0
    assert (out.text, err.text) == ("", 'canvas-tui: artifact "Sort␛" (python, 2 lines), version 2 of 2\n')
    await send.tell(backend(), turn(Finished(PLAN, 1)), Plain(Pipe(), err := Pipe()))
    assert err.text == 'canvas-tui: artifact "Plan" (text, 3 words), version 1 of 1\n'


async def test_an_artifact_in_json_lines() -> None:
    out = Pipe()
    await send.tell(backend(), turn(*EVENTS[:3]), JsonLines(out))
    head = {"type": "artifact", "version": 1, "kind": "text", "title": "Plan"}
    code = {"type": "artifact", "version": 2, "kind": "code", "title": "Sort\x1b", "language": "python"}
    assert [json.loads(line) for line in out.text.splitlines()] == [
        {**head, "at": 2, "text": "one"},
        {"type": "artifact", "version": 1, "void": True},
        {**code, "text": CODE.text, "finished": True, "versions": 2},
    ]
