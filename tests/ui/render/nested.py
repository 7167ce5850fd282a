"""Markdown of blocks within blocks, as strategies: what is long within a list's item or a quote is cut there while it streams."""

from __future__ import annotations

from hypothesis import strategies as st

_WORDS = st.sampled_from(
    ["a", "**b**", "`c`", "[x]", "[t][x]", "http://h/p", "漢字", "é👍🏽", "<b>", "[ ] a", "[x] b", "'t", "t'", "long words of it", "|a|b|"]
)
_TEXT = st.lists(_WORDS, min_size=1, max_size=3).map(" ".join)
_LINES = st.lists(_TEXT, min_size=1, max_size=5)

_PARAGRAPH = _LINES
_CODE = st.lists(st.sampled_from(["x = 1", "  y", "", "\tz", "'''", "# long comment of it", "> q", "- i"]), min_size=1, max_size=6)
_FENCE = st.tuples(
    st.sampled_from(["```", "```python", "~~~ x y", " ```", "   ````"]), _CODE, st.sampled_from(["```", "~~~", "````", ""])
).map(lambda parts: [parts[0], *parts[1], parts[2]])
_INDENTED = _CODE.map(lambda lines: [f"    {line}" if line else "" for line in lines])
_TABLE = st.lists(st.sampled_from(["| c | d |", "| **e** | long words |", "|f|", "g | `h`"]), max_size=5).flatmap(
    lambda rows: st.sampled_from([["|a|b|", "|-|:-:|"], ["|a|b", "-:|-"], ["|a|", "|-|"]]).map(lambda head: [*head, *rows])
)
_HTML = st.lists(st.sampled_from(["<div>", "text", "</div>", "<!-- c", "-->"]), min_size=1, max_size=4)
_LINKS = st.lists(st.sampled_from(["[x]: http://u/", "[y]: /v 'ti", "tle'", "[z]:", "/w", "[x]: /again"]), min_size=1, max_size=4)
_ALONE = st.sampled_from(["---", "# h", "===", "-", "1.", ">", "-\n", "```", "***"]).map(lambda line: [line])
_LEAF = st.one_of(_PARAGRAPH, _FENCE, _INDENTED, _TABLE, _HTML, _LINKS, _ALONE)
_MARKERS = st.sampled_from(["- ", "* ", "1. ", "12) ", "-   ", " - ", "   +    ", "-\t", "- [x] ", "-\n"])


def _joined(blocks: list[tuple[list[str], int]]) -> list[str]:
    """Blocks one below the other, with so many blank lines behind each."""
    return [line for lines, blanks in blocks for line in (*lines, *[""] * blanks)]


def _within(blocks: st.SearchStrategy[list[str]]) -> st.SearchStrategy[list[str]]:
    flow = st.lists(st.tuples(blocks, st.sampled_from([0, 0, 1, 1, 2])), min_size=1, max_size=3).map(_joined)
    return st.one_of(
        st.tuples(flow, st.sampled_from(["> ", ">", " >  ", ">\t"]), st.integers(0, 9)).map(lambda parts: _quoted(*parts)),
        st.tuples(st.lists(flow, min_size=1, max_size=3), _MARKERS, st.integers(0, 9)).map(lambda parts: _listed(*parts)),
    )


def _quoted(lines: list[str], mark: str, lazy: int) -> list[str]:
    """``lazy``: the line that goes on without the mark."""
    return [line if at == lazy else (mark + line).rstrip(" ") for at, line in enumerate(lines)]


def _listed(items: list[list[str]], marker: str, lazy: int) -> list[str]:
    indent = " " * len(marker.replace("\t", "   ").replace("\n", " ").replace("[x] ", ""))
    lines: list[str] = []
    for first, *rest in items:
        lines.append(marker.rstrip("\n") + ("\n" + indent if marker.endswith("\n") else "") + first)
        lines += [line if at == lazy else (indent + line).rstrip(" ") for at, line in enumerate(rest)]
    return lines


_BLOCK = st.recursive(_LEAF, _within, max_leaves=6)
NESTED = st.lists(st.tuples(_BLOCK, st.sampled_from([0, 1, 1, 2])), min_size=1, max_size=3).map(_joined).map("\n".join)
