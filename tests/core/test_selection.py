"""What is selected, and how Open Canvas is told of it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from canvas_tui.core.artifact import ArtifactKind, Version, code_point, utf16
from canvas_tui.core.selection import _alone, highlight, part_of

DOCUMENT = "# Tea\n\nGreen 🍵 tea.\nOf leaves.\n\n```python\nprint()\n\nprint()\n```\n\nGreen 🍵 tea.\nOf leaves.\n"


def marked(text: str, selected: str, nth: int = 0) -> dict[str, str]:
    """``highlightedText`` where the nth occurrence is selected."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(selected, start + 1)
    ((key, value),) = highlight(Version(1, text=text), start, start + len(selected))
    assert key == "highlightedText"
    assert isinstance(value, dict)
    return value


def test_a_selection_takes_the_whole_blocks_that_it_touches() -> None:
    assert marked(DOCUMENT, "Tea") == {"fullMarkdown": DOCUMENT, "markdownBlock": "# Tea", "selectedText": "Tea"}
    assert marked(DOCUMENT, "🍵 tea.\nOf")["markdownBlock"] == "Green 🍵 tea.\nOf leaves."
    assert marked(DOCUMENT, "Tea\n\nGreen")["markdownBlock"] == "# Tea\n\nGreen 🍵 tea.\nOf leaves."


def test_a_fence_is_one_block_with_its_blank_lines() -> None:
    assert marked(DOCUMENT, "print()\n\n")["markdownBlock"] == "```python\nprint()\n\nprint()\n```"


def test_a_block_that_stands_there_twice_is_told_with_what_is_before_it() -> None:
    """Servers replace the first that they find."""
    block = marked(DOCUMENT, "Of leaves", nth=1)["markdownBlock"]
    assert block.endswith("Green 🍵 tea.\nOf leaves.")
    assert DOCUMENT.index(block) + len(block) == len(DOCUMENT) - 1


def slowly_alone(whole: str, start: int, end: int) -> int:
    """What `_alone` means, line by line."""
    while start and whole.find(whole[start:end]) < start:
        start = max(0, whole.rfind("\n", 0, start - 1) + 1)
    return start


@given(st.text(st.sampled_from("ab\n"), max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_what_is_sent_begins_as_late_as_it_can(whole: str, start: int, end: int) -> None:
    start, end = sorted(min(at, len(whole)) for at in (start, end))
    assert _alone(whole, start, end) == slowly_alone(whole, start, end)


class Counted(str):
    """Counts how often it is searched."""

    finds = 0

    def find(self, *args: Any) -> int:
        self.finds += 1
        return super().find(*args)


def test_a_block_that_stands_there_a_thousand_times_is_found_with_few_searches() -> None:
    whole = Counted("x\n\n" * 20_000)
    end = len(whole) - 2
    assert _alone(whole, end - 1, end) == 2, "a line end more than what begins at the start"
    assert whole.finds < 20


def test_what_goes_with_a_selection_is_known() -> None:
    assert [part_of(Version(1, text="a\n\na\n\nb\n\na"), at, at + 1).before for at in (0, 6, 9)] == ["", "", "b\n\n"]
    assert part_of(Version(1, ArtifactKind.CODE, text="a\na"), 2, 3).before == ""


def test_code_is_told_in_utf_16_units() -> None:
    code = "print('🚀🚀')\nprint('漢字')\n"
    start = code.index("漢")
    ((key, value),) = highlight(Version(1, ArtifactKind.CODE, text=code), start, start + 2)
    assert (key, value) == ("highlightedCode", {"startCharIndex": start + 2, "endCharIndex": start + 4})


@given(st.text(st.sampled_from("ab\n #`~🚀漢"), max_size=60), st.integers(-5, 70), st.integers(-5, 70), st.sampled_from(ArtifactKind))
def test_any_selection_of_any_text(text: str, start: int, end: int, kind: ArtifactKind) -> None:
    version = Version(1, kind, text=text)
    part = part_of(version, start, end)
    assert 0 <= part.start <= part.end <= len(text)
    ((_, value),) = part.keys
    if kind is ArtifactKind.CODE:
        units = text.encode("utf-16-le")
        assert units[2 * value["startCharIndex"] : 2 * value["endCharIndex"]].decode("utf-16-le") == part.source == part.text
    else:
        assert part.text in text[part.start : part.end] or not part.text.strip()
        assert text.find(value["markdownBlock"]) + len(value["markdownBlock"]) == part.end or not value["markdownBlock"]


@given(st.text(max_size=20), st.integers(0, 20))
def test_offsets_there_and_back(text: str, at: int) -> None:
    at = min(at, len(text))
    assert code_point(text, utf16(text, at)) == at
