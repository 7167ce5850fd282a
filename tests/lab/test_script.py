"""The script language: total, deterministic, and clear about mistakes."""

from __future__ import annotations

from itertools import islice
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canvas_tui.lab.faults import FAULTS, find, named, script_of
from canvas_tui.lab.script import SCOPES, Script, ScriptError, parse, unfold
from canvas_tui.lab.steps import (
    ENDINGS,
    FOREVER,
    Answer,
    Corrupt,
    Cut,
    CutHead,
    Delay,
    Down,
    End,
    Gzip,
    Heartbeats,
    Insert,
    LastEventId,
    Lose,
    Pass,
    Reset,
    Slice,
    Slow,
    Span,
    Stall,
    Step,
    Swallow,
    Unit,
    exactly,
)
from canvas_tui.lab.tape import NOTHING, Plan, Tape
from canvas_tui.lab.vocabulary import WORDS


def steps(text: str, seed: int = 1) -> list[Step]:
    return list(unfold(parse(text).tracks[0].items, Random(seed)))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("pass 5; stall 20s; cut", [Pass(exactly(5)), Stall(exactly(20)), Cut()]),
        ("502 x2; reset; slice 3", [Answer(502), Answer(502), Reset(), Slice(exactly(3))]),
        ("pass", [Pass()]),
        ("pass 5 events", [Pass(exactly(5))]),
        ("pass 900b", [Pass(exactly(900), Unit.BYTES)]),
        ("pass 1.5k", [Pass(exactly(1500), Unit.BYTES)]),
        ("pass 15s", [Pass(exactly(15), Unit.SECONDS)]),
        ("pass 2m", [Pass(exactly(120), Unit.SECONDS)]),
        ("stall", [Stall(FOREVER)]),
        ("stall 500ms", [Stall(exactly(0.5))]),
        ("429 7s", [Answer(429, wait=exactly(7))]),
        ("422 busy", [Answer(422, "busy")]),
        ("redirect", [Answer(302, where="http://elsewhere.invalid/")]),
        ("redirect http://a.invalid/b", [Answer(302, where="http://a.invalid/b")]),
        ("lose", [Lose(Reset())]),
        ("lose 502", [Lose(Answer(502))]),
        ("lose cut", [Lose(Cut())]),
        ("head 20b", [CutHead(exactly(20))]),
        ("down 5s", [Down(exactly(5))]),
        ("gzip end", [Gzip(at_end=True)]),
        ("delay 1..3s", [Delay(Span(1, 3))]),
        ("slow 1k", [Slow(exactly(1000))]),
        ("last-event-id off; last-event-id -1", [LastEventId(), LastEventId("-1")]),
        ("heartbeats off; heartbeats as ping", [Heartbeats(), Heartbeats("ping")]),
        ("insert big 20MB; swallow; corrupt", [Insert("big", exactly(20e6)), Swallow(), Corrupt()]),
        ("(pass 2; reset) x2; end", [Pass(exactly(2)), Reset(), Pass(exactly(2)), Reset(), End()]),
        ("((cut) x2; end) x2", [Cut(), Cut(), End(), Cut(), Cut(), End()]),
        ("cut  # a comment", [Cut()]),
        ("stream: cut", [Cut()]),
        (";; cut ;", [Cut()]),
    ],
)
def test_what_is_written_is_what_is_played(text: str, wanted: list[Step]) -> None:
    assert steps(text) == wanted


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("stal 3s", "did you mean 'stall'"),
        ("pass x", "no number of events"),
        ("slice", "a number of bytes is missing"),
        ("slice 3 4", "'4' is too much"),
        ("delay 3..1s", "goes downwards"),
        ("(cut", "leaves a parenthesis open"),
        ("cut)", "closes a parenthesis that is not open"),
        ("(cut) again", "only be 'x' and a number"),
        ("creat: 502", "did you mean 'create'"),
        ("pass 5; loop", "ends the exchange"),
        ("cut or pass; loop", "ends the exchange"),
        ("loop; cut", "stands at the end"),
        ("cut x0", "1 to 10,000"),
        ("cut x10001", "1 to 10,000"),
        ("777", "no status"),
        ("insert nothing", "junk"),
        ("heartbeats on", "neither off nor as"),
        ("ids on", "only off"),
        ("(" * 50 + "cut" + ")" * 50, "at most 20 deep"),
    ],
)
def test_a_mistake_is_a_sentence(text: str, said: str) -> None:
    with pytest.raises(ScriptError) as caught:
        parse(text)
    assert said in str(caught.value)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("word", WORDS.values(), ids=list(WORDS))
def test_each_word_is_written_as_its_help_says(word: object) -> None:
    usage = WORDS[next(name for name, each in WORDS.items() if each is word)].usage
    assert len(steps(usage)) == 1


_PIECES = st.sampled_from(
    [
        "pass",
        "cut",
        "5",
        "x3",
        "(",
        ")",
        ";",
        "|",
        " ",
        "or",
        "loop",
        "stream:",
        "create:",
        "3..12",
        "20s",
        "502",
        "stall",
        "\n",
        "#",
        "é",
        "x",
    ]
)


@given(st.lists(_PIECES, max_size=25).map(" ".join) | st.text(max_size=60))
def test_anything_is_a_script_or_a_sentence(text: str) -> None:
    try:
        script = parse(text)
    except ScriptError as error:
        assert str(error).endswith(".")
        return
    for track in script.tracks:
        assert track.scope in SCOPES
        assert all(isinstance(step, Step) for step in islice(unfold(track.items, Random(1)), 200))


@given(st.integers(0, 1000))
def test_the_seed_decides_and_nothing_else(seed: int) -> None:
    text = "(pass 3..12; cut or reset or end) x20"
    assert steps(text, seed) == steps(text, seed)
    for step in steps(text, seed):
        assert isinstance(step, ENDINGS) or (isinstance(step, Pass) and 3 <= step.amount.value <= 12)


def test_seeds_differ() -> None:
    assert len({tuple(steps("(pass 3..12; cut or reset or end) x5", seed)) for seed in range(20)}) > 15


# -- which request suffers what ------------------------------------------------------------------------------------------------


class Request:
    def __init__(self, line: str) -> None:
        self.method, self.path = line.split()


JOIN = Request("GET /threads/t/runs/r/stream?x=1")
CREATE = Request("POST /threads/t/runs")


def taken(tape: Tape, request: Request) -> Plan:
    course = tape.course(request)
    return course.take() if course else NOTHING


def test_each_request_takes_the_steps_up_to_an_end() -> None:
    tape = Tape(parse("pass 5; stall 2s; cut; 502 x2; slice 3"))
    assert taken(tape, CREATE) == NOTHING
    assert taken(tape, JOIN) == Plan((Pass(exactly(5)), Stall(exactly(2))), Cut())
    assert taken(tape, JOIN) == Plan((), Answer(502))
    assert taken(tape, JOIN) == Plan((), Answer(502))
    assert taken(tape, JOIN) == NOTHING
    course = tape.course(JOIN)
    assert course is not None
    assert course.modes.slice == 3


def test_lists_have_their_requests_and_the_next_one_follows() -> None:
    tape = Tape(parse("create: lose | stream: cut | any: 401"))
    assert taken(tape, CREATE).ending == Lose()
    assert taken(tape, JOIN).ending == Cut()
    assert taken(tape, Request("GET /ok")).ending == Answer(401)
    assert taken(tape, JOIN) == NOTHING  # the list is through only when it has been asked once more
    assert taken(tape, CREATE) == NOTHING


def test_loops_never_end() -> None:
    tape = Tape(parse("pass 1; cut; 502; loop"))
    endings = [taken(tape, JOIN).ending for _ in range(100)]
    assert endings == [Cut(), Answer(502)] * 50


def test_an_open_stream_leaves_answers_to_the_next_request() -> None:
    course = Tape(parse("502 x2")).course(JOIN)
    assert course is not None
    assert course.take(open_stream=True) == NOTHING
    assert [course.take().ending for _ in range(3)] == [Answer(502), Answer(502), None]


@pytest.mark.parametrize(
    ("scope", "line", "is_for"),
    [
        ("stream", "POST /threads/t/runs/stream", True),
        ("join", "POST /threads/t/runs/stream", False),
        ("create", "POST /threads/t/runs/stream", True),
        ("create", "POST /threads/t/runs/r/cancel", False),
        ("run", "GET /threads/t/runs/r", True),
        ("run", "GET /threads/t/runs", False),
        ("state", "GET /threads/t/state", True),
        ("state", "POST /threads/search", False),
        ("get", "GET /ok", True),
        ("post", "GET /ok", False),
    ],
)
def test_scopes(scope: str, line: str, is_for: bool) -> None:
    assert (Tape(parse(f"{scope}: cut")).course(Request(line)) is not None) == is_for


# -- the table of faults ----------------------------------------------------------------------------------------------------------


def test_every_fault_of_the_matrix_has_its_place() -> None:
    assert [fault.id for fault in FAULTS] == [f"F{n:02}" for n in range(1, 65)]
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert all(fault.line for fault in FAULTS)


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault.script], ids=lambda fault: fault.id)
def test_every_script_of_the_table_can_be_read(fault: object) -> None:
    found = next(each for each in FAULTS if each is fault)
    assert parse(script_of(found.id)) == parse(script_of(found.name)) == parse(found.script) != Script()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.id)
def test_no_name_of_a_fault_is_a_script_too(fault: object) -> None:
    with pytest.raises(ScriptError):
        parse(next(each for each in FAULTS if each is fault).name)


def test_what_no_proxy_makes_is_told() -> None:
    with pytest.raises(ScriptError, match="F03 is nothing a proxy can make"):
        script_of("f03")
    with pytest.raises(ScriptError, match="did you mean 'buffered'"):
        named("bufered")
    assert find("clean END") is named("F23")
