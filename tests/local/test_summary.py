"""A memory that fits: what a summary leaves, and that the next turn does not take up again what it summed up."""

from __future__ import annotations

import pytest
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage
from langgraph.graph.message import add_messages

from canvas_tui.local.agent import nodes, nodes_after
from canvas_tui.local.agent.state import State
from canvas_tui.local.agent.tasks import Task


@pytest.fixture(autouse=True)
def summed_up(monkeypatch: pytest.MonkeyPatch) -> list[Task]:
    """The tasks of summaries that were asked for."""
    asked: list[Task] = []

    async def ask(task: Task, config: object = None) -> AIMessage:
        asked.append(task)
        return AIMessage("In short.")

    monkeypatch.setattr(nodes_after, "ask", ask)
    return asked


async def after(conversation: list[AnyMessage]) -> list[AnyMessage]:
    """What the model sees after the summary."""
    update = await nodes_after.summarizer({"_messages": conversation}, {})
    return list(add_messages(conversation, update.get("_messages", [])))  # type: ignore[arg-type]


def human(id: str) -> AnyMessage:
    return HumanMessage("please", id=id)


def told(*ids: str) -> list[AnyMessage]:
    return [AIMessage("done", id=id) for id in ids]


async def test_after_many_actions_in_a_row_nothing_comes_back() -> None:
    conversation = [human("h1"), *told("a1"), human("h2"), *told(*(f"q{number}" for number in range(8)))]
    seen = await after(conversation)
    assert [message.id for message in seen[1:]] == ["h2", *(f"q{number}" for number in range(8))] and "In short." in seen[0].text
    state: State = {"messages": [*conversation, human("new")], "_messages": seen}
    assert [message.id for message in nodes.unheard(state)] == ["new"]


async def test_the_newest_stay_from_the_users_words_on() -> None:
    call = AIMessage("", id="c", tool_calls=[{"name": "lookup", "args": {}, "id": "1"}])
    tools: list[AnyMessage] = [ToolMessage("x", tool_call_id="1", id=f"t{number}") for number in range(3)]
    seen = await after([human("h1"), call, *tools, *told("a1"), human("h2"), *told("a2")])
    assert [message.id for message in seen[1:]] == ["h2", "a2"]


@pytest.mark.parametrize("conversation", [[], told(*"abcdefgh"), [human("h"), *told(*"abcdefgh")]])
async def test_where_nothing_is_old_there_is_nothing_to_sum_up(conversation: list[AnyMessage], summed_up: list[Task]) -> None:
    assert await after(conversation) == conversation and not summed_up
