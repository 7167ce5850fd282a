"""A terminal's screen as SVG: what stands in each cell, in its colours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby

from pyte.screens import Char

from tests.support.pty_screen import Emulator

CELL, LINE, SIZE = 8.43, 18, 14
PAD, BAR = 12, 30
FONT = "'DejaVu Sans Mono', 'Cascadia Mono', Menlo, Consolas, monospace"

_BASE = {
    "black": "000000",
    "red": "cd3131",
    "green": "0dbc79",
    "brown": "e5e510",
    "blue": "2472c8",
    "magenta": "bc3fbc",
    "cyan": "11a8cd",
    "white": "e5e5e5",
}


@dataclass(frozen=True, slots=True)
class Colours:
    """Of the terminal around the program."""

    foreground: str
    background: str
    frame: str


DARK = Colours("d8d8d8", "101010", "2a2a2e")
LIGHT = Colours("202020", "ffffff", "e2e2e6")


def svg(screen: Emulator, title: str, colours: Colours = DARK) -> str:
    """The whole screen with a window's frame around it."""
    width, height = screen.columns * CELL + 2 * PAD, screen.rows * LINE + 2 * PAD + BAR
    dots = "".join(
        f'<circle cx="{20 + 18 * n}" cy="{BAR / 2}" r="5.5" fill="{fill}"/>' for n, fill in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    body = "".join(part for row, cells in enumerate(screen.cells()) for part in _row(row, cells, colours))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}">\n'
        f"<title>{escape(title)}</title>\n"
        f'<rect width="100%" height="100%" rx="9" fill="#{colours.frame}"/>{dots}\n'
        f'<text x="50%" y="{BAR / 2 + 4.5}" text-anchor="middle" font-family="sans-serif" font-size="12" fill="#888">'
        f"{escape(title)}</text>\n"
        f'<rect x="1" y="{BAR}" width="{width - 2:.0f}" height="{height - BAR - 1:.0f}" rx="8" fill="#{colours.background}"/>\n'
        f'<g font-family="{FONT}" font-size="{SIZE}" transform="translate({PAD} {BAR + PAD})" xml:space="preserve">\n{body}</g>\n</svg>\n'
    )


def _paint(cell: Char, colours: Colours) -> tuple[str, str, bool, bool, bool, bool]:
    """(foreground, background, bold, italics, underscore, struck) of a cell."""
    foreground, background = _colour(cell.fg, colours.foreground), _colour(cell.bg, colours.background)
    if cell.reverse:
        foreground, background = background, foreground
    return foreground, background, cell.bold, cell.italics, cell.underscore, cell.strikethrough


def _colour(name: str, default: str) -> str:
    if name == "default":
        return default
    bright = name.removeprefix("bright")
    return _BASE.get(bright, name)


def _row(row: int, cells: list[Char], colours: Colours) -> Iterator[str]:
    y = row * LINE
    column = 0
    texts = []
    for paint, run in groupby(cells, key=lambda cell: _paint(cell, colours)):
        group = list(run)
        foreground, background, *style = paint
        x, span = column * CELL, len(group) * CELL
        column += len(group)
        if background != colours.background:
            yield f'<rect x="{x:.2f}" y="{y}" width="{span + 0.3:.2f}" height="{LINE}" fill="#{background}"/>\n'
        text = "".join(cell.data for cell in group)
        if text.strip() or style[2]:
            texts.append(_text(text, x, y, span, foreground, *style))
    yield from texts


def _text(text: str, x: float, y: int, span: float, colour: str, bold: bool, italics: bool, underscore: bool, struck: bool) -> str:
    marks = " ".join(word for word, wanted in (("underline", underscore), ("line-through", struck)) if wanted)
    attributes = "".join(
        (
            ' font-weight="bold"' if bold else "",
            ' font-style="italic"' if italics else "",
            f' text-decoration="{marks}"' if marks else "",
        )
    )
    shown = text.rstrip() if not marks else text
    length = span * len(shown) / len(text) if len(shown) != len(text) else span
    return (
        f'<text x="{x:.2f}" y="{y + 13.5}" textLength="{length:.2f}" lengthAdjust="spacingAndGlyphs" fill="#{colour}"{attributes}>'
        f"{escape(shown)}</text>\n"
    )
