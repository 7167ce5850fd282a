"""What the server's store keeps for the assistant: reflections, custom actions, context documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from canvas_tui.core.artifact import CustomAction, Document, Reflections
from canvas_tui.core.canvas_port import StoreFailure
from canvas_tui.core.model import Failure, FailureKind, Json
from canvas_tui.core.safe_text import safe_line
from canvas_tui.core.troubles import describe
from canvas_tui.wire import memory
from canvas_tui.wire.jsontext import mapping

from .desk import Desk
from .failed import RequestFailed

if TYPE_CHECKING:
    from .api import Api

NO_STORE = "This server keeps no store, so that it remembers neither reflections nor custom actions nor documents."


class AssistantStore:
    """All methods raise `StoreFailure`. What is not there is empty; what is saved empty is deleted."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def reflections(self) -> Reflections:
        api = await self._api()
        return memory.read_reflections(await _read(api, memory.reflections_place(api.dialect.assistant_id)))

    async def save_reflections(self, reflections: Reflections) -> None:
        api = await self._api()
        await _write(api, memory.reflections_place(api.dialect.assistant_id), memory.reflections_json(reflections))

    async def custom_actions(self) -> Sequence[CustomAction]:
        api = await self._api()
        return memory.read_actions(await _read(api, memory.actions_place(api.dialect.user_id)))

    async def save_custom_actions(self, actions: Sequence[CustomAction]) -> None:
        api = await self._api()
        await _write(api, memory.actions_place(api.dialect.user_id), memory.actions_json(actions))

    async def documents(self) -> Sequence[Document]:
        api = await self._api()
        return memory.read_documents(await _read(api, memory.documents_place(api.dialect.assistant_id)))

    async def save_documents(self, documents: Sequence[Document]) -> None:
        api = await self._api()
        await _write(api, memory.documents_place(api.dialect.assistant_id), memory.documents_json(documents))

    async def _api(self) -> Api:
        """Its assistant's id is the server's own (graphs file reflections under it), whatever name the user gave."""
        try:
            return await self._desk.link.api()
        except RequestFailed as failed:
            raise StoreFailure(_sentence(failed.failure)) from None


async def _read(api: Api, place: memory.Place) -> Json:
    """The item's value, None where there is none: 200 and null, or 404 on some servers."""
    _check(place)
    try:
        return mapping((await api.client.get(memory.ITEMS_PATH, place.query())).value).get("value")
    except RequestFailed as failed:
        if failed.failure.kind is not FailureKind.MISSING:
            raise StoreFailure(_sentence(failed.failure)) from None
    await _look_for_store(api)
    return None


async def _look_for_store(api: Api) -> None:
    """An item that is missing and a store that is missing answer alike; the search tells them apart."""
    try:
        await api.client.post(memory.ITEMS_SEARCH_PATH, {"namespace_prefix": [], "limit": 1})
    except RequestFailed as failed:
        if failed.failure.kind is FailureKind.MISSING:
            raise StoreFailure(NO_STORE) from None


async def _write(api: Api, place: memory.Place, value: dict[str, Json]) -> None:
    _check(place)
    try:
        if value:
            await api.client.request("PUT", memory.ITEMS_PATH, {**place.body(), "value": value})
        else:
            await api.client.request("DELETE", memory.ITEMS_PATH, place.body())
    except RequestFailed as failed:
        if failed.failure.kind is FailureKind.MISSING and not value:
            return
        raise StoreFailure(NO_STORE if failed.failure.kind is FailureKind.MISSING else _sentence(failed.failure)) from None


def _check(place: memory.Place) -> None:
    if label := place.unusable:
        raise StoreFailure(
            f"The server's store takes no name with a full stop in it, and this one has it: {safe_line(label)}. "
            "Give the server a user_id without one in config.toml; Open Canvas's are UUIDs."
        )


def _sentence(failure: Failure) -> str:
    return f"The server's store cannot be used: {describe(failure)}."
