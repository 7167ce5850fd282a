"""What models really answer where they were asked for an artifact, for an object or for code."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage

from canvas_tui.local.agent.calls import code_of, object_in, text_of, was_cut
from canvas_tui.local.agent.generating import Reading, read
from canvas_tui.local.agent.nodes_artifact import fitted

ARGS = {"type": "code", "language": "Python", "isValidReact": False, "artifact": "```python\nprint()\n```", "title": " A\nProgram "}


def call(args: dict[str, object]) -> AIMessage:
    return AIMessage("", tool_calls=[{"name": "generate_artifact", "args": args, "id": "c"}])


def test_the_arguments_of_the_call() -> None:
    found = read(call(ARGS))
    assert found is not None and not found.cut
    assert found.version == {"index": 0, "type": "code", "title": "A Program", "language": "python", "code": "print()"}


def test_a_text_has_no_language_and_keeps_its_fences() -> None:
    found = read(call({**ARGS, "type": "text", "artifact": "```\nx\n```"}))
    assert found is not None and found.version == {"index": 0, "type": "text", "title": "A Program", "fullMarkdown": "```\nx\n```"}


def test_arguments_that_end_in_the_middle_are_kept_and_told() -> None:
    broken = json.dumps({"type": "text", "artifact": "# A Heading\n\nand so"})[:-6]
    found = read(AIMessage("", invalid_tool_calls=[{"name": "g", "args": broken, "id": "c", "error": None}]))
    assert found is not None and found.cut and found.version["title"] == "A Heading"
    assert found.version["type"] == "text" and found.version["fullMarkdown"].startswith("# A Heading\n\nan")


def test_a_model_that_writes_the_object_as_text_is_understood() -> None:
    found = read(AIMessage(f"Here it is:\n```json\n{json.dumps(ARGS)}\n```"))
    assert found is not None and found.version["title"] == "A Program"


def test_the_first_call_that_holds_something_counts_and_an_empty_one_before_it_does_not() -> None:
    calls = [{"name": "g", "args": args, "id": str(at)} for at, args in enumerate(({}, ARGS))]
    found = read(AIMessage("", tool_calls=calls))
    assert found is not None and found.version["title"] == "A Program"
    found = read(AIMessage(json.dumps(ARGS), tool_calls=calls[:1]))
    assert found is not None and found.version["title"] == "A Program", "what stands beside an empty call"


def test_without_a_type_the_language_tells_as_it_does_on_the_screen() -> None:
    found = read(call({key: value for key, value in ARGS.items() if key != "type"}))
    assert found is not None and found.version["type"] == "code"


@pytest.mark.parametrize(
    ("new", "old", "fits"),
    [("B", "b\n", "B\n"), ("B\n", "b", "B"), ("B\n\n", "b\n", "B\n"), ("B", "b\r\n", "B\r\n"), ("", "b\n", ""), ("B", "b", "B")],
)
def test_a_part_ends_its_lines_as_the_old_one_did(new: str, old: str, fits: str) -> None:
    assert fitted(new, old) == fits


@pytest.mark.parametrize(
    "answer", [AIMessage("I would rather not."), call({}), call({**ARGS, "artifact": " "}), call({**ARGS, "artifact": 7})]
)
def test_nothing_written_is_none(answer: AIMessage) -> None:
    assert read(answer) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1}', {"a": 1}),
        ('Sure!\n```json\n{"a": {"b": "}"}}\n```\nDone.', {"a": {"b": "}"}}),
        ('{"a": "half', {"a": "half"}),
        ("no object", {}),
        ("[1]", {}),
        ("{", {}),
    ],
)
def test_an_object_is_found_in_words(text: str, expected: dict[str, object]) -> None:
    assert object_in(text) == expected


@given(st.text())
def test_any_words_are_read_without_an_error(text: str) -> None:
    assert isinstance(object_in(text), dict)
    read(AIMessage(text))


def test_thinking_is_no_part_of_what_was_written() -> None:
    assert text_of(AIMessage("<think>a {b}</think>\n\n# C\n")) == "# C\n"
    assert text_of(AIMessage("<think>never ends")) == ""
    assert text_of(AIMessage("\n# C\n")) == "\n# C\n"


def test_a_text_that_speaks_of_thinking_stays_whole() -> None:
    text = "# Reasoning models\n\nThey write `<think>` before they answer.\n\n## More\n\nA second part.\n"
    code = 'TAG = "<think>"\nEND = "</think>"\n\nprint(TAG)\n'
    assert text_of(AIMessage(text)) == text and text_of(AIMessage(f"<think>hm</think>\n\n{text}")) == text
    assert code_of(AIMessage(f"```python\n{code}```")) == code.rstrip()
    assert read(call({**ARGS, "artifact": code})).version["code"] == code  # type: ignore[union-attr, typeddict-item]


def test_a_fence_round_the_whole_goes_and_one_inside_stays() -> None:
    assert code_of(AIMessage("```python\nx = '```'\n```\n")) == "x = '```'"
    assert code_of(AIMessage("x\n```\ny\n```")) == "x\n```\ny\n```"


@pytest.mark.parametrize("told", [{"finish_reason": "length"}, {"stop_reason": "max_tokens"}, {"done_reason": "length"}])
def test_a_model_at_its_limit_is_known_by_whatever_it_says(told: dict[str, str]) -> None:
    assert was_cut(AIMessage("x", response_metadata=told)) and not was_cut(AIMessage("x", response_metadata={"finish_reason": "stop"}))


PLAIN = '<think>hm\ntype: text</think>\n\ntype: code\nlanguage: Python\n**title**: "A \\ Title"\n\nprint("é😀")\ntitle: not mine\n'


@given(st.lists(st.integers(0, len(PLAIN)), max_size=12))
def test_plain_text_becomes_the_call_however_it_is_cut(cuts: list[int]) -> None:
    reading, edges = Reading(), [0, *sorted(cuts), len(PLAIN)]
    told = "".join(reading.take(PLAIN[a:b]) for a, b in pairwise(edges)) + reading.end()
    assert json.loads(told) == {
        "type": "code",
        "language": "python",
        "isValidReact": False,
        "artifact": 'print("é😀")\ntitle: not mine\n',
        "title": "A \\ Title",
    }


@pytest.mark.parametrize(("text", "artifact"), [("Just a text", "Just a text"), ("# H\n\nx", "# H\n\nx"), ("type: text\n\nx", "x")])
def test_plain_text_without_its_head_is_a_text(text: str, artifact: str) -> None:
    reading = Reading()
    told = json.loads(reading.take(text) + reading.end())
    assert (told["type"], told["artifact"]) == ("text", artifact)


@pytest.mark.parametrize("text", ["", "<think>hm", "\n\n", "type: text\n"])
def test_plain_text_of_nothing_is_no_call(text: str) -> None:
    reading = Reading()
    assert reading.take(text) + reading.end() == ""
