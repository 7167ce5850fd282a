"""How things look: a style for each role, and the glyphs that draw around the text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

from rich.style import Style

from canvas_tui.core.frozen import frozen


@frozen
class Glyphs:
    """What is drawn around text. Each field is one cell wide unless its name is plural."""

    bar: str = "▌"
    quote: str = "▎"
    rule: str = "─"
    heavy: str = "━"
    cross: str = "┼"
    column: str = "│"
    closed: str = "▸"
    opened: str = "▾"
    arrow: str = "→"
    bullets: tuple[str, ...] = ("•", "◦", "▪")
    done: str = "✓"
    open_box: str = "☐"
    checked_box: str = "☑"
    ellipsis: str = "…"
    dot: str = "·"
    warning: str = "▲"
    error: str = "✗"
    branches: tuple[str, str] = ("‹", "›")
    goes_on: str = "↪"  # before the rest of a broken line of code
    edges: str = ""  # before each line of code


ASCII = Glyphs(
    bar="|",
    quote="|",
    rule="-",
    heavy="=",
    cross="+",
    column="|",
    closed=">",
    opened="v",
    arrow="->",
    bullets=("-", "*", "+"),
    done="ok",
    open_box="[ ]",
    checked_box="[x]",
    ellipsis="...",
    dot="-",
    warning="!",
    error="x",
    branches=("<", ">"),
    goes_on="\\",
    edges="| ",
)
UNICODE = Glyphs()

_PLAIN = Style.null()
_BOLD = Style(bold=True)
_ITALIC = Style(italic=True)
_STRIKE = Style(strike=True)
_UNDERLINE = Style(underline=True)
_REVERSE = Style(reverse=True)
_REVERSE_BOLD = Style(reverse=True, bold=True)


@frozen
class Look:
    """Styles by role. ``text``, ``user`` and ``code`` are whole (with background), the others are laid over them."""

    text: Style = _PLAIN
    user: Style = _PLAIN
    user_bar: Style = _PLAIN
    code: Style = _PLAIN
    code_label: Style = _PLAIN
    muted: Style = _PLAIN
    strong: Style = _BOLD
    emphasis: Style = _ITALIC
    strike: Style = _STRIKE
    code_inline: Style = _PLAIN
    link: Style = _UNDERLINE
    heading1: Style = _BOLD
    heading2: Style = _BOLD
    heading3: Style = _BOLD
    bullet: Style = _PLAIN
    quote: Style = _PLAIN
    rule: Style = _PLAIN
    thinking: Style = _ITALIC
    tool: Style = _PLAIN
    info: Style = _PLAIN
    warning: Style = _PLAIN
    error: Style = _PLAIN
    success: Style = _PLAIN
    question: Style = _PLAIN
    action: Style = _UNDERLINE
    found: Style = _REVERSE
    found_now: Style = _REVERSE_BOLD
    selected: Style = _PLAIN
    gone: Style = _PLAIN
    new: Style = _PLAIN
    gone_word: Style = _STRIKE
    new_word: Style = _UNDERLINE
    keyword: Style = _PLAIN
    string: Style = _PLAIN
    number: Style = _PLAIN
    comment: Style = _PLAIN
    function: Style = _PLAIN
    type_name: Style = _PLAIN
    decorator: Style = _PLAIN
    glyphs: Glyphs = UNICODE

    @classmethod
    def of(cls, style: Callable[[str], Style], glyphs: Glyphs = UNICODE) -> Look:
        """``style`` gives the style of a role by the field's name."""
        return cls(**{field.name: style(field.name) for field in fields(cls) if field.name != "glyphs"}, glyphs=glyphs)
