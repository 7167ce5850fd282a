"""Anything at all may happen to the session: it never raises, never posts twice, comes to rest, and the text is exact."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from canvas_tui.core import inputs as i
from canvas_tui.core.artifact import Artifact, ArtifactKind, Draft, DraftStanding, Keep, Turn, Version
from canvas_tui.core.assemble import ARTIFACT_NODES
from canvas_tui.core.effects import CreateRun, Effect
from canvas_tui.core.fork import Head
from canvas_tui.core.model import (
    Failure,
    FailureKind,
    Interrupt,
    Message,
    NoticeKind,
    Phase,
    Role,
    RunInfo,
    RunStatus,
    SendMessage,
    Session,
    Standing,
    ThreadState,
    ToolCall,
)
from canvas_tui.core.notices import next_change, run_words, words
from canvas_tui.core.session import next_deadline, step
from tests.core.simulation import RESET, Leg, Simulation, numbered_log, python_log

# -- anything at all -----------------------------------------------------------------------------------------------------

failures = st.builds(Failure, st.sampled_from(FailureKind), st.just("words \x1b["), st.none() | st.just(502), st.none(), st.booleans())
submit_ids = st.sampled_from(["s1", "s2", "s3"])
conns = st.integers(0, 4)
event_ids = st.none() | st.sampled_from([f"{n}-0" for n in range(6)] + ["x", "", "r_event_7", "3"])
messages = st.builds(
    Message,
    st.sampled_from(["a1", "a2", "m1", "m2"]),
    st.sampled_from(Role),
    st.sampled_from(["", "one", "one two", "<think>x"]),
    standing=st.sampled_from(Standing),
)
heads = st.builds(
    Head, st.sampled_from(["c1", "c2", "c3"]), st.lists(st.sampled_from(["m1", "a1", "m2", "a2"]), max_size=4, unique=True).map(tuple)
)
versions = st.builds(Version, st.integers(1, 3), st.sampled_from(ArtifactKind), st.just("T"), st.sampled_from(["", "one", "one two 🚀"]))
artifacts = st.none() | st.builds(Artifact, st.integers(0, 4), st.lists(versions, min_size=1, max_size=3).map(tuple))
turns = st.builds(
    Turn,
    st.sampled_from(
        [
            (),
            (("language", "french"),),
            (("highlightedCode", {"startCharIndex": 5, "endCharIndex": 1}),),
            (("highlightedText", {"fullMarkdown": "one two", "markdownBlock": "two"}),),
            (("highlightedCode", "nonsense"), ("portLanguage", 7)),
        ]
    ),
    st.just("words"),
    before=st.sampled_from(["", "", "m1"]),
)
interrupts = st.lists(st.builds(Interrupt, st.sampled_from(["q1", "q2"]), st.just("go?")), max_size=2, unique_by=lambda x: x.id).map(tuple)
states = st.builds(
    ThreadState,
    st.lists(messages, max_size=4, unique_by=lambda m: m.id).map(tuple),
    interrupts,
    st.sampled_from([(), ("agent",)]),
    exists=st.booleans(),
    checkpoint_id=st.sampled_from(["", "c1", "c2", "c3"]),
    has_messages=st.booleans(),
    artifact=artifacts,
)
sents = st.none() | st.builds(SendMessage, st.just(""), st.just(""), turns, artifacts)
runs = st.builds(RunInfo, st.sampled_from(["r1", "r2"]), st.sampled_from(RunStatus), submit_ids, sent=sents)
args = st.sampled_from(["{", '{"artifact": "one', " two\\ud83d"])
pieces = st.tuples(st.integers(-1, 3), st.builds(ToolCall, st.sampled_from(["", "c1", "c2"]), st.just("t"), args))
bodies = st.one_of(
    st.builds(i.RunStarted, st.just("r1"), st.integers(0, 2)),
    st.builds(
        i.Chunk,
        st.sampled_from(["a1", "a2"]),
        st.sampled_from(["", "one", "two", "<think>", '{"title": "x"}']),
        tool_calls=st.lists(pieces, max_size=2).map(tuple),
        node=st.sampled_from(["", "agent", *sorted(ARTIFACT_NODES)]),
        call=st.sampled_from(["", "rewrite_artifact_model_call"]),
    ),
    st.builds(i.Whole, messages),
    st.builds(i.Updated, st.just("n"), interrupts),
    st.builds(i.RunErrored, st.just("E"), st.just("boom"), st.booleans()),
    st.just(i.Unreadable("x", "y")),
    st.just(i.Other("z")),
    st.just(i.Custom(1)),
)
inputs: st.SearchStrategy[i.Input] = st.one_of(
    st.builds(i.Opened, st.none() | runs, st.none() | messages, turns),
    st.builds(i.Submitted, st.sampled_from(["hi", ""]), st.sampled_from(["m1", "m2"]), submit_ids, st.sampled_from(i.WhenBusy), turns),
    st.builds(i.Edited, versions, st.integers(0, 3)),
    st.builds(i.Chosen, st.integers(0, 3)),
    st.builds(i.Resolved, st.sampled_from(Keep)),
    st.sampled_from([i.PartialKept(), i.PartialDropped(), i.PartialFound(Draft(Version(2, text="half"), DraftStanding.FAILED, 0, 4))]),
    st.builds(i.ArtifactSaved, artifacts.filter(bool), st.sampled_from(["", "c1"])),
    st.builds(i.SaveFailed, failures),
    st.builds(i.Answered, st.just((("q1", "yes"),)), submit_ids),
    st.builds(i.Proceeded, submit_ids),
    st.builds(i.Regenerated, submit_ids),
    st.builds(i.Switched, st.sampled_from(["a1", "a2", "m1"]), st.sampled_from([-1, 1])),
    st.builds(i.HeadsRead, st.lists(heads, max_size=3).map(tuple)),
    st.builds(i.BranchRead, states),
    st.builds(i.BranchFailed, failures),
    st.sampled_from([i.Stopped(), i.RetryNow(), i.GaveUp(), i.Tick(), i.Woke(9.0), i.Withdrawn("m1")]),
    st.builds(i.ThreadRead, states, st.none() | runs, st.sampled_from([(), ("c1", "c2")]), st.sampled_from([(), ("r2",)])),
    st.builds(i.ThreadFailed, failures),
    st.builds(i.RunCreated, submit_ids, st.sampled_from(["r1", "r2"])),
    st.builds(i.CreateFailed, submit_ids, failures),
    st.builds(i.RunFound, submit_ids, st.none() | runs),
    st.builds(i.FindFailed, submit_ids, failures),
    st.builds(i.RunRead, runs),
    st.builds(i.RunReadFailed, st.sampled_from(["r1", "r2"]), failures),
    st.builds(i.CancelFailed, st.just("r1"), failures),
    st.builds(i.Connected, conns),
    st.builds(i.Received, conns, st.integers(0, 99), st.integers(0, 2)),
    st.builds(i.Event, conns, event_ids, bodies),
    st.builds(i.Event, conns, event_ids, bodies),
    st.builds(i.Disconnected, conns, st.none() | failures),
)
scripts = st.lists(st.tuples(inputs, st.floats(0, 20)), max_size=40)


def play(script: list[tuple[i.Input, float]]) -> tuple[Session, float, list[Effect]]:
    session, now = Session("t"), 0.0
    effects: list[Effect] = []
    for one, dt in script:
        now += dt
        session, more = step(session, one, now)
        effects += more
        for notice in session.notices:
            assert "\x1b" not in words(notice, session, now).text + words(notice, session, now).details
        assert "\x1b" not in run_words(session, now)
        next_change(session, now)
    return session, now, effects


@given(scripts)
def test_step_is_total_and_deterministic(script: list[tuple[i.Input, float]]) -> None:
    assert play(script) == play(script)


@given(scripts)
def test_left_alone_it_waits_for_somebody_or_has_a_deadline_in_the_future(script: list[tuple[i.Input, float]]) -> None:
    session, now, _ = play(script)
    for _ in range(60):
        due = next_deadline(session)
        if due is None:
            break
        now = max(now, due)
        before = session
        session, _ = step(session, i.Tick(), now)
        assert session != before, "a deadline that changes nothing would be a busy loop"
    for notice in session.notices:
        words(notice, session, now)


@given(scripts)
def test_a_run_is_only_created_by_what_the_user_did(script: list[tuple[i.Input, float]]) -> None:
    *_, effects = play(script)
    asked = [getattr(one, "submit_id", "") for one, _ in script]
    known = [one.known.submit_id for one, _ in script if isinstance(one, i.Opened) and one.known]
    for effect in effects:
        if isinstance(effect, CreateRun):
            assert effect.submit_id in asked + known


# -- exactness -------------------------------------------------------------------------------------------------------------

legs = st.builds(
    Leg, st.integers(0, 9), st.sampled_from([0, 0, 1, 2, 5]), st.sampled_from([None, RESET]), st.sampled_from(["exact", "exact", "all"])
)
broken_legs = st.builds(
    Leg, st.integers(0, 9), st.just(0), st.sampled_from([None, RESET]), st.sampled_from(["exact", "all", "live", "trimmed"])
)


def check(simulation: Simulation, *, ambiguous: bool = False) -> None:
    """``ambiguous``: events of one millisecond may come twice, which only the thread's state can put right."""
    simulation.play()
    answer = simulation.answer()
    assert simulation.session.history[-1].text == answer
    assert simulation.session.link.phase is Phase.IDLE
    assert simulation.posts == 1
    if ambiguous:
        return
    for text in simulation.painted:
        assert answer.startswith(text), "painted text is never taken back"
    assert not any(n.kind is NoticeKind.CORRECTED for n in simulation.session.notices)


@given(st.integers(1, 30), st.lists(st.sampled_from([0, 0, 1, 2, 10, 40]), min_size=30, max_size=30), st.lists(legs, max_size=6))
@example(2, [0] * 30, [Leg(2), Leg(4, 1)])  # a tail that comes twice in the middle of a burst
@example(3, [0, 0, 40] * 10, [Leg(3), Leg(4, 1)])  # and one behind which the server took a breath
def test_any_cuts_overlaps_and_replays_give_the_same_text(n: int, stamps: list[int], cuts: list[Leg]) -> None:
    """Millisecond ids that collide, replays that leave siblings out, live tails that come twice."""
    overlaps = any(leg.overlap > 1 for leg in cuts) and 0 in stamps[:n]
    check(Simulation(python_log([f"t{k} " for k in range(n)], stamps[:n]), cuts), ambiguous=overlaps)


@given(st.integers(1, 30), st.lists(legs, max_size=6))
def test_the_same_with_unique_ids(n: int, cuts: list[Leg]) -> None:
    check(Simulation(numbered_log([f"t{k} " for k in range(n)]), cuts))


@given(st.integers(1, 30), st.lists(broken_legs, max_size=6))
def test_servers_that_lose_the_middle_still_end_exact(n: int, cuts: list[Leg]) -> None:
    """Stripped ids and trimmed replays: gaps are seen, and the thread's state fills them."""
    check(Simulation(numbered_log([f"t{k} " for k in range(n)]), cuts))


@given(st.integers(1, 20), st.lists(legs, max_size=4))
def test_identical_tokens_end_exact(n: int, cuts: list[Leg]) -> None:
    """Every token is "ha ": nothing but the rule tells them apart; unique ids make it exact without the state's help."""
    check(Simulation(numbered_log(["ha "] * n), cuts))


def test_every_cut_at_every_event_of_a_log() -> None:
    """The sweep: one cut after each event, by reset and by a clean end, for ids that collide and ids that do not."""
    texts = [f"t{k} " for k in range(40)]
    for failure in (None, RESET):
        for at in range(42):
            check(Simulation(python_log(texts, [0, 1, 0, 2] * 10), [Leg(at, 0, failure)]))
            check(Simulation(numbered_log(texts), [Leg(at, 0, failure)]))
