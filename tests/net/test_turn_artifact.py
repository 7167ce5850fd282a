"""The artifact of a turn without a screen: each piece once, what is void is said, and the state has the last word."""

from __future__ import annotations

import pytest

from canvas_tui.core.artifact import Artifact, Draft, Turn, Version
from canvas_tui.core.model import Session, ThreadState
from canvas_tui.net.turn import Ended, TurnEvent, run_turn
from canvas_tui.net.turn_artifact import ArtifactEvent, ArtifactTelling, Finished, Piece, Void
from canvas_tui.net.turn_wish import Wish
from tests.support.scripted import scripted_server
from tests.support.scripted_faults import Fault, cut, reply
from tests.support.scripted_steps import CallTool, Gate, Node, SetState, StartOver, Step, say

from .backends import hub_at


def draft(text: str, grown: int, start: int = 0, index: int = 1) -> Draft:
    return Draft(Version(index, text=text), start=start, grown=grown)


def told(*drafts: Draft | None, artifact: Artifact | None = None) -> list[ArtifactEvent]:
    telling = ArtifactTelling()
    telling.begin(None)
    events = [event for each in drafts for event in telling.pieces(each)]
    return [*events, *telling.end(Session("t", state=ThreadState(artifact=artifact)))]


def short(events: list[ArtifactEvent]) -> list[object]:
    return [(e.at, e.text) if isinstance(e, Piece) else e.index if isinstance(e, Void) else e.version.text for e in events]


def test_each_piece_is_told_once_and_then_the_whole() -> None:
    done = Artifact(1, (Version(1, text="one two"),))
    assert short(told(draft("one", 3), draft("one", 3), draft("one two", 7), artifact=done)) == [(0, "one"), (3, " two"), "one two"]


def test_a_part_in_the_middle_is_told_by_its_place() -> None:
    events = told(draft("(a)", 2, start=1), draft("(ab)", 3, start=1), artifact=Artifact(1, (Version(1, text="(ab)"),)))
    assert short(events) == [(1, "a"), (2, "b"), "(ab)"]


@pytest.mark.parametrize(
    ("second", "then"),
    [
        (draft("xyzw", 4), [(0, "xyzw"), 1]),
        (draft("one", 3, index=2), [(0, "one"), 2]),
        (draft(">one", 4, start=1), [(1, "one"), 1]),
        (draft("on", 2), [(0, "on"), 1]),
        (None, []),
    ],
)
def test_what_does_not_go_on_is_void_and_so_is_what_never_became_a_version(second: Draft | None, then: list[object]) -> None:
    assert short(told(draft("one", 3), second)) == [(0, "one"), 1, *then]


def test_only_versions_of_this_turn_are_told() -> None:
    old, new = Version(1, text="old"), Version(2, text="new")
    telling = ArtifactTelling()
    telling.begin(Artifact(1, (old,)))
    assert list(telling.end(Session("t", state=ThreadState(artifact=Artifact(2, (old, new)))))) == [Finished(new, 2)]


TEXT = "".join(f"Line {n} of 🤖 robots.\n" for n in range(30))
ARTIFACT = {"currentIndex": 1, "contents": [{"index": 1, "type": "text", "title": "Robots", "fullMarkdown": TEXT}]}
CALL = CallTool("generate_artifact", {"type": "text", "artifact": TEXT, "title": "Robots"}, pieces=40)


async def turn(script: list[Step], *faults: Fault, kind: str = "js") -> list[TurnEvent]:
    """The run is on until the last of the joins that are cut has come back."""
    async with scripted_server([*script, Gate("end"), say("Here it is.")], kind=kind) as server:
        server.companions = ("reflection", "thread_title")
        server.plan("join", *faults)
        async with hub_at(server.url) as hub:
            events = []
            async for event in run_turn(hub, Wish("hi"), canvas=hub.canvas):
                events.append(event)
                if server.count("join") > len(faults) and assembled(events) == TEXT:
                    server.open_gate("end")
            return events


def assembled(events: list[TurnEvent]) -> str:
    held = ""
    for event in events:
        held = "" if isinstance(event, Void) else held + event.text if isinstance(event, Piece) else held
    return held


WRITES: list[Step] = [Node("generateArtifact"), CALL, SetState({"artifact": ARTIFACT}), Node("generateFollowup")]
CUTS = (cut(events=9), cut(bytes=9000), cut(events=4))


@pytest.mark.parametrize("kind", ["js", "python"])
@pytest.mark.parametrize("faults", [(), CUTS])
async def test_an_artifact_comes_through_cuts_in_the_middle_of_its_json(kind: str, faults: tuple[Fault, ...]) -> None:
    events = await turn(WRITES, *faults, kind=kind)
    assert assembled(events) == TEXT and not any(isinstance(event, Void) for event in events)
    assert [event.version.text for event in events if isinstance(event, Finished)] == [TEXT]
    assert isinstance(events[-1], Ended) and events[-1].artifact is not None


async def test_what_the_server_starts_over_is_void() -> None:
    lost = CallTool("generate_artifact", {"type": "text", "artifact": "lost " * 20})
    events = await turn([Node("generateArtifact"), lost, StartOver(), *WRITES])
    assert assembled(events) == TEXT


async def test_a_file_that_cannot_be_laid_there_ends_the_turn_before_it_begins() -> None:
    async with scripted_server([say("never")]) as server:
        server.companions = ("reflection",)
        server.plan("state-write", *[reply(403, {"detail": "no"})] * 9)
        async with hub_at(server.url) as hub:
            wish = Wish("hi", turn=Turn(), version=Version(1, title="T", text="x"))
            events = [event async for event in run_turn(hub, wish, canvas=hub.canvas)]
        end = events[-1]
        assert isinstance(end, Ended) and end.status == "error" and end.sentence.startswith("The artifact could not be saved: ")
        assert server.count("create") == 0
