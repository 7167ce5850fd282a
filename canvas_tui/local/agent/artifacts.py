"""An artifact and its versions. Pure: every change is a new version, and none is ever taken away."""

from __future__ import annotations

from typing import Literal, cast

from canvas_tui.core.frozen import frozen

from .state import Artifact, CodeVersion, HighlightedCode, HighlightedText, TextVersion, Version

Kind = Literal["text", "code"]
NO_LANGUAGE = "other"
UNTITLED = "Untitled"


class ArtifactFault(RuntimeError):
    """What was asked does not fit the artifact. ``str()`` is a sentence for the user."""


@frozen
class Span:
    """A highlighted part and what stands around it; the three joined are the whole."""

    before: str
    part: str
    after: str

    def with_part(self, part: str) -> str:
        return self.before + part + self.after


def current(artifact: Artifact | None) -> Version | None:
    """The version that the user looks at; the newest where the index is none of them."""
    contents = artifact.get("contents") if artifact else None
    if artifact is None or not contents:
        return None
    at = artifact.get("currentIndex")
    return next((each for each in contents if each.get("index") == at), contents[-1])


def wanted(artifact: Artifact | None, kind: Kind | None = None) -> Version:
    """The version to work on.

    Raises:
        ArtifactFault: where there is none, or one of the other kind.
    """
    version = current(artifact)
    if version is None:
        raise ArtifactFault("There is no artifact in this thread to work on.")
    if kind is not None and version["type"] != kind:
        raise ArtifactFault(f"This works on {KINDS[kind]}, and the artifact is {KINDS[version['type']]}.")
    return version


KINDS: dict[Kind, str] = {"text": "a text", "code": "code"}


def body(version: Version) -> str:
    return version["fullMarkdown"] if version["type"] == "text" else version["code"]


def language(version: Version) -> str:
    return version["language"] if version["type"] == "code" else NO_LANGUAGE


def made(kind: Kind, title: str, written: str, language: str = NO_LANGUAGE) -> Version:
    """A version that has no place yet."""
    if kind == "code":
        return CodeVersion(index=0, type="code", title=title, language=language, code=written)
    return TextVersion(index=0, type="text", title=title, fullMarkdown=written)


def rewritten(version: Version, written: str) -> Version:
    return made(version["type"], version["title"], written, language(version))


def appended(artifact: Artifact | None, version: Version) -> Artifact:
    """The artifact with one version more, which is then the one to look at."""
    contents = list(artifact.get("contents") or []) if artifact else []
    index = max((each["index"] for each in contents), default=0) + 1
    placed = cast(Version, {**version, "index": index})
    return Artifact(currentIndex=index, contents=[*contents, placed])


def of_code(code: str, highlight: HighlightedCode) -> Span:
    """The highlighted part of a program; the offsets count UTF-16 units, as JavaScript does."""
    units = code.encode("utf-16-le", "surrogatepass")
    last = len(units) // 2
    start, end = sorted(min(max(int(highlight[name]), 0), last) for name in ("startCharIndex", "endCharIndex"))

    def text(a: int, b: int) -> str:
        return units[2 * a : 2 * b].decode("utf-16-le", "surrogatepass")

    start -= _inside_pair(units, start)
    end += _inside_pair(units, end)
    return Span(text(0, start), text(start, end), text(end, last))


def _inside_pair(units: bytes, at: int) -> bool:
    """Whether the offset cuts a letter beyond the first plane in two."""
    return 0 < at < len(units) // 2 and 0xDC <= units[2 * at + 1] <= 0xDF and 0xD8 <= units[2 * at - 1] <= 0xDB


def of_text(highlight: HighlightedText) -> Span:
    """The highlighted block of a document.

    Raises:
        ArtifactFault: where the block is not in it.
    """
    before, found, after = highlight["fullMarkdown"].partition(highlight["markdownBlock"] or "\0")
    if not found:
        raise ArtifactFault("The highlighted part is not in the document any more.")
    return Span(before, highlight["markdownBlock"], after)
