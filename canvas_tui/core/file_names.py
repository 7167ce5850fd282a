"""What an artifact is called as a file, and what a file's name says of its contents. Titles are the server's and hostile."""

from __future__ import annotations

import re
import unicodedata

from .artifact import Artifact, ArtifactKind, Version

LANGUAGES: dict[str, tuple[str, ...]] = {
    "typescript": (".ts", ".tsx", ".mts"),
    "javascript": (".js", ".jsx", ".mjs", ".cjs"),
    "cpp": (".cpp", ".cc", ".cxx", ".hpp", ".h", ".c"),
    "java": (".java",),
    "php": (".php",),
    "python": (".py", ".pyw"),
    "html": (".html", ".htm"),
    "sql": (".sql",),
    "json": (".json",),
    "rust": (".rs",),
    "xml": (".xml", ".svg"),
    "clojure": (".clj", ".cljs", ".edn"),
    "csharp": (".cs",),
    "css": (".css",),
    "go": (".go",),
    "kotlin": (".kt",),
    "ruby": (".rb",),
    "shell": (".sh", ".bash"),
    "swift": (".swift",),
    "yaml": (".yaml", ".yml"),
    "toml": (".toml",),
}
"""A language as Open Canvas names it -> the ends of its files' names, the usual one first."""

_BY_END = {end: language for language, ends in LANGUAGES.items() for end in ends}
_ALIASES = {"c++": "cpp", "c#": "csharp", "js": "javascript", "ts": "typescript", "tsx": "typescript", "jsx": "javascript", "bash": "shell"}
_TEXT_ENDS = (".md", ".markdown", ".txt", ".text", ".rst", "")
TEXT_END = ".md"
OTHER = "other"
MOST_CHARS = 80
MOST_BYTES = 200
"""Of a name without its end: file systems take 255."""

_RESERVED = re.compile(r'[<>:"/\\|?*]+')
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)


def artifact_file_name(version: Version) -> str:
    """A name without a path, that every file system takes; made from the title."""
    end = TEXT_END if version.kind is ArtifactKind.TEXT else LANGUAGES.get(_language(version.language), (".txt",))[0]
    title = version.title.strip()
    for known in (end, *((".markdown", ".txt") if end == TEXT_END else ())):
        title = title[: -len(known)] if title.lower().endswith(known) else title
    return safe_name(title, "document" if version.kind is ArtifactKind.TEXT else "code") + end


def version_file_names(artifact: Artifact) -> list[str]:
    """Of each version one of its own: they stand in order in a folder, all under the current one's title.

    The number comes behind a title that has its length already, which would cut it off.
    """
    stem = artifact_file_name(artifact.version).rpartition(".")[0]
    indexes = [version.index for version in artifact.versions]
    numbers = indexes if len({*indexes}) == len(indexes) else list(range(1, len(indexes) + 1))
    digits = len(str(max(numbers)))
    ends = (artifact_file_name(version).rpartition(".")[2] for version in artifact.versions)
    return [f"{stem} v{number:0{digits}}.{end}" for number, end in zip(numbers, ends, strict=True)]


def safe_name(title: str, otherwise: str) -> str:
    """The title as a file's name: no path, no control or hidden characters, nothing that a system reserves, not too long."""
    shown = "".join(char if unicodedata.category(char)[0] != "C" else " " for char in unicodedata.normalize("NFC", title))
    name = " ".join(_RESERVED.sub(" ", shown).split())
    name = _short(name).strip(" .-~")
    return f"{otherwise} {name}" if _DEVICES.fullmatch(name) else name or otherwise


def _short(name: str) -> str:
    name = name[:MOST_CHARS]
    while len(name.encode()) > MOST_BYTES:
        name = name[:-1]
    return name


def version_of_file(name: str, text: str) -> Version:
    """A version out of a file: kind and language by the end of its name, the title from the rest of it."""
    name = name.replace("\\", "/").rpartition("/")[2]
    stem, _, end = name.rpartition(".")
    end = f".{end.lower()}" if stem else ""
    if end in _TEXT_ENDS:
        return Version(1, ArtifactKind.TEXT, stem or name, text)
    return Version(1, ArtifactKind.CODE, name, text, _BY_END.get(end, OTHER))


def _language(name: str) -> str:
    return _ALIASES.get(name.lower(), name.lower())
