"""What models are sent: the parts that a task must hold, in a form that every provider takes."""

from __future__ import annotations

import asyncio

import pytest
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage, ToolMessage

from canvas_tui.local.agent import background, prompts
from canvas_tui.local.agent.actions import Action
from canvas_tui.local.agent.artifacts import Span, made
from canvas_tui.local.agent.memory import CustomAction

SAID: list[AnyMessage] = [AIMessage("The essay is there."), HumanMessage("first"), AIMessage("second"), HumanMessage("newest")]
TEXT, CODE = made("text", "A Title", "# The body"), made("code", "P", "print()", "cpp")

PROMPTS = {
    "reply": prompts.reply(SAID, "KNOWN", TEXT, "OWN", "FOUND"),
    "route": prompts.route(SAID, TEXT),
    "route anew": prompts.route(SAID, None),
    "generate": prompts.generate(SAID, "KNOWN", "OWN", "FOUND"),
    "generate plainly": prompts.generate_plainly(SAID, "KNOWN", "OWN", "FOUND"),
    "meta": prompts.meta(SAID, TEXT),
    "rewrite": prompts.rewrite(SAID, TEXT, CODE, "KNOWN", "OWN", "FOUND"),
    "action": prompts.action(TEXT, Action("", "language", "french"), "KNOWN"),
    "part": prompts.part(SAID, Span("BEFORE", "PART", "AFTER"), "FORM", "KNOWN"),
    "followup": prompts.followup(SAID, TEXT, "KNOWN"),
    "title": prompts.title(SAID, TEXT),
    "reflect": prompts.reflect(SAID, TEXT, "KNOWN"),
    "query": prompts.query(SAID, "2026-01-02"),
    "summary": prompts.summary(SAID),
}
HOLDS = {
    "reply": ("KNOWN", "OWN", "FOUND", "# The body", "newest"),
    "route": ("# The body", "newest", "reply or artifact"),
    "route anew": ("newest", "reply or artifact"),
    "generate": ("KNOWN", "OWN", "FOUND", "newest"),
    "generate plainly": ("KNOWN", "OWN", "FOUND", "newest", "type: text", "language: other", "title: "),
    "meta": ('"title": "A Title"', "newest"),
    "rewrite": ("KNOWN", "OWN", "FOUND", "# The body", "newest", "in C++"),
    "action": ("KNOWN", "# The body", "into French"),
    "part": ("BEFORE", "PART", "AFTER", "FORM", "KNOWN", "newest"),
    "followup": ("KNOWN", "# The body", "newest"),
    "title": ("# The body", "newest"),
    "reflect": ("KNOWN", "# The body", "newest", "styleRules"),
    "query": ("2026-01-02", "newest"),
    "summary": ("first", "second", "newest"),
}


@pytest.mark.parametrize("name", PROMPTS)
def test_what_a_task_is_told(name: str) -> None:
    whole = "\n".join(message.text for message in PROMPTS[name])
    assert [part for part in HOLDS[name] if part not in whole] == []


@pytest.mark.parametrize("name", PROMPTS)
def test_every_provider_takes_it(name: str) -> None:
    """One system message at the head, then the user; the user last; no empty message."""
    head, *rest = PROMPTS[name]
    assert isinstance(head, SystemMessage) and isinstance(rest[0], HumanMessage) and isinstance(rest[-1], HumanMessage)
    assert all(message.text.strip() for message in PROMPTS[name]) and not any(isinstance(message, SystemMessage) for message in rest)


def test_a_conversation_is_sent_in_turns_whatever_happened_in_it() -> None:
    """A failed turn, quick actions and an empty answer: each would be refused by somebody."""
    calls = AIMessage("", tool_calls=[{"name": "lookup", "args": {}, "id": "1"}])
    said: list[AnyMessage] = [
        *(AIMessage("The essay is there."), HumanMessage("first"), HumanMessage("again"), AIMessage("<think>hm</think>\n\nsecond")),
        *(AIMessage("It is in French."), HumanMessage("third"), AIMessage("<think>never ended"), HumanMessage("fourth"), calls),
        *(ToolMessage("x", tool_call_id="1"), AIMessage("done"), HumanMessage("newest")),
    ]
    told = [(message.type, message.text) for message in prompts.spoken(said)]
    assert told[:3] == [("human", "first\n\nagain"), ("ai", "second\n\nIt is in French."), ("human", "third\n\nfourth")]
    assert told[3:] == [("ai", ""), ("tool", "x"), ("ai", "done"), ("human", "newest")]
    assert "hm" not in prompts.transcript(said) and "never" not in prompts.transcript(said)
    assert [message.text for message in said[:3]] == ["The essay is there.", "first", "again"], "the conversation itself stays"


def test_a_port_is_asked_for_in_the_new_language_alone() -> None:
    told = prompts.action(CODE, Action("", "portLanguage", "php"), "")[0].text
    assert "Write the same program in PHP" in told and "nothing but the source (PHP)" in told and "in C++" not in told


@pytest.mark.parametrize(
    ("wanted", "holds", "lacks"),
    [
        (CustomAction("T", "DO", reflections=True, prefix=True, history=True), ("DO", "KNOWN", "newest", "canvas", "# The body"), ()),
        (CustomAction("T", "DO", reflections=False, prefix=False, history=False), ("DO", "# The body"), ("KNOWN", "newest", "made for it")),
    ],
)
def test_a_custom_action_is_told_what_it_wants_to_know(wanted: CustomAction, holds: tuple[str, ...], lacks: tuple[str, ...]) -> None:
    whole = "\n".join(message.text for message in prompts.custom(wanted, TEXT, SAID, "KNOWN", "PAPERS"))
    assert "PAPERS" in whole, "the documents, whatever it wants"
    assert all(part in whole for part in holds) and not any(part in whole for part in lacks)


async def test_work_beside_a_run_is_counted_until_it_is_done_and_its_failure_stays_its_own(caplog: pytest.LogCaptureFixture) -> None:
    going, done = asyncio.Event(), list[str]()

    async def work(name: str) -> None:
        await going.wait()
        done.append(name)
        raise ValueError("no such luck")

    background.later(work("a"), "reflect")
    background.later(work("b"), "generateTitle")
    assert background.under_way() == 2
    going.set()
    await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))
    await asyncio.sleep(0)
    assert background.under_way() == 0 and sorted(done) == ["a", "b"] and "reflect failed: no such luck" in caplog.text
