"""What the store keeps is read whatever stands there; attachments come out as they were written."""

from __future__ import annotations

import base64

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langgraph.store.memory import InMemoryStore

from canvas_tui.local.agent.attachments import LONGEST, readable, text_of
from canvas_tui.local.agent.memory import (
    MOST_MEMORIES,
    Reflections,
    assistant_of,
    context_documents,
    custom_action,
    keep_reflections,
    lines,
    reflections,
    user_of,
)
from canvas_tui.local.agent.nodes_after import may_name

WORDS = "Zürich, 東京 😀"


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({"type": "text", "data": WORDS}, WORDS),
        ({"data": WORDS}, WORDS),
        ({"type": "text/plain", "data": base64.b64encode(WORDS.encode()).decode()}, WORDS),
        ({"type": "application/json", "data": base64.b64encode(b'{"a": 1}').decode()}, '{"a": 1}'),
        ({"type": "text/plain", "data": WORDS}, WORDS),
        ({"type": "text/plain", "data": "/w=="}, "/w=="),  # base64, but of no text
        ({"type": "text", "data": "TWFu"}, "TWFu"),
        ({"type": "image/png", "data": "JVBERi0="}, None),
        ({}, ""),
    ],
)
def test_the_text_of_an_attachment(document: dict[str, str], text: str | None) -> None:
    assert text_of(document) == text


def test_attachments_stand_before_the_words_of_their_message() -> None:
    documents = [{"name": "a.txt", "type": "text", "data": WORDS}, {"name": "b.png", "type": "image/png", "data": "x"}]
    message = HumanMessage("Read it.", additional_kwargs={"documents": documents}, id="m")
    told, other = readable([message, AIMessage("ok")])
    unread = "[The attached file b.png cannot be read here: it is not a text. Say so.]"
    assert told.text == f'<document name="a.txt">\n{WORDS}\n</document>\n\n{unread}\n\nRead it.'
    assert told.id == "m" and other.text == "ok" and message.text == "Read it."


def test_a_long_attachment_is_cut_and_that_is_said() -> None:
    long = {"name": "a", "type": "text", "data": "x" * (LONGEST + 1)}
    assert "The rest is left out" in readable([HumanMessage("hm", additional_kwargs={"documents": [long]})])[0].text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (["a", " b\nc ", "a", "", 7], ("a", "b c")),
        ("a\nb", ("a", "b")),
        (None, ()),
        ({"a": 1}, ()),
    ],
)
def test_notes_are_lines_whatever_was_kept(value: object, expected: tuple[str, ...]) -> None:
    assert lines(value) == expected


async def test_reflections_are_kept_and_bounded() -> None:
    store = InMemoryStore()
    assert await reflections(store, "a") == Reflections() == await reflections(None, "a")
    many = tuple(f"rule {number}" for number in range(MOST_MEMORIES + 5))
    await keep_reflections(store, "a", Reflections(many, ("fact",)))
    assert await reflections(store, "a") == Reflections(many[5:], ("fact",))
    assert await reflections(store, "b") == Reflections()
    assert Reflections(("short",), ()).told() == "How this user wants things written:\n- short" and Reflections().told() == ""


async def test_custom_actions_and_documents_that_are_no_such_thing_are_none() -> None:
    store = InMemoryStore()
    value = {"a": {"title": "A", "prompt": "Do", "includePrefix": True}, "b": {"title": "B"}, "c": "no"}
    await store.aput(("custom_actions", "me"), "actions", value)
    found = await custom_action(store, "me", "a")
    assert found is not None and (found.prompt, found.prefix, found.reflections, found.history) == ("Do", True, False, False)
    assert [await custom_action(store, *key) for key in (("me", "b"), ("me", "c"), ("me", "d"), ("you", "a"))] == [None] * 4
    await store.aput(("context_documents",), "a", {"documents": [{"name": "x"}, "no"]})
    assert await context_documents(store, "a") == [{"name": "x"}] and await context_documents(store, "b") == []


def test_who_is_asking() -> None:
    assert user_of({"configurable": {"supabase_user_id": "me"}}) == "me" and user_of({}) == "default"
    assert assistant_of({"configurable": {"assistant_id": "x"}}) == "x" and assistant_of({}) == "agent"


@pytest.mark.parametrize(
    ("title", "may"),
    [("", True), ("Write an essay", True), ("Write an…", True), ("My own", False), ("an essay", False), ("Write  an", True)],
)
def test_only_a_title_that_was_cut_off_the_message_is_replaced(title: str, may: bool) -> None:
    assert may_name(title, "Write an essay\nabout tea") is may
