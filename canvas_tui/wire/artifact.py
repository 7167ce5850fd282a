"""Open Canvas's artifact between the wire's JSON and `Artifact`."""

from __future__ import annotations

from canvas_tui.core.artifact import Artifact, ArtifactKind, Version
from canvas_tui.core.export import artifact_json as artifact_json
from canvas_tui.core.model import Json

from .jsontext import items, mapping, text


def read_artifact(value: Json) -> Artifact | None:
    """``{"currentIndex": n, "contents": […]}``; None where there is none, or nothing that can be read of it. Total."""
    artifact = mapping(value)
    found = tuple(_version(mapping(item), at) for at, item in enumerate(items(artifact.get("contents")), 1) if isinstance(item, dict))
    if not found:
        return None
    return Artifact(_whole(artifact.get("currentIndex"), found[-1].index), found)


def _version(item: dict[str, Json], at: int) -> Version:
    code = item.get("type") == "code"
    return Version(
        index=_whole(item.get("index"), at),
        kind=ArtifactKind.CODE if code else ArtifactKind.TEXT,
        title=text(item.get("title")),
        text=text(item.get("code" if code else "fullMarkdown")),
        language=text(item.get("language")) if code else "",
    )


def _whole(value: Json, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise
