"""The store through the backend: what it keeps, where it lies, and what is said where it cannot be used."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from canvas_tui.core.artifact import CustomAction, Document, Reflections
from canvas_tui.core.canvas_port import StoreFailure
from canvas_tui.net.canvas import HubCanvas
from canvas_tui.net.store import NO_STORE
from tests.support.scripted import scripted_server
from tests.support.scripted_faults import Fault, never_taken, reply
from tests.support.scripted_kinds import ASSISTANT_ID

from .backends import hub_at

ACTION = CustomAction("a-1", "Titel 🎉", "Make it $& rhyme", include_history=False)
EVERYTHING: dict[str, tuple[Callable[[HubCanvas], Awaitable[object]], Callable[[HubCanvas], Awaitable[None]], object, object]] = {
    "reflections": (
        lambda canvas: canvas.reflections(),
        lambda canvas: canvas.save_reflections(Reflections(("be brief",), ("likes tea", "漢字"))),
        Reflections(),
        Reflections(("be brief",), ("likes tea", "漢字")),
    ),
    "actions": (lambda canvas: canvas.custom_actions(), lambda canvas: canvas.save_custom_actions([ACTION]), (), (ACTION,)),
    "documents": (
        lambda canvas: canvas.documents(),
        lambda canvas: canvas.save_documents([Document("notes.md", "# ü")]),
        (),
        (Document("notes.md", "# ü"),),
    ),
}


@pytest.mark.parametrize("what", EVERYTHING)
@pytest.mark.parametrize("kind", ["python", "js"])
async def test_what_is_saved_is_read_again_and_nothing_is_empty(what: str, kind: str) -> None:
    read, save, empty, full = EVERYTHING[what]
    async with scripted_server(kind=kind) as server, hub_at(server.url, assistant="agent") as hub:
        assert await read(hub.canvas) == empty
        await save(hub.canvas)
        assert await read(hub.canvas) == full


async def test_they_lie_where_open_canvas_looks_for_them() -> None:
    async with scripted_server() as server, hub_at(server.url, assistant="agent") as hub:
        await hub.canvas.save_reflections(Reflections(("a",), ("b",)))
        await hub.canvas.save_custom_actions([ACTION])
        await hub.canvas.save_documents([Document("n", "d")])
        assert server.items.kept == {
            (("memories", ASSISTANT_ID), "reflection"): {"styleRules": ["a"], "content": ["b"]},
            (("custom_actions", "me"), "actions"): {
                "a-1": {
                    "id": "a-1",
                    "title": "Titel 🎉",
                    "prompt": "Make it $& rhyme",
                    "includeReflections": True,
                    "includePrefix": True,
                    "includeRecentHistory": False,
                }
            },
            (("context_documents",), ASSISTANT_ID): {"documents": [{"name": "n", "type": "text", "data": "d"}]},
        }
        await hub.canvas.save_reflections(Reflections())
        await hub.canvas.save_custom_actions([])
        await hub.canvas.save_documents([])
        assert server.items.kept == {}, "what is saved empty is deleted"


async def test_what_others_left_there_is_read_with_care() -> None:
    async with scripted_server() as server, hub_at(server.url) as hub:
        server.items.put(["memories", ASSISTANT_ID], "reflection", {"styleRules": "one\n\ntwo", "content": [1, "", "x"], "more": {}})
        server.items.put(["custom_actions", "me"], "actions", {"x": {"prompt": "p"}, "y": "junk", "z": {"includePrefix": False}})
        server.items.put(["context_documents"], ASSISTANT_ID, {"documents": [None, {"name": "n", "type": "text/plain", "data": "aGk="}]})
        assert await hub.canvas.reflections() == Reflections(("one", "two"), ("x",))
        assert [(a.id, a.title, a.prompt, a.include_prefix) for a in await hub.canvas.custom_actions()] == [
            ("x", "x", "p", True),
            ("z", "z", "", False),
        ]
        assert await hub.canvas.documents() == (Document("n", "aGk=", "text/plain"),)


@pytest.mark.parametrize("what", EVERYTHING)
async def test_a_server_without_a_store_is_said_to_be_one(what: str) -> None:
    read, save, _, _ = EVERYTHING[what]
    async with scripted_server() as server, hub_at(server.url) as hub:
        server.has_store = False
        for ask in (read, save):
            with pytest.raises(StoreFailure, match="keeps no store") as failed:
                await ask(hub.canvas)
            assert str(failed.value) == NO_STORE


async def test_a_server_that_answers_404_for_what_is_not_there() -> None:
    async with scripted_server() as server, hub_at(server.url) as hub:
        server.plan("item", reply(404, {"detail": "Item not found"}))
        server.plan("item-delete", reply(404, {"detail": "Item not found"}))
        assert await hub.canvas.reflections() == Reflections()
        await hub.canvas.save_reflections(Reflections())


@pytest.mark.parametrize("fault", [reply(500, "boom"), never_taken(), reply(401, {"detail": "key"})])
async def test_other_failures_are_sentences(fault: Fault) -> None:
    async with scripted_server() as server, hub_at(server.url) as hub:
        await hub._link.api()
        server.plan("item-put", fault)
        with pytest.raises(StoreFailure) as failed:
            await hub.canvas.save_reflections(Reflections(("a",)))
        said = str(failed.value)
        assert said.startswith("The server's store cannot be used: ") and said.endswith(".") and "Error" not in said


async def test_a_user_whose_id_the_store_cannot_hold_is_told_what_to_do() -> None:
    async with scripted_server() as server, hub_at(server.url) as hub:
        api = await hub._link.api()
        object.__setattr__(api.dialect, "user_id", "me@example.com")
        for ask in (hub.canvas.custom_actions(), hub.canvas.save_custom_actions([ACTION])):
            with pytest.raises(StoreFailure, match=r"me@example\.com.*user_id"):
                await ask
        assert server.count("item") == server.count("item-put") == 0
