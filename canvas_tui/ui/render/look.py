"""How things look: a style for each role, and the glyphs that draw around the text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

from rich.style import Style


@dataclass(frozen=True, slots=True)
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
    edges="| ",
)
UNICODE = Glyphs()


@dataclass(frozen=True, slots=True)
class Look:
    """Styles by role. ``text``, ``user`` and ``code`` are whole (with background), the others are laid over them."""

    text: Style = Style.null()
    user: Style = Style.null()
    user_bar: Style = Style.null()
    code: Style = Style.null()
    code_label: Style = Style.null()
    muted: Style = Style.null()
    strong: Style = Style(bold=True)
    emphasis: Style = Style(italic=True)
    strike: Style = Style(strike=True)
    code_inline: Style = Style.null()
    link: Style = Style(underline=True)
    heading1: Style = Style(bold=True)
    heading2: Style = Style(bold=True)
    heading3: Style = Style(bold=True)
    bullet: Style = Style.null()
    quote: Style = Style.null()
    rule: Style = Style.null()
    thinking: Style = Style(italic=True)
    tool: Style = Style.null()
    info: Style = Style.null()
    warning: Style = Style.null()
    error: Style = Style.null()
    success: Style = Style.null()
    question: Style = Style.null()
    action: Style = Style(underline=True)
    found: Style = Style(reverse=True)
    found_now: Style = Style(reverse=True, bold=True)
    selected: Style = Style.null()
    keyword: Style = Style.null()
    string: Style = Style.null()
    number: Style = Style.null()
    comment: Style = Style.null()
    function: Style = Style.null()
    type_name: Style = Style.null()
    decorator: Style = Style.null()
    glyphs: Glyphs = UNICODE

    @classmethod
    def of(cls, style: Callable[[str], Style], glyphs: Glyphs = UNICODE) -> Look:
        """``style`` gives the style of a role by the field's name."""
        return cls(**{field.name: style(field.name) for field in fields(cls) if field.name != "glyphs"}, glyphs=glyphs)
