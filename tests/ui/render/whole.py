"""The plain way: the whole text read and rendered at once, for comparison."""

from __future__ import annotations

from typing import Any

from rich.style import Style

from canvas_tui.core.safe_text import safe
from canvas_tui.ui.render.blocks import Blocks
from canvas_tui.ui.render.code import code_block, highlight, language_of
from canvas_tui.ui.render.lines import Line, blank
from canvas_tui.ui.render.look import Look
from canvas_tui.ui.render.parsing import parse

LOOK = Look(
    text=Style(color="white", bgcolor="black"),
    code=Style(color="white", bgcolor="grey11"),
    muted=Style(dim=True),
    keyword=Style(color="magenta"),
    string=Style(color="green"),
    number=Style(color="yellow"),
    link=Style(underline=True, color="blue"),
    code_inline=Style(bgcolor="grey23"),
    heading1=Style(bold=True, color="cyan"),
    heading2=Style(bold=True, color="blue"),
)


def whole(text: str, width: int, look: Look = LOOK) -> list[Line]:
    env: dict[str, Any] = {}
    source = safe(text)
    nodes = parse(source, env)
    blocks = Blocks(look, env, source.split("\n"))
    lines: list[Line] = []
    for index, node in enumerate(nodes):
        if index:
            lines.append(blank(look.text))
        if node.token.type == "fence":
            code, language = node.token.content.removesuffix("\n"), language_of(node.token.info)
            lines.extend(code_block(code, language, look, width, highlight(code, language, look)))
        else:
            lines.extend(blocks.block(node, width, look.text).lines)
    return lines


def whole_codes(text: str, width: int) -> list[tuple[str, str]]:
    """The code in it, in order."""
    env: dict[str, Any] = {}
    nodes = parse(safe(text), env)
    blocks = Blocks(LOOK, env, safe(text).split("\n"))
    return [code for node in nodes for code in blocks.block(node, width, LOOK.text).codes]


def shown(lines: list[Line]) -> list[tuple[str, str, str | None, int]]:
    """What can be seen and copied of lines."""
    return [("".join(f"{s.text}|{s.style}|" for s in line.segments), str(line.fill), line.soft, line.skip) for line in lines]
