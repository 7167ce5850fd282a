"""Files out of threads and artifacts: exact texts, and names that lead nowhere else."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canvas_tui.core.artifact import Artifact, ArtifactKind, Version
from canvas_tui.core.export import artifact_file_name, fenced, thread_json, thread_markdown
from canvas_tui.core.file_names import MOST_BYTES, safe_name, version_of_file
from canvas_tui.core.model import Message, Role, ToolCall
from canvas_tui.wire.artifact import read_artifact

CODE = Version(2, ArtifactKind.CODE, "Sort", "print('```')\n", "python")
TEXT = Version(1, ArtifactKind.TEXT, "Robots", "# Robots\n\ntext\n")
MESSAGES = (
    Message("h1", Role.HUMAN, "Write about robots"),
    Message("a1", Role.AI, "<think>hm\n\nso</think>Here.", tool_calls=(ToolCall("c", "look\x1bup", '{"q": 1}'),)),
    Message("t1", Role.TOOL, "found", tool_call_id="c", name="lookup"),
    Message("a2", Role.AI, "Done *it*.\n"),
    Message("x1", Role.AI, "secret", hidden=True),
    Message("h2", Role.HUMAN, "Thanks"),
)


def test_a_conversation_as_markdown() -> None:
    assert thread_markdown("Ro\x1bbots\n", MESSAGES, Artifact(2, (TEXT, CODE))) == (
        "# Ro␛bots\n\n## You\n\nWrite about robots\n\n## Agent\n\n> *Thinking:*\n>\n> hm\n>\n> so\n\nHere.\n\n"
        '**Calls `look␛up`:**\n\n```json\n{"q": 1}\n```\n\n**Tool `lookup`:**\n\n```\nfound\n```\n\nDone *it*.\n\n'
        "## You\n\nThanks\n\n## Artifact: Sort (version 2 of 2, current)\n\n````python\nprint('```')\n````\n"
    )


def test_all_versions_stand_in_order() -> None:
    told = thread_markdown("", (), Artifact(1, (TEXT, CODE)), all_versions=True)
    assert told.startswith("# Untitled\n\n## Artifact: Robots (version 1 of 2, current)\n\n# Robots\n\ntext\n\n## Artifact: Sort (")


def test_json_has_everything_and_open_canvas_reads_it_again() -> None:
    artifact = Artifact(1, (TEXT, CODE))
    told = json.loads(json.dumps(thread_json("t", "Titel", MESSAGES, artifact)))
    assert [m["id"] for m in told["messages"]] == ["h1", "a1", "t1", "a2", "x1", "h2"]
    assert read_artifact(told["artifact"]) == artifact
    assert "artifact" not in thread_json("t", "", ())


@given(st.text(st.sampled_from("`\na "), max_size=30))
def test_a_fence_is_longer_than_any_in_the_text(text: str) -> None:
    lines = fenced(text).split("\n")
    assert lines[-1] == lines[0] and not any(lines[0] in line for line in lines[1:-1])


NAMES = {
    "Robots": "Robots.md",
    "  My / great: \\ plan?  ": "My great plan.md",
    "../../etc/passwd": "etc passwd.md",
    "..": "document.md",
    "": "document.md",
    "-rf": "rf.md",
    ".hidden": "hidden.md",
    "notes.md": "notes.md",
    "CON": "document CON.md",
    "nul.txt": "document nul.md",
    "a\x00b\x1b[31m\u202ec\u200bd": "a b [31m c d.md",
    "ends with dots...": "ends with dots.md",
    "Äpfel 漢字 🎉": "Äpfel 漢字 🎉.md",
    "two\nlines\ttab": "two lines tab.md",
}


@pytest.mark.parametrize(("title", "name"), NAMES.items())
def test_a_name_from_a_title(title: str, name: str) -> None:
    assert artifact_file_name(Version(1, title=title)) == name


@pytest.mark.parametrize(
    ("language", "name"),
    [("python", "x.py"), ("cpp", "x.cpp"), ("C++", "x.cpp"), ("html", "x.html"), ("klingon", "x.txt"), ("../../x", "x.txt"), ("", "x.txt")],
)
def test_the_end_of_a_name_is_the_languages(language: str, name: str) -> None:
    assert artifact_file_name(Version(1, ArtifactKind.CODE, "x", language=language)) == name
    assert artifact_file_name(Version(1, ArtifactKind.CODE, name, language=language)) == name


@given(st.text(max_size=300))
def test_no_title_leads_out_of_the_folder_or_is_refused(title: str) -> None:
    name = artifact_file_name(Version(1, title=title))
    assert os.path.basename(name) == name and name not in (".", "..") and name.isprintable() and name[0] not in "-. "
    assert 0 < len(name.encode()) <= MOST_BYTES + 20
    assert safe_name(title, "x") == safe_name(safe_name(title, "x"), "x")


@pytest.mark.parametrize(
    ("name", "kind", "title", "language"),
    [
        ("/a/b/Notes.md", "text", "Notes", ""),
        ("README", "text", "README", ""),
        ("C:\\x\\plan.TXT", "text", "plan", ""),
        ("sort.py", "code", "sort.py", "python"),
        ("x.tsx", "code", "x.tsx", "typescript"),
        ("Main.java", "code", "Main.java", "java"),
        ("x.zig", "code", "x.zig", "other"),
    ],
)
def test_a_file_tells_kind_and_language_by_its_name(name: str, kind: str, title: str, language: str) -> None:
    assert version_of_file(name, "x") == Version(1, ArtifactKind(kind), title, "x", language)
