"""The scripted server's store: items by namespace and key, answered as both real servers do (measured)."""

from __future__ import annotations

from canvas_tui.core.model import Json

Place = tuple[tuple[str, ...], str]


class Items:
    def __init__(self) -> None:
        self.kept: dict[Place, dict[str, Json]] = {}

    def get(self, namespace: str, key: str) -> dict[str, Json] | None:
        """``namespace`` with dots. None (JSON null, 200) where there is none."""
        return self.told((tuple(namespace.split(".")), key))

    def put(self, labels: list[str], key: str, value: dict[str, Json]) -> None:
        self.kept[tuple(labels), key] = value

    def delete(self, labels: list[str], key: str) -> None:
        self.kept.pop((tuple(labels), key), None)

    def told(self, place: Place) -> dict[str, Json] | None:
        value = self.kept.get(place)
        if value is None:
            return None
        at = "2026-11-22T09:00:00"
        return {"namespace": list(place[0]), "key": place[1], "value": value, "created_at": at, "updated_at": at}
