"""Code as lines: highlighting by pygments, whole or as it grows, and the block around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style

from canvas_tui.core.safe_text import safe_line

from .lines import Line, Run, chop
from .look import Look

if TYPE_CHECKING:  # pygments comes with the first code: the start waits for none
    from pygments.lexer import Lexer
    from pygments.token import _TokenType

AT_ONCE = 6_000
"""Characters that are highlighted in one go; longer code is shown plain first and highlighted in slices."""
_WINDOW = 24  # lines of growing code that are highlighted anew
_TAB = 4
_SLICE = 64  # tokens between two looks at the clock


@lru_cache(maxsize=1)
def _roles() -> dict[_TokenType, str]:
    from pygments.token import Comment, Generic, Keyword, Name, Number, Operator, String

    return {
        Keyword: "keyword",
        Keyword.Constant: "number",
        Operator.Word: "keyword",
        String: "string",
        String.Interpol: "decorator",
        String.Escape: "decorator",
        Number: "number",
        Comment: "comment",
        Comment.Preproc: "decorator",
        Name.Function: "function",
        Name.Class: "type_name",
        Name.Exception: "type_name",
        Name.Builtin: "function",
        Name.Builtin.Pseudo: "number",
        Name.Decorator: "decorator",
        Name.Tag: "keyword",
        Name.Attribute: "type_name",
        Name.Namespace: "type_name",
        Keyword.Type: "type_name",
        Generic.Deleted: "error",
        Generic.Inserted: "success",
        Generic.Heading: "strong",
        Generic.Subheading: "keyword",
        Generic.Emph: "emphasis",
        Generic.Strong: "strong",
        Generic.Prompt: "comment",
    }


@lru_cache(maxsize=64)
def lexer_for(language: str) -> Lexer | None:
    """The lexer of a fence's language, or None where it is unknown or plain text."""
    if not language or language in ("text", "txt", "plain", "plaintext", "output"):
        return None
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language.lower(), stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def language_of(info: str) -> str:
    """The language that a fence's info string names: ``python`` of "python title=x", "{.python}" or "python:main.py"."""
    word = info.strip().split(maxsplit=1)[0] if info.strip() else ""
    return safe_line(word.strip("{}").lstrip(".").split(":", 1)[0].split(",", 1)[0])


class Painter:
    """Token types -> styles on the code's background."""

    def __init__(self, look: Look) -> None:
        from pygments.token import Token

        self._look = look
        self._roles = _roles()
        self._styles: dict[_TokenType, Style] = {Token: look.code}

    def style(self, kind: _TokenType) -> Style:
        found = self._styles.get(kind)
        if found is None:
            role = self._roles.get(kind)
            found = self.style(kind.parent) if role is None and kind.parent else self._look.code + getattr(self._look, role or "code")
            self._styles[kind] = found
        return found


class Highlighting:
    """Highlights code in slices: ``work`` until it returns True, then ``lines`` holds the runs of each line."""

    def __init__(self, code: str, language: str, look: Look) -> None:
        self.lines: list[list[Run]] = []
        self._code = code
        self._look = look
        self._painter = Painter(look)
        self._row: list[Run] = []
        self._length = 0
        lexer = lexer_for(language)
        self._tokens: Iterator[tuple[int, _TokenType, str]] | None = lexer.get_tokens_unprocessed(code) if lexer else None
        self._done = self._tokens is None
        if self._done:
            self.lines = plain_code(code, look)

    def work(self, enough: Callable[[], bool]) -> bool:
        """Go on until done (True) or ``enough`` says so (False)."""
        if self._done or self._tokens is None:
            return True
        for count, (_, kind, text) in enumerate(self._tokens, 1):
            self._add(text, self._painter.style(kind))
            if count % _SLICE == 0 and enough():
                return False
        self.lines.append(self._row)
        if self._length != len(self._code):  # a lexer that loses text: not worth a wrong word
            self.lines = plain_code(self._code, self._look)
        self._done = True
        return True

    def _add(self, text: str, style: Style) -> None:
        self._length += len(text)
        first, *others = text.split("\n")
        if first:
            self._row.append((first, style))
        for other in others:
            self.lines.append(self._row)
            self._row = [(other, style)] if other else []


def plain_code(code: str, look: Look) -> list[list[Run]]:
    return [[(line, look.code)] for line in code.split("\n")]


def highlight(code: str, language: str, look: Look) -> list[list[Run]]:
    """The runs of each line, all at once."""
    job = Highlighting(code, language, look)
    job.work(lambda: False)
    return job.lines


class GrowingCode:
    """Code that still streams, below its label: what is far enough back is not highlighted again, and keeps its lines. Exact
    highlighting comes at its end."""

    def __init__(self, language: str, look: Look, width: int) -> None:
        self._language = language
        self._look = look
        self._width = width
        self._frozen = code_label(language, look, width)
        self._head = 0  # characters of the code in frozen lines

    def lines(self, code: str, hasty: bool = False) -> list[Line]:
        """The lines of ``code``, which starts as the code before did. ``hasty``: more of it is there already; but for its beginning,
        colours wait for the end."""
        rest = code[self._head :]
        rows = plain_code(rest, self._look) if hasty and self._head > AT_ONCE else highlight(rest, self._language, self._look)
        if len(rows) > 2 * _WINDOW:
            count = self._anchor(rows)
            for row in rows[:count]:
                self._frozen.extend(code_rows([row], self._look, self._width))
                self._head += sum(len(text) for text, _ in row) + 1
            rows = rows[count:]
        return self._frozen + code_rows(rows, self._look, self._width)

    def _anchor(self, rows: list[list[Run]]) -> int:
        """A row before the last ones that does not begin inside of a string or a comment."""
        inside = {self._look.code + self._look.string, self._look.code + self._look.comment}
        for count in range(len(rows) - _WINDOW, _WINDOW // 2, -1):
            before, row = rows[count - 1], rows[count]
            if row and not row[0][0].startswith((" ", "\t")) and row[0][1] not in inside and not (before and before[-1][1] in inside):
                return count
        return len(rows) - _WINDOW


def code_rows(rows: list[list[Run]], look: Look, width: int) -> list[Line]:
    """Rows on the code's background, ``width`` cells wide."""
    edge = Segment(look.glyphs.edges or " ", look.code + look.muted)
    inner = width - len(edge.text) - 1
    lines: list[Line] = []
    for row in rows:
        lines.extend(line.prefixed([edge]).padded(width) for line in chop(expanded(row), inner, look.code, goes_on(look, look.code)))
    return lines


def goes_on(look: Look, fill: Style) -> Segment:
    """Stands before the rest of a broken line."""
    return Segment(f"{look.glyphs.goes_on} ", fill + look.muted)


def code_block(code: str, language: str, look: Look, width: int, rows: list[list[Run]] | None = None) -> list[Line]:
    """The lines of a whole block: its language above, then the code. ``rows``: as highlighted already."""
    code = code.removesuffix("\n")
    if rows is None:
        rows = highlight(code, language, look) if len(code) <= AT_ONCE else plain_code(code, look)
    return code_label(language, look, width) + code_rows(rows, look, width)


def code_label(language: str, look: Look, width: int) -> list[Line]:
    if not language:
        return []
    style = look.code + look.code_label
    text = f" {language} "[: max(1, width)]
    return [Line([Segment(text, style)], look.code, None, len(text)).padded(width)]


@lru_cache(maxsize=256)
def bare(style: Style) -> Style:
    """A style of code without its background."""
    return Style(color=style.color, bold=style.bold, italic=style.italic, strike=style.strike)


def expanded(row: list[Run]) -> list[Run]:
    """Tabs as spaces up to the next stop."""
    if not any("\t" in text for text, _ in row):
        return row
    column, runs = 0, []
    for text, style in row:
        parts = []
        for char in text:
            part = " " * (_TAB - column % _TAB) if char == "\t" else char
            column += len(part)
            parts.append(part)
        runs.append(("".join(parts), style))
    return runs
