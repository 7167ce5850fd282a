"""The small parts that need no screen: keys, questions, ages, sparks, clipboard pieces."""

from __future__ import annotations

import ast
import json
import os
import signal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual._xterm_parser import XTermParser
from textual.content import Content
from textual.events import Key as KeyEvent
from textual.events import Paste

from canvas_tui.core.model import Interrupt, Json
from canvas_tui.core.notices import Act
from canvas_tui.ui import keymap, questions, suspending, textual_parts
from canvas_tui.ui.ages import age, size, span
from canvas_tui.ui.glyphs import ASCII, UNICODE
from canvas_tui.ui.graph import full
from canvas_tui.ui.keymap import Keymap
from canvas_tui.ui.painting.answers import hear
from canvas_tui.ui.terminal_keys import teach
from canvas_tui.ui.widgets.lines import cut
from canvas_tui.ui.widgets.run_sidebar import spark

from .states import WALL

MINUTE, HOUR, DAY = 60, 3600, 86400

# -- keys -----------------------------------------------------------------------------------------------------------------


def test_no_two_actions_share_a_key() -> None:
    assert keymap.problems({}) == []


def test_mistakes_in_the_users_keys_are_named() -> None:
    assert keymap.problems({"no.such": "x", "run.stp": "f12", "thread.new": "f1", "run.again": "PgUp", "run.stop": "fog"}) == [
        'there is no action "no.such" (see canvas-tui config show)',
        'there is no action "run.stp"; did you mean run.stop?',
        'run.stop: there is no key "fog"; keys are named like "escape", "f6", "alt+g" or "ctrl+pageup"',
        'run.again: there is no key "PgUp"; did you mean "pageup"?',
        "F1 is bound twice: thread.new and program.help",
    ]


@pytest.mark.parametrize(
    "name", ["escape", "f6", "?", "é", "question_mark", "ctrl+slash", "alt+enter", "ctrl+shift+pageup", "minus", "euro_sign"]
)
def test_what_textual_can_tell_is_a_key(name: str) -> None:
    assert keymap.is_key(name)


@pytest.mark.parametrize("name", ["escpe", "hpyer+a", "ctrl+", "f99", "strg+c", "fog", "latin_small_letter_e"])
def test_what_no_terminal_sends_is_none(name: str) -> None:
    assert not keymap.is_key(name)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ctrl+pgup", "ctrl+pageup"),
        ("Ctrl+K", "ctrl+k"),
        ("crtl+k", "ctrl+k"),
        ("Esc", "escape"),
        ("alt-q", "alt+q"),
        ("strg+enter", "ctrl+enter"),
    ],
)
def test_the_key_that_was_meant(written: str, meant: str) -> None:
    assert keymap.near_key(written) == meant
    assert keymap.is_key(meant)


@pytest.mark.parametrize("written", ["", "fog", "hyperspace+a", "+", "ctrl+"])
def test_nothing_is_meant_by_what_is_near_to_no_key(written: str) -> None:
    assert keymap.near_key(written) == ""


def test_every_act_of_a_notice_has_a_key() -> None:
    assert all(Keymap().act(act) for act in Act)


def test_the_readmes_table_has_a_row_for_every_action() -> None:
    rows = keymap.markdown().splitlines()
    assert len(rows) == 2 + len(keymap.KEYS)
    assert "| Shift+Enter, Alt+Enter, Ctrl+J | New line; backslash Enter too | `composer.newline` |" in rows


@pytest.mark.parametrize(
    ("sequence", "key"), [("\x1b\r", "alt+enter"), ("\n", "ctrl+j"), ("\x1b[13;2u", "shift+enter"), ("\r", "enter"), ("\x1bq", "alt+q")]
)
def test_the_sequences_of_terminals_are_read_as_these_keys(sequence: str, key: str) -> None:
    teach()
    parser = XTermParser()
    events = [*parser.feed(sequence), *parser.feed("")]
    assert [event.key for event in events if isinstance(event, KeyEvent)] == [key]


def test_a_key_is_read_as_such_where_an_answer_of_the_terminal_follows_at_once() -> None:
    teach()
    events = [*XTermParser().feed("\x1bw\x1b[0n")]
    assert [event.key for event in events if isinstance(event, KeyEvent)][:1] == ["alt+w"]


ANSWERS = ("\x1b[0n", "\x1b[?69;2$y", "\x1b[2;3R", "\x1b[I", "\x1b[<35;4;2M")
PASTED = st.text(st.sampled_from("ab\r\n\x00é\x1b[0~;"), max_size=60)


@given(st.lists(st.tuples(PASTED, st.sampled_from(ANSWERS)), max_size=4), PASTED, st.lists(st.integers(1, 9), max_size=60))
def test_a_paste_comes_whole_however_it_arrives(parts: list[tuple[str, str]], rest: str, pieces: list[int]) -> None:
    """Whatever is in it, and whatever the terminal answers within it."""
    teach()
    hear()
    raw = f"x\x1b[200~{''.join(text + answer for text, answer in parts)}{rest}\x1b[201~y"
    parser = XTermParser()
    events: list[object] = []
    for length in [*pieces, len(raw)]:
        piece, raw = raw[:length], raw[length:]
        events += parser.feed(piece) if piece else ()
    pasted = [event for event in events if isinstance(event, Paste)]
    assert [event.text for event in pasted] == ["".join(text for text, _ in parts).replace("\x00", "") + rest.replace("\x00", "")]
    other = XTermParser()
    alone = [told(event) for _, answer in parts for event in other.feed(answer)]
    assert [told(event) for event in events if event not in pasted] == ["x", *alone, "y"]


@pytest.mark.parametrize("answer", ANSWERS)
def test_no_new_line_of_a_paste_becomes_enter(answer: str) -> None:
    """Seen: the lines behind an answer were typed, and the half of a message was sent."""
    teach()
    hear()
    parser = XTermParser()
    lines = "\r".join(f"line {n} of the paste" for n in range(9))
    events = [event for piece in (f"\x1b[200~{lines}\r", answer, f"{lines}\r", "\x1b[201~") for event in parser.feed(piece)]
    assert "enter" not in [event.key for event in events if isinstance(event, KeyEvent)]
    assert [event.text for event in events if isinstance(event, Paste)] == [f"{lines}\r{lines}\r"]


def told(event: object) -> str:
    return event.key if isinstance(event, KeyEvent) else repr(event)


def test_a_long_paste_is_not_read_letter_by_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    teach()
    parser = XTermParser()
    assert [*parser.feed("\x1b[200~")] == []
    monkeypatch.delattr(textual_parts, "textual_feed")
    assert [*parser.feed("a line\n" * 500)] == []
    monkeypatch.undo()
    (paste,) = parser.feed("end\x1b[201~")
    assert isinstance(paste, Paste) and paste.text == "a line\n" * 500 + "end"


# -- times and sizes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        (0, "now"),
        (59, "now"),
        (60, "1 m"),
        (3599, "59 m"),
        (HOUR, "1 h"),
        (DAY - 1, "23 h"),
        (2 * DAY, "Sat"),
        (60 * DAY, "23 Jul"),
        (500 * DAY, "2025"),
    ],
)
def test_ages(gone: float, words: str) -> None:
    assert age(WALL - gone, WALL) == words


def test_a_clock_that_runs_behind_makes_no_negative_age() -> None:
    assert age(WALL + 50, WALL) == "now"
    assert span(-1) == "0.0 s"


def test_sizes() -> None:
    assert [size(n) for n in (0, 999, 1000, 61_240, 10_000_000)] == ["0 B", "999 B", "1.0 kB", "61.2 kB", "10.0 MB"]


@given(st.lists(st.integers(0, 10_000)), st.integers(1, 60), st.sampled_from([UNICODE.spark, ASCII.spark]))
def test_a_spark_is_never_wider_than_its_room_and_its_top_is_the_top(buckets: list[int], width: int, levels: str) -> None:
    line = spark(tuple(buckets), levels, width)
    assert len(line) <= width
    if any(buckets[-width:]):
        assert levels[-1] in line
    else:
        assert line == ""


def test_what_a_reconnect_brings_at_once_does_not_flatten_the_rest() -> None:
    assert spark((3, 4, 2, 4, 0, 900, 4, 3), UNICODE.spark, 20) == "▇█▅█▁██▇"
    assert full([5, 0, 900]) == 900, "too few to say what is usual"
    assert full([4, 5, 6, 30_000]) == 6 and full([4, 5, 6, 12]) == 12 and full([]) == 0


@given(st.text(), st.integers(0, 40), st.sampled_from(["…", "..."]))
def test_cut_is_exactly_as_wide_as_asked(text: str, width: int, ellipsis: str) -> None:
    assert cut(Content(text.replace("\n", " ")), width, ellipsis).cell_length == width


# -- questions ------------------------------------------------------------------------------------------------------------


def asked(value: Json) -> questions.Inquiry:
    return questions.read(Interrupt("i", value))


def chosen(value: Json, *labels: str) -> Json:
    inquiry = asked(value)
    answers = [
        next(choice.value for choice in question.choices if choice.label == label)
        for question, label in zip(inquiry.questions, labels, strict=True)
    ]
    return inquiry.combine(answers)


@pytest.mark.parametrize(
    ("value", "label", "answer"),
    [
        ({"question": "?", "options": ["a", "b"]}, "b", "b"),
        ({"prompt": "?", "choices": [{"label": "Yes", "value": True}]}, "Yes", True),
        ({"message": "?", "actions": [{"name": "Go", "id": 7}]}, "Go", 7),
        ({"question": "?", "options": [{"title": "Whole"}]}, "Whole", {"title": "Whole"}),
        ({"question": "?", "options": [True, None, 1.5]}, "Yes", True),
        (["one", "two"], "two", "two"),
        ([1, 2], "2", 2),
        (
            {"action_request": {"action": "mail", "args": {}}, "config": {"allow_accept": True}},
            "Accept",
            [{"type": "accept", "args": None}],
        ),
        ({"action_requests": [{"name": "mail", "args": {}}]}, "Approve", {"decisions": [{"type": "approve"}]}),
        ({"type": "tool_approval", "name": "mail", "args": {}, "tool_call_id": "c"}, "Approve", {"type": "approve"}),
    ],
)
def test_a_choice_answers_with_the_json_that_the_graph_gave(value: Json, label: str, answer: Json) -> None:
    assert chosen(value, label) == answer


def test_several_actions_are_decided_one_by_one() -> None:
    value = {"action_requests": [{"name": "a", "args": {}}, {"name": "b", "args": {}}]}
    assert chosen(value, "Approve", "Approve") == {"decisions": [{"type": "approve"}, {"type": "approve"}]}


@pytest.mark.parametrize(
    ("value", "typed", "answer"),
    [
        ("What is your name?", "42", "42"),
        ({"question": "How many?"}, "42", "42"),
        ({"rows": 3}, "42", 42),
        ({"rows": 3}, '{"go": true}', {"go": True}),
        ({"rows": 3}, "go on", "go on"),
        (None, "null", None),
        ({"question": "?", "options": ["a", {"label": "Bee", "value": 2}]}, "2", 2),
        ({"question": "?", "options": ["a", {"label": "Bee", "value": 2}]}, " bee ", 2),
        ({"question": "?", "options": ["a"]}, "something else", "something else"),
        ({"action_request": {"action": "mail"}, "config": {"allow_respond": True}}, "not now", {"type": "response", "args": "not now"}),
        ({"action_requests": [{"name": "mail", "args": {}}]}, "no", {"type": "reject", "message": "no"}),
    ],
)
def test_typed_text_as_an_answer(value: Json, typed: str, answer: Json) -> None:
    question = asked(value).questions[0]
    assert questions.typed_answer(question, typed) == answer


def test_an_edit_that_is_no_json_is_told() -> None:
    value = {"action_request": {"action": "mail", "args": {"to": "a"}}, "config": {"allow_edit": True}}
    edit = asked(value).questions[0].choices[0]
    assert json.loads(edit.start) == {"to": "a"}
    assert questions.complete(edit, '{"to": "b"}') == {"type": "edit", "args": {"action": "mail", "args": {"to": "b"}}}
    with pytest.raises(questions.NotJson, match="not valid JSON"):
        questions.complete(edit, "{")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text() | st.sampled_from([*questions.CHOICE_KEYS, "config", "action_requests"]), inner)
    ),
    max_leaves=12,
)


@given(json_values)
def test_any_json_can_be_asked_and_answered(value: Json) -> None:
    inquiry = asked(value)
    assert inquiry.questions
    for question in inquiry.questions:
        assert question.prompt
        assert all(isinstance(choice.label, str) for choice in question.choices)
    question = inquiry.questions[0]
    questions.typed_answer(question, "text")


# -- hostile text ---------------------------------------------------------------------------------------------------------

UI = Path(keymap.__file__).parent


@pytest.mark.parametrize("path", sorted(UI.rglob("*.py")), ids=lambda path: str(path.relative_to(UI)))
def test_no_widget_reads_text_as_markup(path: Path) -> None:
    """Calls that read markup are given none: ``from_markup`` nowhere, the others with markup=False only."""
    source = path.read_text(encoding="utf-8")
    assert "from_markup" not in source
    assert "markup=True" not in source
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] in ("Static", "notify", "OptionList"):
            assert "markup=False" in ast.unparse(call), ast.unparse(call)
    for widget in ("Label(", "Button(", "DataTable(", "RichLog(", "Tree(", "MarkdownViewer("):
        assert widget not in source


# -- back to the shell ----------------------------------------------------------------------------------------------------


def test_nobody_is_told_of_the_return_but_who_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler of SIGCONT that came late has taken the terminal a second time."""
    seen: list[object] = []
    monkeypatch.setattr(os, "killpg", lambda group, number: seen.append((group, number, signal.getsignal(signal.SIGCONT))))
    before = signal.signal(signal.SIGCONT, lambda *_: None)
    ours = signal.getsignal(signal.SIGCONT)
    try:
        suspending.stop()
        assert seen == [(os.getpgrp(), signal.SIGSTOP, signal.SIG_DFL)]
        assert signal.getsignal(signal.SIGCONT) is ours
    finally:
        signal.signal(signal.SIGCONT, before)
