"""The scripted model: its directives, its scripts, and the pace of its tokens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, ToolMessage

from canvas_tui.local.agent.scripted.directives import DIRECTIVES, Directives, Pause, read_directives
from canvas_tui.local.agent.scripted.exhibits import EXHIBITS
from canvas_tui.local.agent.scripted.model import ScriptedChatModel, ScriptedFailure
from canvas_tui.local.agent.scripted.script import SPEED, Result, Turn, tokens_of, write


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("tell me about runs", Directives(text="tell me about runs")),
        ("two\n\nparagraphs  kept", Directives(text="two\n\nparagraphs  kept")),
        ("/length 40 /speed 1000 about runs", Directives(length=40, speed=1000.0, text="about runs")),
        ("about /length 40 runs", Directives(length=40, text="about runs")),
        ("/silence 2.5 /pause 3 @50 /pause 4", Directives(silence=2.5, pauses=(Pause(3.0, 50), Pause(4.0, None)))),
        ("/silence /pause /length /speed", Directives(silence=20.0, pauses=(Pause(12.0),), length=400, speed=150.0)),
        ("/silence 0", Directives(silence=0.0)),
        ("/error", Directives(error_at=0)),
        ("/error @7", Directives(error_at=7)),
        ("/tool /think 2 + 3", Directives(tool=True, think=True, text="2 + 3")),
        ("/ask", Directives(ask=1)),
        ("/ask2", Directives(ask=2)),
        ("/code /table", Directives(shows=("code", "table"))),
        ("/seed 7", Directives(seed=7)),
        ("/echo  two  spaces\nand /length 5 lines ", Directives(echo=" two  spaces\nand /length 5 lines ")),
        ("/speed 9 /echo x", Directives(speed=9.0, echo="x")),
        ("see/echo x", Directives(text="see/echo x")),
        ("/bogus", Directives(unknown="/bogus", text="/bogus")),
        ("what is in /usr /tmp", Directives(text="what is in /usr /tmp")),
        ("/usr/bin is a folder", Directives(text="/usr/bin is a folder")),
        ("", Directives()),
    ],
)
def test_directives(message: str, expected: Directives) -> None:
    assert read_directives(message) == expected


@given(st.text() | st.lists(st.sampled_from([f"/{name}" for name in DIRECTIVES] + ["@5", "9" * 400, "1.5", "x", "/", "@"])).map(" ".join))
def test_any_message_has_a_script(message: str) -> None:
    script = write(Turn((message,)))
    assert script.tokens or script.calls or script.error_at == 0 or read_directives(message).echo is not None
    assert all(0 <= at < max(len(script.tokens), 1) for at in script.waits)


def test_a_length_is_the_answers_and_thinking_comes_on_top() -> None:
    told = text_of("/length 40 /think why?")
    thought, _, answer = told.partition("</think>\n\n")
    assert thought.startswith("<think>") and answer == text_of("/length 40 why?")
    assert len(tokens_of(answer)) == 40


@given(st.text())
def test_tokens_joined_are_the_text(text: str) -> None:
    assert "".join(tokens_of(text)) == text


def text_of(message: str, *earlier: str, results: tuple[Result, ...] = (), answered: bool = False) -> str:
    return "".join(write(Turn((*earlier, message), results, answered)).tokens)


def test_the_first_answer_says_that_it_is_scripted_and_how_to_connect_a_model() -> None:
    first = text_of("hello")
    assert "scripted model" in first and "OPENAI_API_KEY" in first and "[local]" in first and "/help" in first
    assert "scripted model" not in text_of("hello", "before", answered=True)


def test_help_lists_every_directive() -> None:
    assert all(f"`/{name}" in text_of("/help") for name in DIRECTIVES)
    assert all(f"`/{name}" in text_of("/bogus") for name in DIRECTIVES)


@pytest.mark.parametrize("length", [1, 20, 400, 5000])
def test_length_is_exact(length: int) -> None:
    assert len(write(Turn((f"/length {length} about runs",))).tokens) == length


def test_the_same_turn_gives_the_same_answer_and_a_seed_another() -> None:
    answers = {text_of(f"/seed {seed} hm", answered=True) for seed in range(8)}
    assert len(answers) > 3
    assert text_of("/seed 3 hm") == text_of("/seed 3 hm")


def test_the_words_of_a_prompt_choose_the_essay() -> None:
    assert "A graph that asks before it acts" in text_of("explain interrupt and human approval")


def test_the_conversation_so_far_is_shown_without_its_markup() -> None:
    answer = text_of("second", "first | **bold** `x`", answered=True)
    assert "| 1 | 4 | first bold x |" in answer and "| 2 | 1 | second |" in answer


def test_echo_is_exact_whatever_it_is() -> None:
    assert text_of("/echo  a\n\tb ") == " a\n\tb "


@pytest.mark.parametrize("name", EXHIBITS)
def test_exhibits_come_whole(name: str) -> None:
    assert EXHIBITS[name] in text_of(f"/{name}")


def test_hostile_text_has_what_it_promises() -> None:
    hostile = text_of("/hostile")
    assert all(piece in hostile for piece in ("\x1b]52;", "\x1b]8;;", "\x9b", "\u202e", "[@click=", "javascript:"))


def test_thinking_goes_before_the_answer() -> None:
    assert text_of("/think /echo x").startswith("<think>\n") and text_of("/think /echo x").endswith("\n</think>\n\nx")


def test_a_silence_is_at_the_start_of_the_turn_only() -> None:
    assert write(Turn(("/silence 3 hm",))).waits == {0: 3.0}
    asked = "/silence 3 /tool hm"
    assert write(Turn((asked,))).waits == {0: 3.0}
    assert write(Turn((asked,), (Result("calculator", "42"),))).waits == {}


def test_pauses_stand_where_they_are_asked_for() -> None:
    assert write(Turn(("/length 100 /pause 2 /pause 3 @7 /pause 4 @9999",))).waits == {50: 2.0, 7: 3.0, 99: 4.0}


def test_a_tools_results_are_quoted() -> None:
    first = write(Turn(("/tool what is 12 * 12",)))
    assert [call.name for call in first.calls] == ["calculator", "lookup"] and first.calls[0].args == {"expression": "12 * 12"}
    assert "`calculator` gave: 144" in text_of("/tool", results=(Result("calculator", "144"), Result("lookup", "…")))


def test_an_answer_to_a_question_is_quoted() -> None:
    assert [call.name for call in write(Turn(("/ask2",))).calls] == ["ask_user", "ask_user"]
    assert "You chose: short" in text_of("/ask", results=(Result("ask_user", "short"),))


class Time:
    """A clock that only sleeping moves on, and ``work`` seconds each time it is read."""

    def __init__(self, work: float = 0.0) -> None:
        self.now, self.work, self.slept = 100.0, work, list[float]()

    def clock(self) -> float:
        self.now += self.work
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


async def streamed(time: Time, message: str, *earlier: BaseMessage) -> tuple[list[tuple[float, str]], list[AIMessageChunk]]:
    model, seen, chunks = ScriptedChatModel(clock=time.clock, sleep=time.sleep), list[tuple[float, str]](), list[AIMessageChunk]()
    async for chunk in model.astream([*earlier, HumanMessage(message)]):
        assert isinstance(chunk, AIMessageChunk)
        chunks.append(chunk)
        if chunk.text:
            seen.append((time.now - 100.0, chunk.text))
    return seen, chunks


@pytest.mark.parametrize("speed", [5.0, SPEED, 1000.0])
async def test_tokens_keep_their_pace(speed: float) -> None:
    seen, _ = await streamed(Time(), f"/length 2000 /speed {speed:.0f}")
    assert len(seen) == 2000
    assert all(abs(at - number / speed) <= 0.011 for number, (at, _) in enumerate(seen))


async def test_time_spent_working_is_caught_up() -> None:
    seen, _ = await streamed(Time(work=0.0008), "/length 2000 /speed 1000")
    assert seen[-1][0] == pytest.approx(2.0, abs=0.02)


async def test_a_wait_shifts_what_follows() -> None:
    time = Time()
    seen, _ = await streamed(time, "/length 20 /speed 10 /silence 7 /pause 5 @10")
    assert seen[0][0] == pytest.approx(7.0)
    assert seen[9][0] == pytest.approx(7.9)
    assert seen[10][0] == pytest.approx(13.0)


async def test_the_failure_comes_at_its_token() -> None:
    time, seen = Time(), list[str]()
    model = ScriptedChatModel(clock=time.clock, sleep=time.sleep)
    with pytest.raises(ScriptedFailure, match="before token 5"):
        async for chunk in model.astream([HumanMessage("/error @5")]):
            seen.append(chunk.text)
    assert len(seen) == 5


async def test_calls_come_in_pieces_of_json_and_the_usage_last() -> None:
    _, chunks = await streamed(Time(), "/tool 2 + 3")
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole = whole + chunk
    assert [(call["name"], call["args"]) for call in whole.tool_calls] == [
        ("calculator", {"expression": "2 + 3"}),
        ("lookup", {"term": "interrupt"}),
    ]
    assert sum(bool(chunk.tool_call_chunks) for chunk in chunks) > 6
    usage = [chunk.usage_metadata for chunk in chunks if chunk.usage_metadata]
    assert len(usage) == 1 and usage[0]["total_tokens"] == usage[0]["input_tokens"] + usage[0]["output_tokens"]


async def test_results_of_this_turn_only_are_taken() -> None:
    earlier = [HumanMessage("/tool"), AIMessage(""), ToolMessage("41", tool_call_id="c", name="calculator"), AIMessage("done")]
    seen, _ = await streamed(Time(), "hm", *earlier)
    assert "41" not in "".join(text for _, text in seen)


def test_the_whole_answer_at_once_is_what_streams() -> None:
    answer = ScriptedChatModel().invoke([HumanMessage("/length 50 hm")])
    assert answer.text == "".join(write(Turn(("/length 50 hm",))).tokens)
