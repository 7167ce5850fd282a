"""What stands round a model's text: it goes at once or not at all, however the text is cut while it comes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canvas_tui.core.model_text import only_thoughts, unfenced_so_far, without_fence, without_thoughts


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<think>a</think>\n\n# C\n", "# C\n"),
        ("\n <think>a\n</think> # C", "# C"),
        ("<think>a</think>\n\n    return x\n", "    return x\n"),
        ("<think>never ends", ""),
        ("<think>a</think>\n ", ""),
        ("\n# C\n", "\n# C\n"),
        ("They write `<think>` before they answer.\n\n## More\n", "They write `<think>` before they answer.\n\n## More\n"),
        ("<think>a</think>About <think>b</think>", "About <think>b</think>"),
    ],
)
def test_thoughts_are_those_at_the_head(text: str, left: str) -> None:
    assert without_thoughts(text) == left


def test_a_model_that_stopped_in_its_thoughts_is_known() -> None:
    assert only_thoughts(" <think>hm") and not only_thoughts("<think>hm</think>") and not only_thoughts("so: <think>")


@pytest.mark.parametrize(
    ("code", "left"),
    [
        ("```python\nx = 1\n```", "x = 1"),
        ("\n\n```\nx = 1\n\n```\n \n", "x = 1\n"),
        ("````md\n```\nx\n```\n````", "```\nx\n```"),
        ("```python\nx = '```'\n```\n", "x = '```'"),
        ("    ```python\n    x\n    ```", "    x"),
        ("```python\nx = 1\ny", "x = 1\ny"),
        ("```py\n```", ""),
        ("x\n```\ny\n```", "x\n```\ny\n```"),
        ("```x``` is code", "```x``` is code"),
        ("``", "``"),
    ],
)
def test_a_fence_goes_with_both_its_lines(code: str, left: str) -> None:
    assert without_fence(code) == left


@given(st.text(st.sampled_from("`` \n\nax"), max_size=30))
def test_what_is_shown_of_code_while_it_comes_is_never_taken_back(code: str) -> None:
    seen = ""
    for end in range(len(code) + 1):
        shown = unfenced_so_far(code[:end])
        assert shown.startswith(seen), code[:end]
        seen = shown
    assert without_fence(code).startswith(seen)
    assert unfenced_so_far(f"{code}\nz") == without_fence(f"{code}\nz"), "all that is decided is shown"
